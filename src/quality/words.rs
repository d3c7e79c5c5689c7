//! Words and sentences as the public filters count them.
//!
//! Their thresholds were set with spaCy's rule-based tokenizers, so its conventions are followed:
//! a chunk between spaces is peeled of punctuation from both ends, cut at marks between letters,
//! and English contractions fall in two. No dictionary is needed for Chinese, Japanese and Thai:
//! two neighbouring letters make a word, which is close to the mean of segmenters (1.6 to 1.7).

use crate::text::{Script, is_alphanumeric};

/// Longest chunk that can be an abbreviation or a contraction, in bytes.
const MAX_SPECIAL: usize = 16;

/// Letters of an unspaced script that make a word.
const UNSPACED_WORD: usize = 2;

/// The words and punctuation marks of a text, in order.
pub(super) fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for chunk in text.split_whitespace() {
        if chunk.bytes().all(|byte| byte.is_ascii_alphabetic()) && !joined(chunk) {
            words.push(chunk);
        } else if chunk.chars().any(is_unspaced) {
            unspaced(chunk, &mut words);
        } else {
            peel(chunk, &mut words);
        }
    }
    words
}

/// Number of sentences: a sentence ends after a terminal mark that is a word of its own, at the
/// first word that is no punctuation.
pub(super) fn sentences(line: &str) -> usize {
    let (mut sentences, mut ended) = (0, true);
    for word in words(line) {
        let mark = {
            let mut chars = word.chars();
            chars.next().is_some_and(is_terminal) && chars.next().is_none()
        };
        if ended && !mark && !word.chars().all(is_punctuation) {
            sentences += 1;
            ended = false;
        } else if mark {
            // Marks alone are a sentence, too.
            sentences = sentences.max(1);
            ended = true;
        }
    }
    sentences.max(usize::from(!line.trim().is_empty()))
}

/// Whether a character ends a sentence, in any script: Unicode's `Sentence_Terminal`.
pub(super) fn is_terminal(c: char) -> bool {
    match c {
        '!' | '.' | '?' => true,
        '\0'..='\u{588}' => false,
        _ => TERMINAL.contains(c),
    }
}

const TERMINAL: &str =
    "։؝؞؟۔܀܁܂߹࠷࠹࠽࠾।॥၊။።፧፨᙮᜵᜶᠃᠉᥄᥅᪨᪩᪪᪫᭚᭛᭞᭟᰻᰼᱾᱿‼‽⁇⁈⁉⸮⸼⹓⹔。꓿꘎꘏꛳꛷꡶꡷꣎꣏꤯꧈꧉꩝꩞꩟꫰꫱꯫﹒﹖﹗！．？｡";

/// Whether a character makes no word by itself: punctuation, ASCII symbols, control characters.
pub(super) fn is_symbol(c: char) -> bool {
    c.is_ascii_punctuation()
        || c.is_control()
        || is_terminal(c)
        || "”：％１〈、━【「」，】；“《„’∶´（～«〉》）…►»—–".contains(c)
}

/// Unicode's category of punctuation, as far as it is common.
#[expect(clippy::match_same_arms, reason = "ASCII is told first, for speed")]
fn is_punctuation(c: char) -> bool {
    match c {
        '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~' => false,
        c if c.is_ascii() => c.is_ascii_punctuation(),
        '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' => true,
        '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' => !matches!(c, '\u{2044}' | '\u{2052}'),
        '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' => true,
        '（' | '）' | '，' | '：' | '；' | '［' | '］' | '｛' | '｝' => true,
        c => is_terminal(c),
    }
}

fn is_unspaced(c: char) -> bool {
    Script::of(c).is_some_and(Script::is_unspaced)
}

/// A chunk with letters of a script without spaces: pairs of these letters, runs of other
/// letters and digits, single marks.
fn unspaced<'a>(chunk: &'a str, words: &mut Vec<&'a str>) {
    let kind = |c: char| match c {
        c if is_unspaced(c) => 0,
        c if is_alphanumeric(c) => 1,
        _ => 2,
    };
    let (mut start, mut last, mut letters) = (0, None, 0);
    for (at, c) in chunk.char_indices() {
        let now = kind(c);
        let full = now == 0 && letters == UNSPACED_WORD;
        if last.is_some_and(|last| last != now || last == 2 || full) {
            words.push(&chunk[start..at]);
            (start, letters) = (at, 0);
        }
        letters += 1;
        last = Some(now);
    }
    words.push(&chunk[start..]);
}

