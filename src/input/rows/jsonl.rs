//! JSON lines: one object to a line.

use std::fmt;
use std::io::BufRead;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::input::feed::Feed;
use crate::input::open::Input;
use crate::input::rows::fields::{Fields, Role, Row};
use crate::input::{Container, Item, Options, Place, ReadError};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Whether a text is one JSON object to a line: two lines are, or the first one is and the name
/// says so. Of lines too long to be seen whole the beginning must do. `whole` tells that `head`
/// is all there is.
pub(in crate::input) fn is_jsonl(head: &[u8], whole: bool, name: &str) -> bool {
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head);
    let named = {
        let name = name.to_ascii_lowercase();
        let name =
            [".gz", ".zst", ".lz4"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
        [".jsonl", ".ndjson"].iter().any(|end| name.ends_with(end))
    };
    let mut lines = head.split(|&byte| byte == b'\n').peekable();
    let mut objects = 0;
    while let Some(line) = lines.next() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let cut = lines.peek().is_none() && !whole;
        let is_object =
            if cut { named && line.trim_ascii_start().starts_with(b"{") } else { holds_page(line) };
        if !is_object {
            return named && objects > 0;
        }
        objects += 1;
        if objects == 2 {
            return true;
        }
    }
    named && objects == 1
}

fn holds_page(line: &[u8]) -> bool {
    read(line, &Names::new(&Fields::default())).is_ok_and(|row| row.has_page)
}

/// Reads the lines of a file.
pub(in crate::input) fn open(input: Input, options: &Options) -> Container {
    Box::new(Lines {
        at: input.at,
        // Of a member the place of the member is all there is.
        outermost: input.depth == 0,
        feed: input.feed,
        names: Names::new(&options.fields),
        wanted: options.fields.of_pages(),
        max_bytes: usize::try_from(options.limits.max_bytes).unwrap_or(usize::MAX),
        number: 0,
        line: Vec::new(),
        ended: false,
    })
}

struct Lines {
    at: Place,
    outermost: bool,
    feed: Feed,
    names: Names,
    /// For the message about a line that has none of them.
    wanted: String,
    max_bytes: usize,
    /// Number of the line at hand, from 1.
    number: u64,
    line: Vec<u8>,
    ended: bool,
}

/// How a line ended.
enum End {
    Newline,
    File,
    TooLong,
}

impl Iterator for Lines {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        while !self.ended {
            let mut at = self.at.clone();
            if self.outermost {
                at.offset = self.feed.offset();
            }
            self.number += 1;
            let end = match self.read_line() {
                Ok(end) => end,
                Err(error) => {
                    self.ended = true;
                    return Some(self.fault(at, error));
                }
            };
            if matches!(end, End::TooLong) {
                let max_bytes = self.max_bytes as u64;
                return Some(self.fault(at, ReadError::TooLarge { size: None, max_bytes }));
            }
            self.ended = matches!(end, End::File);
            let line = self.line.strip_prefix(BYTE_ORDER_MARK).filter(|_| self.number == 1);
            let line = line.unwrap_or(&self.line);
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            return Some(self.item(at, line));
        }
        None
    }
}

impl Lines {
    fn item(&self, at: Place, line: &[u8]) -> Item {
        let row = match read(line, &self.names) {
            Ok(row) => row,
            Err(error) => {
                let why =
                    format!("line {}, column {}: {}", self.number, error.column(), said(&error));
                let cut = error.is_eof() && self.ended;
                let error = if cut { ReadError::Truncated(why) } else { ReadError::Corrupt(why) };
                return self.fault(at, error);
            }
        };
        if !row.has_page {
            let why = format!("line {} has none of the fields {}", self.number, self.wanted);
            return self.fault(at, ReadError::Unsupported(why));
        }
        match row.record(&at, format!("line {}", self.number)) {
            Ok(record) => Item::Page(record),
            Err(at) => Item::Skipped { at, kind: "no-text".to_owned() },
        }
    }

    fn fault(&self, mut at: Place, error: ReadError) -> Item {
        let line = format!("line {}", self.number);
        at.member = Some(match at.member {
            Some(own) => format!("{own}!{line}"),
            None => line,
        });
        Item::Fault { at, error }
    }

