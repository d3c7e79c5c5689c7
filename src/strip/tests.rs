use super::*;

fn scanner() -> &'static Scanner {
    static SCANNER: std::sync::LazyLock<Scanner> =
        std::sync::LazyLock::new(|| Scanner::new().expect("the built-in packs compile"));
    &SCANNER
}

fn strip(page: &str, name: &str) -> (String, Stripped) {
    let stripped = scanner().strip(page.as_bytes(), &Origin::path(name));
    (String::from_utf8(stripped.bytes.clone()).expect("still UTF-8"), stripped)
}

const HOST: &str = "Fresh bread leaves our oven every morning at six, and the shop opens at seven.";

#[test]
fn a_clean_page_stays_as_it_is() {
    let page = format!("# Bread\r\n\r\n{HOST}\r\n");
    let (left, stripped) = strip(&page, "bread.md");
    assert_eq!(left, page);
    assert!(stripped.removed.is_empty());
    assert_eq!(stripped.before, stripped.after);
    assert!(stripped.is_clean());
}

#[test]
fn what_cannot_be_read_stays_as_it_is() {
    let stripped = scanner().strip(&[0; 4_096], &Origin::default());
    assert_eq!(stripped.bytes, [0; 4_096]);
    assert_eq!(stripped.after.verdict, Verdict::Unreadable);
    assert!(!stripped.is_clean());
}

#[test]
fn hidden_elements_go_whole_and_places_are_those_of_the_record() {
    let spam = "<div style=\"display:none\"><a href=\"https://a.example/\">casino bonus</a> \
                <a href=\"https://b.example/\">online casino</a></div>";
    let page = format!("<title>Bread</title>\n<p>{HOST}</p>\n{spam}\n<p>{HOST}</p>");
    let (left, stripped) = strip(&page, "bread.html");
    assert_eq!(left, page.replace(spam, ""));
    let removed = &stripped.removed[0];
    let place = removed.source_span;
    assert_eq!(&page[place.start as usize..place.end as usize], spam);
    assert_eq!((place.line, place.column), (3, 1));
    assert!(!removed.rules.is_empty());
}

#[test]
fn character_set_changes_inside_a_cut_are_kept() {
    let bytes = b"a\x1b$B$\"\x1b(Bb";
    assert_eq!(escapes(bytes), b"\x1b$B\x1b(B");
}

#[test]
fn lines_grow_over_marks_and_not_over_words() {
    let source = "Tea\r\n- [bet](https://a.example/)\r\nMilk <b>bet</b>\n* bet";
    let page = Page::default();
    let (norm, found) = Default::default();
    let terms = scanner().rules().terms();
    let facts = Facts::new(&page, source, &norm, terms, &found, "en");
    let stripper = Stripper { facts: &facts, page: &page, marks: Vec::new(), cuts: Vec::new() };
    let grown = |nth: usize| {
        let (at, word) = source.match_indices("bet").nth(nth).expect("the word is there");
        &source[stripper.whole_lines(Span::new(at, at + word.len())).range()]
    };
    assert_eq!(grown(0), "- [bet](https://a.example/)\r\n");
    assert_eq!([grown(1), grown(2)], ["bet", "* bet"]);
}
