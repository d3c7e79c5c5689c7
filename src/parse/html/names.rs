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
const COMMON: &str = "\
    article aside audio b blockquote center cite code dl em fieldset figcaption figure font \
    footer g h1 h2 h3 h4 h5 h6 header hr i iframe input ins label legend link main meta nav \
    noscript object ol param path picture pre s script section small source span strong style \
    sub sup svg symbol tbody td textarea tfoot th thead time title u ul use video div rect \
    circle defs polygon address del action align allowfullscreen alt aria-controls \
    aria-describedby aria-expanded aria-haspopup aria-hidden aria-label aria-labelledby async \
    autocomplete bgcolor border cellpadding cellspacing charset checked class colspan content \
    crossorigin d data datetime defer dir disabled fill for frameborder height hidden href \
    hreflang http-equiv id integrity itemprop itemscope itemtype lang language loading maxlength \
    media method name nowrap onclick onload placeholder property rel role rowspan scope selected \
    size sizes src srcset stroke stroke-width tabindex target transform type valign value \
    viewbox viewBox width xlink xmlns rev color face onmouseover onmouseout readonly required";

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
        let known = KNOWN.iter().map(|name| &**name);
        for name in known.chain(COMMON.split_ascii_whitespace()) {
            names.read(name, (0, name.len()));
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
