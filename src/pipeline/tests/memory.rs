//! A look-up for which everything is in memory, and its repeats: who asks again gets what would be made anew, or what was made.

use aws_lc_rs::digest;
use glasplade_adapters::contract::SourceErrorKind;
use jiff::SignedDuration;

use super::{LONG, plan};
use crate::access::{Caller, Refusal};
use crate::audit::Disclosure;
use crate::pipeline::Errand;
use crate::testing::house::House;
use crate::testing::{citizen, job_caseworker};

/// A citizen with a case of the caller's, whom the caller has looked up.
async fn warm() -> House {
    let house = House::new();
    house.scripted.answers("sbsys", vec![plan("sbsys", "1")]);
    house.pipeline.overview(&house.errand(job_caseworker(), LONG)).await.expect("an answer that warms the memory");
    house
}

async fn asked(house: &House, caller: Caller) -> (String, String) {
    under(house, house.errand(caller, LONG)).await
}

async fn under(house: &House, errand: Errand) -> (String, String) {
    read(house.pipeline.overview(&errand).await.expect("an answer"))
}

fn read(disclosure: Disclosure) -> (String, String) {
    let (body, etag, _) = disclosure.into_parts();
    (String::from_utf8(body.to_vec()).expect("an answer is text"), etag)
}

#[tokio::test]
async fn a_repeat_asks_nobody_is_not_made_anew_and_is_written_down_as_every_answer() {
    let house = Box::pin(warm()).await;
    let calls = house.scripted.calls();
    let first = asked(&house, job_caseworker()).await;
    let second = asked(&house, job_caseworker()).await;
    assert_eq!(first, second, "the same look-up under the same handle");
    assert_eq!((house.scripted.calls(), house.pipeline.answers.counts()), (calls, (1, 1)));
    let mut errand = house.errand(job_caseworker(), LONG);
    let handle = errand.handle.to_string();
    let another = "f".repeat(handle.len());
    errand.handle = another.as_str().into();
    let (body, etag) = under(&house, errand).await;
    assert_eq!(body, first.0.replace(&handle, &another), "the handle alone is another");
    assert_ne!(etag, first.1);
    assert_eq!(house.pipeline.answers.counts(), (1, 2));
    let hash = crate::hex(digest::digest(&digest::SHA256, body.as_bytes()).as_ref());
    let entries = house.entries();
    assert_eq!(house.phases(), ["intended", "completed"].repeat(4));
    let last = entries.last().expect("an entry");
    assert_eq!((last.body_hash.as_deref(), etag.trim_matches('"')), (Some(hash.as_str()), hash.as_str()));
    assert_eq!((last.shown.len(), last.decided.is_some()), (1, true));
    for two in entries.chunks(2) {
        assert_eq!((two[0].attempt, two[0].citizen), (two[1].attempt, two[1].citizen));
    }
}

#[tokio::test]
async fn what_a_source_told_since_is_in_the_next_answer() {
    let house = Box::pin(warm()).await;
    let before = asked(&house, job_caseworker()).await;
    house.scripted.answers("sbsys", vec![plan("sbsys", "1"), plan("sbsys", "2")]);
    house.scripted.clock.advance(SignedDuration::from_secs(10));
    // Somebody else asks anew.
    let anew = Errand { no_cache: true, ..house.errand(Caller::invented("az10077", &["child_caseworker"]), LONG) };
    let _ = house.pipeline.overview(&anew).await;
    let after = asked(&house, job_caseworker()).await;
    assert_ne!(before.1, after.1);
    assert_eq!(house.pipeline.answers.counts(), (2, 0));
}

#[tokio::test]
async fn an_answer_is_kept_for_a_minute_after_it_was_last_given() {
    let house = Box::pin(warm()).await;
    for (seconds, counts) in [(0, (1, 0)), (59, (1, 1)), (59, (1, 2)), (60, (2, 2))] {
        house.scripted.clock.advance(SignedDuration::from_secs(seconds));
        asked(&house, job_caseworker()).await;
        assert_eq!(house.pipeline.answers.counts(), counts, "after {seconds} s more");
    }
    // A clock that was set back keeps nothing.
    house.scripted.clock.advance(SignedDuration::from_secs(-30));
    asked(&house, job_caseworker()).await;
    assert_eq!(house.pipeline.answers.counts().1, 2);
}

#[tokio::test]
async fn nobody_gets_what_was_made_for_another_caller_or_another_question() {
    let house = Box::pin(warm()).await;
    asked(&house, job_caseworker()).await;
    let known = house.pipeline.answers.counts();
    assert_eq!(known, (1, 0));
    let stranger = job_caseworker().in_unit("JSY", "JSY-YDELSE");
    let (body, _) = asked(&house, stranger).await;
    assert!(!body.contains("\"own_case\""), "the same employee in another unit has no case here");
    let shared = Errand { is_shared: true, ..house.errand(job_caseworker(), LONG) };
    under(&house, shared).await;
    let mut other_case = house.errand(job_caseworker(), LONG);
    other_case.question.case_ref = Some("2026-1".to_owned());
    under(&house, other_case).await;
    assert_eq!(house.pipeline.answers.counts().1, 0, "none of them is a repeat");
}

#[tokio::test]
async fn what_shows_nothing_or_has_to_be_asked_goes_the_long_way() {
    let house = House::new();
    let nobody = || house.errand(Caller::invented("az10099", &["caseworker"]), LONG);
    for _ in 0..3 {
        under(&house, nobody()).await;
    }
    assert_eq!(house.pipeline.answers.counts(), (0, 0), "an empty answer");
    let house = Box::pin(warm()).await;
    house.scripted.clock.advance(SignedDuration::from_secs(601));
    house.scripted.adapter("sbsys").is_down(SourceErrorKind::Unavailable);
    asked(&house, job_caseworker()).await;
    assert_eq!(house.pipeline.answers.counts(), (0, 0), "a source has to be asked");
}

#[tokio::test]
async fn nothing_leaves_from_memory_either_when_the_log_takes_no_entry() {
    let house = Box::pin(warm()).await;
    asked(&house, job_caseworker()).await;
    house.pipeline.audit.log().close().await;
    let refusal = house.pipeline.overview(&house.errand(job_caseworker(), LONG)).await.expect_err("nothing leaves");
    assert_eq!(refusal, Refusal::AuditUnavailable);
    assert!(
        !house.entries().iter().any(|entry| serde_json::to_string(entry).expect("JSON").contains(citizen().expose()))
    );
}
