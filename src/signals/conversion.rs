//! Script conversion: what happens to Chinese text on its way to another site.

use crate::page::Zone;
use crate::signals::{Facts, Measure, Spot};
use crate::span::Span;
use crate::text::{ChineseCounts, Marks, Script};

/// Telling characters a body needs before it has a script of its own.
const MIN_BODY: u32 = 60;

/// Edge lines in the other Chinese script than the body. Quoted titles and short labels are left
/// alone: language switchers and citations.
pub(super) fn script_break(facts: &Facts<'_>) -> Measure {
    if facts.scripts.get(Script::Han) < MIN_BODY as usize {
        return Measure::of(0.0);
    }
    let content: Vec<Span> = facts.content().map(|line| line.span).collect();
    let tail = content.len().saturating_sub(6).max(4).min(content.len());
    let head = 4.min(content.len());
    let middle = facts.chinese().0;
    let traditional = middle.traditional >= MIN_BODY && middle.traditional > 6 * middle.simplified;
    let simplified = middle.simplified >= MIN_BODY && middle.simplified > 6 * middle.traditional;
    if !traditional && !simplified {
        return Measure::of(0.0);
    }
    let titles = facts.page.zone(Zone::Title).map(|block| block.span);
    let edges = content[..head].iter().chain(&content[tail..]).copied();
    let spots = titles.chain(edges).filter_map(|span| {
        let text = without_quotations(facts.slice(span));
        let han = text.chars().filter(|&c| Script::of(c) == Some(Script::Han)).count();
        let counts = ChineseCounts::of(&text);
        let (foreign, own) = if traditional {
            (counts.simplified, counts.traditional)
        } else {
            (counts.traditional, counts.simplified)
        };
        (han > 8 && foreign >= 3 && own == 0).then(|| Spot::new(span, f64::from(foreign)))
    });
    Measure::count(spots.collect())
}

/// Telling characters of the lines of content and of all visible lines; signals take them from
/// [`Facts::chinese`].
pub(super) fn counted(facts: &Facts<'_>) -> (ChineseCounts, ChineseCounts) {
    let (mut content, mut all) = (ChineseCounts::default(), ChineseCounts::default());
    for line in facts.lines_with(Marks::UNSPACED) {
        let here = ChineseCounts::of(facts.slice(line.span));
        all.add(here);
        if line.is_content() {
            content.add(here);
        }
    }
    (content, all)
}

fn without_quotations(text: &str) -> String {
    let mut depth = 0usize;
    text.chars()
        .filter(|c| {
            match c {
                '《' | '“' | '「' | '『' | '〈' => depth += 1,
                '》' | '”' | '」' | '』' | '〉' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })
        .collect()
}

/// Words a human never writes in Traditional Chinese, left by mapping 後→后, 裡→里, 範→范, 製→制
/// the wrong way; counted only in a Traditional text, where they outnumber the right forms.
pub(super) fn cheap_conversion(facts: &Facts<'_>) -> Measure {
    if facts.scripts.get(Script::Han) < MIN_BODY as usize {
        return Measure::of(0.0);
    }
    let counts = facts.chinese().1;
    if counts.traditional < MIN_BODY || counts.traditional <= 4 * counts.simplified {
        return Measure::of(0.0);
    }
    let chars: Vec<(usize, char)> = facts.page.visible().char_indices().collect();
    let mut spots = Vec::new();
    let mut right = 0usize;
    for (index, &(at, c)) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map_or(' ', |i| chars[i].1);
        let after = chars.get(index + 1).map_or(' ', |pair| pair.1);
        let wrong = match c {
            '后' => {
                "然以最之背今此往向前幕隨其先".contains(before) || "面續來端臺期".contains(after)
            }
            '里' => "這那哪".contains(before) || "面邊".contains(after),
            '范' => "規示模".contains(before) || after == '圍',
            '制' => after == '造' || after == '作' && before != '控',
            '後' | '裡' | '裏' | '範' | '製' => {
                right += 1;
                false
            }
            _ => false,
        };
        if wrong {
            spots.push(Spot::new(Span::new(at, at + c.len_utf8()), 1.0));
        }
    }
    if spots.len() < 2 || spots.len() <= 3 * right {
        return Measure::of(0.0);
    }
    Measure::count(spots)
}

