//! Situations 6 and 11: what an emergency opens to the social duty officer, and what it never does.

use serde_json::Value;

use crate::http::tests::house::{House, items};

fn bases(overview: &Value) -> Vec<String> {
    items(overview).iter().filter_map(|item| Some(item["basis"]["code"].as_str()?.to_owned())).collect()
}

#[tokio::test]
async fn situation_11_tom_at_night_the_duty_officer_sees_whom_to_call() {
    let house = House::open().await;
    let seen = house.situation("tom").in_an_emergency().as_seen_by("on-call").await;
    seen.shows("adult_assessment", "somebody in daylight works with him")
        .shows("support_contact_99", "mental health is level 2: open while there is danger to life");
    assert!(bases(&seen.overview).iter().all(|basis| basis == "emergency"), "every item says on what it is shown");
    assert!(seen.overview["emergency"]["text"].as_str().is_some_and(|text| text.contains("Din leder får besked nu")));
    assert!(seen.overview["citizen"]["name"].is_string(), "the officer must know who it is");
    assert!(seen.overview["citizen"].get("address").is_none(), "an address is never opened by an emergency");
}

#[tokio::test]
async fn situation_11_without_an_emergency_the_duty_officer_s_role_opens_nothing() {
    let house = House::open().await;
    let refused = house.look_up("on-call", "tom").await;
    assert_eq!(refused.problem(), "purpose-not-for-role");
}

#[tokio::test]
async fn situation_6_lone_s_address_and_name_stay_closed_in_an_emergency_and_what_is_screened_does_too() {
    let house = House::open().await;
    let seen = house.situation("lone").with_a_reason().in_an_emergency().as_seen_by("on-call").await;
    seen.shows("job_plan", "her employment case is level 1")
        .hides(&["adult_assessment"], "the index screens it: closed on every ground, the strictest counts");
    let citizen = &seen.overview["citizen"];
    assert!(citizen.get("address").is_none() && citizen.get("name").is_none(), "protected stays protected: {citizen}");
    seen.says_nothing_about("lone", "neither her name nor where she lives");
}

#[tokio::test]
async fn situation_6_her_former_husband_opens_no_emergency_about_her() {
    let house = House::open().await;
    let refused = house.open_emergency("caseworker-jobcenter", "lone").await;
    assert_eq!(refused.problem(), "purpose-not-for-role", "nobody has given him the right");
}

#[tokio::test]
async fn situation_5_an_emergency_never_opens_a_child_report() {
    let house = House::open().await;
    let seen = house.situation("mikkel").in_an_emergency().as_seen_by("on-call").await;
    seen.hides(&["child_report"], "the highest level stays closed");
}
