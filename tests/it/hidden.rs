//! Hidden text: which techniques are named and located, and what ordinary pages hide in peace.

use crawlint::report::Report;
use crawlint::{Inspection, Origin, Scanner};

/// What injectors hide: links to several sites under spam words.
const BLOCK: &str = r#"<a href="https://one.example/">online casino</a>
    <a href="https://two.example/">no deposit bonus</a>
    <a href="https://three.example/">sports betting</a> <a href="https://four.example/">free spins</a>"#;

/// The same words where no link can stand.
const WORDS: &str =
    "online casino, no deposit bonus, sports betting, free spins, live casino, best betting sites";

/// A technique, the markup that uses it (`@` stands for the payload) and the name reported: of
/// a technique, or of a rule where text is hidden by standing where nobody reads.
const TECHNIQUES: &[(&str, &str, &str)] = &[
    ("display:none", "<div style='display:none'>@</div>", "display-none"),
    ("visibility:hidden", "<div style='visibility:hidden'>@</div>", "visibility-hidden"),
    ("hidden attribute", "<div hidden>@</div>", "hidden-attribute"),
    ("opacity:0", "<div style='opacity:0'>@</div>", "opacity-zero"),
    ("font-size:0", "<div style='font-size:0'>@</div>", "zero-font"),
    ("font-size:1px", "<div style='font-size:1px'>@</div>", "zero-font"),
    ("white on white", "<div style='color:white'>#</div>", "same-colour"),
    (
        "colour of the background",
        "<div style='background:silver;color:silver'>#</div>",
        "same-colour",
    ),
    ("transparent colour", "<div style='color:transparent'>#</div>", "transparent"),
    ("left:-9999px", "<div style='position:absolute;left:-9999px'>@</div>", "off-screen"),
    ("text-indent:-9999px", "<div style='text-indent:-9999px'>@</div>", "off-screen"),
    ("height:0", "<div style='height:0;overflow:hidden'>@</div>", "zero-box"),
    ("clip-path", "<div style='clip-path:inset(100%)'>@</div>", "clip"),
    ("scale(0)", "<div style='transform:scale(0)'>@</div>", "scale-zero"),
    (
        "class of a style sheet",
        "<style>.q{display:none}</style><div class=q>@</div>",
        "display-none",
    ),
    (
        "class for screen readers",
        "<style>.sr-only{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)}</style><div class=sr-only>@</div>",
        "zero-box",
    ),
    (
        "class named hidden",
        "<style>.hidden{display:none}</style><div class=hidden>@</div>",
        "display-none",
    ),
    ("noscript", "<noscript>@</noscript>", "hidden/noscript"),
    ("template", "<template>@</template>", "template"),
    ("comment", "<!-- @ -->", "hidden/comment-links"),
    ("marquee", "<marquee height=1 width=4 scrollamount=3000>@</marquee>", "marquee"),
    ("box of one pixel", "<div style='width:1px;height:1px;overflow:hidden'>@</div>", "zero-box"),
    ("z-index:-1", "<div style='position:absolute;z-index:-1'>@</div>", "z-index-buried"),
    ("closed details", "<details><summary>More</summary>@</details>", ""),
    ("aria-hidden", "<div aria-hidden=true>@</div>", ""),
    ("input type=hidden", "<input type=hidden value='#'>", "hidden/form-field-texts"),
    ("alternative text", "<img src=a.png alt='#'>", "hidden/picture-texts"),
    ("meta keywords", "<meta name=keywords content='#'>", "meta/keyword-terms"),
];

const PROSE: &str = "<p>Our school opens at eight and closes at four, except on Fridays, when it \
    closes at noon so that everybody can catch the early bus to the valley.</p>";

fn inspect(inside: &str) -> (String, Inspection) {
    let page = format!(
        "<!DOCTYPE html><html><head><title>Hill School</title>\
         <link rel=canonical href='https://school.example/'></head><body>{PROSE}{inside}{PROSE}</body></html>"
    );
    let scanner = Scanner::new().unwrap();
    let inspection = scanner.inspect(page.as_bytes(), &Origin::path("school.html"));
    (page, inspection)
}

