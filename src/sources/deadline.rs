//! One absolute deadline per request: each step takes what is left of it.

use std::time::Duration;

use tokio::time::Instant;

/// When an answer is no longer wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// A deadline this long after now.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the monotonic clock, which tests can pause"
    )]
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now() + duration)
    }

    /// The moment.
    pub fn instant(self) -> Instant {
        self.0
    }
}
