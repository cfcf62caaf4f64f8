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

    /// An earlier deadline: a fifth of what is left is kept, and `kept_max` at most.
    #[expect(
        clippy::disallowed_methods,
        reason = "the same monotonic clock as above: how much is left is known at one moment only"
    )]
    #[must_use]
    pub fn keeping(self, kept_max: Duration) -> Self {
        let left = self.0.saturating_duration_since(Instant::now());
        Self(self.0.checked_sub(kept_max.min(left / 5)).unwrap_or(self.0))
    }

    /// How long it is to come; nothing once it has passed.
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Self::after(Duration::ZERO).0)
    }

    /// How long ago it was; nothing while it is to come.
    pub fn passed(self) -> Duration {
        Self::after(Duration::ZERO).0.saturating_duration_since(self.0)
    }

    /// The moment.
    pub fn instant(self) -> Instant {
        self.0
    }
}
