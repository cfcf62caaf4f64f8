//! Who is asked, how often, and what of the answer is believed.

use glasplade_adapters::contract::{About, SourceErrorKind};

use super::{everybody, gather, grant, obtain, row_of_level, rows, wish, word};
use crate::access::Caller;
use crate::overview::SourceState::{self, Fresh, Invalid, TimedOut, Unavailable};
use crate::sources::{LastState, SourceOutcome};
use crate::testing::house::Scripted;
use crate::testing::{self, Vary as _, citizen, stranger};

#[tokio::test(start_paused = true)]
async fn an_unavailable_source_is_asked_once_more_and_no_other_failure_is() {
    let scripted = Scripted::new();
    let sbsys = scripted.adapter("sbsys");
    sbsys.fails_once(SourceErrorKind::Unavailable);
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "fresh");
    assert_eq!(sbsys.calls(), 2);
    let fasit = scripted.adapter("fasit");
    fasit.is_down(SourceErrorKind::Unavailable);
    assert_eq!(word(&obtain(&scripted, "fasit", false).await), "failed Unavailable");
    assert_eq!(fasit.calls(), 2);
    let others = [
        SourceErrorKind::TimedOut,
        SourceErrorKind::Unauthorized,
        SourceErrorKind::Forbidden,
        SourceErrorKind::ConfigInvalid,
        SourceErrorKind::Malformed,
        SourceErrorKind::WrongCitizen,
        SourceErrorKind::Unsupported,
    ];
    let oio = scripted.adapter("oio");
    for (calls, kind) in (1..).zip(others) {
        oio.is_down(kind);
        assert_eq!(word(&obtain(&scripted, "oio", false).await), format!("failed {kind:?}"));
        assert_eq!(oio.calls(), calls, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn rows_about_another_citizen_are_dropped_counted_and_not_stored() {
    let scripted = Scripted::new();
    let about = |parties: Vec<_>| row_of_level(1).with(|row| row.about = About::numbers(parties));
    scripted.answers("sbsys", vec![about(vec![stranger()]), about(vec![stranger(), citizen()]), about(vec![])]);
    let outcome = obtain(&scripted, "sbsys", false).await;
    let source = scripted.sources.iter().next().expect("SBSYS is first");
    let status = outcome.status(&source.id);
    assert_eq!((rows(&outcome), status.state, status.wrong_citizen), (1, Invalid, 2));
    assert_eq!(source.health().wrong_citizen_rows, 2);
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "fresh", "asked again");
}

#[tokio::test(start_paused = true)]
async fn a_failing_source_is_a_row_in_the_answer_in_the_configured_order() {
    let scripted = Scripted::new();
    scripted.answers("sbsys", vec![row_of_level(1)]);
    scripted.adapter("fasit").is_down(SourceErrorKind::Unauthorized);
    scripted.adapter("dubu").hold();
    scripted.adapter("case_index").is_down(SourceErrorKind::Malformed);
    let outcomes = gather(&scripted, grant(&scripted), &wish(false)).await;
    let words: Vec<String> = outcomes.iter().map(word).collect();
    assert_eq!(words, ["fresh", "failed Unauthorized", "failed TimedOut", "failed Malformed", "fresh"]);
    let states: Vec<SourceState> =
        scripted.sources.ids().iter().zip(&outcomes).map(|(id, one)| one.status(id).state).collect();
    assert_eq!(states, [Fresh, Unavailable, TimedOut, Invalid, Fresh]);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_can_hold_nothing_for_the_caller_is_never_asked() {
    let scripted = Scripted::new();
    let benefits = Caller::invented("az10003", &["benefit_officer"]).in_unit("JSY", "JSY-YDELSE").with_kle(&["*"]);
    let mut config = scripted.config.clone();
    // Without disability, DUBU holds children's cases only.
    config.sources.source[2].categories.retain(|category| category != "disability");
    let grant = testing::grant(&config, &benefits, "own_case");
    let outcomes = gather(&scripted, grant, &wish(false)).await;
    assert!(matches!(outcomes[2], SourceOutcome::NotConsulted));
    assert_eq!(scripted.calls(), [1, 1, 0, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_may_raise_another_s_sensitivity_is_asked_whenever_any_is() {
    let scripted = Scripted::new();
    let mut config = scripted.config.clone();
    config.sources.source[3].categories = vec!["child_report".to_owned()];
    let benefits = Caller::invented("az10003", &["benefit_officer"]).in_unit("JSY", "JSY-YDELSE").with_kle(&["*"]);
    gather(&scripted, testing::grant(&config, &benefits, "own_case"), &wish(false)).await;
    assert_eq!(scripted.adapter("case_index").calls(), 1);
    for source in &mut config.sources.source {
        source.categories = vec!["child_report".to_owned()];
    }
    gather(&scripted, testing::grant(&config, &benefits, "own_case"), &wish(true)).await;
    assert_eq!(scripted.adapter("case_index").calls(), 1, "nor when none is");
}

#[tokio::test(start_paused = true)]
async fn the_operator_sees_how_a_source_did_and_nothing_of_the_citizen() {
    let scripted = Scripted::new();
    let sbsys = scripted.sources.iter().next().expect("SBSYS is first");
    assert_eq!(sbsys.health().last, LastState::Unknown);
    scripted.adapter("sbsys").is_down(SourceErrorKind::Unavailable);
    obtain(&scripted, "sbsys", false).await;
    let failing = sbsys.health();
    assert_eq!((failing.last, failing.asked, failing.failed, failing.retried), (LastState::Failing, 1, 1, 1));
    assert_eq!(failing.failure_detail.as_deref(), Some("the script says so"));
    scripted.adapter("sbsys").recovers();
    scripted.answers("sbsys", vec![testing::row("sbsys", "1"), row_of_level(1).in_unit("301")]);
    scripted.clock.advance(jiff::SignedDuration::from_secs(1));
    obtain(&scripted, "sbsys", false).await;
    let view = sbsys.health();
    assert_eq!((view.last, view.answered, view.failure), (LastState::Answering, 1, None));
    assert_eq!((view.unclassified_rows, view.unassigned_rows), (1, 1));
    let shown = serde_json::to_string(&view).expect("a view is JSON");
    assert!(!shown.contains(citizen().expose()) && !format!("{:?}", everybody()).contains("0101"), "{shown}");
}