/// A chunk of a script with spaces.
fn peel<'a>(chunk: &'a str, words: &mut Vec<&'a str>) {
    let mut rest = chunk;
    // What was peeled off the end, outermost first.
    let mut after: Vec<&str> = Vec::new();
    loop {
        if rest.is_empty() || special(rest, words) {
            break;
        }
        let (before, behind) = (prefix(rest), suffix(rest));
        if before == 0 && behind == 0 {
            if is_address(rest) {
                words.push(rest);
            } else {
                infixes(rest, words);
            }
            break;
        }
        if before > 0 {
            words.push(&rest[..before]);
            rest = &rest[before..];
        }
        let behind = behind.min(rest.len());
        if behind > 0 {
            after.push(&rest[rest.len() - behind..]);
            rest = &rest[..rest.len() - behind];
        }
    }
    words.extend(after.into_iter().rev());
}

/// Marks that are peeled off either end.
#[expect(clippy::match_same_arms, reason = "ASCII is told first, for speed")]
fn is_edge(c: char) -> bool {
    match c {
        ',' | ':' | ';' | '!' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '_' | '#'
        | '*' | '&' | '\'' | '"' | '`' | '—' | '–' | '…' => true,
        c if c.is_ascii() => false,
        '¿' | '؟' | '¡' | '·' | '।' | '،' | '۔' | '؛' | '٪' | '´' | '»' | '«' => true,
        '‘' | '’' | '‚' | '“' | '”' | '„' => true,
        '\u{3001}' | '\u{3002}' | '\u{3008}'..='\u{3011}' | '\u{3014}' | '\u{3015}' => true,
        '？' | '！' | '，' | '；' | '：' | '～' | '（' | '）' => true,
        c => is_icon(c),
    }
}

/// Unicode's category of other symbols, as far as it is common.
fn is_icon(c: char) -> bool {
    matches!(c, '¦' | '©' | '®' | '°' | '\u{2100}' | '\u{2101}' | '\u{2105}' | '\u{2117}' | '™'
        | '\u{2195}'..='\u{219f}' | '\u{2300}'..='\u{23ff}' | '\u{2400}'..='\u{245f}'
        | '\u{249c}'..='\u{24e9}' | '\u{2500}'..='\u{25b6}' | '\u{25b8}'..='\u{25c0}'
        | '\u{25c2}'..='\u{25f7}' | '\u{2600}'..='\u{266e}' | '\u{2670}'..='\u{2767}'
        | '\u{2794}'..='\u{27bf}' | '\u{2800}'..='\u{28ff}' | '\u{2b00}'..='\u{2bff}'
        | '\u{1f000}'..='\u{1faff}')
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '£' | '¥' | '฿' | '﷼' | '\u{20a0}'..='\u{20bf}')
}

/// Bytes of the mark at the start, 0 for none.
fn prefix(rest: &str) -> usize {
    let dots = rest.len() - rest.trim_start_matches('.').len();
    if dots >= 2 {
        return dots;
    }
    let mut chars = rest.chars();
    let Some(first) = chars.next() else { return 0 };
    let plus = first == '+' && !chars.next().is_some_and(|c| c.is_ascii_digit());
    if is_edge(first) || is_currency(first) || matches!(first, '§' | '%' | '=') || plus {
        return first.len_utf8();
    }
    ["US$", "C$", "A$"].into_iter().find(|sign| rest.starts_with(sign)).map_or(0, str::len)
}

/// Units that are cut off a number.
const UNITS: &[&str] = &[
    "km²", "km³", "km", "m²", "m³", "m", "dm", "cm²", "cm³", "cm", "mm", "ha", "µm", "nm", "yd",
    "in", "ft", "kg", "g", "mg", "µg", "t", "lb", "oz", "m/s", "km/h", "kmh", "mph", "hPa", "Pa",
    "mbar", "mb", "MB", "kb", "KB", "gb", "GB", "tb", "TB", "T", "G", "M", "K", "%",
];

