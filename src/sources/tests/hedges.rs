//! A second call beside one that takes longer than the source's answers do, and a second try where nothing was answered.

use std::time::Duration;

use glasplade_adapters::contract::SourceErrorKind;

use super::{obtain, pass, row_of_level, source, word};
use crate::config::GuardSettings;
use crate::sources::SourceOutcome;
use crate::sources::line::LineLimits;
use crate::testing;
use crate::testing::house::Scripted;

/// Looks the tests' citizen up when nothing is in memory any more.
async fn look_up(scripted: &Scripted) -> SourceOutcome {
    scripted.clock.advance(jiff::SignedDuration::from_hours(5));
    obtain(scripted, "sbsys", false).await
}

/// Sources of which SBSYS has answered so often, each time at once.
async fn answered(times: usize) -> Scripted {
    let scripted = Scripted::new();
    scripted.answers("sbsys", vec![row_of_level(1)]);
    for _ in 0..times {
        assert_eq!(word(&look_up(&scripted).await), "fresh");
    }
    scripted
}

/// The source has answered a hundred times, each time within this.
async fn answered_within(scripted: &Scripted, id: &str, time: Duration) {
    scripted.answers(id, vec![testing::row(id, "1")]);
    let source = scripted.adapter(id);
    for _ in 0..100 {
        scripted.clock.advance(jiff::SignedDuration::from_hours(5));
        source.hold();
        let answers = async {
            pass(time).await;
            source.release();
        };
        assert_eq!(word(&tokio::join!(obtain(scripted, id, false), answers).0), "fresh");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_call_gets_a_second_one_and_the_first_answer_counts() {
    let scripted = answered(100).await;
    let sbsys = scripted.adapter("sbsys");
    sbsys.hangs_once();
    assert_eq!(word(&look_up(&scripted).await), "fresh");
    assert_eq!((sbsys.calls(), source(&scripted, "sbsys").health().hedged), (102, 1));
    let health = source(&scripted, "sbsys").health();
    assert_eq!((health.asked, health.answered, health.told.fresh), (101, 101, 101), "one look-up, however many calls");
}

#[tokio::test(start_paused = true)]
async fn before_a_hundred_answers_nobody_knows_what_slow_is() {
    let scripted = answered(99).await;
    scripted.adapter("sbsys").hangs_once();
    assert_eq!(word(&look_up(&scripted).await), "failed TimedOut");
    assert_eq!(source(&scripted, "sbsys").health().hedged, 0);
}

#[tokio::test(start_paused = true)]
async fn second_calls_are_at_most_one_of_twenty() {
    let scripted = answered(100).await;
    for at in 0..6 {
        scripted.adapter("sbsys").hangs_once();
        let expected = if at < 5 { "fresh" } else { "failed TimedOut" };
        assert_eq!(word(&look_up(&scripted).await), expected, "{at}");
    }
    assert_eq!(source(&scripted, "sbsys").health().hedged, 5);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_has_no_room_gets_no_second_call() {
    let scripted = answered(100).await;
    let mut limits = scripted.config.sources.source[0].connection.limits;
    limits.concurrency_max = 1;
    source(&scripted, "sbsys").line.limit(LineLimits::of(&limits, GuardSettings::default()));
    scripted.adapter("sbsys").hangs_once();
    assert_eq!(word(&look_up(&scripted).await), "failed TimedOut");
    assert_eq!(source(&scripted, "sbsys").health().hedged, 0);
}

#[tokio::test(start_paused = true)]
async fn when_one_of_the_two_fails_the_other_counts() {
    let scripted = answered(100).await;
    let sbsys = scripted.adapter("sbsys");
    sbsys.hangs_once();
    sbsys.fails_once(SourceErrorKind::Malformed);
    assert_eq!(word(&look_up(&scripted).await), "failed TimedOut", "the second failed, and the first never came");
    pass(Duration::from_secs(3)).await; // the first goes on until the source's own limit
    sbsys.hold();
    sbsys.fails_once(SourceErrorKind::Malformed);
    let release = async {
        sbsys.was_called(104).await;
        sbsys.release();
    };
    let (outcome, ()) = tokio::join!(look_up(&scripted), release);
    assert_eq!(word(&outcome), "fresh");
}

#[tokio::test(start_paused = true)]
async fn second_tries_are_one_of_ten_calls_and_only_where_nothing_was_answered() {
    let scripted = answered(200).await;
    let sbsys = scripted.adapter("sbsys");
    // Every other call fails: fewer than half of all, so that the breaker stays closed.
    let mut first_failed = 0;
    for _ in 0..40 {
        sbsys.fails_once(SourceErrorKind::Unavailable);
        first_failed += usize::from(word(&look_up(&scripted).await) != "fresh");
        for _ in 0..2 {
            look_up(&scripted).await;
        }
    }
    let retried = source(&scripted, "sbsys").health().retried;
    assert!((10..=22).contains(&retried), "{retried}: ten saved up, and twelve for 120 calls");
    assert_eq!(first_failed as u64, 40 - retried);
}

#[tokio::test(start_paused = true)]
async fn no_second_try_begins_when_the_time_is_over() {
    let scripted = answered(10).await;
    let sbsys = scripted.adapter("sbsys");
    let mut limits = scripted.config.sources.source[0].connection.limits;
    limits.fetch_timeout_ms = 0;
    source(&scripted, "sbsys").line.limit(LineLimits::of(&limits, GuardSettings::default()));
    let before = sbsys.calls();
    for _ in 0..5 {
        sbsys.fails_once(SourceErrorKind::Unavailable);
        assert_eq!(word(&look_up(&scripted).await), "failed Unavailable");
    }
    assert_eq!((sbsys.calls() - before, source(&scripted, "sbsys").health().retried), (5, 0));
}

#[tokio::test(start_paused = true)]
async fn whoever_usually_takes_longest_is_asked_first_and_whom_nobody_knows_last() {
    let scripted = Scripted::new();
    let listed: Vec<_> = scripted.sources.ids();
    let order = || -> Vec<_> {
        let sources = scripted.sources.slowest_first();
        sources.into_iter().map(|(at, source)| (at, source.id.as_str().to_owned())).collect()
    };
    let as_listed: Vec<_> = listed.iter().enumerate().map(|(at, id)| (at, id.as_str().to_owned())).collect();
    assert_eq!(order(), as_listed, "nobody is known yet");
    answered_within(&scripted, "sbsys", Duration::from_millis(20)).await;
    answered_within(&scripted, "case_index", Duration::from_millis(120)).await;
    let ids: Vec<String> = order().into_iter().map(|(_, id)| id).collect();
    assert_eq!(&ids[..2], ["case_index", "sbsys"]);
    let others = as_listed.into_iter().map(|(_, id)| id).filter(|id| !matches!(id.as_str(), "case_index" | "sbsys"));
    assert_eq!(ids[2..], others.collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_goes_on_receiving_gets_no_second_one_until_it_falls_silent() {
    let scripted = Scripted::new();
    answered_within(&scripted, "sbsys", Duration::from_millis(20)).await;
    let sbsys = scripted.adapter("sbsys");
    for (falls_silent, second_calls) in [(false, 0), (true, 1)] {
        let before = sbsys.calls();
        sbsys.hold();
        let answers = async {
            for _ in 0..10 {
                pass(Duration::from_millis(15)).await;
                sbsys.receives(1_000);
            }
            pass(Duration::from_millis(if falls_silent { 45 } else { 5 })).await;
            sbsys.release();
        };
        assert_eq!(word(&tokio::join!(look_up(&scripted), answers).0), "fresh");
        assert_eq!(sbsys.calls() - before, 1 + second_calls);
        assert_eq!(source(&scripted, "sbsys").health().hedged, second_calls as u64);
    }
}
