//! A look at the wall clock: an answer comes in time or it does not.

use std::time::{Duration, Instant};

use crate::http::tests::house::LONG_MS;

/// How much later than its time an answer may be on a busy machine; one that waited for a caller's whole time would be later by far.
const MARGIN: Duration = Duration::from_millis(LONG_MS as u64 / 2);

/// Measures from its start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch(Instant);

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "the test itself looks at the wall clock")]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// So many answers, each of which may wait so long for a system, have come by now.
    pub(super) fn assert_in_time(self, answers: u32, time_ms: u32, name: &str) {
        let took = self.0.elapsed();
        assert!(took < answers * Duration::from_millis(time_ms.into()) + MARGIN, "{name}: {took:?}");
    }
}
