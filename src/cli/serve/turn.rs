//! Who is served, who waits, and who is told to come back later.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::cli::serve::problem::Problem;

/// Two bounds: requests that have a place, at work or waiting, and pages judged at a time. First
/// come, first served, and a stream asks anew for every page, so it cannot keep others out.
pub(super) struct Turns {
    all: usize,
    places: Arc<Semaphore>,
    jobs: Semaphore,
}

/// A place. Dropped when the request is answered.
pub(super) struct Seat {
    _permit: OwnedSemaphorePermit,
}

impl Turns {
    pub(super) fn new(jobs: usize, queue: usize) -> Self {
        let all = jobs + queue;
        Self { all, places: Arc::new(Semaphore::new(all)), jobs: Semaphore::new(jobs) }
    }

    /// A place for a request.
    ///
    /// # Errors
    /// 429 where all are taken.
    pub(super) fn seat(&self) -> Result<Seat, Problem> {
        let permit = Arc::clone(&self.places).try_acquire_owned();
        permit.map(|permit| Seat { _permit: permit }).map_err(|_| Problem::busy())
    }

    /// Waits for the turn of a page.
    ///
    /// # Errors
    /// 503 where it does not come in time.
    pub(super) async fn turn(&self, limit: Duration) -> Result<SemaphorePermit<'_>, Problem> {
        match timeout(limit, self.jobs.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(Problem::waited(limit)),
        }
    }

    /// The same on a thread of its own, as long as it takes; nothing when the server is at its
    /// end.
    pub(super) fn turn_on(&self, handle: &Handle) -> Option<SemaphorePermit<'_>> {
        handle.block_on(self.jobs.acquire()).ok()
    }

    /// Places that are taken.
    pub(super) fn taken(&self) -> usize {
        self.all - self.places.available_permits()
    }
}
