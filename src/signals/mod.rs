//! Signals: what is measured on a page. A signal is one function and one row of [`SIGNALS`]; rules
//! use it by name, as `signal = "edge.orphan_lines"` or in a condition `when = "page.links > 3"`.
//!
//! A signal reads the page and the terms found on it, never the result of a rule.

mod addresses;
mod charsets;
mod compression;
mod conversion;
mod damage;
mod edges;
mod facts;
mod gibberish;
mod hidden;
mod language;
mod layout;
mod letters;
mod links;
mod losses;
mod meta;
mod mojibake;
mod obfuscation;
mod repetition;
mod scripts;
mod size;
mod stitching;
mod topics;
mod ugc;
mod words;

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::LazyLock;

pub use facts::{Facts, Line};

use crate::span::Span;

/// What a signal measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measure {
    /// The value, in the signal's unit.
    pub value: f64,
    /// The places it was measured at, if it has places.
    pub spots: Vec<Spot>,
}

/// A place a signal points at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spot {
    /// Where in the page's text; may be empty where the place holds no text.
    pub span: Span,
    /// Where in the decoded source, if not simply the source of `span`.
    pub source: Option<Span>,
    /// The value of this place alone.
    pub value: f64,
    /// What is there, to complete the rule's summary.
    pub note: Option<String>,
}

impl Spot {
    /// A place with a value.
    pub fn new(span: Span, value: f64) -> Self {
        Self { span, value, ..Self::default() }
    }

    /// The same with a note.
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

impl Measure {
    /// A value without places.
    pub fn of(value: f64) -> Self {
        Self { value, spots: Vec::new() }
    }

    /// As many as there are places.
    pub fn count(spots: Vec<Spot>) -> Self {
        Self { value: spots.len() as f64, spots }
    }

    /// The largest value of any place.
    pub fn max(spots: Vec<Spot>) -> Self {
        Self { value: spots.iter().map(|spot| spot.value).fold(0.0, f64::max), spots }
    }

