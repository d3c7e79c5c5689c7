//! Which language a text is in.
//!
//! Chinese, Japanese, Korean, Thai and a few others are told by their script; alphabetic scripts
//! by whatlang, which needs about 120 letters to be worth asking, and is not asked where the
//! commonest words of a language are as common as in that language. Anything else is `und`, which
//! no rule holds against a page.

use std::collections::HashMap;
use std::sync::LazyLock;

use whatlang::{Detector, Lang};

use crate::text::{ChineseCounts, Drawn, Script, ScriptCounts};

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
    if let Some(language) = by_common_words(&text[..end]) {
        return language;
    }
    // Letters of the main script only: whatlang takes the script with most characters, and code
    // or brand names must not decide it.
    let Some(info) = detector().detect(&text[..end]) else { return UNKNOWN };
    if !info.is_reliable() && info.confidence() < MIN_CONFIDENCE {
        return UNKNOWN;
    }
    code(info.lang())
}

/// The language of which one word in eight is among its commonest, and more than one of these are
/// there. Most pages are told so, in a tenth of the time whatlang takes, which says the same of all
/// but one in six hundred English ones and is not sure of that one.
fn by_common_words(text: &str) -> Option<&'static str> {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    let (mut words, mut common) = (0, [(0, 0u16); COMMON.len()]);
    for word in text.as_bytes().split(|byte| !is_letter(byte)).filter(|word| !word.is_empty()) {
        words += 1;
        if let Some(&(language, place)) = key_of(word).and_then(|key| COMMON_WORDS.get(&key)) {
            let (count, different) = &mut common[language];
            *count += 1;
            *different |= 1 << place;
        }
    }
    let is_told = |(count, different): &(usize, u16)| {
        words >= MIN_WORDS && count * 8 >= words && different.count_ones() >= MIN_DIFFERENT
    };
    common.iter().position(is_told).map(|language| COMMON[language].0)
}

/// Fewest words that tell a language by its commonest.
const MIN_WORDS: usize = 20;
/// Fewest different ones among these: code says one word again and again.
const MIN_DIFFERENT: u32 = 2;

/// The commonest words of languages in which they make up far more than one in eight; English
/// first, which stands beside all others. Left out are words as common that another language has,
/// too, such as `a`, `in`, `is`, `on` of English: what is left of a word here or there does not
/// add up to one in eight. At most sixteen of each.
const COMMON: [(&str, &[&str]); 8] = [
    ("en", &["the", "of", "and", "to", "that", "for", "with", "you", "this", "your"]),
    (
        "de",
        &[
            "und", "der", "ist", "nicht", "mit", "für", "auf", "sich", "auch", "wird", "oder",
            "zu", "von", "im",
        ],
    ),
    (
        "fr",
        &[
            "les", "des", "est", "une", "dans", "pour", "qui", "pas", "sur", "avec", "vous",
            "nous", "au", "et",
        ],
    ),
    ("es", &["los", "las", "y", "el", "del", "con", "una", "por", "para", "su", "más"]),
    (
        "it",
        &[
            "di", "che", "è", "il", "per", "non", "sono", "della", "nel", "alla", "gli", "dei",
            "più", "anche",
        ],
    ),
    (
        "nl",
        &[
            "het", "een", "van", "dat", "voor", "met", "niet", "zijn", "ook", "op", "aan", "bij",
            "wordt",
        ],
    ),
    (
        "id",
        &[
            "yang", "dan", "dengan", "untuk", "ini", "dari", "tidak", "adalah", "pada", "anda",
            "itu", "atau", "bisa", "akan",
        ],
    ),
    (
        "vi",
        &[
            "và", "của", "các", "có", "là", "được", "cho", "một", "trong", "với", "không", "những",
            "để", "này", "khi",
        ],
    ),
];

