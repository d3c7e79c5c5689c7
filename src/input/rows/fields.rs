//! Which field of a row is the page, its address, its id and its date.

use std::str::FromStr;

use crate::input::{Place, Record};

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Html,
    Text,
    Url,
    Id,
    Date,
}

pub(super) const ROLES: usize = 5;

/// Names that are looked for, the best first; a dot leads into a nested object. `html` is asked
/// before `text`: where a row has both, the markup holds more.
const KNOWN: [(Role, &[&str]); ROLES] = [
    (Role::Html, &["html", "raw_html", "rawHtml", "page_html", "html_content"]),
    (Role::Text, &["text", "raw_content", "content", "markdown", "body", "raw_text"]),
    (
        Role::Url,
        &[
            "url",
            "uri",
            "metadata.url",
            "meta.url",
            "metadata.sourceURL",
            "metadata.source_url",
            "metadata.WARC-Target-URI",
            "warc_headers.warc-target-uri",
            "source_url",
            "page_url",
        ],
    ),
    (
        Role::Id,
        &[
            "id",
            "doc_id",
            "docid",
            "uuid",
            "metadata.id",
            "warc_record_id",
            "metadata.warc_record_id",
            "metadata.WARC-Record-ID",
            "warc_headers.warc-record-id",
        ],
    ),
    (
        Role::Date,
        &[
            "date",
            "timestamp",
            "crawl_date",
            "date_download",
            "fetch_time",
            "metadata.date",
            "metadata.timestamp",
            "meta.timestamp",
            "metadata.WARC-Date",
            "warc_headers.warc-date",
            "created",
            "added",
        ],
    ),
];

/// Names of the fields that hold a page and what is known of it, in JSON lines and Parquet.
///
/// ```
/// use crawlint::input::Fields;
///
/// let fields: Fields = "text=article.body,url=link".parse()?;
/// assert!("txt=body".parse::<Fields>().is_err());
/// # Ok::<(), crawlint::input::FieldsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// By [`Role`]: names, the best first.
    names: [Vec<String>; ROLES],
}

impl Default for Fields {
    /// The names that public data sets use.
    fn default() -> Self {
        Self { names: KNOWN.map(|(_, names)| names.iter().map(|&name| name.to_owned()).collect()) }
    }
}

/// A list of fields that cannot be understood.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no field; write `text=NAME`, with html, text, url, id or date before the `=`")]
pub struct FieldsError(String);

impl FromStr for Fields {
    type Err = FieldsError;

    /// Reads `text=NAME,url=NAME.NAME`. A role that is given has only this name; once `html` or
    /// `text` is given, the other one is not looked for by itself.
    fn from_str(list: &str) -> Result<Self, FieldsError> {
        let mut fields = Self::default();
        let mut given = [false; ROLES];
        for pair in list.split(',') {
            let error = || FieldsError(pair.to_owned());
            let (role, name) = pair.split_once('=').ok_or_else(error)?;
            let role = match role.trim() {
                "html" => Role::Html,
                "text" => Role::Text,
                "url" => Role::Url,
                "id" => Role::Id,
                "date" => Role::Date,
                _ => return Err(error()),
            };
            let name = name.trim();
            if name.is_empty() {
                return Err(error());
            }
            let names = &mut fields.names[role as usize];
            if !std::mem::replace(&mut given[role as usize], true) {
                names.clear();
            }
            names.push(name.to_owned());
        }
        match (given[Role::Html as usize], given[Role::Text as usize]) {
            (true, false) => fields.names[Role::Text as usize].clear(),
            (false, true) => fields.names[Role::Html as usize].clear(),
            _ => {}
        }
        Ok(fields)
    }
}

impl Fields {
    /// All names with their role and rank.
    pub(super) fn all(&self) -> impl Iterator<Item = (Role, usize, &str)> {
        KNOWN.iter().zip(&self.names).flat_map(|((role, _), names)| {
            names.iter().enumerate().map(|(rank, name)| (*role, rank, name.as_str()))
        })
    }

    /// The names a page may have, as a message lists them.
    pub(super) fn of_pages(&self) -> String {
        let names = self.names[Role::Html as usize].iter().chain(&self.names[Role::Text as usize]);
        names.map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// What was found in a row.
#[derive(Debug, Default)]
pub(super) struct Row {
    values: [Option<(usize, Vec<u8>)>; ROLES],
    /// Whether a field that could hold the page is there, with or without a value.
    pub(super) has_page: bool,
}

impl Row {
    /// Notes that a field is there.
    pub(super) fn saw(&mut self, role: Role) {
        self.has_page |= matches!(role, Role::Html | Role::Text);
    }

    /// Keeps a value, unless a field of a better rank has one.
    pub(super) fn put(&mut self, role: Role, rank: usize, value: Vec<u8>) {
        let slot = &mut self.values[role as usize];
        if slot.as_ref().is_none_or(|(other, _)| rank <= *other) {
            *slot = Some((rank, value));
        }
    }

    fn take(&mut self, role: Role) -> Option<Vec<u8>> {
        self.values[role as usize].take().map(|(_, value)| value)
    }

    fn word(&mut self, role: Role) -> Option<String> {
        let value = self.take(role)?;
        let value = String::from_utf8_lossy(&value).trim().to_owned();
        (!value.is_empty()).then_some(value)
    }

    /// The row as a page, or as its place if its page is null. `number` stands for the id where
    /// there is none: `line 12`.
    pub(super) fn record(mut self, container: &Place, number: String) -> Result<Record, Place> {
        let id = self.word(Role::Id).unwrap_or(number);
        let member = match &container.member {
            Some(own) => format!("{own}!{id}"),
            None => id,
        };
        let url = self.word(Role::Url).or_else(|| container.url.clone());
        let date = self.word(Role::Date);
        let html = self.take(Role::Html).filter(|html| !html.is_empty());
        // The bytes are UTF-8, whatever the page declares: it was decoded when the row was made.
        let (kind, bytes) = match (html, self.take(Role::Text)) {
            (Some(html), _) => ("text/html", html),
            (None, Some(text)) => ("text/plain", text),
            (None, None) => {
                return Err(Place { member: Some(member), url, ..container.clone() });
            }
        };
        Ok(Record {
            path: container.path.clone(),
            member: Some(member),
            offset: container.offset,
            url,
            content_type: Some(format!("{kind}; charset=utf-8")),
            date,
            bytes,
        })
    }
}
