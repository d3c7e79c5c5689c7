//! Names of elements and attributes: each is interned once per page, with what the parser has to
//! know about elements of that name.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hasher};
use std::sync::LazyLock;

use html5ever::{LocalName, local_name};

use super::attribute::Common;
use super::traits::Traits;

/// A name of this page, by its place in [`Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NameId(u32);

impl NameId {
    /// Another number for each name.
    pub(super) fn number(self) -> u32 {
        self.0
    }
}

/// What stands before the local name of an attribute in SVG and `MathML`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Prefix {
    /// Nothing: the attribute is in no namespace, as all of HTML are.
    #[default]
    None,
    /// `xlink:`
    Xlink,
    /// `xml:`
    Xml,
    /// Nothing, but the attribute is `xmlns` itself.
    Xmlns,
    /// `xmlns:`
    XmlnsPrefixed,
}

/// A name of an element or attribute.
#[derive(Clone, Debug)]
pub(super) struct Name {
    /// To be matched; empty where no name we know is as long.
    pub(super) local: LocalName,
    /// The name where `local` is empty. Atoms of such names would go into a table that all threads
    /// share, and that gets slow when a page has thousands of them.
    other: Option<Box<str>>,
    /// Of attributes only.
    pub(super) prefix: Prefix,
    /// Of an HTML element of that name.
    pub(super) traits: Traits,
    /// The attribute of that name, if it may matter on any element.
    pub(super) common: Option<Common>,
}

/// Declares names that every page has, with constants for their places.
macro_rules! known {
    ($($constant:ident $name:tt)+) => {
        #[expect(clippy::upper_case_acronyms, reason = "counts the constants")]
        enum Place { $($constant),+ }
        impl NameId {
            $(pub(super) const $constant: Self = Self(Place::$constant as u32);)+
        }
        const KNOWN: &[LocalName] = &[$(local_name!($name)),+];
    };
}

known! {
    HTML "html"
    HEAD "head"
    BODY "body"
    TABLE "table"
    CAPTION "caption"
    COLGROUP "colgroup"
    TBODY "tbody"
    TR "tr"
    P "p"
    BR "br"
    A "a"
    NOBR "nobr"
    IMG "img"
    IMAGE "image"
    LI "li"
    DD "dd"
    DT "dt"
    FORM "form"
    BUTTON "button"
    SELECT "select"
    OPTION "option"
    OPTGROUP "optgroup"
    TEMPLATE "template"
    RUBY "ruby"
    RTC "rtc"
    FRAMESET "frameset"
}

