//! Which language a text is in.
//!
//! Chinese, Japanese, Korean, Thai and a few others are told by their script; alphabetic scripts
//! by whatlang, which needs about 120 letters to be worth asking, and is not asked where the
//! commonest words of English are as common as in English. Anything else is `und`, which no rule
//! holds against a page.

use whatlang::{Detector, Lang};

use crate::text::{ChineseCounts, Script, ScriptCounts};

/// Language that cannot be told.
pub const UNKNOWN: &str = "und";

/// Fewest letters of an alphabetic script for a verdict by whatlang.
const MIN_LETTERS: usize = 120;

/// Least confidence of an answer that whatlang itself does not call reliable, 0 to 1.
const MIN_CONFIDENCE: f64 = 0.3;

/// Most characters given to whatlang; its answer hardly changes beyond, its cost does.
const SAMPLE_CHARS: usize = 2_000;

/// The language of a text as an ISO 639-1 code, `zh-Hant` for Traditional Chinese, or
/// [`UNKNOWN`].
///
/// ```
/// assert_eq!(crawlint::text::language("协程适合输入输出密集的任务。"), "zh");
/// assert_eq!(crawlint::text::language("data"), "und");
/// ```
pub fn language(text: &str) -> &'static str {
    let counts = ScriptCounts::of(text);
    by_script(text, &counts).unwrap_or_else(|| by_words(text, &counts))
}

/// The language where the script alone tells it. Latin letters inside East Asian text (brands,
/// code) do not outweigh it: an ideograph counts like three Latin letters.
fn by_script(text: &str, counts: &ScriptCounts) -> Option<&'static str> {
    let (han, kana) = (counts.get(Script::Han), counts.get(Script::Kana));
    let (hangul, thai) = (counts.get(Script::Hangul), counts.get(Script::Thai));
    let alphabetic = counts.total() - han - kana - hangul - thai;
    let unspaced = han + kana + hangul + thai;
    if unspaced == 0 || unspaced * 3 < alphabetic {
        return other_script(counts);
    }
    if hangul * 2 >= unspaced {
        Some("ko")
    } else if thai * 2 >= unspaced {
        Some("th")
    } else if kana * 10 >= unspaced {
        Some("ja")
    } else if han >= 4 {
        let chinese = ChineseCounts::of(text);
        let traditional = chinese.traditional > chinese.simplified;
        Some(if traditional { "zh-Hant" } else { "zh" })
    } else {
        None
    }
}

fn other_script(counts: &ScriptCounts) -> Option<&'static str> {
    let total = counts.total();
    let mostly = |script| total >= 8 && counts.get(script) * 2 > total;
    if mostly(Script::Greek) {
        Some("el")
    } else if mostly(Script::Hebrew) {
        Some("he")
    } else if mostly(Script::Bengali) {
        Some("bn")
    } else {
        None
    }
}

fn by_words(text: &str, counts: &ScriptCounts) -> &'static str {
    if counts.total() < MIN_LETTERS {
        return UNKNOWN;
    }
    let end = text.char_indices().nth(SAMPLE_CHARS).map_or(text.len(), |(at, _)| at);
    if is_english(&text[..end]) {
        return "en";
    }
    // Letters of the main script only: whatlang takes the script with most characters, and code
    // or brand names must not decide it.
    let Some(info) = detector().detect(&text[..end]) else { return UNKNOWN };
    if !info.is_reliable() && info.confidence() < MIN_CONFIDENCE {
        return UNKNOWN;
    }
    code(info.lang())
}

/// Whether one word in eight is one of the commonest in English, which no other language has among
/// its own. Most pages are told so, in a tenth of the time whatlang takes; it says the same of all
/// but one in six hundred of them, of which it is not sure.
fn is_english(text: &str) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    let (mut words, mut common) = (0, 0);
    for word in text.as_bytes().split(|byte| !is_letter(byte)).filter(|word| !word.is_empty()) {
        words += 1;
        if word.len() <= 4 {
            let mut letters = [0; 4];
            letters[..word.len()].copy_from_slice(word);
            letters.make_ascii_lowercase();
            common += usize::from(COMMON_ENGLISH.contains(&letters));
        }
    }
    words >= MIN_WORDS && common * 8 >= words
}

/// Fewest words that tell English by their commonest.
const MIN_WORDS: usize = 20;

