//! What holds of every record, whatever its bytes.

use crawlint::Origin;
use crawlint::report::json;
use proptest::prelude::*;

use crate::hostile::check;
use crate::samples::{samples, scanner};

/// Pieces that pages and their damage are made of.
const PIECES: &[&str] = &[
    "<p>",
    "</p>",
    "<div style='display:none'>",
    "</div>",
    "<a href=\"https://a.example/\">",
    "</a>",
    "<title>",
    "</title>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<noscript>",
    "</noscript>",
    "<meta name=description content='",
    "'>",
    "<table><tr><td>",
    "</table>",
    "</html>",
    "<ul><li>",
    "casino bonus ",
    "online casino, slot gacor, ",
    "澳门赌场_老虎机_百家乐_",
    "成人视频",
    "казино бонус ",
    "Green tea wants water that has cooled a little. ",
    "绿茶需要放凉的水，等两分钟。",
    "\u{feff}",
    "\u{200b}",
    "锟斤拷",
    "&amp;",
    "&#x63;",
    "\0",
    "\u{fffd}",
    "\r",
    "\n",
    "\n\n",
    "# ",
    "> ",
    "- ",
    "```\n",
    "| a | b |\n",
    "[tea](https://b.example/)",
    "{\"title\": \"",
    "\", ",
    "[",
    "]",
    "}",
    "404 Not Found ",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let cut = (text(), any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..4));
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..600),
        text().prop_map(String::into_bytes),
        text().prop_map(|text| encoding_rs::GBK.encode(&text).0.into_owned()),
        text().prop_map(|text| encoding_rs::ISO_2022_JP.encode(&text).0.into_owned()),
        text().prop_map(|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        // Cut inside a character or tag, and strange bytes put in.
        cut.prop_map(|(text, at, noise)| {
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..at, noise);
            bytes
        }),
    ]
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["page.html", "page.md", "page.txt", "page.json", "page.xml", ""][..])
}

/// What a report and its inspection promise.
fn keeps_its_promises(bytes: &[u8], name: &str) {
    check(name, bytes);
    let origin = Origin::path(name);
    let inspection = scanner().inspect(bytes, &origin);
    let report = &inspection.report;
    let sum: f64 = inspection.waterfall.iter().map(|step| step.db).sum();
    assert!((report.risk_db - sum).abs() < 0.05, "{} is not {sum}", report.risk_db);
    assert!(report.risk <= 100 && report.damage <= 100 && report.junk <= 100);
    let places = report.findings.iter().map(|f| (f.source_span.start, f.source_span.end));
    assert!(places.is_sorted(), "{:?}", report.findings);
    for finding in &report.findings {
        assert!(scanner().rules().rules().iter().any(|rule| rule.definition.id == finding.rule));
        assert!(finding.text.chars().count() <= 240);
    }
    let line = json::line(report);
    let value: serde_json::Value = serde_json::from_slice(&line).unwrap();
    assert_eq!(value["verdict"], report.verdict.name());
    assert!(
        line == json::line(&scanner().scan(bytes, &origin)),
        "another scan says something else"
    );
}

/// What a stripped record promises.
fn strips_soundly(bytes: &[u8], name: &str) {
    let origin = Origin::path(name);
    let stripped = scanner().strip(bytes, &origin);
    assert!(stripped.bytes.len() <= bytes.len());
    assert_eq!(stripped.removed.is_empty(), stripped.bytes == bytes, "{:?}", stripped.removed);
    assert_eq!(stripped.before, scanner().scan(bytes, &origin));
    assert_eq!(stripped.after, scanner().scan(&stripped.bytes, &origin));
    if std::str::from_utf8(bytes).is_ok() {
        assert!(std::str::from_utf8(&stripped.bytes).is_ok(), "characters were cut");
    }
    let places = stripped.removed.iter().map(|r| (r.source_span.start, r.source_span.end));
    assert!(places.clone().is_sorted());
    assert!(places.clone().all(|(start, end)| start < end && end as usize <= bytes.len()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_judged(bytes in bytes(), name in name()) {
        keeps_its_promises(&bytes, name);
    }

    #[test]
    fn any_bytes_are_stripped(bytes in bytes(), name in name()) {
        strips_soundly(&bytes, name);
    }

    #[test]
    fn pieces_of_samples_are_judged_and_stripped(
        sample in prop::sample::select(samples()),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
    ) {
        let bytes = sample.bytes();
        let (from, to) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
        let piece = &bytes[from.min(to)..from.max(to)];
        keeps_its_promises(piece, &sample.file);
        strips_soundly(piece, &sample.file);
    }
}

#[test]
fn samples_keep_their_promises() {
    for sample in samples() {
        keeps_its_promises(&sample.bytes(), &sample.file);
        strips_soundly(&sample.bytes(), &sample.file);
    }
}
