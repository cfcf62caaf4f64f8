//! The citizen's insight: held until a person has released it, without staff, with coded exclusions.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::house::{House, number};
use super::about;
use crate::audit::Phase;

fn prepare(who: &str, by: &str, exclude: &Value) -> Value {
    json!({"prepare": {"cpr": number(who), "requested_by": by, "exclude": exclude}})
}

fn release(prepared: &Value) -> Value {
    json!({"release": {"id": prepared["id"], "checked_third_parties": true}})
}

#[tokio::test]
async fn the_citizen_is_told_what_when_why_and_by_which_unit_and_never_by_whom() {
    let house = House::open().await;
    for _ in 0..3 {
        house.look_up("benefit-officer", "claus").await;
    }
    house.look_up("coordinator-youth", "claus").await;
    let prepared = house.officer(prepare("claus", "citizen", &json!([]))).await.overview();
    assert_eq!((&prepared["state"], &prepared["lines"]), (&json!("prepared"), &json!(2)));
    assert!(prepared["document"].is_null(), "held until somebody releases it");
    let released = house.officer(release(&prepared)).await.overview();
    assert_eq!(released["sha256"], prepared["sha256"]);
    let document = &released["document"];
    let line = &document["lines"][0];
    assert_eq!((&line["times"], &line["day"]), (&json!(3), &json!("2026-11-24")));
    assert_eq!(line["purpose"], "Behandling af egen sag");
    assert!(line["recipient"].as_str().is_some_and(|unit| unit.contains("Job, Sundhed og Ydelse")), "{line}");
    assert!(line["what"].as_array().is_some_and(|what| what.contains(&json!("dit navn og din alder"))), "{line}");
    assert!(line["sources"].as_array().is_some_and(|sources| sources.len() == 7), "{line}");
    let text = document.to_string();
    assert!(text.contains("13 måneder") && text.contains("Datatilsynet"));
    for secret in ["az10003", "az10001", "Karen", "2026-001234", number("claus"), "Rusmiddel"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn both_steps_are_in_the_log_and_what_was_prepared_is_what_is_released() {
    let house = House::open().await;
    house.look_up("benefit-officer", "claus").await;
    let prepared = house.officer(prepare("claus", "citizen", &json!([]))).await.overview();
    // What came later is not in what was prepared.
    house.clock.advance(jiff::SignedDuration::from_secs(60));
    house.look_up("caseworker-child", "claus").await;
    let released = house.officer(release(&prepared)).await.overview();
    assert_eq!(released["document"]["lines"].as_array().map(Vec::len), Some(1));
    let entries = house.entries();
    let events: Vec<_> = entries.iter().filter(|entry| entry.phase == Phase::Recorded).collect();
    let told: Vec<_> = events.iter().map(|entry| entry.event.as_ref().expect("an event")).collect();
    assert_eq!(
        told.iter().map(|event| event.what.as_str()).collect::<Vec<_>>(),
        ["extract_prepared", "extract_released"]
    );
    assert!(told.iter().all(|event| event.id.map(|id| json!(id.to_string())) == Some(prepared["id"].clone())));
    assert!(events.iter().all(|entry| entry.citizen == entries[0].citizen && entry.caller.is_some()));
    assert_eq!(house.look_ups_found(json!({"cpr": number("claus"), "kind": "record"})).await.len(), 2);
}

#[tokio::test]
async fn situation_5_a_parent_s_request_for_mikkel_is_held_and_a_report_stays_out() {
    let house = House::open().await;
    house.look_up("caseworker-child", "mikkel").await;
    house.clock.advance(jiff::SignedDuration::from_hours(24));
    house.look_up("caseworker-child", "mikkel").await;
    let prepared = house.officer(prepare("mikkel", "parent", &json!([]))).await.overview();
    assert_eq!((&prepared["requested_by"], &prepared["lines"]), (&json!("parent"), &json!(2)));
    let attempt = prepared["to_check"][1]["attempt"].clone();
    let exclude =
        json!([{"attempt": attempt, "code": "child_report", "reason": "Opslaget fulgte af en underretning."}]);
    let again = house.officer(prepare("mikkel", "parent", &exclude)).await.overview();
    assert_eq!((&again["lines"], &again["to_check"][1]["excluded"]), (&json!(1), &json!("child_report")));
    let unchecked = json!({"release": {"id": again["id"], "checked_third_parties": false}});
    assert_eq!(house.officer(unchecked).await.status, StatusCode::UNPROCESSABLE_ENTITY, "a person must have looked");
    let released = house.officer(release(&again)).await.overview();
    let text = released["document"].to_string();
    assert_eq!(released["document"]["lines"].as_array().map(Vec::len), Some(1));
    assert!(!text.contains("underretning") && !text.contains("child_report"), "nothing tells what was left out");
    let whole = house.officer(release(&prepared)).await.overview();
    assert_eq!(whole["document"]["notes"], released["document"]["notes"], "not even that something was");
}

#[tokio::test]
async fn situation_6_lones_protection_is_put_before_the_officer() {
    let house = House::open().await;
    house.look_up("caseworker-jobcenter", "lone").await;
    let prepared = house.officer(prepare("lone", "representative", &json!([]))).await.overview();
    assert_eq!(prepared["state"], "prepared");
    assert_eq!(prepared["to_check"][0]["consider"], json!(["protection"]), "{prepared}");
    let row = &house.look_ups_found(about("lone")).await[0];
    assert!(row["flags"].as_array().is_some_and(|flags| flags.contains(&json!("protected"))));
    let exclude = json!([{"attempt": row["attempt"], "code": "protection", "reason": "Enheden røber hendes kommune."}]);
    let held = house.officer(prepare("lone", "representative", &exclude)).await.overview();
    let released = house.officer(release(&held)).await.overview();
    assert_eq!(released["document"]["lines"], json!([]));
}

#[tokio::test]
async fn an_extract_that_nobody_prepared_or_that_cannot_be_asked_for_is_not_given() {
    let house = House::open().await;
    let unknown = json!({"release": {"id": "00000000-0000-7000-8000-000000000001", "checked_third_parties": true}});
    assert_eq!(house.officer(unknown).await.problem(), "extract-unknown");
    let mut both = prepare("claus", "citizen", &json!([]));
    both["release"] = json!({"id": "00000000-0000-7000-8000-000000000001", "checked_third_parties": true});
    let with_number = json!([{"attempt": "00000000-0000-7000-8000-000000000001", "code": "third_party", "reason": "Nævner 010101-9999 to gange"}]);
    for body in [json!({}), both, prepare("claus", "neighbour", &json!([])), prepare("claus", "citizen", &with_number)]
    {
        let answer = house.officer(body).await;
        assert_eq!((answer.status, &*answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-body"));
        assert!(!answer.text().contains("010101"));
    }
}
