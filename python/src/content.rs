//! Pages as Python has them.

use std::ops::Deref;

use crawlint::Origin;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::PyString;

/// The bytes of a page, where they lie in a Python object.
pub(crate) enum Content {
    Bytes(PyBackedBytes),
    Text(PyBackedStr),
    /// A text that UTF-8 cannot hold, with U+FFFD in such places.
    Mended(String),
}

impl Content {
    /// Whether it was text, so that no server's word on its encoding counts any more.
    fn is_text(&self) -> bool {
        !matches!(self, Self::Bytes(_))
    }
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text(text) => text.as_bytes(),
            Self::Mended(text) => text.as_bytes(),
        }
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Content {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(match PyBackedStr::try_from(text.to_owned()) {
                Ok(text) => Self::Text(text),
                Err(_) => Self::Mended(text.to_string_lossy().into_owned()),
            });
        }
        value.extract().map(Self::Bytes).map_err(|_| {
            let kind = value.get_type();
            let kind = kind.name().map_or_else(|_| "?".to_owned(), |name| name.to_string());
            PyTypeError::new_err(format!("a page is bytes or str, not {kind}"))
        })
    }
}

/// A page and what is known of it.
#[derive(FromPyObject)]
pub(crate) struct Page(Content, Option<String>, Option<String>, String);

impl Page {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn origin(&self) -> Origin {
        let Self(content, url, content_type, path) = self;
        let content_type = content_type.as_deref();
        Origin {
            path: path.clone(),
            url: url.clone(),
            content_type: if content.is_text() {
                Some(of_text(content_type))
            } else {
                content_type.map(str::to_owned)
            },
            ..Origin::default()
        }
    }
}

/// The `Content-Type` of a page that was decoded: its bytes are UTF-8 now, whatever they were when
/// the server named a charset or the document did.
pub(crate) fn of_text(content_type: Option<&str>) -> String {
    let media = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    format!("{}; charset=utf-8", media.trim())
}
