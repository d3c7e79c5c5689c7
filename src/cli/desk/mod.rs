//! The desk: results as one page that people look through in a browser, from disk (`scan
//! --format html`) or from a server on the loopback address (`review`).
//!
//! What a page says never becomes markup. A results page carries its data compressed and as
//! base64, a server sends JSON, and the script writes text nodes only. The policy in the head
//! allows the one script and the one style sheet by their checksums, and nothing else: no
//! address can be reached, no attribute can run.

mod detail;
mod document;
mod excerpt;
mod judged;
mod row;
mod writer;

pub(crate) use detail::Details;
pub(crate) use document::Document;
pub(crate) use judged::{Judged, JudgedFinding};
pub(crate) use row::row;
#[cfg(feature = "review")]
pub(crate) use writer::about;
pub(crate) use writer::{Card, Writer};

/// The beginning of a text that is longer than so many bytes, with a sign that it goes on. Pages
/// have titles and addresses of a megabyte.
fn clip(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_end_on_a_character() {
        assert_eq!(clip("茶茶茶", 9), "茶茶茶");
        assert_eq!(clip("茶茶茶", 8), "茶茶…");
    }
}
