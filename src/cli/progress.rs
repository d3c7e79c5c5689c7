//! How far a long scan is: a bar at a terminal, lines elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crawlint::input::{self, Meter, Start, WalkOptions};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::cli::{say, words};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// With the bar on the screen, output is held back this long: every write redraws the bar.
const PAUSE: Duration = Duration::from_millis(100);

/// Where there is no terminal, a line is written this often.
const LINES: Duration = Duration::from_secs(30);

/// What is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shown {
    /// A bar, once the work takes long.
    pub(crate) bar: bool,
    /// A line this often.
    pub(crate) lines: Option<Duration>,
}

impl Shown {
    /// What a run asks for: `every` is what the user says about lines.
    pub(crate) fn new(wanted: bool, at_terminal: bool, every: Option<u32>) -> Self {
        let lines = every.map(|seconds| Duration::from_secs(u64::from(seconds)));
        Self {
            bar: wanted && at_terminal,
            lines: lines.or((wanted && !at_terminal).then_some(LINES)),
        }
    }
}

/// Shows itself when the work takes long.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    /// When the output was last written.
    written: Instant,
    shown: Shown,
    /// When the last line was written.
    told: Instant,
    bytes: Option<Bytes>,
    pages: u64,
    flagged: u64,
}

/// Progress through the bytes of the inputs.
struct Bytes {
    meter: Meter,
    /// Bytes of all inputs; 0 while they are not known.
    total: Arc<AtomicU64>,
}

impl Progress {
    /// Progress through so many records.
    pub(crate) fn records(records: u64, shown: Shown) -> Self {
        let template = "{bar:30} {human_pos}/{human_len} pages, {rate}/s, {eta} left";
        Self::new(Some(records), template, None, shown)
    }

    /// Progress through the bytes of inputs. The sizes of all files are added up aside, so that
    /// the scan need not wait for them.
    pub(crate) fn bytes(
        meter: Meter,
        starts: Option<impl Iterator<Item = Start> + Send + 'static>,
        walk: WalkOptions,
        shown: Shown,
    ) -> Self {
        let total = Arc::new(AtomicU64::new(0));
        if let Some(starts) = starts
            && (shown.bar || shown.lines.is_some())
        {
            let total = Arc::clone(&total);
            std::thread::spawn(move || {
                if let Some(size) = input::size(starts, &walk) {
                    total.store(size, Ordering::Relaxed);
                }
            });
        }
        let template = "{spinner} {decimal_bytes}, {decimal_bytes_per_sec}, {msg}";
        Self::new(None, template, Some(Bytes { meter, total }), shown)
    }

    fn new(records: Option<u64>, template: &str, bytes: Option<Bytes>, shown: Shown) -> Self {
        let bar = ProgressBar::with_draw_target(records, ProgressDrawTarget::hidden());
        set_template(&bar, template);
        let now = Instant::now();
        let (started, written, told) = (now, now, now);
        Self { bar, started, written, shown, told, bytes, pages: 0, flagged: 0 }
    }

    /// Counts a record that was passed over.
    pub(crate) fn skip(&mut self) {
        self.look();
    }

    /// Counts a page; `flagged` says whether its verdict is one that the user looks for.
    pub(crate) fn step(&mut self, flagged: bool) {
        self.pages += 1;
        self.flagged += u64::from(flagged);
        if self.bytes.is_none() {
            self.bar.inc(1);
        }
        self.look();
    }

    fn look(&mut self) {
        if self.shown.bar && self.started.elapsed() > PATIENCE {
            self.shown.bar = false;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.enable_steady_tick(Duration::from_millis(200));
        }
        if let Some(bytes) = &self.bytes
            && !self.bar.is_hidden()
        {
            let total = bytes.total.load(Ordering::Relaxed);
            if total > 0 && self.bar.length().is_none() {
                self.bar.set_length(total);
                set_template(
                    &self.bar,
                    "{bar:24} {decimal_bytes}/{decimal_total_bytes}, {decimal_bytes_per_sec}, {msg}, {eta} left",
                );
            }
            self.bar.set_position(bytes.meter.bytes());
            self.bar.set_message(counts(self.pages, self.flagged));
        }
        if self.shown.lines.is_some_and(|every| self.told.elapsed() >= every) {
            self.told = Instant::now();
            let line = self.line();
            self.bar.suspend(|| say(&line));
        }
    }

    fn line(&self) -> String {
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = self.pages as f64 / seconds;
        let mut line = format!("{}, {rate:.0} pages/s", counts(self.pages, self.flagged));
        if let Some(bytes) = &self.bytes {
            let total = bytes.total.load(Ordering::Relaxed);
            line.push_str(&through(bytes.meter.bytes(), total, seconds));
        }
        line + "\n"
    }

    /// Does what writes to a terminal while the bar is out of the way; may put it off while
    /// more output is coming.
    pub(crate) fn write<E>(&mut self, write: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        if self.bar.is_hidden() {
            write()
        } else if self.written.elapsed() < PAUSE {
            Ok(())
        } else {
            self.written = Instant::now();
            self.bar.suspend(write)
        }
    }

    /// Takes the bar off the screen.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

fn set_template(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            // A bar that cannot be drawn is no loss.
            let _ = write!(out, "{:.0}", state.per_sec());
        };
        bar.set_style(style.with_key("rate", rate));
    }
}

fn counts(pages: u64, flagged: u64) -> String {
    let pages = words::count(usize::try_from(pages).unwrap_or(usize::MAX), "page");
    format!("{pages}, {} flagged", words::thousands(flagged))
}

/// How far the bytes are, and when they will be through; `total` is 0 where it is not known.
fn through(done: u64, total: u64, seconds: f64) -> String {
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    let per_second = done as f64 / seconds;
    let rate = format!("{:.1} MB/s", per_second / 1e6);
    if total == 0 {
        return format!(", {} read, {rate}", megabytes(done));
    }
    let share = done as f64 / total as f64 * 100.0;
    let left = total.saturating_sub(done) as f64 / per_second.max(1.0);
    let left = words::duration(Duration::from_secs_f64(left.min(1e9)));
    format!(", {} of {} ({share:.0} %), {rate}, {left} left", megabytes(done), megabytes(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_the_bytes_are() {
        assert_eq!(
            through(25_000_000, 100_000_000, 10.0),
            ", 25.0 MB of 100.0 MB (25 %), 2.5 MB/s, 30.0 s left"
        );
        assert_eq!(through(25_000_000, 0, 10.0), ", 25.0 MB read, 2.5 MB/s");
    }

    #[test]
    fn lines_stand_in_for_the_bar() {
        assert!(Shown::new(true, true, None).lines.is_none());
        assert_eq!(Shown::new(true, false, None).lines, Some(LINES));
        let asked = Shown::new(false, false, Some(5));
        assert_eq!((asked.bar, asked.lines), (false, Some(Duration::from_secs(5))));
    }
}
