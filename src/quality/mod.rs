//! Quality signals of the public filters for training text, under their known names, and the
//! filters' own decision whether to keep a page.
//!
//! They describe a text; they are no evidence of spam and no part of the score: well-made spam
//! passes them and technical pages fail them. [docs/quality.md] lists names and formulas.
//!
//! [docs/quality.md]: https://docs.rs/crate/crawlint/latest/source/docs/quality.md
//!
//! ```
//! use crawlint::quality::{Profile, Text};
//!
//! let text = Text::new("Bread. Bread. Bread.", "en");
//! let decision = text.decide(Profile::GopherQuality);
//! assert_eq!(decision.reason, Some("gopher_short_doc"));
//! ```

mod constants;
mod filters;
mod grams;
mod redpajama;
mod words;

use std::collections::BTreeMap;

use crate::quality::filters::{C4, FineWeb, Gopher, Repetition};
use crate::quality::words::words;

/// A filter, or several in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// Both filters of Gopher.
    Gopher,
    /// Gopher's filter of words and symbols.
    GopherQuality,
    /// Gopher's filter of repetition.
    GopherRepetition,
    /// The filter of C4, without its list of bad words.
    C4,
    /// FineWeb's own filter, which it applies after the others.
    FineWeb,
}

impl Profile {
    /// All profiles.
    pub const ALL: [Profile; 5] =
        [Self::Gopher, Self::GopherQuality, Self::GopherRepetition, Self::C4, Self::FineWeb];

    /// Name used in options and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gopher => "gopher",
            Self::GopherQuality => "gopher-quality",
            Self::GopherRepetition => "gopher-repetition",
            Self::C4 => "c4",
            Self::FineWeb => "fineweb",
        }
    }
}

/// Whether a filter keeps a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// Whose decision it is.
    pub profile: Profile,
    /// The first test that failed; none where the page is kept.
    pub reason: Option<&'static str>,
}

impl Decision {
    /// Whether the page is kept.
    pub fn keep(self) -> bool {
        self.reason.is_none()
    }
}

/// A text with its words, ready to be measured.
#[derive(Debug)]
#[expect(clippy::struct_field_names, reason = "the text of a text")]
pub struct Text<'a> {
    text: &'a str,
    language: &'a str,
    words: Vec<&'a str>,
    chars: usize,
}

impl<'a> Text<'a> {
    /// A visible text and its language code, which chooses the thresholds.
    pub fn new(text: &'a str, language: &'a str) -> Self {
        Self { text, language, words: words(text), chars: text.chars().count() }
    }

    /// The decision of a profile.
    pub fn decide(&self, profile: Profile) -> Decision {
        let reason = match profile {
            Profile::Gopher => {
                Gopher::of(self).fails(self).or_else(|| Repetition::of(self).fails(self))
            }
            Profile::GopherQuality => Gopher::of(self).fails(self),
            Profile::GopherRepetition => Repetition::of(self).fails(self),
            Profile::C4 => C4::of(self).fails(),
            Profile::FineWeb => FineWeb::of(self).fails(self),
        };
        Decision { profile, reason }
    }

    /// Every signal, by name, with six digits after the point. What a text without words does
    /// not have is 0.
    pub fn signals(&self) -> BTreeMap<&'static str, f64> {
        let mut signals = BTreeMap::new();
        Gopher::of(self).tell(&mut signals);
        Repetition::of(self).tell(&mut signals);
        C4::of(self).tell(&mut signals);
        FineWeb::of(self).tell(&mut signals);
        redpajama::tell(self, &mut signals);
        for value in signals.values_mut() {
            *value = (*value * 1e6).round() / 1e6;
        }
        signals
    }
}

