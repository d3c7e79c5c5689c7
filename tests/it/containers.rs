//! Pages in archives and tables: all of them come out, whatever is wrong with the rest.

use std::io::{Cursor, Write};
use std::path::Path;

use crawlint::input::{Fields, Item, Options, Start, items};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;

const PAGE: &str =
    "<html><body><p>The baker opens the shop at six and sells fresh bread.</p></body></html>";
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\0\0\0\0\0";

/// What comes of a file: `page NAME`, `skipped KIND NAME`, `CODE NAME`.
fn read(path: &Path, options: &Options) -> Vec<String> {
    let name = |member: Option<String>| member.unwrap_or_default();
    items([Start::Path(path.to_owned())], options)
        .map(|pull| match pull.item() {
            Item::Page(record) => format!("page {}", name(record.member)),
            Item::Skipped { at, kind } => format!("skipped {kind} {}", name(at.member)),
            Item::Fault { at, error } => format!("{} {}", error.code(), name(at.member)),
        })
        .collect()
}

fn read_bytes(bytes: &[u8], name: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read(&path, &Options::default())
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        writer.append_data(&mut header, name, *content).unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn a_member_beyond_the_end_of_a_zip_has_no_place_in_it() {
    // Found by fuzzing: the table of contents was believed.
    let mut bytes = zip(&[("a.html", PAGE.as_bytes()), ("b.html", PAGE.as_bytes())]);
    let entry = bytes.windows(4).position(|mark| mark == b"PK\x01\x02").unwrap();
    bytes[entry + 42..entry + 46].copy_from_slice(&0xf000_0000_u32.to_le_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pages.zip");
    std::fs::write(&path, &bytes).unwrap();
    let found: Vec<Item> =
        items([Start::Path(path)], &Options::default()).map(crawlint::input::Pull::item).collect();
    let [Item::Fault { at, .. }, Item::Page(page)] = found.as_slice() else {
        panic!("a fault and a page: {found:?}");
    };
    assert_eq!((at.member.as_deref(), at.offset), (Some("a.html"), None));
    assert_eq!(page.member.as_deref(), Some("b.html"));
    assert!(page.offset.is_some_and(|offset| offset < bytes.len() as u64));
}

#[test]
fn a_zip_gives_its_pages_and_names_the_rest() {
    let inner = zip(&[("a.html", PAGE.as_bytes()), ("b.png", PICTURE)]);
    let bytes = zip(&[
        ("x/a.html", PAGE.as_bytes()),
        ("pic.png", PICTURE),
        ("page.html", PICTURE),
        ("../up.html", PAGE.as_bytes()),
        ("inner.zip", &inner),
        ("last.txt", PAGE.as_bytes()),
    ]);
    let expected = [
        "page x/a.html",
        "skipped image pic.png",
        "page page.html",
        "unsafe-path ../up.html",
        "page inner.zip!a.html",
        "skipped image inner.zip!b.png",
        "page last.txt",
    ];
    assert_eq!(read_bytes(&bytes, "any-name"), expected);
    // Behind something else, as in a program that unpacks itself, offsets are shifted.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shifted");
    std::fs::write(&path, [b"#!/bin/sh\n".as_slice(), &bytes].concat()).unwrap();
    let format = Some(crawlint::input::InputFormat::Zip);
    assert_eq!(read(&path, &Options { format, ..Options::default() }), expected);
}

#[test]
fn members_of_one_name_are_both_read() {
    let mut bytes = zip(&[("a.html", PAGE.as_bytes()), ("b.html", b"other")]);
    while let Some(at) = bytes.windows(6).position(|part| part == b"b.html") {
        bytes[at] = b'a';
    }
    assert_eq!(read_bytes(&bytes, "twice.zip"), ["page a.html", "page a.html"]);
}

#[test]
fn bombs_and_nests_are_stopped_and_what_follows_is_read() {
    let zeros = vec![b'a'; 15 << 20];
    let bytes = zip(&[("big.html", &zeros), ("after.html", PAGE.as_bytes())]);
    assert_eq!(read_bytes(&bytes, "bomb.zip"), ["bomb big.html", "page after.html"]);

    let mut nest = zip(&[("a.html", PAGE.as_bytes())]);
    for _ in 0..4 {
        nest = zip(&[("n.zip", &nest), ("b.html", PAGE.as_bytes())]);
    }
    let found = read_bytes(&nest, "nest.zip");
    assert_eq!(found[0], "too-deep n.zip!n.zip!n.zip!n.zip");
    assert_eq!(found[1], "page n.zip!n.zip!n.zip!b.html");
    assert_eq!(found[2..], ["page n.zip!n.zip!b.html", "page n.zip!b.html", "page b.html"]);
}

#[test]
fn damaged_members_leave_the_others() {
    let good = zip(&[("a.html", PAGE.as_bytes()), ("b.html", PAGE.as_bytes())]);
    // In the stream of the first member: behind its header and name.
    let mut bytes = good.clone();
    bytes[30 + 6 + 10] ^= 0xff;
    assert_eq!(read_bytes(&bytes, "x.zip"), ["corrupt a.html", "page b.html"]);
    // The first bit of the flags of the first entry in the table of contents: encrypted.
    let mut bytes = good.clone();
    let entry = bytes.windows(4).position(|part| part == b"PK\x01\x02").unwrap();
    bytes[entry + 8] |= 1;
    assert_eq!(read_bytes(&bytes, "x.zip"), ["encrypted a.html", "page b.html"]);
    assert_eq!(read_bytes(&good[..good.len() - 30], "x.zip"), ["truncated "]);
}

#[test]
fn wacz_gives_the_members_of_its_archive_folder() {
    let bytes = zip(&[
        ("datapackage.json", b"{}"),
        ("archive/data.warc", PAGE.as_bytes()),
        ("pages/pages.jsonl", b"{}"),
        ("indexes/index.cdx", b"x"),
    ]);
    let found = read_bytes(&bytes, "x.wacz");
    assert_eq!(found[0], "skipped wacz-metadata datapackage.json");
    assert!(found[1].contains("archive/data.warc"), "{found:?}");
    assert_eq!(
        found[2..],
        ["skipped wacz-pages pages/pages.jsonl", "skipped wacz-index indexes/index.cdx"]
    );
}

#[test]
fn a_tar_gives_its_pages_and_survives_a_broken_header() {
    let long = format!("{}/a.html", "l".repeat(300));
    let inner = zip(&[("a.html", PAGE.as_bytes())]);
    let mut bytes = tar(&[
        ("a.html", PAGE.as_bytes()),
        (&long, PAGE.as_bytes()),
        ("pic", PICTURE),
        ("in.zip", &inner),
        ("z.html", PAGE.as_bytes()),
    ]);
    let (long, mut expected) = (format!("page {long}"), vec!["page a.html"]);
    expected.extend([&long, "skipped image pic", "page in.zip!a.html", "page z.html"]);
    assert_eq!(read_bytes(&bytes, "x.tar"), expected);
    // A second archive behind the first is read, too.
    let twice = [bytes.as_slice(), &tar(&[("more.html", PAGE.as_bytes())])].concat();
    assert_eq!(read_bytes(&twice, "x.tar").last().unwrap(), "page more.html");
    let cut = &bytes[..512 + 20];
    assert_eq!(read_bytes(cut, "x.tar"), ["truncated a.html"]);
    bytes[1024] ^= 0xff;
    let found = read_bytes(&bytes, "x.tar");
    assert_eq!(found[1], "corrupt ");
    assert_eq!(found.last().unwrap(), "page z.html");
}

#[test]
fn json_lines_are_pages_and_broken_ones_have_their_number() {
    let text = [
        r#"{"text": "One two.", "id": "first", "metadata": {"url": "https://a.example/"}}"#,
        "",
        r#"{"text": "cut"#,
        r#"{"raw_content": "Half a pair: \ud800", "id": 7}"#,
        r#"{"text": "Plain.", "html": "<p>Marked up.</p>", "content": ["no", "text"]}"#,
        r#"{"text": null}"#,
        r#"{"other": 1}"#,
        r#"{"text": "the end is mis"#,
    ]
    .join("\n");
    let found = read_bytes(text.as_bytes(), "x.jsonl");
    assert_eq!(
        found,
        [
            "page first",
            "corrupt line 3",
            "page 7",
            "page line 5",
            "skipped no-text line 6",
            "unsupported line 7",
            "truncated line 8"
        ]
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    std::fs::write(&path, &text).unwrap();
    let format = Some(crawlint::input::InputFormat::Jsonl);
    let mut options = Options { format, ..Options::default() };
    let pages = |options: &Options| -> Vec<(String, Option<String>)> {
        let pulls = items([Start::Path(path.clone())], options);
        pulls
            .filter_map(|pull| match pull.item() {
                Item::Page(page) => Some((String::from_utf8_lossy(&page.bytes).into(), page.url)),
                _ => None,
            })
            .collect()
    };
    let all = pages(&options);
    assert_eq!(all[0], ("One two.".to_owned(), Some("https://a.example/".to_owned())));
    assert_eq!(all[2].0, "<p>Marked up.</p>");
    options.fields = "text=text,url=id".parse::<Fields>().unwrap();
    assert_eq!(pages(&options)[0].1.as_deref(), Some("first"));
    assert_eq!(pages(&options)[1].0, "Plain.");
    // A line that is too long is passed over whole.
    options.limits.max_bytes = 60;
    assert_eq!(read(&path, &options)[0], "too-large line 1");
    assert_eq!(read(&path, &options)[2], "unsupported line 4");
}

#[test]
fn a_json_page_is_no_table() {
    assert_eq!(read_bytes(br#"{"text": "One page."}"#, "page.json"), ["page "]);
    assert_eq!(read_bytes(b"{\n \"text\": \"One\"\n}\n", "page.json"), ["page "]);
    assert_eq!(read_bytes(br#"{"text": "One page."}"#, "page.jsonl"), ["page line 1"]);
}

#[cfg(feature = "parquet")]
mod table {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use parquet::arrow::ArrowWriter;
    use parquet::file::properties::WriterProperties;

    pub(super) fn parquet(rows: usize, group: usize) -> Vec<u8> {
        let texts = (0..rows).map(|row| (row % 5 != 4).then(|| format!("The text of row {row}.")));
        let texts: ArrayRef = Arc::new(texts.collect::<StringArray>());
        let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows as i64));
        let batch = RecordBatch::try_from_iter([("text", texts), ("id", ids)]).unwrap();
        let properties =
            WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
        let mut writer =
            ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    }

    #[test]
    fn parquet_rows_come_in_order_from_all_groups() {
        let found = super::read_bytes(&parquet(5000, 700), "x");
        assert_eq!(found.len(), 5000);
        for (row, item) in found.iter().enumerate() {
            let kind = if row % 5 == 4 { "skipped no-text" } else { "page" };
            assert_eq!(*item, format!("{kind} {row}"));
        }
        let bytes = parquet(10, 10);
        assert_eq!(super::read_bytes(&bytes[..bytes.len() - 9], "x"), ["truncated "]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Bytes that were changed, cut or both: it ends, without a panic, with something said.
    #[test]
    fn damage_is_survived(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let members: [(&str, &[u8]); 3] =
            [("a.html", PAGE.as_bytes()), ("p.png", PICTURE), ("b.html", PAGE.as_bytes())];
        let inner = zip(&members);
        let lines = "{\"text\": \"One.\"}\n{\"text\": \"Two.\", \"id\": [3]}\n".repeat(3);
        for (whole, format) in [
            (tar(&[("in.zip", &inner), members[0]]), "tar"),
            (inner, "zip"),
            (lines.into_bytes(), "jsonl"),
        ] {
            let mut bytes = whole;
            for (at, value) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *value;
            }
            if let Some(cut) = &cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            let found = read_bytes(&bytes, format);
            prop_assert!(!found.is_empty() || bytes.len() < 1024, "{format}: nothing said");
            prop_assert!(found.len() < 100);
        }
    }
}