/// Left out are words as common that others have, too: `a`, `in`, `is`, `on`.
const COMMON_ENGLISH: [[u8; 4]; 10] = [
    *b"the\0", *b"of\0\0", *b"and\0", *b"to\0\0", *b"that", *b"for\0", *b"with", *b"you\0",
    *b"this", *b"your",
];

/// Languages whatlang may answer: those with an ISO 639-1 code. Restricting it to languages
/// pages are commonly written in makes it both faster and more often right.
fn detector() -> &'static Detector {
    static DETECTOR: std::sync::LazyLock<Detector> = std::sync::LazyLock::new(|| {
        Detector::with_allowlist(LANGUAGES.iter().map(|p| p.0).collect())
    });
    &DETECTOR
}

fn code(lang: Lang) -> &'static str {
    LANGUAGES.iter().find(|pair| pair.0 == lang).map_or(UNKNOWN, |pair| pair.1)
}

const LANGUAGES: &[(Lang, &str)] = &[
    (Lang::Eng, "en"),
    (Lang::Rus, "ru"),
    (Lang::Spa, "es"),
    (Lang::Por, "pt"),
    (Lang::Ita, "it"),
    (Lang::Fra, "fr"),
    (Lang::Deu, "de"),
    (Lang::Ukr, "uk"),
    (Lang::Ara, "ar"),
    (Lang::Pes, "fa"),
    (Lang::Urd, "ur"),
    (Lang::Hin, "hi"),
    (Lang::Nep, "ne"),
    (Lang::Mar, "mr"),
    (Lang::Pol, "pl"),
    (Lang::Bul, "bg"),
    (Lang::Srp, "sr"),
    (Lang::Mkd, "mk"),
    (Lang::Bel, "be"),
    (Lang::Tur, "tr"),
    (Lang::Aze, "az"),
    (Lang::Nld, "nl"),
    (Lang::Hun, "hu"),
    (Lang::Dan, "da"),
    (Lang::Swe, "sv"),
    (Lang::Fin, "fi"),
    (Lang::Nob, "no"),
    (Lang::Ces, "cs"),
    (Lang::Slk, "sk"),
    (Lang::Slv, "sl"),
    (Lang::Hrv, "hr"),
    (Lang::Ron, "ro"),
    (Lang::Est, "et"),
    (Lang::Lav, "lv"),
    (Lang::Lit, "lt"),
    (Lang::Ind, "id"),
    (Lang::Vie, "vi"),
    (Lang::Tgl, "tl"),
    (Lang::Cat, "ca"),
    (Lang::Afr, "af"),
    (Lang::Lat, "la"),
    (Lang::Tam, "ta"),
    (Lang::Tel, "te"),
    (Lang::Kan, "kn"),
    (Lang::Mal, "ml"),
    (Lang::Guj, "gu"),
    (Lang::Pan, "pa"),
    (Lang::Kat, "ka"),
    (Lang::Hye, "hy"),
    (Lang::Khm, "km"),
    (Lang::Mya, "my"),
    (Lang::Sin, "si"),
    (Lang::Amh, "am"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told() {
        let check = |text: &str, expected: &str| assert_eq!(language(text), expected, "{text}");
        check("协程适合 I/O 密集任务，用 asyncio.run(main()) 启动事件循环。", "zh");
        check("臺灣圖書館的資料庫設計與實現", "zh-Hant");
        check("この記事では非同期処理の書き方を説明します。", "ja");
        check("이 글은 비동기 처리를 설명합니다.", "ko");
        check("บทความนี้อธิบายการทำงานแบบอะซิงโครนัส", "th");
        check("Αυτό το άρθρο εξηγεί", "el");
        check("short", "und");
        check(
            "The baker opens the shop at six and sells fresh bread to the people of the village, who \
             wait for him at the door with their baskets and talk until the sun is up over the hills.",
            "en",
        );
        check(
            "De bakker opent om zes uur de winkel en verkoopt vers brood aan de mensen van het dorp, \
             die al met hun manden voor de deur staan te wachten tot de zon opkomt.",
            "nl",
        );
        check(
            "Der Bäcker öffnet seinen Laden jeden Morgen um sechs Uhr und verkauft frische Brötchen, \
             Brot und Kuchen an die Leute aus dem Dorf, die schon vor der Tür warten.",
            "de",
        );
        check(
            "Пекарь открывает свою лавку каждое утро в шесть часов и продаёт свежие булочки, хлеб и \
             пироги жителям деревни, которые уже ждут у дверей, пока солнце поднимается.",
            "ru",
        );
    }
}