    /// A share, 0 where the whole is 0.
    pub fn share(part: usize, whole: usize) -> Self {
        Self::of(if whole == 0 { 0.0 } else { part as f64 / whole as f64 })
    }
}

/// A row of the table of signals.
#[derive(Debug)]
#[non_exhaustive]
pub struct Signal {
    /// Name in rules: `family.what`.
    pub name: &'static str,
    /// Unit of the value.
    pub unit: &'static str,
    /// What it measures, in one sentence with its range.
    pub summary: &'static str,
    /// Where definition and thresholds come from.
    pub source: &'static str,
    /// The function that measures it.
    pub measure: fn(&Facts<'_>) -> Measure,
}

macro_rules! signals {
    ($($name:literal, $unit:literal, $measure:path, $summary:literal, $source:literal;)*) => {
        &[$(Signal { name: $name, unit: $unit, summary: $summary, source: $source, measure: $measure }),*]
    };
}

/// All signals, sorted by name.
pub static SIGNALS: &[Signal] = signals! {
    "brackets.unbalanced", "share", damage::unbalanced_brackets, "Brackets without their partner over all of their side, of at least 60, 0 to 1.", "measured: clean 99th percentile 0.065";
    "code.eaten_operators", "score", damage::eaten_operators, "1 where code keywords stand almost without operators and quotes, else 0.", "measured: 0 of 198 clean code pages";
    "code.lost_indentation", "lines", damage::lost_indentation, "Lines after a code line that ends in a colon and is not followed by an indented one; 0 below five or where most are indented.", "own";
    "edge.echo_lines", "lines", edges::echo_lines, "Edge lines of the form X-X, from 0.", "own";
    "edge.orphan_lines", "lines", edges::orphan_lines, "Edge lines that share less than a tenth of their content n-grams with the middle of the page, 0 to 12.", "after the topical features of Ntoulas et al. 2006; thresholds measured on 1,132 clean pages";
    "edge.orphan_lures", "lines", edges::orphan_lures, "Orphan lines that also hold a spam term or have the form of a lure, 0 to 12.", "own";
    "edge.separator_lists", "lines", edges::separator_lists, "Edge lines and titles that list spam phrases between separators, from 0; a place's value is its share of spam segments.", "measured: 0 of 2,018 clean pages";
    "edge.shared_prefix_lists", "lines", edges::shared_prefix_lists, "Edge lines that list phrases from a sorted keyword dictionary, from 0.", "own";
    "edge.term_lines", "lines", edges::term_lines, "Edge lines made of spam terms and spaces, from 0.", "measured: 0 of 2,018 clean pages";
    "encoding.common_cyrillic", "share", gibberish::common_cyrillic, "Share of the ten most frequent Slavic letters among Cyrillic letters, 0 to 1; 1 below 200 or where other scripts prevail.", "measured: above 0.6 on clean pages";
    "encoding.debug_fill", "runs", damage::debug_fill, "Runs of uninitialised-memory filler characters or of control characters, from 0.", "own";
    "encoding.drawn_letters", "per 100 letters", gibberish::drawn_letters, "Box-drawing signs between letters and single half-width Kana beside Han characters, per hundred letters, from 0.", "own";
    "encoding.invalid_bytes", "bytes", damage::invalid_bytes, "Bytes of the source that are no character in its encoding, from 0.", "own";
    "encoding.mojibake", "characters", mojibake::sequences, "Characters that were decoded with the wrong character set and can be undone, from 0; 0 unless three, two of them distinct.", "own";
    "encoding.mojibake_share", "share", mojibake::share, "Share of the visible letters that can be undone as wrongly decoded, 0 to 1.", "own";
    "encoding.private_glyphs", "per 100 letters", layout::private_glyphs, "Private-use characters between letters of the text per 100 letters, from 0.", "measured: 3 or more on 1 of 2,018 clean pages";
    "encoding.replacement_chars", "characters", damage::replacement_chars, "U+FFFD characters in the visible text, from 0.", "own";
    "encoding.replacement_rate", "per 1,000 characters", damage::replacement_rate, "U+FFFD characters per 1,000 visible characters, 0 to 1,000.", "own";
    "encoding.reread_marks", "per 1000 characters", mojibake::reread_marks, "Replacement characters that were saved and read again in another encoding, per 1,000 visible characters; 0 below six.", "own";
    "filler.placeholder", "share", layout::filler_share, "Share of the visible letters in words of placeholder text, 0 to 1.", "own";
    "filler.run", "tokens", repetition::filler_run, "Longest run of one short token repeated, from 0.", "measured: at least 10 on 0 of 2,018 clean pages";
    "formula.tripled", "places", damage::tripled_letters, "Single letters written three times in a row, as flattened formulas have them, from 0.", "own";
    "hidden.alt_terms", "terms", hidden::alt_terms, "Distinct spam terms in the alternative texts and titles of pictures, from 0.", "own";
    "hidden.comment_terms", "terms", hidden::comment_terms, "Distinct spam terms in a comment that holds links, most in one comment.", "own";
    "hidden.commercial_links", "links", hidden::commercial_links, "Off-site links with spam terms in a hidden element, most in one element; 0 below two.", "own";
    "hidden.control_terms", "terms", hidden::control_terms, "Distinct spam terms in the options and text areas of forms, from 0.", "own";
    "hidden.foreign_language", "elements", hidden::foreign_language, "Hidden elements with off-site links whose text is in another script than the page, from 0.", "own";
    "hidden.invisible_chars", "characters", hidden::invisible_chars, "Zero-width characters outside scripts and emoji that need them, from 0.", "own";
    "hidden.noscript_terms", "terms", hidden::noscript_terms, "Distinct spam terms in a noscript text, most in one.", "own";
    "hidden.offsite_links", "links", hidden::offsite_links, "Off-site links inside hidden elements that are not ordinary interface, most in one element.", "own";
    "hidden.offsite_sites", "sites", hidden::offsite_sites, "Other sites that a hidden element links to and that is not ordinary interface, most in one element.", "own";
    "hidden.random_names", "elements", hidden::random_names, "Hidden elements with off-site links whose class or id is a random string used nowhere else, from 0.", "own";
    "hidden.shared_empty_ids", "elements", hidden::shared_empty_ids, "Empty elements of three or more kinds that carry one short id, from 0.", "measured: 0 of 2,018 clean pages";
    "hidden.spam_terms", "terms", hidden::spam_terms, "Distinct spam terms in a hidden element, most in one element.", "own";
    "hidden.tag_chars", "characters", hidden::tag_chars, "Unicode tag characters outside flag emoji, from 0.", "own";
    "language.islands", "blocks", language::islands, "Hidden or edge blocks in another language than the page that advertise something, from 0.", "own";
    "language.stray_chars", "characters", language::stray_chars, "Single letters of an unrelated script inside words, from 0.", "own";
    "layout.api_status", "objects", layout::api_status, "Whether the record is a JSON object that reports a status and holds no content, 0 or 1.", "own";
    "layout.blobs", "share", layout::blob_share, "Share of the visible characters in unbroken tokens of 400 or more, 0 to 1.", "own";
    "layout.doubled_body", "share", layout::doubled_body, "Share of the prose of the second half that stands in the first, 0 to 1.", "own";
    "layout.empty_cells", "share", layout::empty_cells, "Share of lines outside tables with empty table cells, 0 to 1.", "own";
    "layout.facet_lines", "share", layout::facet_lines, "Share of visible lines that are a name and a count in brackets, 0 to 1; 0 below twenty.", "own";
    "layout.link_lines", "share", layout::link_lines, "Share of visible lines that are links and nothing else, 0 to 1; 0 below eight lines.", "own";
    "layout.menu_share", "share", layout::menu_share, "Share of the visible words that are entries of menus and footers, 0 to 1.", "own";
    "layout.short_lines", "share", layout::short_lines, "Share of visible lines of at most 12 characters among at least 30, 0 to 1.", "FineWeb (Penedo et al. 2024)";
    "links.anchor_share", "share", links::anchor_share, "Share of the visible text that is anchor text, 0 to 1.", "Ntoulas et al. 2006";
    "links.calls", "links", links::calls, "Off-site links whose whole text calls to log in, register or play, from 0.", "measured: 2 or more on 41 % of gambling pages, 7 % of clean ones";
    "links.commercial_anchors", "links", links::commercial_anchors, "Off-site links whose anchor holds a spam term, from 0; 0 unless one holds a strong term.", "own";
    "links.empty_anchors", "links", links::empty_anchors, "Off-site links a reader cannot see: empty or punctuation anchors, from 0.", "own";
    "links.foreign_script", "links", links::foreign_script, "Off-site links whose text is in another script than the page; 0 below five or where they are less than 60 %.", "own";
    "links.keyword_adverts", "paragraphs", links::keyword_adverts, "Paragraphs of links.keyword_paragraphs that hold a spam term, from 0.", "own";
    "links.keyword_paragraphs", "paragraphs", links::keyword_paragraphs, "Paragraphs that say the text of their link to another site three times or more, from 0.", "own";
    "links.offsite", "links", links::offsite, "Links to other sites, from 0.", "own";
    "links.offsite_hosts", "hosts", links::offsite_hosts, "Distinct hosts of off-site links, from 0.", "own";
    "links.raw_hosts", "links", links::raw_hosts, "Links to bare IP addresses, odd ports and throw-away hosts outside code, from 0.", "own";
    "links.reflected", "links", links::reflected, "Off-site links that carry spam terms in a search or redirect parameter, from 0.", "own";
    "links.same_anchor_sites", "sites", links::same_anchor_sites, "Most sites that one anchor text of two words or more leads to, from 0.", "own";
    "links.shouted", "links", links::shouted, "Off-site links whose text calls between three or more pointing hands, arrows or hearts, from 0.", "own";
    "links.spam_slugs", "links", links::spam_slugs, "Links within the site whose path holds a spam pair that the visible text lacks, from 0.", "own";
    "links.wedged", "links", links::wedged, "Off-site links in prose with spam words as their text whose topic the rest of the page never mentions, from 0.", "own";
    "meta.advertising_title", "terms", meta::advertising_title, "Distinct spam terms in the title, without those that honest lenders, agencies and shops use as well, from 0.", "own";
    "meta.canonical_elsewhere", "links", meta::canonical_elsewhere, "Canonical or base addresses on another site than the record's address, from 0.", "own";
    "meta.discussion", "terms", meta::discussion, "Distinct words of reporting on the page, from 0.", "own";
    "meta.foreign_description", "terms", meta::foreign_description, "Spam terms of a meta description whose words the visible text lacks, from 0.", "own";
    "meta.headline_conflict", "titles", meta::headline_conflict, "Titles, first headings and shared titles with spam terms that share no word with another of them, from 0.", "own";
    "meta.keyword_terms", "terms", meta::keyword_terms, "Distinct spam terms in the meta keywords, from 0.", "own";
    "meta.keywords", "keywords", meta::keywords, "Entries of the meta keywords, from 0.", "own";
    "meta.language_lie", "pages", meta::language_lie, "1 where the declared language is not the language of the text, else 0.", "own";
    "meta.rating", "ratings", meta::rating, "Aggregate ratings in structured data, from 0.", "measured: on 28 % of gambling pages, 2 % of clean ones";
    "meta.spam_title", "terms", meta::spam_title, "Distinct spam terms in the title, from 0.", "own";
    "meta.spam_zones", "texts", meta::spam_zones, "Distinct texts among title, metas, structured data, first heading and picture texts that hold a pair of spam terms of one topic, from 0.", "own";
    "meta.title_encoded", "titles", meta::title_encoded, "Titles written in character references while the page is not, 0 or 1.", "own";
    "meta.title_foreign_script", "titles", meta::title_foreign_script, "Titles in another script than the visible text, 0 or 1.", "own";
    "meta.title_mismatch", "terms", meta::title_mismatch, "Spam terms of a title that shares nothing with the visible text, from 0.", "own";
    "meta.title_words", "words", meta::title_words, "Length of the title in words, two Han characters to a word.", "Ntoulas et al. 2006";
    "ngram.duplicate_share", "share", repetition::duplicate_ngrams, "Share of visible characters in repeated 5-grams of words, 0 to 1.", "Gopher (Rae et al. 2021)";
    "ngram.top_share", "share", repetition::top_ngram, "Share of visible characters in the most frequent 2-, 3- or 4-gram, 0 to 1.", "Gopher (Rae et al. 2021)";
    "obfuscation.broken_words", "words", obfuscation::broken_words, "Words that invisible characters break up in two places or more, from 0.", "own";
    "obfuscation.disguised", "terms", obfuscation::disguised, "Distinct spam terms that appear when digits, symbols and letters of other scripts are read as what they look like, from 0.", "own";
    "obfuscation.look_alikes", "words", obfuscation::look_alike_words, "Distinct words that mix Latin letters with Cyrillic or Greek ones that look like them, from 0.", "Unicode Technical Standard 39";
    "obfuscation.spelled", "places", obfuscation::spelled, "2 where a text spelled out letter by letter hides a spam term, 1 where it hides something else, else 0.", "own";
    "outside.links", "links", links::outside_document, "Off-site links in elements before the beginning or after the end of the document, from 0.", "own";
    "page.body_chars", "characters", size::body_chars, "Characters of prose in the body, from 0.", "own";
    "page.ideographic_share", "share", size::ideographic_share, "Share of visible letters in Chinese, Japanese, Korean or Thai script, 0 to 1.", "own";
    "page.lines", "lines", size::lines, "Visible lines, from 0.", "own";
    "page.links", "links", size::links, "Links, from 0.", "own";
    "page.prose_lines", "lines", size::prose_lines, "Visible lines that read like prose, from 0.", "own";
    "page.title_only", "pages", layout::title_only, "Whether the visible text is the page's title and nothing else, 0 or 1.", "own";
    "page.visible_chars", "characters", size::visible_chars, "Visible characters other than white space, from 0.", "own";
    "page.visible_words", "words", size::visible_words, "Visible words, two ideographs to a word.", "own";
    "repetition.compression", "ratio", compression::ratio, "Size of the visible text over its compressed size, letters re-coded by frequency so that scripts compare, from 0.", "Ntoulas et al. 2006";
    "repetition.duplicate_lines", "share", repetition::duplicate_lines, "Share of visible characters in lines that repeat an earlier one, 0 to 1.", "Gopher (Rae et al. 2021)";
    "repetition.top_term", "share", repetition::top_term, "Share of the most frequent content word among content words, 0 to 1.", "Gyöngyi and Garcia-Molina 2005, repetition";
    "script.agent_redirects", "scripts", scripts::agent_redirects, "Scripts that ask for a crawler and lead to another site, from 0.", "own";
    "script.back_traps", "scripts", scripts::back_traps, "Scripts that lead to another site when the visitor goes back, from 0.", "own";
    "script.break", "lines", conversion::script_break, "Edge lines in Simplified Chinese around a Traditional body, or the reverse, from 0.", "measured: 0 of 2,018 clean pages";
    "script.cheap_conversion", "words", conversion::cheap_conversion, "Words that only character-by-character conversion to Traditional Chinese writes, from 0.", "measured: 0 of 2,018 clean pages";
    "script.covering_frames", "frames", scripts::covering_frames, "Frames of other sites that scripts lay over the page, from 0.", "own";
    "script.device_redirects", "scripts", scripts::device_redirects, "Scripts that ask for a phone and lead to another site, from 0.", "own";
    "script.encoded_loaders", "literals", scripts::encoded_loaders, "Literals written in code that hold a redirect or frame (2) or a script (1) of another site, most of any.", "own";
    "script.pinyin", "annotations", conversion::pinyin, "Common Han characters followed by their pinyin in brackets, from 0.", "measured: 0 of 2,018 clean pages";
    "script.referrer_redirects", "scripts", scripts::referrer_redirects, "Scripts that ask for visitors from a search engine and lead to another site, from 0.", "own";
    "script.refreshes", "refreshes", scripts::refreshes, "Refreshes to another site within five seconds: 2 on a page with hardly any text, else 1, from 0.", "own";
    "script.spam_refreshes", "refreshes", scripts::spam_refreshes, "Refreshes of a page with hardly any text to an address named after a spam term, from 0.", "own";
    "script.title_rewrites", "scripts", scripts::title_rewrites, "Scripts that set the title after asking for crawlers or search engines, from 0.", "own";
    "sentences.cohesion", "share", stitching::cohesion, "Mean overlap of the content of neighbouring sentences, 0 to 1; 1 below twelve sentences.", "own";
    "sentences.cut", "snippets", stitching::cut_snippets, "Snippets that end in the middle of a sentence, from 0.", "own";
    "sentences.repeated", "share", stitching::repeated_sentences, "Share of the sentences' letters in sentences that stand three or more times, 0 to 1.", "own";
    "sentences.titled", "share", stitching::title_insertion, "Share of prose sentences that hold the title's words in a row, 0 to 1.", "own";
    "stitching.frame_lines", "lines", stitching::frame_lines, "Distinct lines of one frame that differ in capitalised words only, from 0; 0 below eight.", "own";
    "stitching.number_sequence", "numbers", stitching::number_sequence, "Longest run of numbers that each follow on the last outside lists and tables, from 0.", "own";
    "stitching.restarts", "headings", stitching::restarts, "Main headings that say the title's words again in other sentences, from 0; 0 below three.", "own";
    "text.commas_per_stop", "ratio", damage::commas_per_stop, "Commas per full stop of Chinese text with at least 15 full stops, else 9.", "measured: clean 0.5th percentile 0.37";
    "text.eaten_numbers", "places", damage::eaten_numbers, "Places where a list number or argument was cut out at a paragraph break, from 0; 0 unless seen from both sides.", "measured: 0 of 2,018 clean pages";
    "text.glued_letters", "share", losses::glued_letters, "Share of the letters of spaced scripts that stand in runs of twenty or more, 0 to 1; 0 below 40 words.", "measured: clean median 0, German 0.012";
    "text.han_per_mark", "characters", losses::han_per_mark, "Han characters per mark of punctuation in lines of 25 or more, from 0; 0 below 100.", "measured: clean 99th percentile 16";
    "text.joined_clauses", "per 100 words", losses::joined_clauses, "Clauses joined without a space after the mark, per hundred words; 0 below 40.", "own";
    "text.lost_numbers", "places", losses::lost_numbers, "Traces of numbers that were cut out of prose, from 0; 0 unless at least four, or three (in Chinese two) on a long page without any, and two for each number left.", "own";
    "text.words_per_mark", "words", losses::words_per_mark, "Words per mark of punctuation in lines of twelve words or more, from 0; 0 below 100 words.", "measured: clean pages below 18";
    "topic.calls", "terms", topics::calls, "Distinct calls to action (log in, register, claim, download), from 0.", "own";
    "topic.density", "terms per 100 words", topics::density, "Terms of the page's main spam topic per hundred visible words; 0 below 80 words.", "own";
    "topic.discussion", "terms", topics::discussion, "Distinct words of reporting, law, medicine and filtering, the last counted twice, from 0.", "own";
    "topic.dump", "topics", topics::dump, "Most spam topics that one line advertises with a strong and a second term each; 0 below two.", "own";
    "topic.foreign_terms", "terms", topics::foreign_terms, "Distinct spam terms of languages the page is not written in, in lines with a strong one or two, from 0.", "own";
    "topic.repeated_term", "share", topics::repeated_term, "Share of the words that belong to the most repeated term of the page's main spam topic, 0 to 1; 0 below 80 words.", "Gyöngyi and Garcia-Molina 2005, repetition";
    "topic.stray_adverts", "lines", topics::stray_adverts, "Lines that advertise what the page says nothing else about, from 0.", "own";
    "topic.vocabulary", "terms", topics::vocabulary, "Distinct terms outside links of the spam topic the page has most of, from 0; 0 unless three are telling and there are three for each hundred words.", "own";
    "topic.word_list", "pages", topics::word_list, "1 where the page is a list of short distinct lines without links and sentences, else 0.", "own";
    "ugc.spam_lines", "lines", ugc::spam_lines, "Comments by visitors that advertise: a spam term in a link, beside one or beside another term, from 0.", "own";
    "url.oddities", "features", meta::url_oddities, "Features of the page's address that spam hosts have, 0 to 6.", "Fetterly et al. 2004";
    "url.public_body", "hosts", meta::url_public_body, "1 where the page's host belongs to a government, school or university, else 0.", "own";
    "words.improbable", "share", gibberish::improbable_words, "Share of Latin words with a pair of letters that no language writes, 0 to 1; 0 below 25 words.", "measured: clean pages below 0.06";
    "words.letter_disorder", "ratio", letters::letter_disorder, "How far letter pairs are from having an order, 0 to 2; about 1 where letters were shuffled; 0 below 400 pairs.", "own";
    "words.permuted_keys", "places", words::permuted_keys, "Of address and title, how many turn the same words around, 0 to 2.", "own";
    "words.salad", "share", words::salad, "Share of articles and prepositions followed by a word that cannot follow, 0 to 1; 0 below five.", "own";
    "words.script_switches", "lines", words::script_switches, "Lines with a sentence that goes from one script into another, eight words of each, from 0.", "own";
};

type Bound = fn(&Facts<'_>) -> f64;

/// Upper bounds of signals, where one costs far less than the signal: most pages are far from
/// where a rule begins to care. Sorted by name; where there are several, the cheapest comes first.
static BOUNDS: &[(&str, Bound)] = &[
    ("edge.orphan_lines", edges::orphan_bound),
    ("ngram.top_share", repetition::top_ngram_bound),
    ("repetition.compression", compression::word_bound),
    ("repetition.compression", compression::run_bound),
    ("text.glued_letters", losses::glued_bound),
    ("words.improbable", gibberish::improbable_bound),
];

/// The places of the bounds of the signal of an index in [`BOUNDS`]; for most there is none.
fn bounds(index: usize) -> Range<usize> {
    static OF_EACH: LazyLock<Vec<Range<usize>>> = LazyLock::new(|| {
        let before = |name| BOUNDS.partition_point(|(bounded, _)| *bounded < name);
        let upto = |name| BOUNDS.partition_point(|(bounded, _)| *bounded <= name);
        SIGNALS.iter().map(|signal| before(signal.name)..upto(signal.name)).collect()
    });
    OF_EACH[index].clone()
}

/// Signals that read the whole page, or its tree: conditions ask for any other first.
const DEAR: &[&str] = &[
    "encoding.mojibake",
    "encoding.mojibake_share",
    "layout.link_lines",
    "layout.menu_share",
    "links.anchor_share",
    "links.same_anchor_sites",
    "meta.canonical_elsewhere",
    "meta.rating",
    "ngram.top_share",
    "page.title_only",
    "repetition.duplicate_lines",
    "sentences.cohesion",
    "sentences.cut",
    "sentences.titled",
    "stitching.frame_lines",
    "text.glued_letters",
    "text.joined_clauses",
    "words.improbable",
    "words.letter_disorder",
];

/// Whether a signal costs far more to measure than most.
pub fn is_dear(index: usize) -> bool {
    DEAR.contains(&SIGNALS[index].name)
}

/// The index of a signal in [`SIGNALS`].
pub fn find(name: &str) -> Option<usize> {
    SIGNALS.binary_search_by(|signal| signal.name.cmp(name)).ok()
}

/// Signals of one page, each measured when first asked for.
#[derive(Debug)]
pub struct Signals<'a> {
    facts: &'a Facts<'a>,
    measured: Vec<OnceCell<Measure>>,
    /// What each of [`BOUNDS`] says, as far as it was asked.
    bounds: [OnceCell<f64>; BOUNDS.len()],
}

impl<'a> Signals<'a> {
    /// Nothing measured yet.
    pub fn new(facts: &'a Facts<'a>) -> Self {
        let measured = SIGNALS.iter().map(|_| OnceCell::new()).collect();
        Self { facts, measured, bounds: Default::default() }
    }

