//! Work on many items at once, with results in the order of the items and bounded memory.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Results that may wait for a slow one before them, per worker.
const AHEAD: usize = 16;
/// How long the writer rests while nobody waits for what it takes: to wake it for each result would
/// cost a tenth of what a small page does.
const REST: Duration = Duration::from_millis(20);

/// Runs `work` on every item with `jobs` threads and hands the results to `write`, in the order
/// of the items and on the calling thread. Workers pull the next item one at a time, under a lock;
/// they wait when they are `AHEAD × jobs` results ahead of the writer, so a slow item holds up
/// memory by no more than that, and no item is pulled before there is room for its result. The
/// first error of `write` ends the run.
///
/// # Errors
/// Those of `write`, and when no threads can be started.
pub(crate) fn in_order<T, R: Send>(
    items: impl Iterator<Item = T> + Send,
    jobs: usize,
    work: impl Fn(T) -> R + Sync,
    mut write: impl FnMut(R) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .thread_name(|index| format!("scan-{index}"))
        .build()?;
    // With the index of the item that is pulled next.
    let items = Mutex::new((0, items.fuse()));
    let queue = Queue::new(AHEAD * jobs);
    let pull = || {
        let mut items = items.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, items) = &mut *items;
        if !queue.wait_for_room(*next) {
            return None;
        }
        let Some(item) = items.next() else {
            queue.end(*next);
            return None;
        };
        *next += 1;
        Some((*next - 1, item))
    };
    pool.in_place_scope(|scope| {
        scope.spawn_broadcast(|_, _| {
            let _stop = StopOnPanic(&queue);
            while let Some((index, item)) = pull() {
                queue.put(index, work(item));
            }
        });
        // Also when `write` panics the workers must not wait for ever.
        let _stop = StopOnPanic(&queue);
        while let Some(result) = queue.take() {
            if let Err(error) = write(result) {
                queue.stop();
                return Err(error);
            }
        }
        Ok(())
    })
}

/// Results on their way from the workers to the writer.
struct Queue<R> {
    ahead: usize,
    state: Mutex<State<R>>,
    /// It is time for the writer to take results.
    due: Condvar,
    /// The writer has taken a result.
    room: Condvar,
}

struct State<R> {
    /// Index of the result the writer takes next; `waiting[0]` is its place.
    taken: usize,
    waiting: VecDeque<Option<R>>,
    /// How many of them, from the first on, are there.
    ready: usize,
    /// Workers that wait for room.
    short: usize,
    /// Number of all results, once it is known.
    len: Option<usize>,
    stopped: bool,
}

impl<R> Queue<R> {
    fn new(ahead: usize) -> Self {
        let (waiting, ready, short) = (VecDeque::new(), 0, 0);
        let state = State { taken: 0, waiting, ready, short, len: None, stopped: false };
        Self { ahead, state: Mutex::new(state), due: Condvar::new(), room: Condvar::new() }
    }

    /// No invariant spans an unlock, so a panic elsewhere leaves the state sound.
    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the result of `index` may be made; false when the run is over.
    fn wait_for_room(&self, index: usize) -> bool {
        let full = |state: &State<R>| !state.stopped && index >= state.taken + self.ahead;
        let mut state = self.lock();
        if full(&state) {
            state.short += 1;
            self.wake(&state);
            let wait = self.room.wait_while(state, |state| full(state));
            state = wait.unwrap_or_else(PoisonError::into_inner);
            state.short -= 1;
        }
        !state.stopped
    }

    fn put(&self, index: usize, result: R) {
        let mut state = self.lock();
        let place = index - state.taken;
        if state.waiting.len() <= place {
            state.waiting.resize_with(place + 1, || None);
        }
        state.waiting[place] = Some(result);
        let come = |state: &State<R>| matches!(state.waiting.get(state.ready), Some(Some(_)));
        while come(&state) {
            state.ready += 1;
        }
        self.wake(&state);
    }

    /// Whether the writer should not rest any longer.
    fn is_due(&self, state: &State<R>) -> bool {
        state.stopped
            || state.len == Some(state.taken + state.ready)
            || state.ready >= if state.short > 0 { 1 } else { self.ahead / 2 }
    }

