//! The normalised views that terms are matched on, with the way back.
//!
//! `norm` undoes what a reader does not notice: compatibility forms (NFKC), letter case,
//! invisible characters, Traditional against Simplified Chinese, Arabic letter variants,
//! look-alike letters inside words that mix scripts, runs of white space. `squash` also drops
//! what is set between Han characters to break a word up.

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, compose};

use crate::span::{OffsetMap, Span};
use crate::text::Script;

/// A derived text and its map back to the text it was made from.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The derived text.
    pub text: String,
    /// From `text` to the original.
    pub map: OffsetMap,
}

/// The `norm` view of a text. Runs of white space become one space, or one line feed where the
/// run holds a line break.
///
/// ```
/// let view = crawlint::text::normalise("ＶＩＰ \u{200b} 國產\r\n\r\nCafe\u{301}");
/// assert_eq!(view.text, "vip 国产\ncafé");
/// ```
pub fn normalise(text: &str) -> View {
    Normaliser::new(text).run()
}

/// The `norm` form of a term, as [`normalise`] would leave it in running text.
pub fn normalise_term(term: &str) -> String {
    let term = term.trim();
    // Most terms are plain: words with single spaces between them.
    let plain = |pair: &[u8]| pair[0] > b' ' || (pair[0] == b' ' && pair[1] > b' ');
    if term.is_ascii() && term.as_bytes().windows(2).all(plain) {
        return term.to_ascii_lowercase();
    }
    normalise(term).text
}

/// The `squash` view of a normalised text: without anything that stands between two Han
/// characters and is not a letter, digit or line break.
///
/// ```
/// let norm = crawlint::text::normalise("百.家 乐 and 彩🍒金 x");
/// assert_eq!(crawlint::text::squash(&norm.text).text, "百家乐 and 彩金 x");
/// ```
pub fn squash(norm: &str) -> View {
    let mut view = View { text: String::with_capacity(norm.len()), map: OffsetMap::default() };
    let mut pending: Option<usize> = None; // where a run of separators after a Han character began
    let mut after_han = false;
    for (at, c) in norm.char_indices() {
        let han = Script::of(c) == Some(Script::Han);
        if !han && !c.is_alphanumeric() && c != '\n' && after_han {
            pending.get_or_insert(at);
            continue;
        }
        if let Some(from) = pending.take().filter(|_| !han) {
            view.push(&norm[from..at], Span::new(from, at));
        }
        view.push(&norm[at..at + c.len_utf8()], Span::new(at, at + c.len_utf8()));
        after_han = han;
    }
    if let Some(from) = pending {
        view.push(&norm[from..], Span::new(from, norm.len()));
    }
    view
}

impl View {
    fn push(&mut self, text: &str, source: Span) {
        self.map.push(self.text.len(), text.len(), source);
        self.text.push_str(text);
    }
}

struct Normaliser<'a> {
    source: &'a str,
    view: View,
    /// Start in the view and span in the source of the last character, for composition.
    last: Option<(usize, Span)>,
    /// End of the word last looked at, and whether it mixes Latin with Cyrillic or Greek.
    word: (usize, bool),
}

impl<'a> Normaliser<'a> {
    fn new(source: &'a str) -> Self {
        let view = View { text: String::with_capacity(source.len()), map: OffsetMap::default() };
        Self { source, view, last: None, word: (0, false) }
    }

