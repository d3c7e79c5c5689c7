//! Runs a target and holds it to its bounds of time and memory.

pub mod targets;

use std::fs;
use std::sync::Once;
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Memory that an execution may take whatever its input, in bytes: buffers, tables, one record.
const MEMORY_BASE: usize = 64 << 20;

/// Memory that an execution may take in addition, in bytes per byte of input.
const MEMORY_PER_BYTE: usize = 1 << 10;

/// Time that an execution may take whatever its input.
const TIME_BASE: Duration = Duration::from_secs(1);

/// Length to which an input is repeated, in bytes: enough to tell linear from quadratic time.
const LONG: usize = 1 << 17;

/// One input in so many is repeated.
const REPEATED: u32 = 64;

/// Runs a target on bytes, within bounded memory.
///
/// # Panics
/// When the target does, or takes too much.
pub fn bounded(target: fn(&[u8]), bytes: &[u8]) {
    static WARM: Once = Once::new();
    // What is built once is nobody's cost.
    WARM.call_once(|| target(b" "));
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    target(bytes);
    let taken = MEMORY.peak_usage().saturating_sub(before);
    let allowed = MEMORY_BASE + MEMORY_PER_BYTE * bytes.len();
    assert!(taken <= allowed, "{} bytes took {taken} bytes of memory", bytes.len());
}

/// Runs a target on bytes, within bounded memory and `micros` microseconds per byte; and some
/// inputs repeated to a length at which a time that is not linear shows.
///
/// # Panics
/// When the target does, or takes too much.
pub fn linear(target: fn(&[u8]), bytes: &[u8], micros: u32) {
    timed(target, bytes, micros);
    // By content, so that a finding is found again.
    let sum = bytes.iter().fold(0u32, |sum, &byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    if !bytes.is_empty() && sum % REPEATED == 0 {
        timed(target, &bytes.repeat(LONG.div_ceil(bytes.len())), micros);
    }
}

fn timed(target: fn(&[u8]), bytes: &[u8], micros: u32) {
    let clock = Clock::start();
    bounded(target, bytes);
    let took = clock.elapsed();
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let allowed = TIME_BASE + Duration::from_micros(micros.into()) * length;
    assert!(took <= allowed, "{length} bytes took {took:?}");
}

/// Time that this thread spent computing, where the system tells it: on a busy machine the time
/// on the wall says little.
struct Clock {
    computed: Option<Duration>,
    wall: Instant,
}

impl Clock {
    fn start() -> Self {
        Self { computed: Self::computed(), wall: Instant::now() }
    }

    fn elapsed(&self) -> Duration {
        let wall = self.wall.elapsed();
        // Short by the wall is short; asking the system costs more than most executions.
        if wall < TIME_BASE {
            return wall;
        }
        let computed = self.computed.and_then(|before| Self::computed()?.checked_sub(before));
        computed.unwrap_or(wall)
    }

    fn computed() -> Option<Duration> {
        let told = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(Duration::from_nanos(told.split(' ').next()?.parse().ok()?))
    }
}
