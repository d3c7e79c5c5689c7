//! Counts for Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crawlint::report::Verdict;

/// Upper bounds of the buckets of the time a page takes, in seconds.
const BUCKETS: [f64; 9] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0];

/// What is counted.
#[derive(Default)]
pub(super) struct Metrics(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    /// By route and status.
    requests: BTreeMap<(&'static str, u16), u64>,
    pages: BTreeMap<&'static str, u64>,
    bytes: u64,
    /// Pages by bucket; the last is for those above all bounds.
    times: [u64; BUCKETS.len() + 1],
    seconds: f64,
}

impl Metrics {
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an answer.
    pub(super) fn request(&self, route: &'static str, status: u16) {
        *self.lock().requests.entry((route, status)).or_default() += 1;
    }

    /// Counts a page.
    pub(super) fn page(&self, verdict: Verdict, bytes: usize, time: Duration) {
        let seconds = time.as_secs_f64();
        let bucket = BUCKETS.iter().position(|bound| seconds <= *bound).unwrap_or(BUCKETS.len());
        let mut counts = self.lock();
        *counts.pages.entry(verdict.name()).or_default() += 1;
        counts.bytes += bytes as u64;
        counts.times[bucket] += 1;
        counts.seconds += seconds;
    }

    /// All counts, in the text format of Prometheus. `taken` is the number of requests that have
    /// a place now.
    pub(super) fn text(&self, taken: usize) -> String {
        let counts = self.lock();
        let mut out = String::new();
        let mut head = |name: &str, kind: &str, help: &str, rows: &[(String, String)]| {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (labels, value) in rows {
                let _ = writeln!(out, "{name}{labels} {value}");
            }
        };
        let requests: Vec<_> = counts
            .requests
            .iter()
            .map(|((route, status), n)| {
                (format!("{{route=\"{route}\",status=\"{status}\"}}"), n.to_string())
            })
            .collect();
        head("crawlint_requests_total", "counter", "Requests answered.", &requests);
        let verdicts: Vec<_> = Verdict::ALL
            .iter()
            .map(|verdict| {
                let n = counts.pages.get(verdict.name()).copied().unwrap_or_default();
                (format!("{{verdict=\"{}\"}}", verdict.name()), n.to_string())
            })
            .collect();
        head("crawlint_pages_total", "counter", "Pages judged.", &verdicts);
        let one = |value: String| [(String::new(), value)];
        let bytes = counts.bytes.to_string();
        head("crawlint_bytes_total", "counter", "Bytes of the pages judged.", &one(bytes));
        let taken = taken.to_string();
        head("crawlint_requests_in_progress", "gauge", "Requests at work or waiting.", &one(taken));
        let version = format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
        let version = [(version, "1".to_owned())];
        head("crawlint_build_info", "gauge", "The version that runs.", &version);

        let name = "crawlint_scan_seconds";
        let _ = writeln!(out, "# HELP {name} Time a page took to judge.\n# TYPE {name} histogram");
        let mut sum = 0;
        for (bound, n) in BUCKETS.iter().zip(&counts.times) {
            sum += n;
            let _ = writeln!(out, "{name}_bucket{{le=\"{bound}\"}} {sum}");
        }
        let all: u64 = counts.times.iter().sum();
        let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {all}");
        let _ = writeln!(out, "{name}_sum {}\n{name}_count {all}", counts.seconds);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up() {
        let metrics = Metrics::default();
        for milliseconds in [1, 2, 2000] {
            metrics.page(Verdict::Spam, 10, Duration::from_millis(milliseconds));
        }
        metrics.request("/scan", 200);
        let text = metrics.text(2);
        for line in [
            "crawlint_requests_total{route=\"/scan\",status=\"200\"} 1",
            "crawlint_pages_total{verdict=\"spam\"} 3",
            "crawlint_pages_total{verdict=\"clean\"} 0",
            "crawlint_bytes_total 30",
            "crawlint_requests_in_progress 2",
            "crawlint_scan_seconds_bucket{le=\"0.001\"} 1",
            "crawlint_scan_seconds_bucket{le=\"1\"} 2",
            "crawlint_scan_seconds_bucket{le=\"+Inf\"} 3",
            "crawlint_scan_seconds_count 3",
        ] {
            assert!(text.lines().any(|own| own == line), "{line}\n{text}");
        }
    }
}