    /// The facts the signals are measured on.
    pub fn facts(&self) -> &'a Facts<'a> {
        self.facts
    }

    /// What the signal of an index measures.
    pub fn get(&self, index: usize) -> &Measure {
        self.measured[index].get_or_init(|| (SIGNALS[index].measure)(self.facts))
    }

    /// Whether the signal of an index was measured before, so that asking costs nothing.
    pub fn is_measured(&self, index: usize) -> bool {
        self.measured[index].get().is_some()
    }

    /// Whether the signal of an index may be at least `least`. Where a bound tells that it is not,
    /// the signal is not measured.
    pub fn may_reach(&self, index: usize, least: f64) -> bool {
        if let Some(measure) = self.measured[index].get() {
            return measure.value >= least;
        }
        if least <= f64::MIN_POSITIVE {
            return true;
        }
        bounds(index).all(|place| {
            let bound = self.bounds[place].get_or_init(|| (BOUNDS[place].1)(self.facts));
            *bound >= least
        })
    }

    /// The value of a signal by name; 0 for an unknown name.
    pub fn value(&self, name: &str) -> f64 {
        find(name).map_or(0.0, |index| self.get(index).value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_distinct() {
        for pair in SIGNALS.windows(2) {
            assert!(pair[0].name < pair[1].name, "{} before {}", pair[0].name, pair[1].name);
        }
    }

    #[test]
    fn bounds_are_sorted() {
        assert!(BOUNDS.is_sorted_by_key(|(name, _)| *name));
        let places: usize = (0..SIGNALS.len()).map(|index| bounds(index).len()).sum();
        assert_eq!(places, BOUNDS.len());
    }

    #[test]
    fn signals_set_apart_exist() {
        for name in DEAR.iter().chain(BOUNDS.iter().map(|(name, _)| name)) {
            assert!(find(name).is_some(), "{name}");
        }
    }
}
