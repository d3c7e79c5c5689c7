//! A page without what was put into it, from standard input to standard output.
//!
//! ```sh
//! cargo run --release --example strip < samples/injected/footer-casino-anchors.html
//! ```

#![expect(clippy::print_stderr, reason = "a command")]

use std::io::{self, Read as _, Write as _};

use crawlint::{Origin, Scanner};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut page = Vec::new();
    io::stdin().read_to_end(&mut page)?;
    let stripped = Scanner::new()?.strip(&page, &Origin::path("-"));
    for removed in &stripped.removed {
        eprintln!("line {}: {}", removed.source_span.line, removed.rules.join(", "));
    }
    eprintln!("{}, then {}", stripped.before.verdict.name(), stripped.after.verdict.name());
    io::stdout().write_all(&stripped.bytes)?;
    Ok(())
}
