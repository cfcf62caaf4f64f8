//! Situation 1: Claus, 22, as the people around him see him.

use serde_json::json;

use super::callers::SHELTER;
use super::{MSB, provenance};
use crate::http::tests::house::{House, items};

#[tokio::test]
async fn situation_1_claus_and_his_coordinator() {
    let house = House::open().await;
    let seen = house.situation("claus").as_seen_by("coordinator-youth").await;
    seen.says_to_call("Karen Prøve", "coordinator", "one coordinator stands first, with a number")
        .shows("job_plan", "she is named as its coordinator")
        .shows("youth_guidance", "it is her own case; two systems have it, and it is shown once")
        .shows_in_all(2, "being coordinator opens nothing by itself: there is no consent yet")
        .hides(&["cash_benefit", "education_benefit", "shelter_110"], "she is no actor on them")
        .hides(&["substance_101"], "that somebody is treated for substance use is health data")
        .mentions("contact", "Job, Sundhed og Ydelse", "a benefit case may be told of, with a number to call")
        .mentions("existence", MSB, "a stay at a shelter may be told of, under a name that tells nothing");
    assert_eq!(provenance(&seen.item("youth_guidance")), ["sbsys", "case_index"]);
    assert_eq!(seen.overview["call_first"]["call"], json!({"number": "+45 00 00 10 01", "kind": "direct"}));
    assert_eq!(seen.overview["actors"][0]["name"], "Karen Prøve");
    assert_eq!(seen.actor("az10001")["name"], "Karen Prøve", "three systems and two spellings, one colleague");
}

#[tokio::test]
async fn situation_1_claus_and_the_benefit_officer_down_the_hall_from_his_treatment() {
    let house = House::open().await;
    let seen = house.situation("claus").as_seen_by("benefit-officer").await;
    seen.shows("cash_benefit", "he is its caseworker")
        .shows_in_all(1, "belonging to the same department as the treatment gives nothing")
        .hides(
            &["substance_101"],
            "no unit, law, subject, title, name or number of the treatment is anywhere in the answer",
        )
        .hides(&["shelter_110", "job_plan", "youth_guidance"], "others' cases are told of at most, never shown");
    assert_eq!(seen.overview["hidden_by_window"], 1, "his own unit's old case is counted, not shown");
    let words = serde_json::to_string(&seen.overview["groups"]).expect("JSON").to_lowercase();
    for word in ["rusmid", "misbrug", "stof", "behandl", "27.39", "§ 101"] {
        assert!(!words.contains(word), "`{word}` tells of the treatment");
    }
}

#[tokio::test]
async fn situation_1_claus_and_those_who_treat_him() {
    let house = House::open().await;
    let seen = house.situation("claus").as_seen_by("provider-substance").await;
    seen.shows("substance_101", "it is their own effort")
        .shows_in_all(2, "the effort, and that a case granted it")
        .hides(&["cash_benefit", "job_plan", "youth_guidance", "shelter_110"], "a provider sees own efforts only")
        .says_to_call("Lotte Prøve", "primary_caseworker", "the authority that granted the effort has a name");
    let all = items(&seen.overview);
    let granting = all.iter().find(|item| item["basis"]["own"] == "granting").expect("the granting case");
    let mut fields: Vec<&String> = granting.as_object().expect("an item").keys().collect();
    fields.sort();
    assert_eq!(
        fields,
        ["access", "actors", "basis", "department", "id"],
        "that it exists and in which department, and the people on it; nothing else"
    );
    assert_eq!(seen.item("substance_101")["relations"], json!([{"kind": "granted_by", "item": granting["id"]}]));
}

#[tokio::test]
async fn situation_1_claus_will_move_into_the_shelter_and_has_not_yet() {
    let house = House::open().await;
    let seen = house.situation("claus").seen_by(&SHELTER).await;
    seen.shows("shelter_110", "the shelter knows that he comes")
        .hides(&["substance_101"], "and not what else he needs");
    let stay = seen.item("shelter_110");
    assert_eq!((&stay["phase"]["code"], &stay["opened"]["value"]), (&json!("future"), &json!("2026-12-15")));
}

#[tokio::test]
async fn situation_1_claus_has_a_name_for_those_who_work_with_him_and_for_nobody_else() {
    let house = House::open().await;
    for caller in ["coordinator-youth", "benefit-officer"] {
        let plain = house.situation("claus").as_seen_by(caller).await;
        plain
            .names_the_citizen("open", "who works with him sees whom the answer is about")
            .closes_the_address("an address is closed for every role until it is asked for with a reason");
        assert_eq!(plain.overview["citizen"]["age"], 22, "his age, not his birthday");
        let asked = house.situation("claus").with_a_reason().as_seen_by(caller).await;
        asked.tells_the_address("he is not protected, and the role may ask");
    }
    let provider = house.situation("claus").with_a_reason().as_seen_by("provider-substance").await;
    provider
        .names_the_citizen("open", "those who treat him know whom they treat")
        .closes_the_address("a provider's role never has an address, whatever the reason");
    for caller in ["caseworker-jobcenter", "caseworker-child"] {
        let seen = house.situation("claus").with_a_reason().with_the_family().as_seen_by(caller).await;
        seen.shows_nothing("a department alone gives nothing, and a reason gives no case")
            .says_nothing_about("claus", "not even his name");
    }
}
