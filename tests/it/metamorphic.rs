//! Changes to a page that must change the verdict, and changes that must not.

use crawlint::Origin;
use crawlint::report::{Report, Verdict};

use predicates::prelude::PredicateBooleanExt as _;

use crate::samples::{Sample, folder, none, samples, scanner};
use crate::{ARTICLE, crawlint};

/// What search spam puts above and below articles: an adult and a casino list.
const BLOCKS: [[&str; 3]; 2] = [
    [
        "亚洲无码在线_欧美精品视频_成人影片免费观看_日韩av高清",
        "成人视频在线观看,无码影片,国产精品自拍,成人av网站",
        "澳门赌场_老虎机_百家乐_时时彩_北京赛车_真人娱乐城",
    ],
    [
        "online casino | casino bonus | slot online | sports betting",
        "best online casino, no deposit bonus, free spins, slot gacor, betting sites",
        "casino online, online slots, roulette online, poker online, betting bonus",
    ],
];

fn label(name: &str) -> impl Fn(&Sample) -> bool {
    move |sample| sample.label == name
}

fn scan(text: &str, like: &Sample) -> Report {
    scanner().scan(text.as_bytes(), &like.origin())
}

/// A page with the lines above and below its content.
fn surrounded(text: &str, lines: &[&str], format: &str) -> String {
    if format == "html" {
        let block = format!("<p>{}</p>\n", lines.join("</p>\n<p>"));
        let open = text.find("<body").unwrap();
        let open = open + text[open..].find('>').unwrap() + 1;
        let close = text.rfind("</body").unwrap();
        format!("{}{block}{}{block}{}", &text[..open], &text[open..close], &text[close..])
    } else {
        let block = lines.join("\n\n");
        // Front matter stays in front.
        let at = match text.strip_prefix("---\n").and_then(|rest| rest.find("\n---\n")) {
            Some(at) => at + "---\n\n---\n".len(),
            None => 0,
        };
        format!("{}{block}\n\n{}\n\n{block}\n", &text[..at], &text[at..])
    }
}

/// Lines of prose from which a page is surely a host.
const MIN_PROSE_LINES: f64 = 6.0;

fn prose_lines(sample: &Sample) -> f64 {
    let inspection = scanner().inspect(&sample.bytes(), &sample.origin());
    inspection.signals.iter().find(|signal| signal.0 == "page.prose_lines").unwrap().1
}

#[test]
fn headlines_around_a_clean_page_are_an_injection() {
    let mut complaints = Vec::new();
    let mut tried = 0;
    for sample in samples().into_iter().filter(label("clean")) {
        if !["text", "markdown", "html"].contains(&&*sample.format) || sample.encoding != "utf-8" {
            continue;
        }
        for lines in BLOCKS {
            let report = scan(&surrounded(&sample.text(), &lines, &sample.format), &sample);
            tried += 1;
            // A page of tables or verse has too little prose of its own to be a host, and a list of
            // spam words is hardly told from the block around it.
            let host = prose_lines(&sample) >= MIN_PROSE_LINES
                && !sample.file.contains("keyword-blocklist");
            if report.verdict != Verdict::Injected && (host || report.verdict != Verdict::Spam) {
                let (verdict, db) = (report.verdict.name(), report.risk_db);
                complaints
                    .push(format!("{} with {}: {verdict}, {db:.1} dB", sample.file, lines[2]));
            }
        }
    }
    assert!(tried >= 30, "only {tried} pages were tried");
    none(&complaints);
}

#[test]
fn stripped_injections_are_clean() {
    let mut complaints = Vec::new();
    for sample in samples().into_iter().filter(label("injected")) {
        let bytes = sample.bytes();
        let stripped = scanner().strip(&bytes, &sample.origin());
        let after = &stripped.after;
        if after.risk_db >= 0.0 || !stripped.is_clean() {
            let left: Vec<String> = after
                .findings
                .iter()
                .map(|f| format!("{} {:+.1} {}", f.rule, f.db, f.text))
                .collect();
            let (verdict, db) = (after.verdict.name(), after.risk_db);
            complaints.push(format!("{}: {verdict}, {db:.1} dB; {left:#?}", sample.file));
        }
        if after.charset != stripped.before.charset || after.format != stripped.before.format {
            complaints.push(format!("{}: read as {}", sample.file, after.charset));
        }
        if stripped.bytes.len() * 10 < bytes.len() * 3 {
            complaints.push(format!("{}: most of the page is gone", sample.file));
        }
        for removed in &stripped.removed {
            let place = removed.source_span;
            if place.start >= place.end
                || place.end as usize > bytes.len()
                || removed.rules.is_empty()
            {
                complaints.push(format!("{}: {removed:?} is no removal", sample.file));
            }
        }
    }
    none(&complaints);
}