/// A share; 0 of nothing.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Lines as Python's `splitlines` has them: no last one after the last break.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    let breaks = |c: char| {
        matches!(
            c,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'
                ..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    while !rest.is_empty() {
        let end = rest.find(breaks).unwrap_or(rest.len());
        lines.push(&rest[..end]);
        rest = &rest[end..];
        let mark = if rest.starts_with("\r\n") {
            2
        } else {
            rest.chars().next().map_or(0, char::len_utf8)
        };
        rest = &rest[mark..];
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAD: &str = "The baker opens the shop every morning at six, and most of the people \
        in the village come to buy bread that is still warm.\nThere are four kinds of bread on \
        the shelf, and on Fridays there is a fifth one with walnuts.\nHe learned the trade from \
        his father, who had it from his own, and he hopes to hand it on.\nDoes it pay? It does, \
        he says, as long as nobody counts the hours.";

    #[test]
    fn good_prose_passes_every_profile() {
        let text = Text::new(BREAD, "en");
        for profile in Profile::ALL {
            assert_eq!(text.decide(profile).reason, None, "{}", profile.name());
        }
    }

    #[test]
    fn each_filter_drops_what_it_is_made_for() {
        use Profile::{C4, FineWeb, Gopher, GopherQuality, GopherRepetition};

        let check = |page: &str, profile, reason| {
            assert_eq!(Text::new(page, "en").decide(profile).reason, Some(reason));
        };
        check("", GopherRepetition, "empty");
        check("", FineWeb, "empty");
        check("Bread.", Gopher, "gopher_short_doc");
        check(&"walnut ".repeat(60), GopherQuality, "gopher_enough_stop_words");
        check(&"12 34 56 78 bread ".repeat(60), GopherQuality, "gopher_below_avg_threshold");
        check(&"The bread of the day\n".repeat(9), GopherRepetition, "dup_line_frac");
        check(&"buy bread ".repeat(30), GopherRepetition, "top_2_gram");
        let twice = format!("{BREAD} {BREAD}").replace('\n', " ");
        check(&twice, GopherRepetition, "duplicated_5_n_grams");
        check("Bread is good. Bread is warm.", C4, "too_few_sentences");
        check(&format!("{BREAD}\nThe code {{ is here."), C4, "curly_bracket");
        check(&format!("{BREAD}\nLorem ipsum dolor sit amet."), C4, "lorem_ipsum");
        check(&"Bread and rolls\n".repeat(9), FineWeb, "line_punct_ratio");
        check(&format!("{BREAD}\n{BREAD}"), FineWeb, "char_dup_ratio");
    }

    #[test]
    fn chinese_has_its_own_scale() {
        let page = "面包师每天早上六点开门，村里的人都来买刚出炉的面包。\n".to_owned()
            + "架子上有四种面包，星期五还有一种加了核桃的。\n"
            + "他从父亲那里学会了这门手艺，父亲又是从祖父那里学来的。\n"
            + "这能赚钱吗？他说，只要没有人计算时间，就能赚钱。\n"
            + "他希望将来把店交给女儿，她已经会做最难的那一种了。\n";
        let text = Text::new(&page, "zh");
        for profile in [Profile::GopherQuality, Profile::GopherRepetition, Profile::FineWeb] {
            assert_eq!(text.decide(profile).reason, None, "{}", profile.name());
        }
        // With the scale of English the words are too short.
        let reason = Text::new(&page, "en").decide(Profile::GopherQuality).reason;
        assert_eq!(reason, Some("gopher_below_avg_threshold"));
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "the values are rounded, so equal ones are the same")]
    fn signals_have_their_known_names() {
        let signals = Text::new("Bread, bread and BREAD. Rolls #1…", "en").signals();
        let value = |name: &str| signals[name];
        assert_eq!(value("rps_doc_word_count"), 6.0);
        assert_eq!(value("rps_doc_frac_unique_words"), 0.666_667);
        assert_eq!(value("rps_doc_num_sentences"), 2.0);
        assert_eq!(value("gopher_word_count"), 6.0);
        assert_eq!(value("c4_num_sentences"), 0.0);
        assert_eq!(value("fineweb_line_punct_ratio"), 0.0);
        assert!(signals.len() >= 40, "{}", signals.len());
        for text in ["", " ", "\u{2028}", "…", "\u{0}", "。"] {
            let signals = Text::new(text, "en").signals();
            assert!(signals.values().all(|value| value.is_finite()), "{text:?} {signals:?}");
        }
    }

    #[test]
    fn lines_end_as_in_python() {
        assert_eq!(lines("a\r\nb\u{2028}\nc\n"), ["a", "b", "", "c"]);
        assert!(lines("").is_empty());
    }
}
