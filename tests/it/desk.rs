//! `scan --format html`: one file that holds its data and cannot do anything else. What a browser
//! makes of it is tried in `tests/browser`.

use std::io::Read as _;

use crate::{Folder, crawlint};
use serde_json::Value;

/// Text that would run, load or close something if any of it became markup.
const HOSTILE: &str = "</script><script>alert(1)</script><img src=x onerror=alert(1)> \u{202e}";

fn report(folder: &Folder) -> String {
    let run = crawlint()
        .current_dir(folder.path())
        .args(["scan", ".", "--format", "html", "--quiet", "--fail-on", "never"])
        .assert()
        .success();
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

/// The lines of the parts of a class.
fn parts(html: &str, class: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for part in html.split(&format!("class=\"{class}\"")).skip(1) {
        let (_, part) = part.split_once('>').unwrap();
        let base64 = &part[..part.find('<').unwrap()];
        let mut text = String::new();
        let bytes = decode(base64);
        flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        // Each line ends with a line break; empty ones are pages with nothing to show.
        lines.extend(text.split_terminator('\n').map(str::to_owned));
    }
    lines
}

fn decode(base64: &str) -> Vec<u8> {
    let value = |sign: u8| match sign {
        b'A'..=b'Z' => sign - b'A',
        b'a'..=b'z' => sign - b'a' + 26,
        b'0'..=b'9' => sign - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        other => panic!("{other}"),
    };
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for sign in base64.bytes().filter(|sign| *sign != b'=') {
        bits = bits << 6 | u32::from(value(sign));
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 255) as u8);
        }
    }
    bytes
}

fn spam(more: &str) -> Vec<u8> {
    let line =
        format!("Best online casino bonus {more} slot machines betting, casino bonus code\n");
    line.repeat(6).into_bytes()
}

#[test]
fn nothing_of_a_page_stands_in_the_markup() {
    let folder = Folder::new(&[("a.txt", &spam(HOSTILE)), ("b.txt", crate::ARTICLE)]);
    let html = report(&folder);
    assert!(
        !html.contains("alert(1)")
            && !html.contains('\u{202e}')
            && !html.contains("casino bonus code")
    );
    assert_eq!(html.matches("<script>").count(), 1, "one script that runs");
    let policy = html.split("Content-Security-Policy\" content=\"").nth(1).unwrap();
    let policy = &policy[..policy.find('"').unwrap()];
    for part in
        ["default-src 'none'", "script-src 'sha256-", "style-src 'sha256-", "connect-src 'none'"]
    {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    // What stands there is the whole of it, for the script to write as text.
    let rows: Vec<Value> =
        parts(&html, "rows").iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 2);
    let details = parts(&html, "details");
    assert_eq!(details.len(), 2);
    let page: Value = serde_json::from_str(&details[0]).unwrap();
    assert!(page["text"].to_string().contains("casino bonus code"));
    assert!(!page["waterfall"].as_array().unwrap().is_empty());
    assert_eq!(details[1], "", "a clean page is its row only");
}

#[test]
fn marks_lie_where_the_finding_is() {
    let folder = Folder::new(&[("a.txt", &spam("😀茶"))]);
    let details = parts(&report(&folder), "details");
    let page: Value = serde_json::from_str(&details[0]).unwrap();
    let mut seen = 0;
    for piece in page["text"].as_array().unwrap() {
        let units: Vec<u16> = piece["t"].as_str().unwrap().encode_utf16().collect();
        for mark in piece["m"].as_array().into_iter().flatten() {
            let at = |index: usize| usize::try_from(mark[index].as_u64().unwrap()).unwrap();
            let marked = String::from_utf16(&units[at(0)..at(1)]).unwrap();
            let text = page["findings"][at(2)]["text"].as_str().unwrap();
            let flat = |text: &str| text.split_whitespace().collect::<String>();
            // A finding over several lines is marked line by line; long ones are shortened.
            let text = flat(text.trim_end_matches('…'));
            let marked = flat(&marked);
            assert!(
                text.contains(&marked)
                    || marked.starts_with(&text)
                    || text.is_empty()
                    || marked.len() > text.len(),
                "{marked} / {text}"
            );
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn a_page_takes_a_bounded_part_of_the_report() {
    let title = format!("<title>{}</title>", "online casino bonus ".repeat(50_000));
    let lines = "<p>online casino bonus, slot betting</p>\n".repeat(20_000);
    let page = title + &lines;
    let folder = Folder::new(&[("a.html", page.as_bytes())]);
    let html = report(&folder);
    let details = parts(&html, "details");
    let value: Value = serde_json::from_str(&details[0]).unwrap();
    let text: usize =
        value["text"].as_array().unwrap().iter().map(|it| it["t"].as_str().unwrap().len()).sum();
    assert!((500..10_000).contains(&text), "{text} bytes of text");
    assert!(details[0].len() < 160_000, "{} bytes of details", details[0].len());
    assert!(parts(&html, "rows")[0].len() < 8_000);
}

#[test]
fn the_same_pages_give_the_same_bytes() {
    let folder = Folder::new(&[("a.txt", &spam("x")), ("b.txt", &spam("y"))]);
    assert!(report(&folder) == report(&folder));
}