    fn run(mut self) -> View {
        let bytes = self.source.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            if byte.is_ascii_whitespace() {
                at = self.white_space(at);
            } else if byte < 0x80 {
                at = self.ascii_run(at);
            } else {
                let c = self.source[at..].chars().next().expect("at is inside the text");
                at = self.wide(at, c);
            }
        }
        self.view
    }

    /// A run of ASCII words, lower-cased.
    fn ascii_run(&mut self, start: usize) -> usize {
        let end = words_end(self.source.as_bytes(), start);
        let from = self.view.text.len();
        self.view.push(&self.source[start..end], Span::new(start, end));
        self.view.text[from..].make_ascii_lowercase();
        self.last = Some((self.view.text.len() - 1, Span::new(end - 1, end)));
        end
    }

    fn white_space(&mut self, start: usize) -> usize {
        let rest = &self.source[start..];
        let len = rest.find(|c: char| !is_space(c)).unwrap_or(rest.len());
        let run = &rest[..len];
        let breaks = run.contains(['\n', '\r']);
        // Characters the view drops may stand between two runs of white space: they are one.
        if self.view.text.ends_with(' ') && breaks {
            self.view.text.pop();
            self.view.map.truncate(self.view.text.len());
        }
        if !self.view.text.ends_with([' ', '\n']) {
            let space = if breaks { "\n" } else { " " };
            let (at, source) = (self.view.text.len(), Span::new(start, start + len));
            // White space that stays as it is keeps the runs around it in one.
            if run == space {
                self.view.map.push(at, 1, source);
            } else {
                self.view.map.push_whole(at, 1, source);
            }
            self.view.text.push_str(space);
        }
        self.last = None;
        start + len
    }

    fn wide(&mut self, at: usize, c: char) -> usize {
        let end = at + c.len_utf8();
        let source = Span::new(at, end);
        if stays(c) {
            return self.kept_run(at, end);
        }
        let folded = fold(c);
        if let Some(latin) = folded.alike
            && self.in_mixed_word(at)
        {
            self.emit(latin, source);
            return end;
        }
        match &folded.fold {
            Fold::White => return self.white_space(at),
            Fold::Keep if folded.joins => self.emit_composing(c, source),
            Fold::Keep => self.emit(c, source),
            Fold::Drop => {}
            Fold::Space => {
                if !self.view.text.ends_with([' ', '\n']) {
                    self.view.push(" ", source);
                }
                self.last = None;
            }
            Fold::One(one) if folded.joins => self.emit_composing(*one, source),
            Fold::One(one) => self.emit(*one, source),
            Fold::Many(text) => {
                self.view.map.push_whole(self.view.text.len(), text.len(), source);
                self.view.text.push_str(text);
                self.last = None;
            }
        }
        end
    }

    /// A run of characters that stay as they are, the first of which stands at `start..end`.
    fn kept_run(&mut self, start: usize, mut end: usize) -> usize {
        let mut last = start;
        for c in self.source[end..].chars() {
            if c.is_ascii() || !stays(c) {
                break;
            }
            last = end;
            end += c.len_utf8();
        }
        let at = self.view.text.len() + last - start;
        self.view.push(&self.source[start..end], Span::new(start, end));
        self.last = Some((at, Span::new(last, end)));
        end
    }

    fn emit(&mut self, c: char, source: Span) {
        let at = self.view.text.len();
        if c.len_utf8() == source.len() {
            self.view.map.push(at, source.len(), source);
        } else {
            self.view.map.push_whole(at, c.len_utf8(), source);
        }
        self.view.text.push(c);
        self.last = Some((at, source));
    }

    /// Emits a combining mark or jamo, which joins the character before it where Unicode has a
    /// composed form.
    fn emit_composing(&mut self, c: char, source: Span) {
        if let Some((at, base)) = self.last
            && let Some(before) = self.view.text[at..].chars().next()
            && let Some(composed) = compose(before, c)
        {
            self.view.text.truncate(at);
            self.view.map.truncate(at);
            self.emit(composed, base.cover(source));
        } else {
            self.emit(c, source);
        }
    }

    /// Whether the word around `at` mixes Latin letters with Cyrillic or Greek ones. Words are
    /// looked at once: `at` only grows.
    fn in_mixed_word(&mut self, at: usize) -> bool {
        if at >= self.word.0 {
            let latin_before =
                self.view.text.chars().next_back().and_then(Script::of) == Some(Script::Latin);
            let mut latin = latin_before;
            let mut end = at;
            for c in self.source[at..].chars().take(64) {
                match Script::of(c) {
                    Some(Script::Latin) => latin = true,
                    Some(Script::Cyrillic | Script::Greek) => {}
                    None if !c.is_ascii() && fold(c).fold == Fold::Drop => {}
                    _ => break,
                }
                end += c.len_utf8();
            }
            self.word = (end, latin);
        }
        self.word.1
    }
}

/// Where the ASCII words end that begin at `start` and are parted by single spaces or line feeds,
/// which stay as they are.
fn words_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    loop {
        while bytes[at..].first_chunk().is_some_and(is_plain) {
            at += PLAIN;
        }
        let word = |byte: &&u8| byte.is_ascii() && !byte.is_ascii_whitespace();
        at += bytes[at..].iter().take_while(word).count();
        match bytes[at..] {
            [b' ' | b'\n', next, ..] if next.is_ascii() && !is_space(char::from(next)) => at += 1,
            _ => return at,
        }
    }
}

/// Bytes looked at together.
const PLAIN: usize = 32;

/// Whether a stretch holds ASCII words parted by single spaces or line feeds, as far as the byte
/// behind it tells. Asked without branches, so that all bytes are asked at once.
#[expect(clippy::needless_bitwise_bool, reason = "no branch between bytes")]
fn is_plain(stretch: &[u8; PLAIN + 1]) -> bool {
    let pairs = stretch[..PLAIN].iter().zip(&stretch[1..]);
    let odd = pairs.fold(false, |odd, (&byte, &next)| {
        let parts = (byte == b' ') | (byte == b'\n');
        let control = (byte < b' ') & (byte != b'\n');
        odd | (byte >= 0x80) | control | (parts & ((next <= b' ') | (next >= 0x80)))
    });
    !odd
}

