//! Where the time of a record goes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Time that a record took; see [`Scanner::timed`](crate::Scanner::timed).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// By stage, in the order of the stages: `decode`, `parse`, `normalise`, `terms`, `language`,
    /// `lines`, `rules`, `score`, `report`. Those a record did not reach are missing.
    pub stages: Vec<(&'static str, Duration)>,
    /// What `rules` is made of, by family. A signal that several rules ask for counts for the
    /// family of the first.
    pub families: BTreeMap<String, Duration>,
}

impl Timings {
    /// The sum of all stages.
    pub fn total(&self) -> Duration {
        self.stages.iter().map(|(_, time)| *time).sum()
    }
}

/// A clock that runs only where somebody looks at it.
#[derive(Debug)]
pub(crate) struct Clock(Option<RefCell<Running>>);

#[derive(Debug)]
struct Running {
    stage: Instant,
    rule: Instant,
    timings: Timings,
}

impl Clock {
    pub(crate) fn off() -> Self {
        Self(None)
    }

    pub(crate) fn start() -> Self {
        let now = Instant::now();
        Self(Some(RefCell::new(Running { stage: now, rule: now, timings: Timings::default() })))
    }

    /// The stage has ended, and the next begins.
    pub(crate) fn stage(&self, name: &'static str) {
        if let Some(running) = &self.0 {
            let mut running = running.borrow_mut();
            let now = Instant::now();
            let time = now - running.stage;
            running.timings.stages.push((name, time));
            (running.stage, running.rule) = (now, now);
        }
    }

    /// A rule of this family was applied.
    pub(crate) fn rule(&self, family: &str) {
        if let Some(running) = &self.0 {
            let mut running = running.borrow_mut();
            let now = Instant::now();
            let time = now - running.rule;
            running.rule = now;
            match running.timings.families.get_mut(family) {
                Some(sum) => *sum += time,
                None => drop(running.timings.families.insert(family.to_owned(), time)),
            }
        }
    }

    pub(crate) fn timings(self) -> Timings {
        self.0.map(|running| running.into_inner().timings).unwrap_or_default()
    }
}
