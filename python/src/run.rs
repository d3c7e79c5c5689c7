//! Work on threads, away from the interpreter, with an ear for Ctrl-C.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use pyo3::prelude::*;

/// How often the interpreter is asked whether a signal has come.
const LISTEN: Duration = Duration::from_millis(50);

/// Calls `work` on so many threads until it gives nothing more, and gives what it gave in the
/// order of the indices. The interpreter is free meanwhile. Threads end with the call, so a
/// process may fork between two calls.
///
/// # Errors
/// That of a signal handler, `KeyboardInterrupt` by default. The pages in work are ended before.
pub(crate) fn on_threads<R: Send>(
    py: Python<'_>,
    threads: usize,
    work: impl Fn() -> Option<(usize, R)> + Sync,
) -> PyResult<Vec<R>> {
    let stop = AtomicBool::new(false);
    let mut results: Vec<(usize, R)> = Vec::new();
    let mut interrupt = None;
    py.detach(|| {
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            for _ in 0..threads {
                let (sender, work, stop) = (sender.clone(), &work, &stop);
                scope.spawn(move || {
                    while !stop.load(Ordering::Relaxed)
                        && let Some(result) = work()
                    {
                        // The receiver outlives all senders.
                        let _ = sender.send(result);
                    }
                });
            }
            drop(sender);
            let mut listened = Instant::now();
            loop {
                match receiver.recv_timeout(LISTEN) {
                    Ok(result) => results.push(result),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                if interrupt.is_none() && listened.elapsed() >= LISTEN {
                    listened = Instant::now();
                    interrupt = signalled();
                    stop.store(interrupt.is_some(), Ordering::Relaxed);
                }
            }
        });
    });
    if let Some(error) = interrupt {
        return Err(error);
    }
    results.sort_unstable_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

#[expect(clippy::redundant_closure_for_method_calls, reason = "the method is not general enough")]
fn signalled() -> Option<PyErr> {
    Python::attach(|py| py.check_signals()).err()
}
