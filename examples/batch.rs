//! Everything below a folder, or in a crawl dump, on all processors in bounded memory: counts by
//! verdict.
//!
//! ```sh
//! cargo run --release --example batch -- samples
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command")]

use std::collections::BTreeMap;

use crawlint::input::{Item, Options, Start, items};
use crawlint::{Origin, Scanner};
use rayon::iter::{ParallelBridge as _, ParallelIterator as _};

fn main() -> Result<(), crawlint::rules::RulesError> {
    let scanner = Scanner::new()?;
    let paths: Vec<_> = std::env::args_os().skip(1).collect();
    let starts = paths.into_iter().map(|path| Start::Path(path.into()));
    let counts = items(starts, &Options::default())
        .par_bridge()
        .filter_map(|pull| match pull.item() {
            Item::Page(page) => {
                let origin = Origin {
                    url: page.url,
                    content_type: page.content_type,
                    ..Origin::path(page.path)
                };
                Some(scanner.scan(&page.bytes, &origin).verdict.name())
            }
            Item::Skipped { .. } => None,
            Item::Fault { at, error } => {
                eprintln!("{}: {error}", at.path);
                Some("unreadable")
            }
        })
        .fold(BTreeMap::new, |mut counts, verdict| {
            *counts.entry(verdict).or_insert(0_u64) += 1;
            counts
        })
        .reduce(BTreeMap::new, |mut all, counts| {
            for (verdict, count) in counts {
                *all.entry(verdict).or_default() += count;
            }
            all
        });
    println!("{counts:?}");
    Ok(())
}
