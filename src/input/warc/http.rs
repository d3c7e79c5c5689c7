//! HTTP answers as crawlers store them.

use crate::input::warc::head::fields;

/// An answer, with its body as it came over the wire.
pub(super) struct Answer<'a> {
    pub(super) content_type: Option<String>,
    /// Names of the encodings of the body, in the order they were applied.
    pub(super) encodings: Vec<String>,
    pub(super) chunked: bool,
    pub(super) body: &'a [u8],
}

/// The answer in a block; nothing where the block does not begin with a status line.
pub(super) fn parse(block: &[u8]) -> Option<Answer<'_>> {
    if !block.starts_with(b"HTTP/") {
        return None;
    }
    // Headers that do not end leave no body.
    let (fields, size) = fields(block).unwrap_or((Vec::new(), block.len()));
    let all = |wanted: &str| -> Vec<String> {
        let values = fields.iter().filter(|(name, _)| name == wanted);
        let words = values.flat_map(|(_, value)| value.split(','));
        words.map(|word| word.trim().to_ascii_lowercase()).filter(|word| !word.is_empty()).collect()
    };
    Some(Answer {
        content_type: fields
            .iter()
            .rev()
            .find(|(name, value)| name == "content-type" && !value.is_empty())
            .map(|(_, value)| value.clone()),
        encodings: all("content-encoding"),
        chunked: all("transfer-encoding").iter().any(|coding| coding == "chunked"),
        body: &block[size..],
    })
}
