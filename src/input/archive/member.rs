//! What zip and tar members have in common.

use crate::decode::is_binary;
use crate::input::feed::Feed;
use crate::input::open::{Input, Opened, open};
use crate::input::warc::by_magic;
use crate::input::{Container, Item, Options, Place, ReadError};

/// Endings of names that promise a page: what has one is judged, even if it turns out to be no
/// text, because that is damage somebody wants to hear of.
const PAGES: [&str; 12] =
    ["html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp", "txt", "md", "json", "xml"];

/// An archive as its members see it.
pub(super) struct Archive {
    /// The archive, with its own name where it is a member itself.
    pub(super) at: Place,
    /// Containers around it.
    depth: usize,
    options: Options,
}

impl Archive {
    pub(super) fn new(input: &Input, options: &Options) -> Self {
        // The format that was asked for is the archive's; members tell their own.
        let options = Options { format: None, ..options.clone() };
        Self { at: input.at.clone(), depth: input.depth, options }
    }

    pub(super) fn options(&self) -> &Options {
        &self.options
    }

    /// The place of a member that begins at `offset` in this archive's bytes.
    pub(super) fn place(&self, name: &str, offset: Option<u64>) -> Place {
        let member = match &self.at.member {
            Some(own) => format!("{own}!{name}"),
            None => name.to_owned(),
        };
        // Of a nested archive only the outermost member lies in the file as it is stored.
        let offset = if self.depth == 0 { offset } else { self.at.offset };
        Place { member: Some(member), offset, ..self.at.clone() }
    }

    /// Opens a member: a page at once, a container to be read through.
    pub(super) fn open(&self, at: Place, feed: Feed, size: Option<u64>) -> Member {
        let input = Input { at, feed, file: None, size, depth: self.depth + 1 };
        match open(input, &self.options) {
            Opened::Page(page) => Member::Item(page.read()),
            Opened::Container(container) => Member::Container(container),
        }
    }
}

pub(super) enum Member {
    Item(Item),
    Container(Container),
}

/// A name that leads out of the folder an archive would be unpacked to. Absolute names do not:
/// tools that unpack take the slash off, and honest archives have them.
pub(super) fn check_name(name: &str) -> Result<(), ReadError> {
    if name.contains('\0') || name.split(['/', '\\']).any(|part| part == "..") {
        return Err(ReadError::UnsafePath(name.to_owned()));
    }
    Ok(())
}

/// The kind of a member that is no page, by its first bytes; none for pages, and for what is
/// called one.
pub(in crate::input) fn passed_over(name: &str, head: &[u8]) -> Option<&'static str> {
    let file = name.rsplit(['/', '\\', '!']).next().unwrap_or(name);
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    if ending.is_some_and(|ending| PAGES.contains(&ending.as_str())) {
        return None;
    }
    is_binary(head).map(by_magic)
}
