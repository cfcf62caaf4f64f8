//! One fetch serves everybody who asks meanwhile, and outlives who began it.

use futures_util::future::join_all;
use glasplade_adapters::contract::SourceErrorKind;

use super::{obtain, row_of_level, rows, word};
use crate::testing::house::Scripted;

#[tokio::test(start_paused = true)]
async fn fifty_who_ask_at_once_cause_one_fetch() {
    let scripted = Scripted::new();
    scripted.answers("sbsys", vec![row_of_level(1)]);
    let sbsys = scripted.adapter("sbsys");
    sbsys.hold();
    let release = async {
        sbsys.was_called(1).await;
        sbsys.release();
    };
    let (outcomes, ()) = tokio::join!(join_all((0..50).map(|_| obtain(&scripted, "sbsys", false))), release);
    assert!(outcomes.iter().all(|outcome| word(outcome) == "fresh" && rows(outcome) == 1));
    assert_eq!(sbsys.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_cache_joins_a_fetch_under_way() {
    let scripted = Scripted::new();
    let sbsys = scripted.adapter("sbsys");
    sbsys.hold();
    let release = async {
        sbsys.was_called(1).await;
        sbsys.release();
    };
    let (plain, anew, ()) = tokio::join!(obtain(&scripted, "sbsys", false), obtain(&scripted, "sbsys", true), release);
    assert_eq!((word(&plain), word(&anew)), ("fresh".to_owned(), "fresh".to_owned()));
    assert_eq!(sbsys.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn at_the_deadline_the_caller_goes_and_the_fetch_stays_and_fills_the_memory() {
    let scripted = Scripted::new();
    scripted.answers("sbsys", vec![row_of_level(1)]);
    let sbsys = scripted.adapter("sbsys");
    sbsys.hold();
    // Nothing else can happen, so the paused time jumps to the deadline.
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "failed TimedOut");
    sbsys.release();
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "fresh", "the same fetch");
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "cached");
    assert_eq!(sbsys.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_ends_at_the_source_s_own_limit() {
    let scripted = Scripted::new();
    let sbsys = scripted.adapter("sbsys");
    sbsys.hold();
    for _ in 0..4 {
        assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "failed TimedOut");
    }
    assert!(sbsys.calls() > 1, "the first fetch did not hang for ever: {} calls", sbsys.calls());
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_an_adapter_is_a_failure_and_the_next_look_up_works() {
    let scripted = Scripted::new();
    let sbsys = scripted.adapter("sbsys");
    sbsys.panics_once();
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), format!("failed {:?}", SourceErrorKind::Malformed));
    let health = || scripted.sources.iter().find(|source| source.id.as_str() == "sbsys").expect("it").health();
    assert_eq!((health().failed, health().failure), (1, Some(SourceErrorKind::Malformed)), "the operator sees it");
    assert_eq!(word(&obtain(&scripted, "sbsys", false).await), "fresh");
}

#[tokio::test(start_paused = true)]
async fn two_citizens_never_share_a_fetch_or_an_answer() {
    let scripted = Scripted::new();
    scripted.answers("sbsys", vec![row_of_level(1)]);
    assert_eq!(rows(&obtain(&scripted, "sbsys", false).await), 1);
    let question = crate::access::Question { citizen: crate::testing::stranger(), ..crate::testing::question() };
    let pseudonym = crate::testing::pseudonyms().of(&question.citizen);
    let access = crate::access::Access::new(&scripted.config);
    let other =
        access.authorize(&super::everybody(), &question, pseudonym, crate::testing::TODAY).outcome.expect("permitted");
    let outcomes = super::gather(&scripted, other, &super::wish(false)).await;
    assert!(outcomes.iter().all(|outcome| rows(outcome) == 0));
    assert_eq!(scripted.adapter("sbsys").calls(), 2);
}
