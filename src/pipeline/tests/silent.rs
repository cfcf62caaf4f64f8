//! A source that could make a case stricter and does not answer: the whole path.

use glasplade_adapters::contract::{Fetched, SourceErrorKind};
use serde_json::Value;

use super::register::json;
use super::{LONG, SBSYS, plan};
use crate::pipeline::{Errand, StreamEvent};
use crate::testing::house::House;
use crate::testing::{Vary as _, job_caseworker, row};

/// An own case, a case of another unit that a category lets others know of, and one that only the index tells of.
fn house() -> House {
    let house = House::new();
    house.scripted.answers("sbsys", vec![plan("sbsys", "1"), row("sbsys", "2").in_unit("102").law("ungeindsatsloven")]);
    house
}

async fn ask(house: &House, change: impl FnOnce(&mut Errand)) -> (usize, usize) {
    let mut errand = house.errand(job_caseworker(), LONG);
    errand.no_cache = true;
    change(&mut errand);
    told(&json(house.pipeline.overview(&errand).await.expect("an answer")))
}

/// How many items and notices.
fn told(answer: &Value) -> (usize, usize) {
    let groups = answer["groups"].as_object().expect("groups");
    let count = |key: &str| groups.values().map(|group| group[key].as_array().map_or(0, Vec::len)).sum();
    (count("items"), count("notices"))
}

#[tokio::test]
async fn an_index_that_is_down_or_incomplete_leaves_own_cases_and_tells_of_no_others() {
    let house = house();
    assert_eq!(ask(&house, |_| {}).await, (1, 1));
    let incomplete = house_with_incomplete_index();
    assert_eq!(ask(&incomplete, |_| {}).await, (1, 0), "the row that is missing may be the one that screens");
    let down = self::house();
    down.scripted.adapter("case_index").is_down(SourceErrorKind::Unavailable);
    assert_eq!(ask(&down, |_| {}).await, (1, 0));
    assert_eq!(ask(&down, |errand| errand.is_hasty = true).await, (1, 0), "it would have failed whatever the time");
    let decided = down.entries().into_iter().rev().find_map(|entry| entry.decided).expect("what was decided");
    assert!(decided.items.iter().all(|item| item.input.strictness_unknown), "the audit knows it");
    assert_eq!(decided.replay(down.pipeline.access.now().engine()), []);
}

#[tokio::test]
async fn an_index_that_the_caller_left_no_time_closes_own_cases_too() {
    let house = house();
    house.scripted.adapter("case_index").is_down(SourceErrorKind::TimedOut);
    assert_eq!(ask(&house, |_| {}).await, (1, 0));
    assert_eq!(ask(&house, |errand| errand.is_hasty = true).await, (0, 0), "a short deadline takes no screening away");
}

fn house_with_incomplete_index() -> House {
    let house = house();
    house.scripted.answers("case_index", Fetched { records: Vec::new(), unreadable: 1, cut_short: false });
    house
}

#[tokio::test]
async fn an_index_that_answered_a_while_ago_still_counts() {
    let house = house();
    assert_eq!(ask(&house, |_| {}).await, (1, 1));
    house.scripted.adapter("case_index").is_down(SourceErrorKind::Unavailable);
    house.scripted.clock.advance(jiff::SignedDuration::from_secs(700));
    assert_eq!(ask(&house, |_| {}).await, (1, 1));
}

#[tokio::test]
async fn a_case_of_which_only_the_index_tells_waits_for_its_owner_in_a_stream_too() {
    let house = House::new();
    house.scripted.answers("fasit", vec![plan("fasit", "1")]);
    let other = row("case_index", "i").in_unit("102").law("ungeindsatsloven").master(SBSYS);
    house.scripted.answers("case_index", vec![other]);
    assert_eq!(ask(&house, |_| {}).await, (1, 1));
    house.scripted.adapter("sbsys").is_down(SourceErrorKind::Forbidden);
    house.scripted.clock.advance(jiff::SignedDuration::from_hours(5));
    let mut events = house.pipeline.stream(house.errand(job_caseworker(), LONG)).await.expect("a stream");
    let mut last = None;
    while let Some(event) = events.recv().await {
        last = Some(event);
    }
    let Some(StreamEvent::Overview(last)) = last else { panic!("the last event is the overview") };
    assert_eq!(told(&json(last)), (1, 0));
}