fn is_space(c: char) -> bool {
    c.is_whitespace()
}

/// What the normalised view makes of a character.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fold {
    Keep,
    Drop,
    /// White space, folded with what stands around it.
    White,
    /// What stands for a space without being one.
    Space,
    One(char),
    Many(Box<str>),
}

/// What becomes of a character.
#[derive(Clone, Debug)]
struct Folded {
    fold: Fold,
    /// Whether that may join the character before it.
    joins: bool,
    /// The Latin letter that it looks like.
    alike: Option<char>,
}

impl Folded {
    fn find(c: char) -> Self {
        let fold = fold_slowly(c);
        let joins = match fold {
            Fold::Keep => joins(c),
            Fold::One(folded) => joins(folded),
            _ => false,
        };
        Self { fold, joins, alike: look_alike(c) }
    }

    /// Whether the character stays as it is wherever it stands.
    fn stays(&self) -> bool {
        matches!(self.fold, Fold::Keep) && !self.joins && self.alike.is_none()
    }
}

/// Whether a character is a combining mark or a jamo that follows another.
fn joins(c: char) -> bool {
    canonical_combining_class(c) != 0 || ('\u{1160}'..='\u{11ff}').contains(&c)
}

/// What becomes of 256 characters.
struct Row {
    /// Those that stay as they are wherever they stand, as bits: nearly all that a page asks for,
    /// and so small that all of a script are in the cache.
    stay: [u64; 4],
    folded: Box<[Folded]>,
}

impl Row {
    fn new(first: u32) -> Self {
        let none = || Folded { fold: Fold::Drop, joins: false, alike: None };
        let folded = |code| char::from_u32(code).map_or_else(none, Folded::find);
        let folded: Box<[Folded]> = (first..first + 256).map(folded).collect();
        let mut stay = [0; 4];
        for (at, _) in folded.iter().enumerate().filter(|(_, folded)| folded.stays()) {
            stay[at >> 6] |= 1 << (at & 63);
        }
        Self { stay, folded }
    }
}

/// The row of a character of the basic plane, made when its first character is met: all rows take
/// 10 ms.
#[inline]
fn row(c: char) -> Option<&'static Row> {
    static ROWS: [OnceLock<Row>; 256] = [const { OnceLock::new() }; 256];
    let code = c as usize;
    Some(ROWS.get(code >> 8)?.get_or_init(|| Row::new((code & !0xff) as u32)))
}

/// Whether a non-ASCII character stays as it is wherever it stands.
#[inline]
fn stays(c: char) -> bool {
    let at = c as usize & 0xff;
    row(c).map_or_else(|| Folded::find(c).stays(), |row| row.stay[at >> 6] >> (at & 63) & 1 != 0)
}

/// Folds a non-ASCII character.
fn fold(c: char) -> Cow<'static, Folded> {
    row(c).map_or_else(
        || Cow::Owned(Folded::find(c)),
        |row| Cow::Borrowed(&row.folded[c as usize & 0xff]),
    )
}

fn fold_slowly(c: char) -> Fold {
    match c {
        _ if is_space(c) => return Fold::White,
        // Zero-width and bidirectional controls, soft hyphen, variation selectors, tags.
        '\u{200b}'
        | '\u{200d}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' => return Fold::Drop,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{feff}' => {
            return Fold::Drop;
        }
        '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' => return Fold::Drop,
        // Persian writes a zero-width non-joiner where other scripts write a space.
        '\u{200c}' => return Fold::Space,
        // Arabic: lengthening stroke and vowel signs go, letter variants meet.
        '\u{640}' | '\u{64b}'..='\u{652}' | '\u{670}' => return Fold::Drop,
        'ي' | 'ى' => return Fold::One('ی'),
        'ك' => return Fold::One('ک'),
        'ة' => return Fold::One('ه'),
        'أ' | 'إ' | 'آ' => return Fold::One('ا'),
        _ => {}
    }
    // Unified ideographs and Korean syllables are their own compatibility form and have no case.
    if matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}') {
        let simple = simplified(c);
        return if simple == c { Fold::Keep } else { Fold::One(simple) };
    }
    let folded: String =
        std::iter::once(c).nfkc().flat_map(char::to_lowercase).map(simplified).collect();
    let mut chars = folded.chars();
    match (chars.next(), chars.next()) {
        (None, _) => Fold::Drop,
        (Some(first), None) if first == c => Fold::Keep,
        (Some(first), None) => Fold::One(first),
        _ => Fold::Many(folded.into_boxed_str()),
    }
}