    /// Reads a line without its newline, of one that is too long only its end.
    fn read_line(&mut self) -> Result<End, ReadError> {
        self.line.clear();
        let mut too_long = false;
        loop {
            let ready = self.feed.fill_buf()?;
            if ready.is_empty() {
                self.ended |= too_long;
                return Ok(if too_long { End::TooLong } else { End::File });
            }
            let newline = memchr::memchr(b'\n', ready);
            let part = &ready[..newline.unwrap_or(ready.len())];
            too_long |= part.len() > self.max_bytes - self.line.len();
            if too_long {
                self.line.clear();
            } else {
                self.line.extend_from_slice(part);
            }
            let taken = part.len() + usize::from(newline.is_some());
            self.feed.take_bytes(taken);
            if newline.is_some() {
                return Ok(if too_long { End::TooLong } else { End::Newline });
            }
        }
    }
}

/// A message without the place, which counts from the line's own beginning.
fn said(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_owned()
}

fn read(line: &[u8], names: &Names) -> Result<Row, serde_json::Error> {
    // Asked for bytes, the parser refuses what is no string, such as a list called `content`
    // beside the text: then the line is read again, by types.
    read_with(line, names, true).or_else(|_| read_with(line, names, false))
}

fn read_with(line: &[u8], names: &Names, as_bytes: bool) -> Result<Row, serde_json::Error> {
    let mut row = Row::default();
    let mut reader = serde_json::Deserializer::from_slice(line);
    reader.deserialize_map(Object { names, row: &mut row, as_bytes })?;
    reader.end()?;
    Ok(row)
}

/// Names of fields as a tree, since names of nested fields have several parts.
#[derive(Debug, Default)]
struct Names {
    roles: Vec<(Role, usize)>,
    below: Vec<(String, Names)>,
}

impl Names {
    fn new(fields: &Fields) -> Self {
        let mut root = Self::default();
        for (role, rank, name) in fields.all() {
            let mut node = &mut root;
            for part in name.split('.') {
                let at = node.below.iter().position(|(other, _)| other == part);
                let at = at.unwrap_or_else(|| {
                    node.below.push((part.to_owned(), Self::default()));
                    node.below.len() - 1
                });
                node = &mut node.below[at].1;
            }
            node.roles.push((role, rank));
        }
        root
    }

    fn get(&self, name: &[u8]) -> Option<&Self> {
        self.below.iter().find(|(own, _)| own.as_bytes() == name).map(|(_, names)| names)
    }
}

/// Reads an object's fields into a row.
struct Object<'a> {
    names: &'a Names,
    row: &'a mut Row,
    /// Whether pages are asked for as bytes.
    as_bytes: bool,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Bytes)? {
            match self.names.get(&name) {
                Some(names) if !names.roles.is_empty() => {
                    for (role, _) in &names.roles {
                        self.row.saw(*role);
                    }
                    let is_page = names.roles.iter().any(|(role, _)| is_page(*role));
                    let value = if is_page && self.as_bytes {
                        map.next_value_seed(Nullable)?
                    } else {
                        map.next_value_seed(Scalar { numbers: !is_page })?
                    };
                    let Some(value) = value else { continue };
                    for (role, rank) in &names.roles {
                        self.row.put(*role, *rank, value.clone());
                    }
                }
                Some(names) => {
                    let row = &mut *self.row;
                    map.next_value_seed(Nested(Object { names, row, as_bytes: self.as_bytes }))?;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

fn is_page(role: Role) -> bool {
    matches!(role, Role::Html | Role::Text)
}

/// A string's bytes. Half a surrogate pair, which careless programs write, is an error in a Rust
/// string; in bytes it is damage that the page is judged by.
struct Bytes;

impl<'de> DeserializeSeed<'de> for Bytes {
    type Value = Vec<u8>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<u8>, D::Error> {
        from.deserialize_bytes(self)
    }
}

impl Visitor<'_> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a string")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<u8>, E> {
        Ok(text.as_bytes().to_vec())
    }
}

/// A page: a string or null.
struct Nullable;

impl<'de> DeserializeSeed<'de> for Nullable {
    type Value = Option<Vec<u8>>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Nullable {
    type Value = Option<Vec<u8>>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a string")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_bytes(Bytes).map(Some)
    }
}

/// A string, or where numbers are as good, as in ids and dates, a number; of anything else nothing
/// is taken.
struct Scalar {
    numbers: bool,
}

impl Scalar {
    fn number(self, number: &impl ToString) -> Option<Vec<u8>> {
        self.numbers.then(|| number.to_string().into_bytes())
    }
}

impl<'de> DeserializeSeed<'de> for Scalar {
    type Value = Option<Vec<u8>>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scalar {
    type Value = Option<Vec<u8>>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.as_bytes().to_vec()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(self.number(&number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(self.number(&number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(self.number(&number))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// A field that may hold an object; of anything else nothing is taken.
struct Nested<'a>(Object<'a>);

impl<'de> DeserializeSeed<'de> for Nested<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.0.visit_map(map)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}
