//! A rule of one's own, from a string, beside the built-in ones; and one of those switched off.
//!
//! ```sh
//! cargo run --release --example custom_rule
//! ```

#![expect(clippy::print_stdout, reason = "a command")]

use crawlint::{Origin, Scanner, check};

const PACK: &str = r#"
[pack]
name = "shop"
summary = "Leftovers of our own shop system."

[[rule]]
id = "shop/placeholder"
detector = "JNK-90"
summary = "placeholder of a product that was never filled in"
why = "The exporter writes it where a product has no description."
keywords = ["product description goes here"]
db = 0.0
junk = 60.0
bad = ["Teapot. Product description goes here."]
good = ["Teapot. A fine pot of blue glass."]
"#;

fn main() -> Result<(), crawlint::rules::RulesError> {
    // The rule on its own examples, as `crawlint rules check` does it.
    let checked = check::check(&[("shop.toml".to_owned(), PACK.to_owned())], true);
    assert!(checked.problems.is_empty(), "{:?}", checked.problems);

    let scanner = Scanner::builder().pack("shop.toml", PACK).weight("damage/", 0.0).build()?;
    let report =
        scanner.scan(b"<h1>Teapot</h1><p>Product description goes here.", &Origin::path("t.html"));
    for finding in &report.findings {
        println!("{}: {}", finding.rule, finding.text);
    }
    Ok(())
}
