//! Putting something in a queue never waits, and what does not fit is counted.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::telemetry::queue::{Fate, queue};

#[test]
fn a_full_queue_drops_what_comes_and_counts_it() {
    let fate = Arc::new(Fate::default());
    let (intake, mut waiting) = queue(2, &fate);
    (0..5).for_each(|one| intake.offer(one));
    assert_eq!(fate.queue_full.load(Ordering::Relaxed), 3);
    assert_eq!([waiting.try_recv(), waiting.try_recv()], [Ok(0), Ok(1)], "the first stay");
    intake.offer(5);
    assert_eq!(waiting.try_recv(), Ok(5), "there is room again");
    waiting.close();
    intake.offer(6);
    assert_eq!(fate.queue_full.load(Ordering::Relaxed), 4, "after the end nothing fits");
}
