//! What is remembered, for how long, and what never is.

use glasplade_adapters::contract::{Fetched, SourceErrorKind};
use jiff::SignedDuration;

use super::{obtain, row_of_level, rows, word};
use crate::testing::house::Scripted;

/// Scripted sources of which SBSYS has told a row of this level already.
async fn told(level: u8) -> Scripted {
    let scripted = Scripted::new();
    scripted.answers("sbsys", vec![row_of_level(level)]);
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "fresh");
    scripted
}

fn later(scripted: &Scripted, seconds: i64) {
    scripted.clock.advance(SignedDuration::from_secs(seconds));
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_used_for_as_long_as_its_level_allows() {
    for (level, fresh_s) in [(1, 600), (2, 300)] {
        let scripted = told(level).await;
        later(&scripted, fresh_s - 1);
        assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "cached", "level {level}");
        later(&scripted, 1);
        assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "fresh", "level {level}");
        assert_eq!(scripted.adapter("sbsys").calls(), 2, "level {level}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_makes_nothing_fresh() {
    let scripted = told(1).await;
    later(&scripted, -10);
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "fresh");
    assert_eq!(scripted.adapter("sbsys").calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_highest_level_is_never_stored_and_drops_what_was() {
    let scripted = told(3).await;
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "fresh");
    assert_eq!(scripted.adapter("sbsys").calls(), 2);
    let raised = told(1).await;
    raised.answers("sbsys", vec![row_of_level(3)]);
    later(&raised, 600);
    assert_eq!(word(&obtain(&raised, "sbsys", false).await), "fresh");
    raised.adapter("sbsys").is_down(SourceErrorKind::Forbidden);
    assert_eq!(word(&obtain(&raised, "sbsys", false).await), "failed Forbidden", "the older answer is gone, too");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_whole_is_shown_once_and_not_stored() {
    let part = |unreadable, cut_short| Fetched { records: vec![row_of_level(1)], unreadable, cut_short };
    for fetched in [part(1, false), part(0, true)] {
        let scripted = Scripted::new();
        scripted.answers("sbsys", fetched);
        let first = obtain(&scripted, "sbsys", false).await;
        assert_eq!((word(&first).as_str(), rows(&first)), ("fresh", 1));
        assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "fresh");
        assert_eq!(scripted.adapter("sbsys").calls(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_not_stored() {
    let scripted = Scripted::new();
    scripted.adapter("sbsys").fails_once(SourceErrorKind::Malformed);
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "failed Malformed");
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "fresh");
}

#[tokio::test(start_paused = true)]
async fn what_was_read_earlier_is_shown_while_the_source_does_not_answer_within_its_limit() {
    for (level, stale_s) in [(1, 14_400), (2, 1_800)] {
        let scripted = told(level).await;
        scripted.adapter("sbsys").is_down(SourceErrorKind::Unauthorized);
        later(&scripted, stale_s - 1);
        let stale = obtain(&scripted, "sbsys", false).await;
        assert_eq!((word(&stale).as_str(), rows(&stale)), ("stale Unauthorized", 1), "level {level}");
        later(&scripted, 1);
        assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "failed Unauthorized", "level {level}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_cache_asks_anew_unless_somebody_just_did() {
    let scripted = told(1).await;
    later(&scripted, 4);
    assert_eq!(word(&obtain(&scripted, "sbsys", true).await), "cached");
    later(&scripted, 1);
    assert_eq!(word(&obtain(&scripted, "sbsys", true).await), "fresh");
    assert_eq!(scripted.adapter("sbsys").calls(), 2);
}
