//! A gate for a list of pages: names those that must not pass, and fails if there are any.
//!
//! ```sh
//! cargo run --release --example gate -- samples/clean/*.html
//! ```

#![expect(clippy::print_stderr, reason = "a command")]

use std::path::Path;
use std::process::ExitCode;

use crawlint::report::Verdict;
use crawlint::{Origin, Scanner, input};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let scanner = Scanner::new()?;
    let mut passed = true;
    for path in std::env::args().skip(1) {
        let bytes = input::read(Path::new(&path), scanner.max_bytes() as u64)?;
        let report = scanner.scan(&bytes, &Origin::path(&path));
        let stopped = match report.verdict {
            Verdict::Clean | Verdict::Damaged | Verdict::Suspicious => false,
            Verdict::Injected | Verdict::Spam | Verdict::Junk | Verdict::Unreadable => true,
        };
        if stopped {
            passed = false;
            eprintln!("{path}: {}: {}", report.verdict.name(), report.headline);
        }
    }
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
