//! The plain answer: what is written down, when, and when an empty answer leaves.

use std::time::Duration;

use super::{LONG, plan};
use crate::access::{Caller, Question, Refusal};
use crate::audit::Disclosure;
use crate::pipeline::Errand;
use crate::sources::Deadline;
use crate::testing::house::House;
use crate::testing::{Vary as _, citizen, job_caseworker};

fn text(disclosure: Disclosure) -> String {
    String::from_utf8(disclosure.into_parts().0.to_vec()).expect("an answer is text")
}

/// What is wrong with a question.
type Change = fn(&mut Question);

#[tokio::test]
async fn a_refusal_is_written_down_and_no_source_is_asked() {
    let house = House::new();
    let asked = |change: Change| {
        let mut errand = house.errand(job_caseworker(), LONG);
        change(&mut errand.question);
        errand
    };
    let wrong: [(Change, Refusal); 7] = [
        (|question| question.purpose = "curiosity".to_owned(), Refusal::PurposeUnknown),
        (|question| question.purpose = "find_colleague".to_owned(), Refusal::PurposeOff),
        (|question| question.purpose = "management".to_owned(), Refusal::PurposeNotForRole),
        (|question| question.case_ref = None, Refusal::CaseReferenceMissing),
        (|question| question.reason = Some("for kort".to_owned()), Refusal::ReasonTooShort),
        (|question| question.case_ref = Some("010101-9999".to_owned()), Refusal::PersonalNumberInText("case_ref")),
        (|question| question.purpose = "emergency".to_owned(), Refusal::EmergencyIncomplete),
    ];
    for (change, wanted) in wrong {
        let refusal = house.pipeline.overview(&asked(change)).await.expect_err("refused");
        assert_eq!(refusal, wanted);
        let entry = house.entries().pop().expect("an entry");
        assert_eq!((entry.phase.as_str(), entry.error.as_deref()), ("refused", Some(wanted.code())));
        assert!(entry.caller.is_some() && entry.citizen.is_some());
    }
    assert_eq!(house.phases(), ["refused"; 7]);
    assert_eq!(house.scripted.calls(), [0; 5]);
    let kept = serde_json::to_string(&house.entries()).expect("entries are JSON");
    assert!(!kept.contains("010101") && !kept.contains("curiosity"), "what was mistyped is not kept");
}

#[tokio::test]
async fn without_an_audit_there_is_no_answer_and_no_source_is_asked() {
    let house = House::new();
    house.pipeline.audit.log().close().await;
    let refusal = house.pipeline.overview(&house.errand(job_caseworker(), LONG)).await.expect_err("refused");
    assert_eq!(refusal, Refusal::AuditUnavailable);
    assert_eq!(house.scripted.calls(), [0; 5]);
}

#[tokio::test]
async fn an_audit_that_fails_midway_keeps_the_answer_back() {
    let house = House::new();
    house.scripted.answers("sbsys", vec![plan("sbsys", "1")]);
    house.scripted.adapter("sbsys").hold();
    let errand = house.errand(job_caseworker(), LONG);
    let fails = async {
        house.scripted.adapter("sbsys").was_called(1).await;
        house.pipeline.audit.log().close().await;
        house.scripted.adapter("sbsys").release();
    };
    let (answer, ()) = tokio::join!(house.pipeline.overview(&errand), fails);
    assert_eq!(answer.expect_err("nothing leaves"), Refusal::AuditUnavailable);
}

#[tokio::test]
async fn the_intention_is_durable_before_a_source_is_asked_and_the_answer_before_it_leaves() {
    let house = House::new();
    house.scripted.answers("sbsys", vec![plan("sbsys", "1")]);
    house.scripted.adapter("sbsys").hold();
    let errand = house.errand(job_caseworker(), LONG);
    let look = async {
        house.scripted.adapter("sbsys").was_called(1).await;
        assert_eq!(house.pipeline.audit.log().durable_seq(), 1);
        assert_eq!(house.phases(), ["intended"]);
        house.scripted.adapter("sbsys").release();
    };
    let (answer, ()) = tokio::join!(house.pipeline.overview(&errand), look);
    assert_eq!(house.phases(), ["intended", "completed"]);
    let (_, etag, _) = answer.expect("an answer").into_parts();
    let completed = house.entries().pop().expect("an entry");
    assert_eq!(completed.body_hash.map(|hash| format!("\"{hash}\"")), Some(etag));
    assert_eq!((completed.shown.len(), completed.shown[0].basis.as_str()), (1, "own_case"));
    assert_eq!(
        completed.sources.iter().map(|source| source.rows).collect::<Vec<_>>(),
        [Some(1), Some(0), Some(0), Some(0), Some(0), Some(0)]
    );
    let kept = serde_json::to_string(&house.entries()).expect("entries are JSON");
    assert!(!kept.contains(citizen().expose()));
}