/// Names that most pages have beside these.
const COMMON: &[LocalName] = &[
    local_name!("article"),
    local_name!("aside"),
    local_name!("audio"),
    local_name!("b"),
    local_name!("blockquote"),
    local_name!("center"),
    local_name!("cite"),
    local_name!("code"),
    local_name!("dl"),
    local_name!("em"),
    local_name!("fieldset"),
    local_name!("figcaption"),
    local_name!("figure"),
    local_name!("font"),
    local_name!("footer"),
    local_name!("g"),
    local_name!("h1"),
    local_name!("h2"),
    local_name!("h3"),
    local_name!("h4"),
    local_name!("h5"),
    local_name!("h6"),
    local_name!("header"),
    local_name!("hr"),
    local_name!("i"),
    local_name!("iframe"),
    local_name!("input"),
    local_name!("ins"),
    local_name!("label"),
    local_name!("legend"),
    local_name!("link"),
    local_name!("main"),
    local_name!("meta"),
    local_name!("nav"),
    local_name!("noscript"),
    local_name!("object"),
    local_name!("ol"),
    local_name!("param"),
    local_name!("path"),
    local_name!("picture"),
    local_name!("pre"),
    local_name!("s"),
    local_name!("script"),
    local_name!("section"),
    local_name!("small"),
    local_name!("source"),
    local_name!("span"),
    local_name!("strong"),
    local_name!("style"),
    local_name!("sub"),
    local_name!("sup"),
    local_name!("svg"),
    local_name!("symbol"),
    local_name!("tbody"),
    local_name!("td"),
    local_name!("textarea"),
    local_name!("tfoot"),
    local_name!("th"),
    local_name!("thead"),
    local_name!("time"),
    local_name!("title"),
    local_name!("u"),
    local_name!("ul"),
    local_name!("use"),
    local_name!("video"),
    local_name!("div"),
    local_name!("rect"),
    local_name!("circle"),
    local_name!("defs"),
    local_name!("polygon"),
    local_name!("address"),
    local_name!("del"),
    local_name!("action"),
    local_name!("align"),
    local_name!("allowfullscreen"),
    local_name!("alt"),
    local_name!("aria-controls"),
    local_name!("aria-describedby"),
    local_name!("aria-expanded"),
    local_name!("aria-haspopup"),
    local_name!("aria-hidden"),
    local_name!("aria-label"),
    local_name!("aria-labelledby"),
    local_name!("async"),
    local_name!("autocomplete"),
    local_name!("bgcolor"),
    local_name!("border"),
    local_name!("cellpadding"),
    local_name!("cellspacing"),
    local_name!("charset"),
    local_name!("checked"),
    local_name!("class"),
    local_name!("colspan"),
    local_name!("content"),
    local_name!("crossorigin"),
    local_name!("d"),
    local_name!("data"),
    local_name!("datetime"),
    local_name!("defer"),
    local_name!("dir"),
    local_name!("disabled"),
    local_name!("fill"),
    local_name!("for"),
    local_name!("frameborder"),
    local_name!("height"),
    local_name!("hidden"),
    local_name!("href"),
    local_name!("hreflang"),
    local_name!("http-equiv"),
    local_name!("id"),
    local_name!("integrity"),
    local_name!("itemprop"),
    local_name!("itemscope"),
    local_name!("itemtype"),
    local_name!("lang"),
    local_name!("language"),
    local_name!("loading"),
    local_name!("maxlength"),
    local_name!("media"),
    local_name!("method"),
    local_name!("name"),
    local_name!("nowrap"),
    local_name!("onclick"),
    local_name!("onload"),
    local_name!("placeholder"),
    local_name!("property"),
    local_name!("rel"),
    local_name!("role"),
    local_name!("rowspan"),
    local_name!("scope"),
    local_name!("selected"),
    local_name!("size"),
    local_name!("sizes"),
    local_name!("src"),
    local_name!("srcset"),
    local_name!("stroke"),
    local_name!("stroke-width"),
    local_name!("tabindex"),
    local_name!("target"),
    local_name!("transform"),
    local_name!("type"),
    local_name!("valign"),
    local_name!("value"),
    local_name!("viewbox"),
    local_name!("viewBox"),
    local_name!("width"),
    local_name!("xlink"),
    local_name!("xmlns"),
    local_name!("rev"),
    local_name!("color"),
    local_name!("face"),
    local_name!("align"),
    local_name!("onmouseover"),
    local_name!("onmouseout"),
    local_name!("readonly"),
    local_name!("required"),
];

/// The names of a page.
#[derive(Clone, Debug)]
pub(super) struct Names {
    table: Vec<Name>,
    /// By the hash of their text.
    by_hash: HashMap<u64, NameId, BuildHasherDefault<Ready>>,
    /// Names with a prefix, of which the standard knows a handful.
    prefixed: Vec<NameId>,
    /// Names as written: what is found here needs neither lowering nor interning.
    slots: Vec<Slot>,
    lowered: String,
}

/// A name as written, found by its first and last eight bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: Key,
    id: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Key {
    first: u64,
    last: u64,
    len: usize,
}

impl Default for Names {
    /// Copies names that are interned once.
    fn default() -> Self {
        static ALL: LazyLock<Names> = LazyLock::new(Names::of_every_page);
        ALL.clone()
    }
}

impl Names {
    const SLOTS: usize = 512;

    fn of_every_page() -> Self {
        let mut names = Self {
            table: Vec::with_capacity(256),
            by_hash: HashMap::with_capacity_and_hasher(256, BuildHasherDefault::default()),
            prefixed: Vec::new(),
            slots: vec![Slot::default(); Self::SLOTS],
            lowered: String::new(),
        };
        for local in KNOWN.iter().chain(COMMON) {
            names.read(local, (0, local.len()));
        }
        names
    }

    /// The name at `start..end` of `source`, ASCII letters lowered and NUL replaced.
    pub(super) fn read(&mut self, source: &str, (start, end): (usize, usize)) -> NameId {
        let bytes = source.as_bytes();
        if start == end {
            return self.intern("");
        }
        let key = Key::of(bytes, start, end);
        let slot = self.slots[key.slot()];
        let text = &source[start..end];
        // Sixteen bytes are all of most names.
        if slot.key == key && (key.len <= 16 || self.table[slot.id as usize].text() == text) {
            return NameId(slot.id);
        }
        let mut lowered = std::mem::take(&mut self.lowered);
        lowered.clear();
        lowered.extend(text.chars().map(|c| match c {
            '\0' => '\u{fffd}',
            c => c.to_ascii_lowercase(),
        }));
        let id = self.intern(&lowered);
        self.lowered = lowered;
        self.slots[key.slot()] = Slot { key, id: id.0 };
        id
    }

