//! What a scan costs, as a ratio to `scraper::Html::parse_document` on the same pages.
//!
//! ```text
//! ratio DIR    the first 1,000 HTML files below DIR, in order of their paths, on one thread
//! ```
//!
//! Page by page the two take turns, five times; of each page the fastest time of each counts, so
//! that a busy machine harms both alike. scraper is given decoded text, the scan starts at bytes.
#![allow(clippy::print_stdout, reason = "a program that reports on standard output")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crawlint::decode::decode;
use crawlint::{Origin, Scanner};
use scraper::Html;

const PAGES: usize = 1_000;
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        println!("usage: ratio DIR");
        return ExitCode::from(2);
    };
    let started = Instant::now();
    let scanner = Scanner::new().expect("the built-in packs compile");
    let start = started.elapsed();
    let mut paths = Vec::new();
    files(Path::new(&folder), &mut paths);
    paths.sort();
    paths.truncate(PAGES);
    let (mut bare, mut scan, mut bytes) = (Duration::ZERO, Duration::ZERO, 0);
    let mut pages = 0;
    for path in &paths {
        let Ok(page) = fs::read(path) else { continue };
        let text = decode(&page, None).text;
        let origin = Origin::path(path.to_string_lossy());
        let mut fastest = [Duration::MAX; 2];
        for _ in 0..ROUNDS {
            fastest[0] = fastest[0].min(time(|| Html::parse_document(&text)));
            fastest[1] = fastest[1].min(time(|| scanner.scan(&page, &origin)));
        }
        bare += fastest[0];
        scan += fastest[1];
        bytes += page.len();
        pages += 1;
    }
    let line = |name: &str, time: Duration| {
        let seconds = time.as_secs_f64().max(1e-9);
        let each = seconds * 1e6 / f64::from(pages.max(1));
        let speed = bytes as f64 / 1e6 / seconds;
        println!("{name:<28}{each:>9.0} us/page {speed:>8.1} MB/s {:>8.0} pages/s", 1e6 / each);
    };
    println!(
        "{pages} pages, {:.1} MB; rules compiled in {:.1} ms",
        bytes as f64 / 1e6,
        start.as_secs_f64() * 1e3
    );
    line("scraper::parse_document", bare);
    line("crawlint::scan", scan);
    println!("ratio {:.2}", scan.as_secs_f64() / bare.as_secs_f64().max(1e-9));
    ExitCode::SUCCESS
}

fn time<T>(run: impl FnOnce() -> T) -> Duration {
    let started = Instant::now();
    let result = run();
    let elapsed = started.elapsed();
    drop(result);
    elapsed
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "html" || e == "htm") {
            found.push(path);
        }
    }
}