#[tokio::test]
async fn whoever_has_the_answer_already_gets_no_body_and_it_is_written_down() {
    let house = House::new();
    house.scripted.answers("sbsys", vec![plan("sbsys", "1")]);
    house.pipeline.overview(&house.errand(job_caseworker(), LONG)).await.expect("an answer that warms the memory");
    let again = || house.errand(job_caseworker(), LONG);
    let (_, etag, _) = house.pipeline.overview(&again()).await.expect("an answer").into_parts();
    let known = Errand { if_none_match: Some(format!("\"other\", W/{etag}")), ..again() };
    let (body, _, not_modified) = house.pipeline.overview(&known).await.expect("an answer").into_parts();
    assert!(not_modified && body.is_empty());
    assert_eq!(house.entries().pop().expect("an entry").status, Some(304));
}

/// How long the answer took, in paused time, where SBSYS is so slow.
async fn takes(house: &House, caller: Caller, slow: Option<Duration>) -> (Duration, String) {
    takes_within(house, house.errand(caller, Duration::from_secs(1)), slow).await
}

async fn takes_within(house: &House, errand: Errand, slow: Option<Duration>) -> (Duration, String) {
    let start = Deadline::after(Duration::ZERO).instant();
    let sbsys = house.scripted.adapter("sbsys");
    let calls = sbsys.calls();
    if slow.is_some() {
        sbsys.hold();
    }
    let thinks = async {
        if let Some(time) = slow {
            sbsys.was_called(calls + 1).await;
            tokio::time::advance(time).await;
            sbsys.release();
        }
    };
    let (answer, ()) = tokio::join!(house.pipeline.overview(&errand), thinks);
    (Deadline::after(Duration::ZERO).instant() - start, text(answer.expect("an answer")))
}

fn is_about(took: Duration, milliseconds: u64) {
    let wanted = Duration::from_millis(milliseconds);
    assert!(took >= wanted && took < wanted + Duration::from_millis(5), "{took:?}, not {wanted:?}");
}

#[tokio::test(start_paused = true)]
async fn an_empty_answer_waits_for_the_floor_whether_unknown_or_denied() {
    let unknown = House::with_a_floor();
    let (took, nothing) = takes(&unknown, job_caseworker(), None).await;
    is_about(took, 400);
    let denied = House::with_a_floor();
    denied.scripted.answers("sbsys", vec![plan("sbsys", "1").in_unit("203")]);
    let (took, hidden) = takes(&denied, job_caseworker(), None).await;
    is_about(took, 400);
    assert_eq!(nothing, hidden, "the same bytes, too");
}

#[tokio::test(start_paused = true)]
async fn an_empty_answer_that_is_late_for_the_floor_waits_for_the_deadline() {
    let (took, _) = takes(&House::with_a_floor(), job_caseworker(), Some(Duration::from_millis(600))).await;
    is_about(took, 1000);
}

#[tokio::test(start_paused = true)]
async fn an_answer_with_something_in_it_does_not_wait() {
    let house = House::with_a_floor();
    house.scripted.answers("sbsys", vec![plan("sbsys", "1")]);
    let (took, _) = takes(&house, job_caseworker(), None).await;
    is_about(took, 0);
}

/// SBSYS holds nothing of the citizen that the caller may see: a report of the highest level, or nothing at all.
fn hidden(is_known: bool) -> House {
    let house = House::with_a_floor();
    if is_known {
        house.scripted.answers("sbsys", vec![plan("sbsys", "1").in_unit("501").law("barnets lov § 133")]);
    }
    house
}

#[tokio::test(start_paused = true)]
async fn an_empty_answer_leaves_at_the_same_moment_whether_its_rows_are_kept_or_not() {
    for (first, second, wanted) in [(0, 100, 400), (134, 0, 1000), (134, 134, 1000), (600, 300, 1000)] {
        for is_known in [false, true] {
            let house = hidden(is_known);
            takes(&house, job_caseworker(), Some(Duration::from_millis(first))).await;
            // Nobody's number is answered from memory; what is of the highest level is asked for again.
            let again = is_known.then(|| Duration::from_millis(second));
            let (took, _) = takes(&house, job_caseworker(), again).await;
            is_about(took, wanted);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_deadline_does_not_shorten_the_floor_and_tells_of_no_source() {
    let mut answers = Vec::new();
    for is_known in [false, true] {
        let house = hidden(is_known);
        takes(&house, job_caseworker(), None).await;
        let errand = Errand { is_hasty: true, ..house.errand(job_caseworker(), Duration::from_millis(1)) };
        let (took, answer) = takes_within(&house, errand, is_known.then(|| Duration::from_millis(2))).await;
        is_about(took, 400);
        answers.push(answer);
    }
    assert_eq!(answers[0], answers[1]);
}
