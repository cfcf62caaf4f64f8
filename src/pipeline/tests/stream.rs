//! The answer in parts: what is held, what is written down, and that the last part is the plain answer.

use aws_lc_rs::digest;
use glasplade_adapters::contract::Sensitivity;
use serde_json::Value;
use tokio::sync::mpsc::Receiver;
use uuid::Uuid;

use super::{LONG, SBSYS, plan};
use crate::access::Refusal;
use crate::pipeline::StreamEvent;
use crate::testing::house::House;
use crate::testing::{Vary as _, job_caseworker, row};

/// The next event: its name, its bytes.
async fn next(events: &mut Receiver<StreamEvent>) -> Option<(&'static str, Vec<u8>)> {
    match events.recv().await? {
        StreamEvent::Partial(disclosure) => Some(("partial", disclosure.into_parts().0.to_vec())),
        StreamEvent::Overview(disclosure) => Some(("overview", disclosure.into_parts().0.to_vec())),
        StreamEvent::Refused(refusal) => Some(("refused", refusal.code().as_bytes().to_vec())),
    }
}

async fn rest(events: &mut Receiver<StreamEvent>) -> Vec<(&'static str, Vec<u8>)> {
    let mut all = Vec::new();
    while let Some(event) = next(events).await {
        all.push(event);
    }
    all
}

/// The titles of an event's items.
fn titles(bytes: &[u8]) -> Vec<String> {
    let event: Value = serde_json::from_slice(bytes).expect("an event is JSON");
    let items = event["items"].as_array().expect("items");
    items.iter().map(|item| item["title"]["value"].as_str().unwrap_or_default().to_owned()).collect()
}

fn titled(source: &str, id: &str) -> glasplade_adapters::contract::Record {
    plan(source, id).with(|row| row.title = Some(format!("{source} {id}")))
}

#[tokio::test]
async fn rows_that_the_index_could_raise_wait_for_it_and_others_do_not() {
    let house = House::new();
    house.scripted.answers("sbsys", vec![titled("sbsys", "1")]);
    house.scripted.answers("oio", vec![titled("oio", "2")]);
    house.scripted.answers("case_index", vec![row("case_index", "i").in_unit("301").law("LAB").master("nexus")]);
    for id in ["case_index", "dubu"] {
        house.scripted.adapter(id).hold();
    }
    let mut events = house.pipeline.stream(house.errand(job_caseworker(), LONG)).await.expect("a stream");
    house.scripted.adapter("case_index").was_called(1).await;
    while house.scripted.sources.iter().any(|source| {
        let id = source.id.as_str();
        !matches!(id, "case_index" | "dubu") && source.health().answered == 0
    }) {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.phases(), ["intended"], "both are indexed in the demo");
    house.scripted.adapter("case_index").release();
    let (name, bytes) = next(&mut events).await.expect("an event");
    assert_eq!(name, "partial");
    assert_eq!(titles(&bytes).len(), 3, "all that was held comes with the index");
    house.scripted.adapter("dubu").release();
    assert_eq!(rest(&mut events).await.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["overview"]);
}

#[tokio::test]
async fn every_event_is_written_down_with_the_hash_of_its_bytes_before_it_comes() {
    let house = House::new();
    house.scripted.answers("sbsys", vec![titled("sbsys", "1")]);
    house.scripted.answers("dubu", vec![titled("dubu", "2")]);
    for id in ["dubu", "fasit"] {
        house.scripted.adapter(id).hold();
    }
    let mut events = house.pipeline.stream(house.errand(job_caseworker(), LONG)).await.expect("a stream");
    let first = next(&mut events).await.expect("an event").1;
    assert_eq!(titles(&first), ["sbsys 1"]);
    assert_eq!(house.phases(), ["intended", "event"]);
    house.scripted.adapter("dubu").release();
    let second = next(&mut events).await.expect("an event").1;
    assert_eq!(titles(&second), ["dubu 2"], "what was sent and has not changed is not sent again");
    house.scripted.adapter("fasit").release();
    let last = rest(&mut events).await;
    assert_eq!(house.phases(), ["intended", "event", "event", "completed"]);
    let hash = |bytes: &[u8]| Some(crate::hex(digest::digest(&digest::SHA256, bytes).as_ref()));
    let entries = house.entries();
    assert_eq!(entries[1].body_hash, hash(&first));
    assert_eq!(entries[2].body_hash, hash(&second));
    assert_eq!(entries[3].body_hash, hash(&last[0].1));
    assert_eq!((entries[1].shown.len(), entries[2].shown.len(), entries[3].shown.len()), (1, 1, 2));
    assert!(entries.iter().all(|entry| entry.attempt == entries[0].attempt));
}