/// Pinyin in brackets after a character of the text: `數(shù)`. A primer annotates rare
/// characters or few of them; scrapers annotate any, so each annotated character counts only
/// once; tone marks, or agreement with the readings of common characters, are asked for.
pub(super) fn pinyin(facts: &Facts<'_>) -> Measure {
    let text = facts.page.visible();
    if facts.scripts.get(Script::Han) == 0 {
        return Measure::of(0.0);
    }
    let (mut spots, mut plain) = (Vec::new(), Vec::new());
    let (mut known, mut wrong) = (0usize, 0usize);
    for (at, _) in text.match_indices(['(', '（']) {
        let Some(before) = text[..at].chars().next_back() else { continue };
        if Script::of(before) != Some(Script::Han) {
            continue;
        }
        let rest = &text[at..];
        let Some(close) = rest.char_indices().take(24).find(|(_, c)| matches!(c, ')' | '）'))
        else {
            continue;
        };
        let inner = rest[..close.0].trim_start_matches(['(', '（']);
        let start = at - before.len_utf8();
        let spot = Spot::new(Span::new(start, at + close.0 + close.1.len_utf8()), 1.0);
        if is_pinyin(inner) && !is_code(facts, at) {
            spots.push(spot);
        } else if inner.len() <= 6 && inner.bytes().all(|b| b.is_ascii_lowercase()) {
            match COMMON_READINGS.iter().find(|(han, _)| han.contains(before)) {
                Some((_, reading)) if *reading == inner => {
                    known += 1;
                    plain.push(spot);
                }
                Some(_) => wrong += 1,
                None => plain.push(spot),
            }
        }
    }
    // Without tone marks only agreement with the characters' readings tells pinyin from
    // abbreviations in brackets.
    if known >= MIN_KNOWN_READINGS && wrong * 4 <= known {
        spots.extend(plain);
        spots.sort_by_key(|spot| spot.span);
    }
    Measure::count(spots)
}

/// Annotations without tone marks that must agree with the readings of common characters.
const MIN_KNOWN_READINGS: usize = 3;

/// The commonest characters with one ordinary reading each; where two are ordinary, none is
/// listed.
const COMMON_READINGS: &[(&str, &str)] = &[
    ("的", "de"),
    ("一以已意易", "yi"),
    ("是时事市实使", "shi"),
    ("不部步", "bu"),
    ("在再", "zai"),
    ("人", "ren"),
    ("有又由", "you"),
    ("我", "wo"),
    ("他她它", "ta"),
    ("这", "zhe"),
    ("个各", "ge"),
    ("们", "men"),
    ("中种众", "zhong"),
    ("来", "lai"),
    ("上", "shang"),
    ("大", "da"),
    ("国", "guo"),
    ("和", "he"),
    ("也业", "ye"),
    ("子自字", "zi"),
    ("到道", "dao"),
    ("说", "shuo"),
    ("要", "yao"),
    ("就", "jiu"),
    ("出", "chu"),
    ("会", "hui"),
    ("可", "ke"),
    ("下", "xia"),
    ("过", "guo"),
    ("对", "dui"),
    ("生", "sheng"),
    ("能", "neng"),
    ("于与语", "yu"),
    ("那", "na"),
    ("年", "nian"),
    ("发", "fa"),
    ("后", "hou"),
    ("作做", "zuo"),
    ("里", "li"),
    ("用", "yong"),
    ("家", "jia"),
    ("多", "duo"),
    ("经", "jing"),
    ("没", "mei"),
    ("法", "fa"),
    ("学", "xue"),
    ("如", "ru"),
    ("都", "dou"),
    ("同", "tong"),
    ("现", "xian"),
    ("了", "le"),
    ("地", "di"),
    ("所", "suo"),
];

fn is_code(facts: &Facts<'_>, at: usize) -> bool {
    facts.block_at(at as u32).is_some_and(|block| block.zone == Zone::Code)
}

/// One syllable, or alternatives between slashes, with a tone mark.
fn is_pinyin(text: &str) -> bool {
    const TONES: &str = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ";
    let toned = text.chars().any(|c| TONES.contains(c));
    toned
        && text.split('/').all(|syllable| {
            let syllable = syllable.trim();
            let letters = syllable.chars().count();
            let plain = |c: char| c.is_ascii_lowercase() || TONES.contains(c) || "üńňɡ".contains(c);
            (1..=6).contains(&letters) && syllable.chars().all(plain)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinyin_has_tones_and_one_syllable() {
        assert!(is_pinyin("shù"));
        assert!(is_pinyin("yī / yì /yí"));
        assert!(!is_pinyin("async"));
        assert!(!is_pinyin("très long mot"));
    }
}