/// Bytes of the mark at the end, 0 for none.
fn suffix(rest: &str) -> usize {
    let dots = rest.len() - rest.trim_end_matches('.').len();
    if dots >= 2 {
        return dots;
    }
    for possessive in ["'s", "'S", "’s", "’S"] {
        if rest.ends_with(possessive) {
            return possessive.len();
        }
    }
    let mut back = rest.chars().rev();
    let Some(last) = back.next() else { return 0 };
    if is_edge(last) {
        return last.len_utf8();
    }
    let before = back.next();
    let number = before.is_some_and(|c| c.is_ascii_digit());
    match last {
        '.' => {
            let Some(before) = before else { return 0 };
            let capitals = before.is_uppercase() && back.next().is_some_and(char::is_uppercase);
            let cut = before.is_ascii_digit()
                || before.is_lowercase()
                || matches!(before, '%' | '²' | '-' | '+')
                || is_edge(before)
                || capitals;
            usize::from(cut)
        }
        '+' => usize::from(number),
        c if is_currency(c) && number => c.len_utf8(),
        _ => {
            let unit = |unit: &&&str| {
                rest.strip_suffix(**unit)
                    .is_some_and(|number| number.ends_with(|c: char| c.is_ascii_digit()))
            };
            UNITS.iter().find(unit).map_or(0, |unit| unit.len())
        }
    }
}

/// Whether a chunk is a web address, which stays whole.
fn is_address(chunk: &str) -> bool {
    let rest = chunk.split_once("://").map(|(_, rest)| rest);
    let host = rest.unwrap_or(chunk).split(['/', '?', '#', ':']).next().unwrap_or("");
    let host = host.rsplit('@').next().unwrap_or(host);
    let Some((name, top)) = host.rsplit_once('.') else { return false };
    let label = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    // Without a scheme only lower-case endings count: `end.Next` is a lost space.
    let top_level = top.len() >= 2
        && top.bytes().all(|b| b.is_ascii_lowercase() || rest.is_some() && b.is_ascii_alphabetic());
    let ends = name.starts_with(char::is_alphanumeric) && name.ends_with(char::is_alphanumeric);
    top_level && ends && name.chars().all(label)
}

/// Cuts a chunk at marks between letters.
fn infixes<'a>(chunk: &'a str, words: &mut Vec<&'a str>) {
    let mut push = |piece: &'a str| {
        if !piece.is_empty() {
            words.push(piece);
        }
    };
    let (mut start, mut before) = (0, None);
    let mut chars = chunk.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let mut end = at + c.len_utf8();
        let run = matches!(c, '.' | '-' | '—');
        while run && chars.peek().is_some_and(|next| next.1 == c) {
            end += c.len_utf8();
            chars.next();
        }
        let next = chars.peek().map(|next| next.1);
        if cuts(before, &chunk[at..end], c, next) {
            push(&chunk[start..at]);
            push(&chunk[at..end]);
            start = end;
        }
        before = Some(c);
    }
    push(&chunk[start..]);
}

fn cuts(before: Option<char>, mark: &str, c: char, next: Option<char>) -> bool {
    if mark.starts_with("..") || c == '…' || is_icon(c) {
        return true;
    }
    let (Some(before), Some(next)) = (before, next) else { return false };
    let quote = |c: char| matches!(c, '\'' | '"' | '`' | '‘' | '’' | '“' | '”' | ')' | '(');
    let counts = before.is_ascii_digit() && (next.is_ascii_digit() || next == '-');
    let word = before.is_alphabetic() || before.is_ascii_digit();
    match c {
        '.' => (before.is_lowercase() || quote(before)) && (next.is_uppercase() || quote(next)),
        ',' => before.is_alphabetic() && next.is_alphabetic(),
        '+' | '*' | '^' => counts,
        '-' => counts && mark.len() == 1 || word && next.is_alphabetic(),
        '–' | '—' | '~' | ':' | '<' | '>' | '=' | '/' => word && next.is_alphabetic(),
        _ => false,
    }
}

/// Abbreviations that keep their dot, and contractions.
fn special<'a>(chunk: &'a str, words: &mut Vec<&'a str>) -> bool {
    if chunk.len() > MAX_SPECIAL {
        return false;
    }
    if chunk.ends_with('.') {
        let letter = chunk.len() == 2 && chunk.as_bytes()[0].is_ascii_lowercase();
        let keeps = letter || ABBREVIATIONS.contains(&chunk);
        if keeps {
            words.push(chunk);
        }
        return keeps;
    }
    if let Some(cut) = contraction(chunk) {
        words.push(&chunk[..cut]);
        words.push(&chunk[cut..]);
        return true;
    }
    false
}

