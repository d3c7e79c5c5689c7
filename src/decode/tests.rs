#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use encoding_rs::Encoding;

use super::*;

/// A page in each encoding: its label, text long enough to be told by statistics, and a part.
const PAGES: [(&str, &str, &str); 14] = [
    ("gbk", CHINESE, "每天早上"),
    ("gb18030", "咖啡店𠀀的菜单：每天早上七点开门。", "𠀀的菜单"),
    ("big5", "這家咖啡店位於老城區的小巷裡，每天早上七點開門，老闆會親自烘焙豆子。", "老闆會"),
    ("shift_jis", JAPANESE, "毎朝"),
    ("euc-jp", JAPANESE, "毎朝"),
    ("iso-2022-jp", JAPANESE, "毎朝七時"),
    (
        "euc-kr",
        "이 카페는 오래된 골목에 있으며 매일 아침 일곱 시에 문을 엽니다. 주인이 직접 원두를 볶습니다.",
        "매일 아침",
    ),
    ("windows-1251", RUSSIAN, "каждое утро"),
    ("koi8-r", RUSSIAN, "каждое утро"),
    (
        "windows-1253",
        "Το καφενείο ανοίγει κάθε πρωί στις επτά και ο ιδιοκτήτης ψήνει ο ίδιος τον καφέ.",
        "κάθε πρωί",
    ),
    ("windows-874", "ร้านกาแฟแห่งนี้เปิดทุกเช้าเวลาเจ็ดโมง และเจ้าของร้านคั่วเมล็ดกาแฟด้วยตัวเอง", "ทุกเช้า"),
    (
        "windows-1252",
        "Das Café öffnet täglich um sieben Uhr, und der Wirt röstet die Bohnen schön selbst.",
        "öffnet täglich",
    ),
    (
        "iso-8859-2",
        "Kavárna se nachází v úzké uličce starého města a každé ráno otevírá v sedm hodin. Majitel praží zrnka sám a šálky vyrábí jeho žena.",
        "každé ráno",
    ),
    ("utf-8", CHINESE, "每天早上"),
];
const CHINESE: &str =
    "这家咖啡店位于老城区的小巷里，每天早上七点开门，老板会亲自烘焙豆子，欢迎大家来坐坐。";
const JAPANESE: &str =
    "この喫茶店は古い町の路地にあり、毎朝七時に開きます。店主が自分で豆を焙煎しています。";
const RUSSIAN: &str =
    "Это кафе находится в переулке старого города и открывается каждое утро в семь часов.";

fn label(name: &str) -> &'static Encoding {
    Encoding::for_label(name.as_bytes()).unwrap()
}

fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
    text.encode_utf16()
        .flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() })
        .collect()
}

/// Every occurrence of `part` leads to bytes that decode to `part`.
fn check_map(bytes: &[u8], part: &str) {
    let decoded = decode(bytes, None);
    let map = decoded.source_map(bytes);
    let Form::Standard(encoding) = decoded.form else { panic!("not a standard encoding") };
    let found: Vec<_> = decoded.text.match_indices(part).collect();
    assert!(!found.is_empty(), "{part} not in {}", decoded.text);
    for (at, _) in found {
        let source = map.to_source(Span::new(at, at + part.len()));
        let back = encoding.decode_without_bom_handling(&bytes[source.range()]).0;
        if encoding != encoding_rs::ISO_2022_JP {
            assert_eq!(back, part, "{}", decoded.charset);
        }
    }
    // Every character has a place, in order, and the whole text is the whole input.
    let mut last = 0;
    for (at, char) in decoded.text.char_indices() {
        let place = map.to_source(Span::new(at, at + char.len_utf8()));
        assert!(place.start >= last && !place.is_empty(), "{at} {char} {place:?}");
        last = place.start;
    }
}

#[test]
fn pages_are_read_by_their_statistics_alone() {
    for (name, text, _) in PAGES {
        let page = format!("<html><body>\n<p>{text}</p>\n<p>{text}</p></body></html>");
        let (bytes, _, lossy) = label(name).encode(&page);
        assert!(!lossy, "{name}");
        let decoded = decode(&bytes, None);
        assert_eq!(decoded.text, page, "{name} was read as {}", decoded.charset);
        assert_eq!(decoded.invalid, Invalid::default());
    }
}

#[test]
fn pages_are_read_as_they_declare() {
    for (name, text, part) in PAGES {
        let page = format!("<html><head><meta charset={name}></head><body>a{text}b</body></html>");
        let (bytes, _, _) = label(name).encode(&page);
        let decoded = decode(&bytes, None);
        assert_eq!(decoded.text, page, "{name}");
        assert_eq!(decoded.charset, label(name).name().to_ascii_lowercase());
        assert_eq!(decoded.declared.as_deref(), Some(name));
        assert!(!decoded.declared_lies, "{name}");
        check_map(&bytes, part);
    }
}