/// The Simplified form of a Traditional character, else the character itself.
fn simplified(c: char) -> char {
    let pairs = &*TRADITIONAL_TO_SIMPLIFIED;
    pairs.binary_search_by_key(&c, |pair| pair.0).map_or(c, |index| pairs[index].1)
}

/// Pairs of a Traditional character and its Simplified form, sorted.
static TRADITIONAL_TO_SIMPLIFIED: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let mut table =
        include_str!("data/traditional_to_simplified.txt").chars().filter(|c| !c.is_whitespace());
    let mut pairs: Vec<(char, char)> =
        std::iter::from_fn(|| Some((table.next()?, table.next()?))).collect();
    pairs.sort_unstable();
    pairs
});

/// Whether a Cyrillic or Greek letter looks like a Latin one.
pub fn is_look_alike(c: char) -> bool {
    look_alike(c).is_some()
}

/// The Latin letter a Cyrillic or Greek letter looks like, lower case (after the confusables of
/// Unicode Technical Standard 39, the pairs spam uses).
fn look_alike(c: char) -> Option<char> {
    Some(match c {
        'а' | 'А' | 'α' | 'Α' => 'a',
        'В' | 'Β' => 'b',
        'с' | 'С' => 'c',
        'е' | 'Е' | 'ё' | 'Ё' | 'Ε' | 'ε' => 'e',
        'Н' | 'Η' => 'h',
        'і' | 'І' | 'ι' | 'Ι' => 'i',
        'ј' | 'Ј' => 'j',
        'к' | 'К' | 'κ' | 'Κ' => 'k',
        'М' | 'Μ' => 'm',
        'Ν' | 'ν' => 'n',
        'о' | 'О' | 'ο' | 'Ο' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'ѕ' | 'Ѕ' => 's',
        'т' | 'Т' | 'τ' | 'Τ' => 't',
        'υ' => 'u',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'Υ' => 'y',
        'Ζ' => 'z',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_terms_are_normalised_like_any_text() {
        for term in [
            "",
            " ",
            "a",
            " Slot GACOR ",
            "a  b",
            "a\tb",
            "a\nb",
            "a \u{1}b",
            "a\u{b}b",
            "x & y;",
            "9.9 %",
        ] {
            assert_eq!(normalise_term(term), normalise(term.trim()).text, "{term:?}");
        }
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(normalise(text).text, expected, "{text:?}");
    }

    #[test]
    fn what_readers_do_not_notice_is_undone() {
        check("ＶＩＡＧＲＡ 𝘃𝗶𝗮 ⓥⓘ", "viagra via vi");
        check("百\u{200b}家\u{200b}乐", "百家乐");
        check("娛樂城 國產 无碼", "娱乐城 国产 无码");
        check("саsinо bоnus", "casino bonus");
        check("онлайн казино", "онлайн казино");
        check("nha\u{300} ca\u{301}i NHÀ CÁI", "nhà cái nhà cái");
        check("كازينو", "کازینو");
        check("a \t b\r\n\n c", "a b\nc");
        check("ｶｼﾞﾉ", "カジノ");
        check("ﬁne ½", "fine 1⁄2");
        check("한글", "한글");
    }

    #[test]
    fn the_map_leads_back() {
        let text = "Ａ國\u{200b}產 ca\u{301}i";
        let view = normalise(text);
        let at = view.text.find("国产").unwrap();
        let span = view.map.to_source(Span::new(at, at + "国产".len()));
        assert_eq!(&text[span.range()], "國\u{200b}產");
        let at = view.text.find("cái").unwrap();
        let span = view.map.to_source(Span::new(at, at + "cái".len()));
        assert_eq!(&text[span.range()], "ca\u{301}i");
    }

    proptest::proptest! {
        #[test]
        fn spans_stay_on_character_boundaries(text in "\\PC{0,40}|[а-яa-zÀ-ỹ\u{300}-\u{310}가-힣\u{1100}-\u{11ff} \n]{0,40}") {
            let view = normalise(&text);
            let mut boundaries: Vec<usize> = view.text.char_indices().map(|(i, _)| i).collect();
            boundaries.push(view.text.len());
            for pair in boundaries.windows(2) {
                let span = view.map.to_source(Span::new(pair[0], pair[1]));
                proptest::prop_assert!(text.get(span.range()).is_some());
            }
        }

        #[test]
        fn normalising_twice_changes_nothing_more(text in "[a-zA-Zа-яА-Я0-9 國產体育ＡＢ\u{200b}ぁ-ん가-힣]{0,40}") {
            let once = normalise(&text).text;
            proptest::prop_assert_eq!(&normalise(&once).text, &once);
        }
    }
}