/// The language of each of these words and its place in the list, both as numbers.
static COMMON_WORDS: LazyLock<HashMap<u64, (usize, usize), Drawn>> = LazyLock::new(|| {
    let words = COMMON.iter().enumerate().flat_map(|(language, (_, list))| {
        let places = list.iter().enumerate();
        places.map(move |(place, word)| (key_of(word.as_bytes()), (language, place)))
    });
    words.map(|(key, found)| (key.expect("the words are short"), found)).collect()
});

/// A word of at most eight bytes as a number, its ASCII letters in lower case.
#[inline]
fn key_of(word: &[u8]) -> Option<u64> {
    let mut letters = [0; 8];
    letters.get_mut(..word.len())?.copy_from_slice(word);
    letters.make_ascii_lowercase();
    Some(u64::from_le_bytes(letters))
}

/// Languages whatlang may answer: those with an ISO 639-1 code. Restricting it to languages
/// pages are commonly written in makes it both faster and more often right.
fn detector() -> &'static Detector {
    static DETECTOR: LazyLock<Detector> =
        LazyLock::new(|| Detector::with_allowlist(LANGUAGES.iter().map(|p| p.0).collect()));
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
    fn common_words_tell_their_language_and_no_relative() {
        let told = [
            (
                "en",
                "The keys of the house are with the neighbour, and the cat has to be fed at noon; \
                    you find the food in the cupboard that is beside the door of the cellar.",
            ),
            (
                "de",
                "Der Schlüssel liegt bei der Nachbarin, und die Katze wird mittags gefüttert; das \
                    Futter steht im Schrank neben der Tür zum Keller, wo auch die Schuhe sind.",
            ),
            (
                "fr",
                "Les clés de la maison sont chez la voisine, et le chat mange à midi; vous trouvez \
                    les croquettes dans le placard qui est à côté de la porte de la cave.",
            ),
            (
                "es",
                "Las llaves de la casa las tiene la vecina, y el gato come a mediodía; el pienso \
                    está en el armario que hay al lado de la puerta del sótano, con los zapatos.",
            ),
            (
                "it",
                "Le chiavi di casa sono dalla vicina, e il gatto mangia a mezzogiorno; i croccantini \
                    sono nel mobile che è accanto alla porta della cantina, non nella cucina.",
            ),
            (
                "nl",
                "De sleutels van het huis liggen bij de buurvrouw, en de kat krijgt om twaalf uur \
                    eten; het voer staat in de kast naast de deur van de kelder, bij de schoenen.",
            ),
            (
                "id",
                "Kunci rumah ada pada tetangga, dan kucing itu diberi makan pada siang hari; \
                    makanan ada di lemari yang terletak di samping pintu gudang, dengan sepatu.",
            ),
            (
                "vi",
                "Chìa khóa của ngôi nhà ở chỗ hàng xóm, và con mèo được cho ăn vào buổi trưa; thức \
                    ăn có trong tủ bên cạnh cửa của tầng hầm, với những đôi giày này.",
            ),
        ];
        for (expected, text) in told {
            assert_eq!(by_common_words(text), Some(expected), "{text}");
        }
        // Catalan, Portuguese, Swedish, Romanian.
        let relatives = [
            "Les claus de la casa les té la veïna, i el gat menja al migdia; el pinso és a \
                    l'armari que hi ha al costat de la porta del celler, amb les sabates.",
            "As chaves da casa estão com a vizinha, e o gato come ao meio-dia; a ração fica no \
                    armário que está ao lado da porta da cave, junto com os sapatos velhos.",
            "Nycklarna till huset ligger hos grannen, och katten får mat klockan tolv; maten \
                    står i skåpet bredvid dörren till källaren, där också skorna finns.",
            "Cheile casei sunt la vecină, iar pisica mănâncă la prânz; mâncarea este în dulapul \
                    de lângă ușa pivniței, unde se află și pantofii cei vechi ai bunicului.",
        ];
        for text in relatives {
            assert_eq!(by_common_words(text), None, "{text}");
        }
    }

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