    /// A name as it is.
    pub(super) fn intern(&mut self, text: &str) -> NameId {
        /// Longest name that an atom holds without a table.
        const INLINE: usize = 7;
        let mut hasher = DefaultHasher::new();
        hasher.write(text.as_bytes());
        let hash = hasher.finish();
        if let Some(id) = self.by_hash.get(&hash).filter(|id| self.get(**id).text() == text) {
            return *id;
        }
        let local = if text.len() <= INLINE {
            Some(LocalName::from(text))
        } else {
            LocalName::try_static(text)
        };
        let id = NameId(self.table.len() as u32);
        self.by_hash.insert(hash, id);
        let other = if local.is_none() { Some(text.into()) } else { None };
        let local = local.unwrap_or_default();
        let (traits, common) = (Traits::of_html(&local), Common::of(&local));
        self.table.push(Name { local, other, prefix: Prefix::None, traits, common });
        id
    }

    /// The name of an attribute with a prefix.
    pub(super) fn prefixed(&mut self, prefix: Prefix, local: &LocalName) -> NameId {
        let same = |id: &&NameId| {
            let name = self.get(**id);
            name.prefix == prefix && name.local == *local
        };
        if let Some(id) = self.prefixed.iter().find(same) {
            return *id;
        }
        let id = NameId(self.table.len() as u32);
        let (local, traits) = (local.clone(), Traits::default());
        self.table.push(Name { local, other: None, prefix, traits, common: None });
        self.prefixed.push(id);
        id
    }

    pub(super) fn get(&self, id: NameId) -> &Name {
        &self.table[id.0 as usize]
    }

    pub(super) fn local(&self, id: NameId) -> &LocalName {
        &self.get(id).local
    }

    /// Whether two names are the same but for the case of their letters.
    pub(super) fn are_alike(&self, one: NameId, other: NameId) -> bool {
        one == other || self.get(one).text().eq_ignore_ascii_case(self.get(other).text())
    }
}

impl Name {
    pub(super) fn text(&self) -> &str {
        self.other.as_deref().unwrap_or(&self.local)
    }
}

impl Key {
    /// The key of a name that is not empty.
    fn of(bytes: &[u8], start: usize, end: usize) -> Self {
        let len = end - start;
        let word = |at: usize| match bytes.get(at..at + 8) {
            Some(word) => u64::from_le_bytes(word.try_into().unwrap_or_default()),
            // The end of the page.
            None => bytes[at..].iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        if len <= 8 {
            return Self { first: word(start) & (u64::MAX >> (64 - 8 * len)), last: 0, len };
        }
        Self { first: word(start), last: word(end - 8), len }
    }

    fn slot(self) -> usize {
        // The multipliers of MurmurHash3's finaliser.
        let mixed = self.first.wrapping_mul(0xff51_afd7_ed55_8ccd)
            ^ self.last.wrapping_mul(0xc4ce_b9fe_1a85_ec53)
            ^ self.len as u64;
        (mixed ^ mixed >> 32) as usize % Names::SLOTS
    }
}

/// Takes a number that is a hash already.
#[derive(Default)]
pub(super) struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0 << 8 | u64::from(*byte));
        }
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_interned_as_they_are_lowered() {
        let mut names = Names::default();
        let mut last = None;
        for (text, local) in [
            ("div", "div"),
            ("DIV", "div"),
            ("Div", "div"),
            ("", ""),
            ("a", "a"),
            ("\0", "\u{fffd}"),
            ("data-abcdefgh", "data-abcdefgh"),
            ("data-a-long-name-of-thirty-bytes", "data-a-long-name-of-thirty-bytes"),
            ("data-a-long-NAME-of-thirty-bytes", "data-a-long-name-of-thirty-bytes"),
            ("data-a-lang-name-of-thirty-bytes", "data-a-lang-name-of-thirty-bytes"),
        ] {
            for source in [text.to_owned(), format!("{text}=\"longer than a word\"")] {
                for _ in 0..2 {
                    let id = names.read(&source, (0, text.len()));
                    assert_eq!(names.get(id).text(), local);
                    if last.is_some_and(|(name, _)| name == local) {
                        assert_eq!(last, Some((local, id)));
                    }
                    last = Some((local, id));
                }
            }
        }
        assert_eq!(names.read("BODY", (0, 4)), NameId::BODY);
        assert_eq!(names.intern("frameset"), NameId::FRAMESET);
    }
}
