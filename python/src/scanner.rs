//! The scanner, and single pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crawlint::Removed;
use crawlint::report::json;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde_json::{Value, json};

use crate::batch;
use crate::content::Page;
use crate::files::Files;
use crate::run::on_threads;
use crate::setup::Spec;

/// What is left, what was removed as JSON, the results before and after.
type Stripped<'py> = (Bound<'py, PyBytes>, String, Bound<'py, PyBytes>, Bound<'py, PyBytes>);

/// See `_native.pyi`.
#[pyclass(frozen, module = "crawlint._native")]
pub(crate) struct Scanner(Arc<crawlint::Scanner>);

#[pymethods]
impl Scanner {
    #[new]
    fn new(py: Python<'_>, spec: &str) -> PyResult<Self> {
        let spec: Spec =
            serde_json::from_str(spec).map_err(|error| PyValueError::new_err(error.to_string()))?;
        // Packs are read side by side. The pool that does it ends with the call: one that stayed
        // would be dead in a forked process, and whoever asked it would wait for ever.
        let build = || {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build();
            let pool = pool.map_err(|error| PyValueError::new_err(error.to_string()))?;
            pool.install(|| spec.build())
        };
        Ok(Self(Arc::new(py.detach(build)?)))
    }

    #[getter]
    fn max_bytes(&self) -> usize {
        self.0.max_bytes()
    }

    fn scan<'py>(&self, py: Python<'py>, page: Page) -> Bound<'py, PyBytes> {
        let line = py.detach(|| json::object(&self.0.scan(page.bytes(), &page.origin())));
        PyBytes::new(py, &line)
    }

    fn scan_many<'py>(
        &self,
        py: Python<'py>,
        pages: Vec<Page>,
        threads: usize,
    ) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let next = AtomicUsize::new(0);
        let lines = on_threads(py, threads.min(pages.len()), || {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let page = pages.get(index)?;
            Some((index, json::object(&self.0.scan(page.bytes(), &page.origin()))))
        })?;
        Ok(lines.iter().map(|line| PyBytes::new(py, line)).collect())
    }

    fn scan_files(&self, paths: Vec<std::path::PathBuf>, options: &str) -> PyResult<Files> {
        Files::new(Arc::clone(&self.0), paths, options)
    }

    #[pyo3(signature = (data, content, url, content_type, path, threads))]
    fn scan_batch<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        content: &str,
        url: Option<&str>,
        content_type: Option<&str>,
        path: Option<&str>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let roles = batch::Roles { content, url, content_type, path };
        batch::scan(&self.0, data, &roles, threads)
    }

    fn strip<'py>(&self, py: Python<'py>, page: Page) -> Stripped<'py> {
        let stripped = py.detach(|| self.0.strip(page.bytes(), &page.origin()));
        let removed = |removed: &Removed| {
            let Removed { source_span, rules, text, .. } = removed;
            json!({ "source_span": source_span, "rules": rules, "text": text })
        };
        let told = json!({
            "removed": stripped.removed.iter().map(removed).collect::<Value>(),
            "hollow": stripped.hollow,
            "is_clean": stripped.is_clean(),
        });
        let [left, before, after] =
            [stripped.bytes, json::object(&stripped.before), json::object(&stripped.after)]
                .map(|bytes| PyBytes::new(py, &bytes));
        (left, told.to_string(), before, after)
    }

    fn rules(&self) -> String {
        let rules = self.0.rules().rules().iter().map(|rule| {
            let definition = &rule.definition;
            json!({
                "id": definition.id, "family": rule.family, "detector": definition.detector,
                "pack": rule.pack, "summary": definition.summary, "why": definition.why,
                "advice": definition.advice, "guard": definition.guard, "since": definition.since,
                "topic": definition.topic, "label": definition.label,
                "weight": self.0.weight(&definition.id),
            })
        });
        rules.collect::<Value>().to_string()
    }
}