/// Abbreviations of English after which no sentence need end.
const ABBREVIATIONS: &[&str] = &[
    "Adm.", "Ala.", "Apr.", "Ariz.", "Ark.", "Aug.", "Bros.", "Calif.", "Co.", "Colo.", "Conn.",
    "Corp.", "Dec.", "Del.", "Dr.", "E.G.", "E.g.", "Feb.", "Fla.", "Ga.", "Gen.", "Gov.", "I.E.",
    "I.e.", "Ia.", "Id.", "Ill.", "Inc.", "Ind.", "Jan.", "Jr.", "Jul.", "Jun.", "Kan.", "Kans.",
    "Ky.", "La.", "Ltd.", "Mar.", "Mass.", "Md.", "Messrs.", "Mich.", "Minn.", "Miss.", "Mo.",
    "Mont.", "Mr.", "Mrs.", "Ms.", "Mt.", "N.C.", "N.D.", "N.H.", "N.J.", "N.M.", "N.Y.", "Neb.",
    "Nebr.", "Nev.", "No.", "Nov.", "Oct.", "Okla.", "Ore.", "Pa.", "Ph.D.", "Prof.", "Rep.",
    "Rev.", "S.C.", "Sen.", "Sep.", "Sept.", "St.", "Tenn.", "Va.", "Wash.", "Wis.", "a.m.", "co.",
    "e.g.", "i.e.", "p.m.", "v.s.", "vs.",
];

/// Stems of verbs that `n't` is cut off.
const NEGATED: &[&str] = &[
    "are", "ca", "could", "did", "do", "does", "had", "has", "have", "is", "might", "must", "need",
    "ought", "sha", "should", "was", "were", "wo", "would", "ai",
];

/// Words that `'ll`, `'re`, `'ve`, `'d`, `'m` are cut off.
const CONTRACTED: &[&str] = &[
    "he", "how", "i", "it", "she", "that", "there", "they", "this", "we", "what", "when", "where",
    "who", "why", "you", "could", "might", "must", "should", "would", "those", "these",
];

/// Where a contraction falls in two.
fn contraction(chunk: &str) -> Option<usize> {
    let lower = chunk.to_ascii_lowercase().replace('’', "'");
    let shift = |cut: usize| (chunk.is_char_boundary(cut)).then_some(cut);
    for ending in ["n't", "nt"] {
        if let Some(stem) = lower.strip_suffix(ending)
            && NEGATED.contains(&stem)
        {
            return shift(stem.len());
        }
    }
    for ending in ["'ll", "'re", "'ve", "'d", "'m"] {
        if let Some(stem) = lower.strip_suffix(ending)
            && CONTRACTED.contains(&stem)
        {
            return shift(stem.len());
        }
    }
    joined(chunk).then(|| match lower.as_str() {
        "im" | "ive" | "id" => 1,
        "gonna" | "gotta" | "cannot" => 3,
        ending => ending.len() - 2,
    })
}

/// Contractions written without an apostrophe.
fn joined(chunk: &str) -> bool {
    (2..=8).contains(&chunk.len())
        && [
            "im", "ive", "id", "gonna", "gotta", "cannot", "dont", "cant", "doesnt", "didnt",
            "isnt", "arent", "wasnt", "wouldnt", "couldnt", "havent", "youll", "youre", "youve",
            "theyre", "theyve", "theyll", "weve",
        ]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(words(text), expected, "{text}");
    }

    #[test]
    fn punctuation_is_peeled_and_cut_off() {
        check(
            "(Fresh bread), \"daily\"…",
            &["(", "Fresh", "bread", ")", ",", "\"", "daily", "\"", "…"],
        );
        check("It cost $10.50 for 5km.", &["It", "cost", "$", "10.50", "for", "5", "km", "."]);
        check("go—now", &["go", "—", "now"]);
        check("well-known A/B", &["well", "-", "known", "A", "/", "B"]);
        check("end.Next e.g. Mr. x", &["end", ".", "Next", "e.g.", "Mr.", "x"]);
        check("https://a.example/x?y=1.", &["https://a.example/x?y=1", "."]);
        check("wait... what", &["wait", "...", "what"]);
    }

    #[test]
    fn contractions_fall_in_two() {
        check("Don't we're baker's", &["Do", "n't", "we", "'re", "baker", "'s"]);
        check("cannot Im", &["can", "not", "I", "m"]);
    }

    #[test]
    fn unspaced_scripts_are_cut_into_pairs() {
        check("新鲜面包，每天Python3。", &["新鲜", "面包", "，", "每天", "Python3", "。"]);
        check("빵을 굽는다", &["빵을", "굽는다"]);
    }

    #[test]
    fn sentences_end_at_marks_of_their_own() {
        assert_eq!(sentences("One. Two! Three?"), 3);
        assert_eq!(sentences("Mr. Baker sells bread. (He does.) Come"), 3);
        assert_eq!(sentences("no end"), 1);
        assert_eq!(sentences(" "), 0);
        assert_eq!(sentences("面包很新鲜。每天都有！"), 2);
    }
}
