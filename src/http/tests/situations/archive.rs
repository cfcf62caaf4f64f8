//! Situation 12: Ole with 872 cases, and Ingrid, whom another authority knows.

use super::callers::caller;
use crate::http::tests::house::{House, NOBODY, items};

#[tokio::test]
async fn situation_12_ole_has_many_cases_and_few_that_matter_now() {
    let house = House::open().await;
    let seen = house.situation("ole").as_seen_by("caseworker-adult").await;
    let hidden = seen.overview["hidden_by_window"].as_u64().expect("a number");
    assert!(hidden > 100, "most are long over");
    assert!(seen.overview["hidden_by_window_text"].as_str().is_some_and(|text| text.contains(&hidden.to_string())));
    let shown = items(&seen.overview);
    assert!(shown.len() < 50, "and {} are shown", shown.len());
    for item in &shown {
        let (status, phase) = (&item["status"]["value"]["normal"], &item["phase"]["code"]);
        assert_eq!(status == "void", phase == "void", "a case opened by mistake is never shown as closed: {item}");
    }
    let phases: Vec<&str> = shown.iter().filter_map(|item| item["phase"]["code"].as_str()).collect();
    let running = phases.iter().take_while(|phase| **phase == "active").count();
    assert!(phases[running..].iter().all(|phase| *phase != "active"), "running cases first: {phases:?}");
    let benefit = house.situation("ole").as_seen_by("benefit-officer").await;
    assert_ne!(benefit.overview["hidden_by_window"], hidden, "only rows that the caller could see are counted");
}

#[tokio::test]
async fn situation_12_ingrid_is_known_to_health_and_care_only() {
    let house = House::open().await;
    for caller in ["caseworker-jobcenter", "caseworker-adult", "benefit-officer", "provider-support"] {
        let nobody = house.situation(NOBODY).as_seen_by(caller).await;
        let ingrid = house.situation("ingrid").as_seen_by(caller).await;
        ingrid
            .shows_nothing("another authority's citizen")
            .looks_exactly_like(&nobody, "she cannot be told from a number that nobody has");
    }
}

#[tokio::test]
async fn situation_12_ingrid_cannot_be_told_from_an_unknown_number_whatever_is_asked_for() {
    let house = House::open().await;
    for by in ["caseworker-jobcenter", "caseworker-child", "coordinator-youth", "provider-substance"] {
        let nobody = house.situation(NOBODY).with_a_reason().with_the_family().as_seen_by(by).await;
        let ingrid = house.situation("ingrid").with_a_reason().with_the_family().as_seen_by(by).await;
        ingrid.looks_exactly_like(&nobody, "neither name, address nor family");
        assert!(house.bars_of_last_answer().is_empty(), "that her protection is not known is no alarm");
    }
}

#[tokio::test]
async fn situation_12_ingrid_s_unknown_protection_counts_as_protected_for_her_nurse() {
    let house = House::open().await;
    let nurse = caller("nurse", "az10037", ("MSO", "MSO-SUND"), &["caseworker"]);
    let seen = house.situation("ingrid").seen_by(&nurse).await;
    seen.shows_in_all(2, "both are her unit's").closes_the_name("unknown", "what is not known closes");
    let asked = house.situation("ingrid").with_a_reason().seen_by(&nurse).await;
    asked.names_the_citizen("unknown", "she works on a case in person and asks with a reason");
}
