//! `scan --timings`: where the time of a run went.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crawlint::Timings;
use crawlint::report::terminal::escape;

use crate::cli::words::count;

/// Pages named at the end.
const SLOWEST: usize = 5;

/// What pages took, added up; shared by the workers.
#[derive(Default)]
pub(crate) struct Times(Mutex<Sums>);

#[derive(Default)]
struct Sums {
    pages: usize,
    bytes: u64,
    /// By stage, in the order they were first seen.
    stages: Vec<(&'static str, Duration)>,
    families: BTreeMap<String, Duration>,
    /// Every page's time, for the median; four bytes for each.
    each: Vec<u32>,
    /// The slowest first.
    slowest: Vec<(Duration, usize, String)>,
}

impl Times {
    /// Takes down a page: its name, its size, and what it took to read, judge and render.
    pub(crate) fn add(
        &self,
        name: &str,
        bytes: usize,
        read: Duration,
        timings: &Timings,
        render: Duration,
    ) {
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sums.pages += 1;
        sums.bytes += bytes as u64;
        let judged = timings.stages.iter().copied();
        for (stage, time) in
            std::iter::once(("read", read)).chain(judged).chain([("render", render)])
        {
            match sums.stages.iter_mut().find(|(own, _)| *own == stage) {
                Some((_, sum)) => *sum += time,
                None => sums.stages.push((stage, time)),
            }
        }
        for (family, time) in &timings.families {
            *sums.families.entry(family.clone()).or_default() += *time;
        }
        let total = timings.total();
        sums.each.push(u32::try_from(total.as_micros()).unwrap_or(u32::MAX));
        let place = sums.slowest.partition_point(|(time, ..)| *time >= total);
        if place < SLOWEST {
            sums.slowest.insert(place, (total, bytes, name.to_owned()));
            sums.slowest.truncate(SLOWEST);
        }
    }

    /// Tables for people, as whole lines; empty where no page was judged.
    pub(crate) fn render(self) -> String {
        let mut sums = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        if sums.pages == 0 {
            return String::new();
        }
        let all: Duration = sums.stages.iter().map(|(_, time)| *time).sum();
        let megabytes = sums.bytes as f64 / 1e6;
        let seconds = all.as_secs_f64().max(1e-9);
        let mut out = format!(
            "time of {}, {megabytes:.1} MB, on all workers: {seconds:.3} s, {:.1} MB/s\n",
            count(sums.pages, "page"),
            megabytes / seconds
        );
        let row = |out: &mut String, indent: &str, name: &str, time: Duration| {
            let share = time.as_secs_f64() / seconds * 100.0;
            let each = time.as_secs_f64() * 1e6 / sums.pages as f64;
            let _ = writeln!(out, "{indent}{name:<12}{share:>6.1} %{each:>10.1} µs a page");
        };
        for (stage, time) in &sums.stages {
            row(&mut out, "  ", stage, *time);
            if *stage == "rules" {
                let mut families: Vec<_> = sums.families.iter().collect();
                families.sort_by_key(|(_, time)| std::cmp::Reverse(**time));
                for (family, time) in families {
                    row(&mut out, "    ", family, *time);
                }
            }
        }
        sums.each.sort_unstable();
        let at = |share: f64| {
            let last = sums.each.len() - 1;
            f64::from(sums.each[(last as f64 * share).round() as usize]) / 1e3
        };
        let _ = writeln!(
            out,
            "  a page: median {:.2} ms, 99 of 100 below {:.2} ms; the slowest:",
            at(0.5),
            at(0.99)
        );
        for (time, bytes, name) in &sums.slowest {
            let _ = writeln!(
                out,
                "    {:>8.2} ms {:>9.1} kB  {}",
                time.as_secs_f64() * 1e3,
                *bytes as f64 / 1e3,
                escape(name)
            );
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_pages_are_named_in_order() {
        let times = Times::default();
        for n in [3_u64, 9, 1, 7, 5, 8, 2] {
            let mut timings = Timings::default();
            timings.stages.push(("parse", Duration::from_millis(n)));
            timings.stages.push(("rules", Duration::from_millis(1)));
            timings.families.insert("LEX".to_owned(), Duration::from_millis(1));
            times.add(&format!("p{n}"), 1000, Duration::ZERO, &timings, Duration::ZERO);
        }
        let text = times.render();
        let named: Vec<&str> = text
            .lines()
            .filter_map(|line| line.rsplit_once("kB  "))
            .map(|(_, name)| name)
            .collect();
        assert_eq!(named, ["p9", "p8", "p7", "p5", "p3"]);
        assert!(text.contains("7 pages") && text.contains("median 6.00 ms"), "{text}");
        assert!(text.contains("    LEX"), "{text}");
    }
}
