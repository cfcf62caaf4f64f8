//! A look at the wall clock: an answer comes in time or it does not.

use std::time::{Duration, Instant};

/// How much later than its deadline an answer may be on a busy machine; a source that hangs would be later by far.
const MARGIN: Duration = Duration::from_secs(5);

/// Measures from its start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch(Instant);

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "the test itself looks at the wall clock")]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// So many answers with this deadline have come by now.
    pub(super) fn assert_in_time(self, answers: u32, deadline_ms: u32, name: &str) {
        let took = self.0.elapsed();
        assert!(took < answers * Duration::from_millis(deadline_ms.into()) + MARGIN, "{name}: {took:?}");
    }
}