/// A row that only the index knows to be screened is in no event, however the sources come.
async fn never_shown(sbsys: glasplade_adapters::contract::Record, index: glasplade_adapters::contract::Record) {
    for (slow, unmapped) in [("case_index", false), ("case_index", true), ("sbsys", false), ("fasit", false)] {
        let house = if unmapped {
            House::with(|config| config.sources.source[0].index_system_ids.clear())
        } else {
            House::new()
        };
        house.scripted.answers("sbsys", vec![sbsys.clone(), titled("sbsys", "open")]);
        house.scripted.answers("case_index", vec![index.clone()]);
        house.scripted.adapter(slow).hold();
        let mut events = house.pipeline.stream(house.errand(job_caseworker(), LONG)).await.expect("a stream");
        house.scripted.adapter(slow).was_called(1).await;
        while house.scripted.sources.iter().any(|one| one.id.as_str() != slow && one.health().answered == 0) {
            tokio::task::yield_now().await;
        }
        house.scripted.adapter(slow).release();
        let all = rest(&mut events).await;
        assert_eq!(all.last().map(|(name, _)| *name), Some("overview"));
        for (_, bytes) in all {
            let text = String::from_utf8(bytes).expect("text");
            assert!(!text.contains("sbsys hidden"), "{slow} last, unmapped {unmapped}: {text}");
        }
    }
}

#[tokio::test]
async fn a_row_that_the_index_screens_is_in_no_event_whoever_comes_last() {
    let index = row("case_index", "i").uuid(1).master(SBSYS).with(|row| row.screened_to = vec![Uuid::from_u128(9)]);
    Box::pin(never_shown(titled("sbsys", "hidden").uuid(1), index)).await;
}

#[tokio::test]
async fn a_row_that_the_index_puts_at_the_highest_level_is_in_no_event_whoever_comes_last() {
    let index = row("case_index", "i").uuid(1).with(|row| row.sensitivity = Some(Sensitivity::Screened));
    Box::pin(never_shown(titled("sbsys", "hidden").uuid(1), index)).await;
}

#[tokio::test]
async fn whoever_goes_away_leaves_an_abandoned_attempt() {
    let house = House::new();
    house.scripted.answers("sbsys", vec![titled("sbsys", "1")]);
    house.scripted.adapter("sbsys").hold();
    let events = house.pipeline.stream(house.errand(job_caseworker(), LONG)).await.expect("a stream");
    house.scripted.adapter("sbsys").was_called(1).await;
    drop(events);
    house.scripted.adapter("sbsys").release();
    while house.pipeline.audit.log().durable_seq() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.phases(), ["intended", "abandoned"]);
}

#[tokio::test]
async fn the_last_event_is_the_plain_answer_byte_for_byte() {
    let house = House::new();
    house.scripted.answers("sbsys", vec![titled("sbsys", "1")]);
    house.scripted.answers("oio", vec![titled("oio", "2")]);
    house.pipeline.overview(&house.errand(job_caseworker(), LONG)).await.expect("it warms the memory");
    let plain = house.pipeline.overview(&house.errand(job_caseworker(), LONG)).await.expect("an answer");
    let mut events = house.pipeline.stream(house.errand(job_caseworker(), LONG)).await.expect("a stream");
    let (name, last) = rest(&mut events).await.pop().expect("a last event");
    assert_eq!(name, "overview");
    assert_eq!(last, plain.into_parts().0);
}

#[tokio::test]
async fn a_refusal_comes_before_the_stream_and_an_audit_that_fails_ends_it() {
    let house = House::new();
    let mut errand = house.errand(job_caseworker(), LONG);
    errand.question.purpose = "curiosity".to_owned();
    assert_eq!(house.pipeline.stream(errand).await.expect_err("refused"), Refusal::PurposeUnknown);
    house.scripted.adapter("sbsys").hold();
    house.scripted.answers("sbsys", vec![titled("sbsys", "1")]);
    let mut events = house.pipeline.stream(house.errand(job_caseworker(), LONG)).await.expect("a stream");
    house.scripted.adapter("sbsys").was_called(1).await;
    house.pipeline.audit.log().close().await;
    house.scripted.adapter("sbsys").release();
    assert_eq!(rest(&mut events).await, [("refused", b"audit-unavailable".to_vec())]);
}
