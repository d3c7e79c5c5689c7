//! The constants of the score.

use crate::page::{BlockKind, Zone};
use crate::signals::Signals;
use crate::span::Span;

/// Log-odds before anything is known, in decibans: one page in forty is bad. Crawl dumps hold
/// one in twenty (-13), edited collections one in a hundred (-20).
pub const PRIOR_DB: f64 = -16.0;
/// From here on a page is suspicious: even odds.
pub const SUSPICIOUS_DB: f64 = 0.0;
/// From here on a page is injected or spam. By the scale five in six such pages are bad; measured,
/// the sums are too careful: of labelled pages at 7 dB or more, fewer than one in a hundred is
/// good (`crawlint eval`, table "risk").
pub const INJECTED_DB: f64 = 7.0;

/// Weight of a second detector at the same place.
pub(super) const CAUSE_SHARE: f64 = 0.3;
/// The same between what a place says (lexicon) and how it stands there (structure): two facts,
/// though not independent ones.
pub(super) const WORDING_SHARE: f64 = 0.6;
/// Weights of the first, second and third finding of one detector.
pub(super) const REPEATED: [f64; 3] = [1.0, 0.5, 0.25];
/// Weight of each further detector of a family.
pub(super) const FAMILY_DECAY: f64 = 0.6;
/// Length of prose, in characters, up to which clusters in it count in full.
pub(super) const PROSE_CHARS: f64 = 2_000.0;
/// What three agreeing families bring, in decibans.
pub(super) const CORROBORATION_DB: f64 = 4.0;
/// What a family must bring to count as agreeing, in decibans.
pub(super) const FAMILY_SAYS_DB: f64 = 5.0;
/// Length of a page from which a single line is not enough, in characters.
pub(super) const LONG_PAGE_CHARS: f64 = 20_000.0;
/// Spam terms per hundred words that no text about a topic reaches: measured on pages of law, help
/// and lessons, at most 8.
pub(super) const DOORWAY_DENSITY: f64 = 10.0;
/// Points of junk that decide.
pub(super) const JUNK_POINTS: f64 = 50.0;
/// Points of a wall that is the title or most of a short page.
pub(super) const WALL_POINTS: f64 = 60.0;
/// Points from which a finding may be a wall at all.
pub(super) const WALL_PHRASE_POINTS: f64 = 20.0;
/// Points of damage that decide.
pub(super) const DAMAGED_POINTS: f64 = 40.0;

/// Prose that is left of a page before it counts as content: characters of alphabetic scripts.
pub(super) const MIN_PROSE_ALPHABETIC: f64 = 400.0;
/// The same of Chinese, Japanese, Korean and Thai.
pub(super) const MIN_PROSE_IDEOGRAPHIC: f64 = 150.0;

/// Most decibans a family may add.
pub(super) fn family_cap(family: &str) -> f64 {
    match family {
        "LEX" | "STF" => 20.0,
        "INJ" | "JSR" => 30.0,
        "CLU" => 14.0,
        "MET" => 24.0,
        "HID" => 28.0,
        "LNK" => 24.0,
        "CNV" => 26.0,
        "GEN" | "LNG" => 10.0,
        "PIN" => 26.0,
        "DMG" => 6.0,
        "ENC" => 3.0,
        _ => 0.0,
    }
}

/// What the words of a place weigh.
pub(super) fn zone_factor(zone: Zone, signals: &Signals<'_>, span: Span) -> f64 {
    match zone {
        Zone::Title | Zone::H1 | Zone::Anchor => 1.4,
        Zone::MetaDescription | Zone::OpenGraph | Zone::JsonLd => 1.2,
        Zone::Head => 1.3,
        Zone::Tail | Zone::Noscript | Zone::Comment => 1.2,
        Zone::MetaKeywords | Zone::Nav | Zone::Footer | Zone::Script => 1.0,
        Zone::Hidden => 1.8,
        Zone::Url | Zone::Alt => 0.8,
        Zone::Ugc => 0.4,
        Zone::Quote => 0.3,
        Zone::Code => 0.2,
        Zone::Body => {
            let block = signals.facts().block_at(span.start);
            let listed = block.is_some_and(|block| {
                matches!(block.kind, BlockKind::ListItem | BlockKind::TableRow | BlockKind::Control)
            });
            if listed { 0.8 } else { 0.6 }
        }
    }
}
