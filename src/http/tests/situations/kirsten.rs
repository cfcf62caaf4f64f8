//! Situation 10: Kirsten, whose sources disagree, and whose caseworkers come and go.

use serde_json::{Value, json};

use super::callers::JOB_COLLEAGUE;
use super::sources;
use crate::demo::handles::HANDLES;
use crate::http::tests::house::{House, world};

#[tokio::test]
async fn situation_10_kirsten_and_sources_that_disagree() {
    let house = House::open().await;
    let adult = house.situation("kirsten").as_seen_by("caseworker-adult").await;
    adult.shows("companion_97", "his unit's case");
    let status = adult.item("companion_97")["status"].clone();
    assert_eq!((status["value"]["normal"].as_str(), sources(&status)), (Some("running"), vec!["sbsys"]));
    assert_eq!(status["others"][0]["value"]["normal"], "closed", "what the index says stands beside it");
    assert!(status["disagreement_text"].as_str().is_some_and(|text| text.contains("SBSYS") && text.contains("uenige")));

    let employment = house.situation("kirsten").as_seen_by("caseworker-jobcenter").await;
    let mentor = employment.item("mentor");
    assert_eq!(mentor["relations"][0]["item"], Value::Null, "the case that granted the effort is gone");
    assert!(mentor["relations"][0]["text"].is_string(), "and the answer says that it cannot be shown");
    let named: Vec<_> = employment.item("job_plan")["actors"].as_array().expect("actors").clone();
    assert_eq!(
        named.len(),
        2,
        "Fasit names the new caseworker, the index the old one: both stand there, with their source"
    );
}

#[tokio::test]
async fn situation_10_kirstens_caseworker_is_one_colleague_under_three_spellings() {
    let house = House::open().await;
    let seen = house.situation("kirsten").seen_by(&JOB_COLLEAGUE).await;
    for kind in ["job_plan", "single_payment", "cash_benefit"] {
        seen.shows(kind, "she is the caseworker in all three systems");
    }
    // Joined by her employee id, not by her name: `actor` wants exactly one.
    let found = seen.actor("az10014");
    assert_eq!(found["name"], "Anne-Mette Prøve", "the directory's spelling counts");
    let spelled = found["also_spelled"].as_array().map_or(0, Vec::len);
    assert_eq!(spelled, 3, "{found}");
    let cases = found["items"].as_array().expect("items").iter().filter(|part| part["role"] == "primary").count();
    assert_eq!(cases, 3);
}

#[tokio::test]
async fn situation_10_kirstens_caseworker_is_new_since_last_monday() {
    let house = House::open().await;
    let seen = house.situation("kirsten").as_seen_by("caseworker-jobcenter").await;
    let first = &seen.overview["call_first"];
    seen.says_to_call("Anne-Mette Prøve", "primary_caseworker", "there is no coordinator: the caseworker is called");
    assert_eq!((&first["is_new"], &first["since"]), (&json!(true), &json!("2026-11-23")), "the sources' own date");
    assert_eq!(first["text"], "Ny sagsbehandler siden 23. nov. 2026: Anne-Mette Prøve, +45 00 00 10 14.");
    assert_eq!(first["stand_in"]["name"], "Michael Test", "and who stands in for her");
}

#[tokio::test]
async fn situation_10_who_has_left_is_shown_as_such_with_somebody_to_call_instead() {
    let house = House::open().await;
    let seen = house.situation("kirsten").as_seen_by("caseworker-jobcenter").await;
    let torben = seen.actor("az10015");
    assert_eq!((&torben["name"], &torben["left"]), (&json!("Torben Test"), &json!(true)));
    assert_eq!(torben["left_text"], "Står ikke længere i medarbejderkataloget.");
    assert_eq!(torben["stand_in"]["name"], "Anne-Mette Prøve", "whoever stands in for him is in the directory");
    assert_eq!(
        (&torben["call"]["number"], &torben["call"]["kind"]),
        (&json!("+45 00 00 10 14"), &json!("stand_in")),
        "and is called instead"
    );
    assert!(torben["call"]["reason"].as_str().is_some_and(|why| why.contains("ikke længere")), "{torben}");
    assert_eq!(seen.actor("az10014")["left"], false);
}

#[tokio::test]
async fn situation_10_every_line_has_a_direct_phone_or_says_why_not() {
    let house = House::open().await;
    let demo = HANDLES
        .iter()
        .filter(|handle| ["caseworker-jobcenter", "benefit-officer", "caseworker-adult"].contains(&handle.name));
    let mut lines = 0;
    for caller in demo.chain([&JOB_COLLEAGUE]) {
        let seen = house.situation("kirsten").seen_by(caller).await;
        for actor in seen.overview["actors"].as_array().expect("actors") {
            let call = &actor["call"];
            let staff = actor["employee_id"].as_str().and_then(|id| world().staff_member(id));
            lines += 1;
            match staff.and_then(|staff| staff.phone.as_deref()) {
                Some(phone) => {
                    assert_eq!((&call["number"], &call["kind"]), (&json!(phone), &json!("direct")), "{actor:#}");
                }
                None => {
                    assert!(call["reason"].is_string(), "without a number of one's own the answer says why: {actor:#}");
                }
            }
        }
        assert!(!seen.overview["contact_pending"].as_bool().expect("a flag"), "the directory has answered");
    }
    assert!(lines >= 8, "{lines} lines");
}