#[test]
fn stripping_leaves_clean_pages_alone_and_every_encoding_whole() {
    let mut complaints = Vec::new();
    for sample in samples() {
        let bytes = sample.bytes();
        let stripped = scanner().strip(&bytes, &sample.origin());
        let encoding = encoding_rs::Encoding::for_label(sample.encoding.as_bytes()).unwrap();
        if encoding.decode(&stripped.bytes).2 {
            complaints.push(format!("{}: what is left is broken {}", sample.file, sample.encoding));
        }
        let risky = stripped.before.findings.iter().any(|finding| finding.db > 0.0);
        if !risky && stripped.bytes != bytes {
            complaints.push(format!("{}: was changed for nothing", sample.file));
        }
    }
    none(&complaints);
}

/// Copies of a text in other line ends and encodings.
fn copies(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = |start: &[u8], bytes: fn(u16) -> [u8; 2]| {
        start.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect()
    };
    let mut copies = vec![
        ("UTF-8 with a mark", [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat()),
        ("UTF-16LE", utf16(b"\xff\xfe", u16::to_le_bytes)),
        ("UTF-16BE", utf16(b"\xfe\xff", u16::to_be_bytes)),
    ];
    if !text.contains('\r') {
        copies.push(("CR LF", text.replace('\n', "\r\n").into_bytes()));
    }
    copies
}

fn found(report: &Report) -> Vec<(String, String)> {
    // A line break inside a finding is one character or two.
    let text = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found: Vec<_> =
        report.findings.iter().map(|f| (f.rule.clone(), text(&f.text))).collect();
    found.sort();
    found
}

#[test]
fn line_ends_and_encodings_do_not_matter() {
    let mut complaints = Vec::new();
    for sample in samples() {
        let text = sample.text();
        let plain = scan(&text, &sample);
        let mut copies = copies(&text);
        // GB18030 needs enough Chinese to be told from its neighbours.
        if sample.language == "zh" {
            let gb = encoding_rs::GB18030.encode(&text);
            copies.push(("GB18030", gb.0.into_owned()));
        }
        for (copy, bytes) in copies {
            let report = scanner().scan(&bytes, &sample.origin());
            // What the page says about its encoding is true in one encoding only.
            let told = |report: &Report| {
                let mut found = found(report);
                found.retain(|(rule, _)| !rule.contains("charset"));
                found
            };
            if report.verdict != plain.verdict {
                let (verdict, before) = (report.verdict.name(), plain.verdict.name());
                complaints.push(format!("{} as {copy}: {verdict}, was {before}", sample.file));
            } else if told(&report) != told(&plain) {
                let (a, b) = (told(&report), told(&plain));
                complaints.push(format!("{} as {copy}: {a:?}\n  was {b:?}", sample.file));
            }
        }
    }
    none(&complaints);
}

#[test]
fn the_text_of_a_page_has_its_verdict() {
    let mut complaints = Vec::new();
    for sample in samples().into_iter().filter(|s| s.format == "html") {
        let inspection = scanner().inspect(&sample.bytes(), &sample.origin());
        let seen = inspection.report.findings.iter().filter(|f| f.db > 0.0);
        let mut visible = seen.map(|f| (f.span.end as usize) <= inspection.page.visible_len);
        // Links and hidden parts have no counterpart in text.
        let risky = matches!(sample.label.as_str(), "injected" | "spam");
        if risky && !visible.all(|visible| visible) || !risky && sample.label != "clean" {
            continue;
        }
        let text = inspection.page.visible().as_bytes();
        let report = scanner().scan(text, &Origin::path("page.txt"));
        if report.verdict != inspection.report.verdict {
            let (verdict, was) = (report.verdict.name(), inspection.report.verdict.name());
            complaints.push(format!(
                "{}: {verdict} with {:.1} dB, was {was} with {:.1}",
                sample.file, report.risk_db, inspection.report.risk_db
            ));
        }
    }
    none(&complaints);
}

#[test]
fn spam_that_is_quoted_or_shown_as_code_is_no_spam() {
    let mut complaints = Vec::new();
    let line = BLOCKS[1][0];
    for sample in samples().into_iter().filter(label("clean")) {
        let text = sample.text();
        let copies = match sample.format.as_str() {
            "markdown" => [
                format!("{text}\n\n```\n{line}\n```\n"),
                format!("{text}\n\n> {line}\n\nThat was a quotation.\n"),
            ],
            "html" => ["pre", "blockquote"].map(|tag| {
                let close = text.rfind("</body").unwrap();
                format!("{}<{tag}>{line}</{tag}>{}", &text[..close], &text[close..])
            }),
            _ => continue,
        };
        let before = scan(&text, &sample).verdict;
        for copy in copies {
            let report = scan(&copy, &sample);
            if report.verdict != before {
                let (verdict, db) = (report.verdict.name(), report.risk_db);
                complaints.push(format!(
                    "{}: {verdict}, {db:.1} dB, was {}",
                    sample.file,
                    before.name()
                ));
            }
        }
    }
    none(&complaints);
}

#[test]
fn a_footer_line_changes_no_verdict_and_hardly_the_risk_of_a_clean_page() {
    let lines = [
        "We use cookies to improve your experience. Read our privacy policy.",
        "© 2024 Example Press. All rights reserved.",
        "本站使用 Cookie。继续浏览即表示您同意我们的隐私政策。",
    ];
    let mut complaints = Vec::new();
    for sample in
        samples().into_iter().filter(|s| ["clean", "injected", "spam"].contains(&&*s.label))
    {
        let text = sample.text();
        let before = scan(&text, &sample);
        for line in lines {
            let copy = match (sample.format.as_str(), text.rfind("</body")) {
                ("html", Some(close)) => {
                    format!("{}<footer><p>{line}</p></footer>{}", &text[..close], &text[close..])
                }
                ("text" | "markdown", _) => format!("{text}\n\n{line}\n"),
                _ => continue,
            };
            let report = scan(&copy, &sample);
            let moved = (report.risk_db - before.risk_db).abs();
            if sample.label == "clean" && moved > 1.0 || report.verdict != before.verdict {
                let (now, was) = (report.risk_db, before.risk_db);
                complaints
                    .push(format!("{} with “{line}”: {now:.1} dB, was {was:.1}", sample.file));
            }
        }
    }
    none(&complaints);
}

#[test]
fn a_body_twice_is_no_riskier() {
    let mut complaints = Vec::new();
    for sample in samples().into_iter().filter(label("clean")) {
        let text = sample.text();
        let copy = match sample.format.as_str() {
            "text" | "markdown" if !text.starts_with("---") => format!("{text}\n\n{text}"),
            "html" => {
                let open = text.find("<body").unwrap();
                let open = open + text[open..].find('>').unwrap() + 1;
                let close = text.rfind("</body").unwrap();
                format!("{}{}", &text[..close], &text[open..])
            }
            _ => continue,
        };
        let (before, after) = (scan(&text, &sample), scan(&copy, &sample));
        // A short page twice is long enough to be asked what its edges have to do with its middle.
        let limit = if prose_lines(&sample) < 2.0 * MIN_PROSE_LINES { 12.0 } else { 2.0 };
        if after.verdict != before.verdict || after.risk_db > before.risk_db + limit {
            let (now, was) = (after.risk_db, before.risk_db);
            complaints.push(format!("{}: {now:.1} dB, was {was:.1}", sample.file));
        }
    }
    none(&complaints);
}

#[test]
fn the_number_of_workers_does_not_show() {
    let results = |jobs: &str| {
        let scan = crawlint()
            .args(["scan", "--format", "jsonl", "--fail-on", "never", "--quiet", "-j", jobs])
            .arg(folder())
            .assert()
            .code(0);
        scan.get_output().stdout.clone()
    };
    let alone = results("1");
    assert!(alone.len() > 10_000, "{} bytes are no results", alone.len());
    assert!(alone == results("8"));
}

#[test]
fn strip_writes_what_is_left_and_tells_what_went() {
    let folder = crate::Folder::new(&[("tea.txt", ARTICLE)]);
    let out = folder.file("left.txt");
    let strip = |input: &std::path::Path| {
        let mut command = crawlint();
        command.arg("strip").arg(input);
        command
    };
    let clean = strip(&folder.file("tea.txt")).assert().code(0);
    assert_eq!(clean.get_output().stdout, ARTICLE);

    let injected = crate::samples::folder().join("injected/gambling-tail-under-recipe.md");
    strip(&injected).arg("-o").arg(&out).assert().code(0).stdout("").stderr(
        predicates::str::contains("before: injected").and(predicates::str::contains("left: clean")),
    );
    let left = std::fs::read(&out).unwrap();
    assert!(left.len() < std::fs::read(&injected).unwrap().len());
    strip(&out).assert().code(0).stderr(predicates::str::contains("0 places removed"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside");

    let spam = crate::samples::folder().join("spam/gambling-app-doorway.html");
    strip(&spam).assert().code(1).stderr(predicates::str::contains("left: nothing"));
    folder.add("image.txt", crate::BINARY);
    strip(&folder.file("image.txt")).assert().code(2).stdout("");
    strip(&folder.file("none.txt")).assert().code(2);
    strip(&injected).arg("-o").arg(folder.file("none/left.txt")).assert().code(2).stdout("");
}