#[test]
fn a_long_ascii_head_fools_no_one() {
    let head = "<script>var a = 1;</script>\n".repeat(900);
    let (bytes, _, _) = label("gbk").encode(CHINESE);
    let mut page = head.clone().into_bytes();
    page.extend_from_slice(&bytes);
    let decoded = decode(&page, None);
    assert_eq!((decoded.charset, decoded.how), ("gbk", How::Detected));
    assert!(decoded.text.ends_with(CHINESE));
    check_map(&page, "咖啡店");

    let mut page = head.into_bytes();
    page.extend_from_slice(
        b"<meta http-equiv=Content-Type content='text/html; charset=Shift_JIS'>",
    );
    page.extend_from_slice(&label("shift_jis").encode(JAPANESE).0);
    assert_eq!(decode(&page, None).how, How::Declared);
}

#[test]
fn a_sample_that_ends_inside_a_character_is_no_evidence() {
    for (name, text, _) in PAGES {
        for shift in 0..3 {
            let page = format!("{}{}", "x".repeat(shift), text.repeat(1000));
            let decoded_from = label(name).encode(&page).0;
            let decoded = decode(&decoded_from, None);
            assert!(decoded.text == page, "{name} was read as {}", decoded.charset);
            let cut = decode(&decoded_from[..decoded_from.len() / 500 * 10 - 1], None);
            assert_eq!(cut.charset, decoded.charset);
        }
    }
}

#[test]
fn declarations_that_lie_are_found_out() {
    let page = format!("<meta charset=gb2312><p>{CHINESE}");
    let decoded = decode(page.as_bytes(), None);
    assert_eq!((decoded.charset, decoded.declared_lies), ("utf-8", true));

    let page = format!("<meta charset=utf-8><p>{CHINESE}");
    let bytes = label("gbk").encode(&page).0;
    let decoded = decode(&bytes, None);
    assert_eq!((decoded.charset, decoded.declared_lies), ("gbk", true));
    assert_eq!(decoded.text, page);

    let page = format!("<meta charset=iso-8859-1><p>{RUSSIAN}{RUSSIAN}");
    let bytes = label("windows-1251").encode(&page).0;
    let decoded = decode(&bytes, None);
    assert_eq!((decoded.charset, decoded.declared_lies), ("windows-1251", true));

    let page = format!("<meta charset=euc-kr><p>{JAPANESE}");
    let bytes = label("shift_jis").encode(&page).0;
    let decoded = decode(&bytes, None);
    assert_eq!((decoded.charset, decoded.declared_lies), ("shift_jis", true));

    let honest = decode(b"<meta charset=gbk><p>plain", None);
    assert!(!honest.declared_lies);
}

#[test]
fn the_header_comes_before_the_document() {
    let page = format!("<meta charset=koi8-r><p>{RUSSIAN}");
    let bytes = label("windows-1251").encode(&page).0;
    let decoded = decode(&bytes, Some("text/html; Charset=\"windows-1251\""));
    assert_eq!((decoded.charset, decoded.how), ("windows-1251", How::Header));
    assert_eq!(decoded.declared.as_deref(), Some("windows-1251"));
}

#[test]
fn marks_decide_and_are_cut_off() {
    let decoded = decode("\u{FEFF}aé".as_bytes(), Some("text/html; charset=gbk"));
    assert_eq!((&*decoded.text, decoded.charset, decoded.how), ("aé", "utf-8", How::Bom));
    let map = decoded.source_map("\u{FEFF}aé".as_bytes());
    assert_eq!(map.to_source(Span::new(1, 3)), Span::new(4, 6));

    for big_endian in [false, true] {
        let bytes = utf16("\u{FEFF}<p>咖啡 𠀀 café</p>", big_endian);
        let decoded = decode(&bytes, None);
        assert_eq!((&*decoded.text, decoded.how), ("<p>咖啡 𠀀 café</p>", How::Bom));
        check_map(&bytes, "啡 𠀀 caf");
    }
}

#[test]
fn wide_text_is_told_without_a_mark() {
    let text = format!("<html>\n<p>{CHINESE}</p>\n<p>{RUSSIAN}</p></html>");
    for (big_endian, name) in [(false, "utf-16le"), (true, "utf-16be")] {
        let bytes = utf16(&text, big_endian);
        let decoded = decode(&bytes, None);
        assert_eq!((&*decoded.text, decoded.charset), (&*text, name));
        assert_eq!(is_binary(&bytes), None);
        check_map(&bytes, "每天早上");
    }
    for (big_endian, name) in [(false, "utf-32le"), (true, "utf-32be")] {
        let bytes: Vec<u8> = text
            .chars()
            .flat_map(|c| {
                let unit = u32::from(c);
                if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() }
            })
            .collect();
        let decoded = decode(&bytes, None);
        assert_eq!((&*decoded.text, decoded.charset), (&*text, name));
        assert_eq!(is_binary(&bytes), None);
        let at = text.find("咖啡").unwrap();
        let source = decoded.source_map(&bytes).to_source(Span::new(at, at + 6));
        assert_eq!(source.len(), 8);
        assert_eq!(&bytes[source.range()], &bytes[text[..at].chars().count() * 4..][..8]);
    }
}