/// Rules that speak of hidden text.
fn hidden(report: &Report) -> Vec<&str> {
    let rules = report.findings.iter().map(|finding| finding.rule.as_str());
    rules.filter(|rule| rule.starts_with("hidden/") || *rule == "meta/keyword-terms").collect()
}

#[test]
fn hidden_payloads_are_named_and_located() {
    let mut missed = Vec::new();
    for (what, markup, name) in TECHNIQUES {
        let (page, inspection) = inspect(&markup.replace('@', BLOCK).replace('#', WORDS));
        let begin = page.find("online casino").unwrap() as u32;
        let located = inspection.report.findings.iter().any(|finding| {
            let speaks =
                finding.rule.starts_with("hidden/") || finding.rule == "meta/keyword-terms";
            speaks && finding.source_span.start <= begin && begin < finding.source_span.end
        });
        let named = inspection.page.hidden.iter().any(|hidden| hidden.technique == *name)
            || hidden(&inspection.report).contains(name);
        if !located || !named {
            let techniques: Vec<&str> =
                inspection.page.hidden.iter().map(|h| h.technique).collect();
            missed.push(format!("{what}: {techniques:?} {:?}", hidden(&inspection.report)));
        }
    }
    // What a closed `details` holds and what only `aria-hidden` marks is there for readers.
    let found = TECHNIQUES.len() - missed.len();
    assert!(found >= 26, "{found} of {} techniques: {missed:#?}", TECHNIQUES.len());
}

#[test]
fn ordinary_hiding_is_left_alone() {
    for (what, markup) in [
        (
            "a menu",
            r#"<style>.dropdown-menu{display:none}</style><nav><ul class="dropdown-menu"><li><a href="https://a.example/">Library</a><li><a href="https://b.example/">Museum</a><li><a href="https://c.example/">Theatre</a><li><a href="https://d.example/">Pool</a></ul></nav>"#,
        ),
        (
            "a modal",
            r#"<div class="modal" style="display:none"><h2>Newsletter</h2><p>Leave your address and we write to you once a month about lessons and trips.</p><a href="https://mail.example/">Terms</a></div>"#,
        ),
        (
            "tabs",
            r#"<div class="tab-pane" role="tabpanel" style="display:none"><p>Monday: maths, music and sports.</p><a href="https://a.example/">Maths</a> <a href="https://b.example/">Music</a> <a href="https://c.example/">Sports</a></div>"#,
        ),
        (
            "a text for screen readers",
            r#"<span class="visually-hidden" style="position:absolute;width:1px;height:1px;overflow:hidden">Opens the map of the valley in a new window</span>"#,
        ),
        (
            "a skip link",
            r##"<a href="#main" style="position:absolute;left:-9999px">Skip to content</a>"##,
        ),
        (
            "a cookie banner",
            r#"<div id="cookie-consent" style="display:none">We use cookies. <a href="https://a.example/">Policy</a> <a href="https://b.example/">Partners</a> <a href="https://c.example/">Settings</a></div>"#,
        ),
        (
            "a share widget",
            r#"<div style="display:none"><a href="https://social.example/share?u=1">Share</a> <a href="https://short.example/intent?u=1">Post</a></div>"#,
        ),
        (
            "app shops",
            r#"<div style="visibility:hidden"><a href="https://store.example/app/1">App</a><a href="https://play.example/app/1">App</a></div>"#,
        ),
        (
            "a counter without scripts",
            r#"<noscript><img src="https://count.example/hit.gif" alt=""></noscript>"#,
        ),
        (
            "a conditional comment",
            r#"<!--[if lt IE 9]><script src="https://code.example/shiv.js"></script><![endif]-->"#,
        ),
    ] {
        let (_, inspection) = inspect(markup);
        assert_eq!(hidden(&inspection.report), [""; 0], "{what}");
    }
}