    /// Wakes the writer where it should not rest any longer.
    fn wake(&self, state: &State<R>) {
        if self.is_due(state) {
            self.due.notify_one();
        }
    }

    /// The next result in order; none after the last one, or when the run is over.
    fn take(&self) -> Option<R> {
        let mut state = self.lock();
        while state.ready == 0 {
            if state.stopped || state.len == Some(state.taken) {
                return None;
            }
            let rest = self.due.wait_timeout_while(state, REST, |state| !self.is_due(state));
            state = rest.unwrap_or_else(PoisonError::into_inner).0;
        }
        let result = state.waiting.pop_front().flatten()?;
        state.taken += 1;
        state.ready -= 1;
        if state.short > 0 {
            self.room.notify_all();
        }
        Some(result)
    }

    /// There are no more items than these.
    fn end(&self, len: usize) {
        let mut state = self.lock();
        state.len = Some(len);
        self.wake(&state);
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.due.notify_all();
        self.room.notify_all();
    }
}

struct StopOnPanic<'queue, R>(&'queue Queue<R>);

impl<R> Drop for StopOnPanic<'_, R> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn results_come_in_order_whatever_the_number_of_jobs() {
        let items: Vec<u64> = (0..500).collect();
        for jobs in [1, 2, 8] {
            let mut seen = Vec::new();
            let work = |item: u64| {
                if item.is_multiple_of(97) {
                    std::thread::sleep(Duration::from_millis(2));
                }
                item * 2
            };
            let run = in_order(items.iter().copied(), jobs, work, |result| {
                seen.push(result);
                Ok(())
            });
            assert!(run.is_ok());
            assert_eq!(seen, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_slow_item_bounds_how_far_the_others_run_ahead() {
        let started = AtomicUsize::new(0);
        let at_first = AtomicUsize::new(0);
        let work = |item: usize| {
            started.fetch_add(1, Ordering::SeqCst);
            if item == 0 {
                std::thread::sleep(Duration::from_millis(100));
            }
        };
        let write = |()| {
            at_first.fetch_max(started.load(Ordering::SeqCst), Ordering::SeqCst);
            Ok(())
        };
        let mut first = true;
        let mut write_first =
            |result| if std::mem::take(&mut first) { write(result) } else { Ok(()) };
        assert!(in_order(0..400, 4, work, &mut write_first).is_ok());
        // When the first result is written, one place more has become free than there are ahead.
        assert!(at_first.load(Ordering::SeqCst) <= 4 * AHEAD + 1);
        assert_eq!(started.load(Ordering::SeqCst), 400);
    }

    #[test]
    fn an_error_of_the_writer_ends_the_run() {
        let done = AtomicUsize::new(0);
        let work = |_: usize| done.fetch_add(1, Ordering::SeqCst);
        let error =
            in_order(
                0..10_000,
                4,
                work,
                |_| Err(io::Error::from(io::ErrorKind::BrokenPipe).into()),
            );
        assert!(error.is_err());
        assert!(done.load(Ordering::SeqCst) < 10_000);
    }

    #[test]
    fn a_panic_of_a_worker_is_passed_on_and_blocks_nobody() {
        let run = std::panic::catch_unwind(|| {
            in_order(0..1000, 4, |item| assert_ne!(item, 37, "planted"), |()| Ok(()))
        });
        assert!(run.is_err());
    }

    #[test]
    fn a_panic_of_the_source_is_passed_on_and_blocks_nobody() {
        let items = (0..1000).inspect(|item| assert_ne!(*item, 37, "planted"));
        let items = std::panic::AssertUnwindSafe(items);
        let run = std::panic::catch_unwind(|| in_order({ items }.0, 4, |_| (), |()| Ok(())));
        assert!(run.is_err());
    }

    #[test]
    fn results_are_written_while_the_next_item_is_yet_to_come() {
        let (written, next) = std::sync::mpsc::channel();
        let items = (0..3).inspect(move |item| {
            assert!(*item == 0 || next.recv_timeout(Duration::from_secs(30)).is_ok());
        });
        let run = in_order(items, 2, |item| item, |item| Ok(written.send(item)?));
        assert!(run.is_ok());
    }

    #[test]
    fn nothing_to_do() {
        assert!(in_order(std::iter::empty::<u8>(), 3, |_| (), |()| Ok(())).is_ok());
    }
}
