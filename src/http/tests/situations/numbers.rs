//! Situations 8 and 9: Yusuf with two numbers, and two of one name and birthday.

use glasplade_adapters::fake::Fault;
use serde_json::json;

use super::callers::JOB_COLLEAGUE;
use crate::audit::{Phase, Query};
use crate::http::tests::house::{House, number};

/// Yusuf's replacement number.
const FORMER: &str = "6702979979";

#[tokio::test]
async fn situation_8_yusufs_numbers_are_one_person_because_the_register_says_so() {
    let house = House::open().await;
    let before = house.situation("yusuf").as_seen_by("caseworker-jobcenter").await;
    before
        .shows("job_plan", "filed under the number in force, leading zero and all")
        .shows_in_all(1, "the rest is old");
    assert_eq!(before.overview["hidden_by_window"], 0, "nobody has told of another number yet");
    let former = house.situation("6702979979").as_seen_by("caseworker-jobcenter").await;
    former.shows("job_plan", "the register says that the old number is his, too");
    assert_eq!(former.overview["hidden_by_window"], 1, "the integration case under the old number is past its window");
    let after = house.situation("yusuf").as_seen_by("caseworker-jobcenter").await;
    assert_eq!(after.overview["hidden_by_window"], 1, "and from then on the new number finds the old one's case");
}

#[tokio::test]
async fn situation_9_two_of_the_same_name_and_birthday() {
    let house = House::open().await;
    for (one, other, kind) in [("jens-a", "jens-b", "job_plan"), ("jens-b", "jens-a", "flex_job")] {
        let seen = house.situation(one).seen_by(&JOB_COLLEAGUE).await;
        seen.shows(kind, "his own employment case").tells_nothing_of(other, "two people are never one");
    }
}

#[tokio::test]
async fn situation_9_a_source_that_answers_with_the_other_jens_is_caught() {
    let house = House::open().await;
    for (at, source) in [(0, "sbsys"), (1, "fasit"), (3, "case_index")] {
        house.town.server(source).expect("a fake").faults().set(Some(number("jens-a")), Fault::AnotherCitizen);
        let seen = house.situation("jens-a").seen_by(&JOB_COLLEAGUE).await;
        seen.tells_nothing_of("jens-b", "what the source says about somebody else is dropped");
        let told = &seen.overview["sources"][at];
        assert_eq!((&told["id"], &told["state"]), (&json!(source), &json!("invalid")), "and the answer says so");
        assert_eq!(told["reason"], "wrong_citizen", "{told}");
        house.clock.advance(jiff::SignedDuration::from_mins(11));
    }
}

#[tokio::test]
async fn situation_8_yusuf_is_the_same_man_under_both_numbers() {
    let house = House::open().await;
    let former = house.situation(FORMER).as_seen_by("caseworker-jobcenter").await;
    let in_force = house.situation("yusuf").as_seen_by("caseworker-jobcenter").await;
    for seen in [&former, &in_force] {
        seen.shows("job_plan", "one person, one overview").names_the_citizen("open", "under the same name");
        assert!(!seen.overview.to_string().contains("2979979"), "neither number is anywhere in the answer");
    }
    assert_eq!(former.item("job_plan")["id"], in_force.item("job_plan")["id"], "the case has one id");
}

#[tokio::test]
async fn situation_8_the_auditor_finds_yusufs_look_ups_by_either_number() {
    let house = House::open().await;
    for who in ["yusuf", FORMER, "yusuf", "claus"] {
        house.situation(who).as_seen_by("caseworker-jobcenter").await;
    }
    let entries = house.entries();
    let answered: Vec<_> = entries.iter().filter(|entry| entry.phase == Phase::Completed).collect();
    let (in_force, former) = (answered[0].citizen, answered[1].citizen);
    assert_ne!(in_force, former, "a number is kept as a pseudonym of its own");
    let found = |citizen| {
        let query = Query { citizen, ..Query::look_ups() };
        let found = house.app.audit().index().search(&query).expect("a search");
        found.iter().map(|one| one.attempt).collect::<Vec<_>>()
    };
    assert_eq!(found(in_force).len(), 3, "all of his, and not Claus's");
    assert_eq!(found(in_force), found(former), "by whichever number is asked");
}

#[tokio::test]
async fn situation_9_each_jens_has_his_own_address_and_his_own_ids() {
    let house = House::open().await;
    let a = house.situation("jens-a").with_a_reason().seen_by(&JOB_COLLEAGUE).await;
    let b = house.situation("jens-b").with_a_reason().seen_by(&JOB_COLLEAGUE).await;
    for seen in [&a, &b] {
        seen.names_the_citizen("open", "the same name").tells_the_address("each at home where he lives");
        assert_eq!(seen.overview["citizen"]["age"], 63);
    }
    assert_ne!(a.overview["citizen"]["address"]["line"], b.overview["citizen"]["address"]["line"]);
    let ids = |seen: &crate::http::tests::told::Seen| -> Vec<String> {
        crate::http::tests::house::items(&seen.overview).iter().map(|item| item["id"].to_string()).collect()
    };
    assert!(ids(&a).iter().all(|id| !ids(&b).contains(id)));
}
