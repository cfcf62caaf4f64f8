//! How many calls ended within the last while, and how many of them failed. Atomics alone: nobody waits for a count.

use std::sync::atomic::{AtomicU64, Ordering};

/// Parts of the while, each as long as the others; the oldest is forgotten as a whole.
const PARTS: u64 = 10;

/// Calls of the last while. A part is one word: its number since the beginning (32 bits), calls and failures (16 bits each, which
/// stay at their most).
#[derive(Debug, Default)]
pub(crate) struct Window([AtomicU64; 10]);

/// What a window holds.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Calls that have ended.
    pub(crate) calls: u64,
    /// Of these, failed.
    pub(crate) failures: u64,
}

impl Window {
    /// A call has ended, so many milliseconds after the beginning; a while is `span_ms` long.
    pub(crate) fn count(&self, now_ms: u64, span_ms: u64, has_failed: bool) {
        let part = part(now_ms, span_ms);
        let Some(word) = self.0.get(usize::try_from(part % PARTS).unwrap_or(0)) else { return };
        let add = |old: u64| {
            let (calls, failures) = if old >> 32 == part { counts(old) } else { (0, 0) };
            let (calls, failures) = ((calls + 1).min(0xffff), (failures + u64::from(has_failed)).min(0xffff));
            Some((part << 32) | (calls << 16) | failures)
        };
        // The closure always gives a word.
        let _ = word.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// What has ended within the while before now.
    pub(crate) fn counts(&self, now_ms: u64, span_ms: u64) -> Counts {
        let last = part(now_ms, span_ms);
        let words = self.0.iter().map(|word| word.load(Ordering::Relaxed));
        let within = words.filter(|word| (word >> 32) <= last && (word >> 32) + PARTS > last);
        within.map(counts).fold(Counts::default(), |sum, (calls, failures)| Counts {
            calls: sum.calls + calls,
            failures: sum.failures + failures,
        })
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        self.0.iter().for_each(|word| word.store(0, Ordering::Relaxed));
    }
}

/// The number of the part that a moment is in.
fn part(now_ms: u64, span_ms: u64) -> u64 {
    (now_ms / (span_ms / PARTS).max(1)) & 0xffff_ffff
}

fn counts(word: u64) -> (u64, u64) {
    ((word >> 16) & 0xffff, word & 0xffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: u64 = 10_000;

    #[test]
    fn what_is_older_than_the_while_is_forgotten() {
        let window = Window::default();
        window.count(0, SPAN, true);
        window.count(500, SPAN, false);
        window.count(5_000, SPAN, true);
        assert_eq!(window.counts(5_000, SPAN), Counts { calls: 3, failures: 2 });
        assert_eq!(window.counts(9_999, SPAN), Counts { calls: 3, failures: 2 });
        assert_eq!(window.counts(10_000, SPAN), Counts { calls: 1, failures: 1 });
        assert_eq!(window.counts(15_000, SPAN), Counts::default());
        window.count(20_000, SPAN, false);
        assert_eq!(window.counts(20_000, SPAN), Counts { calls: 1, failures: 0 }, "the same place, another part");
        window.clear();
        assert_eq!(window.counts(20_000, SPAN), Counts::default());
    }

    #[test]
    fn many_threads_lose_no_count() {
        let window = Window::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1_000).for_each(|at| window.count(at % 10, SPAN, at % 2 == 0)));
            }
        });
        assert_eq!(window.counts(10, SPAN), Counts { calls: 4_000, failures: 2_000 });
    }
}
