//! A progress bar for long scans at a terminal.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// With the bar on the screen, output is held back this long: every write redraws the bar.
const PAUSE: Duration = Duration::from_millis(100);

/// A bar that shows itself when the work takes long.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    /// When the output was last written.
    written: Instant,
    wanted: bool,
}

impl Progress {
    /// A bar for so many records, where their number is known. `wanted` says whether it may ever be shown.
    pub(crate) fn new(records: Option<u64>, wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(records, ProgressDrawTarget::hidden());
        let template = match records {
            Some(_) => "{bar:30} {human_pos}/{human_len} pages, {rate}/s, {eta} left",
            None => "{spinner} {human_pos} pages, {rate}/s",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                // A bar that cannot be drawn is no loss.
                let _ = write!(out, "{:.0}", state.per_sec());
            };
            bar.set_style(style.with_key("rate", rate));
        }
        let now = Instant::now();
        Self { bar, started: now, written: now, wanted }
    }

    /// Counts a record.
    pub(crate) fn step(&mut self) {
        self.bar.inc(1);
        if self.wanted && self.started.elapsed() > PATIENCE {
            self.wanted = false;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.enable_steady_tick(Duration::from_millis(200));
        }
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
