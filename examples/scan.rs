//! One page in memory: verdict, and what was found where.
//!
//! ```sh
//! cargo run --release --example scan
//! ```

#![expect(clippy::print_stdout, reason = "a command")]

use crawlint::{Origin, Scanner};

const PAGE: &str = "<title>Bakery Kowalska</title>
<h1>Bakery Kowalska</h1>
<p>We bake rye bread every morning at five, and sell it until it is gone, which is usually at noon.</p>
<div style=\"position:absolute; left:-9999px\">
  <a href=\"https://spins.example/\">online casino no deposit bonus</a>
  <a href=\"https://luck.example/\">best slots free spins</a>
</div>";

fn main() -> Result<(), crawlint::rules::RulesError> {
    let scanner = Scanner::new()?;
    let origin =
        Origin { url: Some("https://bakery.example/".to_owned()), ..Origin::path("index.html") };
    let report = scanner.scan(PAGE.as_bytes(), &origin);
    println!("{}: {}", report.verdict.name(), report.headline);
    for finding in &report.findings {
        let place = &finding.source_span;
        println!("  {}:{}  {:+.1} dB  {}", place.line, place.column, finding.db, finding.message);
    }
    Ok(())
}