#[test]
fn damaged_utf8_stays_utf8_and_shows_where() {
    let mut bytes = CHINESE.as_bytes().to_vec();
    bytes.insert(6, 0xFF);
    bytes.truncate(bytes.len() - 1);
    let decoded = decode(&bytes, None);
    assert_eq!((decoded.charset, decoded.how), ("utf-8", How::Utf8));
    assert_eq!(decoded.invalid.count, 2);
    assert_eq!(decoded.invalid.first[0], Span::new(6, 7));
    assert_eq!(decoded.invalid.first[1], Span::new(bytes.len() - 2, bytes.len()));
    let at = decoded.text.find('\u{FFFD}').unwrap();
    let map = decoded.source_map(&bytes);
    assert_eq!(map.to_source(Span::new(at, at + 3)), Span::new(6, 7));
    check_map(&bytes, "老城区");
}

#[test]
fn bad_bytes_of_legacy_encodings_have_places() {
    for (name, text, part) in [
        ("gbk", CHINESE, "每天早上"),
        ("shift_jis", JAPANESE, "毎朝"),
        ("euc-kr", "매일 아침 일곱", "아침 일곱"),
    ] {
        let page = format!("<meta charset={name}>{text}|");
        let mut bytes = label(name).encode(&page).0.into_owned();
        let at = bytes.len();
        bytes.extend_from_slice(b"\xFF<b>");
        bytes.extend_from_slice(&label(name).encode(&text.repeat(5)).0);
        bytes.push(0x81);
        let decoded = decode(&bytes, None);
        assert_eq!(decoded.charset, name);
        assert_eq!(decoded.invalid.first[0], Span::new(at, at + 1), "{name}");
        assert_eq!(decoded.invalid.count, 2);
        let bad = decoded.text.find('\u{FFFD}').unwrap();
        let map = decoded.source_map(&bytes);
        assert_eq!(map.to_source(Span::new(bad, bad + 3)), Span::new(at, at + 1));
        check_map(&bytes, part);
        check_map(&bytes, "<b>");
    }
    let page = b"<meta charset=gb18030>\xC4\xE3\xBA\xC3\xC4\xE3\xBA\xC3\xC4\xE3\xBA\xC3\xC4\xE3\xBA\xC3\xC4\xE3\xBA\xC3\xC4\xE3\xBA\xC3\xC4\xE3\xBA\xC3\xC4\xE3\xBA\xC3\xC4\xE3\xBA\xC3\xC4\xE3\xBA\xC3\x810\x81<i>\xC4\xE3</i>";
    let decoded = decode(page, None);
    assert_eq!((decoded.charset, decoded.invalid.count), ("gb18030", 2));
    check_map(page, "你</i>");
}

#[test]
fn binary_is_told_from_text() {
    assert_eq!(is_binary(b"%PDF-1.7\n..."), Some("pdf"));
    assert_eq!(is_binary(b"PK\x03\x04...."), Some("zip"));
    assert_eq!(is_binary(b"BZh is not a word"), None);
    assert_eq!(is_binary(b"RIFF\x10\0\0\0WEBPVP8 "), Some("webp"));
    assert_eq!(is_binary(b"\0\0\0\x18ftypmp42\0\0\0\0"), Some("mp4"));
    assert_eq!(is_binary(CHINESE.as_bytes()), None);
    assert_eq!(is_binary(&label("gbk").encode(CHINESE).0), None);
    assert_eq!(is_binary(&label("iso-2022-jp").encode(JAPANESE).0), None);
    assert_eq!(is_binary(b""), None);
    let mut page = b"<p>words and words</p>".repeat(100);
    assert_eq!(is_binary(&page), None);
    page.push(0);
    assert_eq!(is_binary(&page), None);
    page.resize(2_000_000, 0);
    assert_eq!(is_binary(&page), Some("nul"));
    let noise: Vec<u8> =
        (0..20_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert_eq!(is_binary(&noise), Some("control"));
}

#[test]
fn anything_decodes_and_maps() {
    let mut state = 7u32;
    for length in 0..400usize {
        let bytes: Vec<u8> = (0..length)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        for header in [
            None,
            Some("charset=iso-2022-jp"),
            Some("charset=gb18030"),
            Some("charset=big5"),
            Some("charset=utf-16"),
        ] {
            let decoded = decode(&bytes, header);
            let map = decoded.source_map(&bytes);
            let whole = map.to_source(Span::new(0, decoded.text.len()));
            assert!(whole.end as usize <= bytes.len());
            for (at, char) in decoded.text.char_indices() {
                let place = map.to_source(Span::new(at, at + char.len_utf8()));
                assert!(place.end as usize <= bytes.len() && place.start <= place.end);
            }
        }
    }
}
