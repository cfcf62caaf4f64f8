//! A source that fails again and again costs nothing, and one that is well again is used within seconds.

use std::time::Duration;

use glasplade_adapters::contract::SourceErrorKind;

use super::{citizen_number, gather, grant_about, obtain, pass, row_of_level, source, wish, word};
use crate::overview::SourceState;
use crate::sources::{BreakerState, SourceOutcome};
use crate::testing::house::Scripted;

/// Somebody whom no answer in memory is about is looked up.
async fn look_up(scripted: &Scripted, id: &str, n: usize) -> SourceOutcome {
    let grant = grant_about(scripted, citizen_number(n));
    scripted.sources.obtain(source(scripted, id), &grant, &wish(false)).await
}

/// Looks up strangers until the source is left alone.
async fn open(scripted: &Scripted, id: &str) {
    for n in 0..20 {
        look_up(scripted, id, n).await;
    }
    assert_eq!(source(scripted, id).health().breaker, BreakerState::Open);
}

async fn rest() {
    pass(Duration::from_secs(6)).await;
}

#[tokio::test(start_paused = true)]
async fn a_dead_source_costs_nothing_and_a_recovered_one_is_used_again_within_seconds() {
    let scripted = Scripted::new();
    let sbsys = scripted.adapter("sbsys");
    sbsys.is_down(SourceErrorKind::Unavailable);
    open(&scripted, "sbsys").await;
    assert_eq!(sbsys.calls(), 20, "second tries are calls, too");
    for n in 0..1_000 {
        let outcome = look_up(&scripted, "sbsys", n % 100).await;
        assert_eq!(word(&outcome), "failed Resting");
        assert!(matches!(outcome, SourceOutcome::Failed { took: Duration::ZERO, .. }), "at once");
    }
    assert_eq!(sbsys.calls(), 20);
    rest().await;
    assert_eq!(word(&look_up(&scripted, "sbsys", 0).await), "failed Unavailable", "the trial, and no second try");
    assert_eq!(word(&look_up(&scripted, "sbsys", 1).await), "failed Resting");
    assert_eq!(sbsys.calls(), 21);
    sbsys.recovers();
    rest().await;
    for n in 0..3 {
        assert_eq!(word(&look_up(&scripted, "sbsys", n).await), "fresh");
    }
    let health = source(&scripted, "sbsys").health();
    assert_eq!((health.breaker, sbsys.calls()), (BreakerState::Closed, 24));
    assert!(health.spared > 1_000, "{}", health.spared);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_is_left_alone_too() {
    let scripted = Scripted::new();
    let sbsys = scripted.adapter("sbsys");
    sbsys.hold();
    for n in 0..20 {
        assert_eq!(word(&look_up(&scripted, "sbsys", n).await), "failed TimedOut", "the caller's time is over");
        // The calls go on until the source's own limit.
    }
    pass(Duration::from_secs(3)).await;
    // Twenty seconds for twenty callers after each other: no ten seconds hold twenty failures.
    assert_eq!(source(&scripted, "sbsys").health().breaker, BreakerState::Closed);
    let grants: Vec<_> = (20..60).map(|n| grant_about(&scripted, citizen_number(n))).collect();
    let at_once = grants.iter().map(|grant| {
        let (scripted, sbsys) = (&scripted, source(&scripted, "sbsys"));
        async move { scripted.sources.obtain(sbsys, grant, &wish(false)).await }
    });
    futures_util::future::join_all(at_once).await;
    pass(Duration::from_secs(2)).await;
    assert_eq!(word(&look_up(&scripted, "sbsys", 60).await), "failed Resting");
}

#[tokio::test(start_paused = true)]
async fn what_one_citizen_or_our_own_setup_causes_leaves_a_source_in_use() {
    use SourceErrorKind::{ConfigInvalid, Forbidden, Malformed, Unauthorized, Unsupported, WrongCitizen};
    let scripted = Scripted::new();
    let sbsys = scripted.adapter("sbsys");
    for kind in [Malformed, WrongCitizen, Unauthorized, Forbidden, ConfigInvalid, Unsupported] {
        sbsys.is_down(kind);
        for n in 0..30 {
            assert_eq!(word(&look_up(&scripted, "sbsys", n).await), format!("failed {kind:?}"));
        }
    }
    assert_eq!((sbsys.calls(), source(&scripted, "sbsys").health().breaker), (180, BreakerState::Closed));
    sbsys.recovers();
    for n in 0..200 {
        assert_eq!(
            word(&look_up(&scripted, "sbsys", n).await),
            "fresh",
            "a citizen whom it does not know is an answer"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn of_all_who_come_after_the_rest_one_tries_the_source() {
    let scripted = Scripted::new();
    let sbsys = scripted.adapter("sbsys");
    sbsys.is_down(SourceErrorKind::Unavailable);
    open(&scripted, "sbsys").await;
    sbsys.recovers();
    sbsys.hold();
    rest().await;
    let grants: Vec<_> = (0..50).map(|n| grant_about(&scripted, citizen_number(n))).collect();
    let all = futures_util::future::join_all(grants.iter().map(|grant| {
        let (scripted, sbsys) = (&scripted, source(&scripted, "sbsys"));
        async move { word(&scripted.sources.obtain(sbsys, grant, &wish(false)).await) }
    }));
    let release = async {
        sbsys.was_called(21).await;
        assert_eq!(source(&scripted, "sbsys").health().breaker, BreakerState::HalfOpen);
        sbsys.release();
    };
    let (words, ()) = tokio::join!(all, release);
    let count = |word: &str| words.iter().filter(|one| *one == word).count();
    assert_eq!((count("fresh"), count("failed Resting"), sbsys.calls()), (1, 49, 21));
}

#[tokio::test(start_paused = true)]
async fn one_source_that_is_left_alone_leaves_the_others_in_use_and_is_a_row_in_the_answer() {
    let scripted = Scripted::new();
    scripted.adapter("fasit").is_down(SourceErrorKind::Unavailable);
    open(&scripted, "fasit").await;
    let outcomes = gather(&scripted, grant_about(&scripted, citizen_number(30)), &wish(false)).await;
    let words: Vec<String> = outcomes.iter().map(word).collect();
    assert_eq!(words, ["fresh", "failed Resting", "fresh", "fresh", "fresh"]);
    let status = outcomes[1].status(&source(&scripted, "fasit").id);
    assert_eq!((status.state, status.failure), (SourceState::Unavailable, Some(SourceErrorKind::Resting)));
}

#[tokio::test(start_paused = true)]
async fn what_was_read_before_is_shown_as_older_while_the_source_is_left_alone() {
    let scripted = Scripted::new();
    scripted.answers("sbsys", vec![row_of_level(1)]);
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "fresh");
    scripted.adapter("sbsys").is_down(SourceErrorKind::Unavailable);
    open(&scripted, "sbsys").await;
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "cached");
    scripted.clock.advance(jiff::SignedDuration::from_secs(601));
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "stale Resting");
}

/// Whoever sees nothing is told the same of a number that nobody has and of one with rows of the highest level, which are asked
/// for anew each time; and in the same time.
#[tokio::test(start_paused = true)]
async fn a_source_that_is_left_alone_tells_nobody_whether_there_is_something_to_hide() {
    for seconds in [0, 1, 299, 301, 601] {
        for is_known_before in [false, true] {
            let scripted = Scripted::new();
            scripted.answers("fasit", vec![row_of_level(3)]);
            let mut told = Vec::new();
            for id in ["sbsys", "fasit"] {
                if is_known_before {
                    obtain(&scripted, id, false).await;
                }
                scripted.adapter(id).is_down(SourceErrorKind::Unavailable);
                open(&scripted, id).await;
            }
            scripted.clock.advance(jiff::SignedDuration::from_secs(seconds));
            for id in ["sbsys", "fasit"] {
                let outcome = obtain(&scripted, id, false).await;
                let status = outcome.status(&source(&scripted, "sbsys").id).without_rows();
                told.push((status.state, status.failure, status.as_of, status.asked, outcome.took_without_rows()));
            }
            assert_eq!(told[0], told[1], "{seconds} s, known before: {is_known_before}");
        }
    }
}
