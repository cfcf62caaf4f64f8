//! How long a source takes: the last answers, and the time within which nineteen of twenty came.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

/// Answers that are remembered.
const KEPT: usize = 256;

/// Before so many, nothing is known.
const NEEDED: usize = 100;

/// The share is worked out anew after so many more.
const ANEW: usize = 32;

/// The times of the last answers, in microseconds.
#[derive(Debug)]
pub(super) struct Times {
    kept: [AtomicU32; KEPT],
    count: AtomicUsize,
    /// 0 while it is not known.
    p95_us: AtomicU32,
}

impl Default for Times {
    fn default() -> Self {
        Self { kept: std::array::from_fn(|_| AtomicU32::new(0)), count: AtomicUsize::new(0), p95_us: AtomicU32::new(0) }
    }
}

impl Times {
    /// An answer took so long. Two that end at once may each work the share out; both find much the same.
    pub(super) fn took(&self, time: Duration) {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        if let Some(place) = self.kept.get(count % KEPT) {
            place.store(u32::try_from(time.as_micros()).unwrap_or(u32::MAX).max(1), Ordering::Relaxed);
        }
        let count = count + 1;
        if count >= NEEDED && (count == NEEDED || count.is_multiple_of(ANEW)) {
            self.p95_us.store(self.worked_out(count.min(KEPT)), Ordering::Relaxed);
        }
    }

    /// Nineteen of twenty answers came within this; `None` before a hundred have come.
    pub(super) fn p95(&self) -> Option<Duration> {
        let time = self.p95_us.load(Ordering::Relaxed);
        (time > 0).then(|| Duration::from_micros(time.into()))
    }

    fn worked_out(&self, count: usize) -> u32 {
        let mut times: Vec<u32> = self.kept.iter().take(count).map(|time| time.load(Ordering::Relaxed)).collect();
        let at = (times.len() * 95 / 100).min(times.len().saturating_sub(1));
        if times.is_empty() { 0 } else { *times.select_nth_unstable(at).1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_known_after_a_hundred_answers_and_follows_the_last_ones() {
        let times = Times::default();
        (1..100).for_each(|time| times.took(Duration::from_millis(time)));
        assert_eq!(times.p95(), None);
        times.took(Duration::from_millis(100));
        assert_eq!(times.p95(), Some(Duration::from_millis(96)));
        (0..512).for_each(|_| times.took(Duration::from_millis(7)));
        assert_eq!(times.p95(), Some(Duration::from_millis(7)));
    }
}
