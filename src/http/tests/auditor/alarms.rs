//! Alarms over HTTP: raised by what happens, followed up by a person, on record.

use http::StatusCode;
use serde_json::json;

use super::super::house::House;
use super::auditor;

#[tokio::test]
async fn what_somebody_must_hear_of_is_listed_at_once_and_followed_up_on_record() {
    let house = House::open().await;
    house.look_up("benefit-officer", "henrik").await; // himself
    house.clock.advance(jiff::SignedDuration::from_secs(1));
    house.look_up("caseworker-jobcenter", "henrik").await; // a colleague
    let page = house.auditor_asks("alarms/search", &json!({"state": "open"})).await;
    let alarms = page["alarms"].as_array().expect("a list");
    assert_eq!(
        alarms.iter().map(|alarm| alarm["kind"].as_str().expect("a kind")).collect::<Vec<_>>(),
        ["colleague", "oneself"]
    );
    assert_eq!(alarms[1]["act"]["employee"], "az10003", "the look-up stands with it");
    let path = format!("alarms/{}/follow-up", alarms[1]["id"].as_str().expect("an id"));
    let note = "Medarbejderen har slået sig selv op; lederen er orienteret.";
    let answer = house.asks(auditor(), &path, &json!({"state": "reported", "note": note})).await;
    assert_eq!(answer.overview()["state"], "reported");
    let open = house.auditor_asks("alarms/search", &json!({"state": "open"})).await;
    assert_eq!(open["alarms"].as_array().map(Vec::len), Some(1));
    let reported = house.auditor_asks("alarms/search", &json!({"state": "reported", "kind": "oneself"})).await;
    assert!(reported["alarms"][0]["followed_up"].is_string());
    let event =
        house.entries().into_iter().filter_map(|entry| entry.event).find(|event| event.what == "alarm_followed_up");
    assert_eq!(event.expect("on record").facts["note"], note);
}

#[tokio::test]
async fn an_alarm_that_is_none_or_a_note_that_says_nothing_is_refused() {
    let house = House::open().await;
    let path = "alarms/00000000-0000-8000-8000-000000000001/follow-up";
    let good = json!({"state": "explained", "note": "Set på det sammen med lederen."});
    let answer = house.asks(auditor(), path, &good).await;
    assert_eq!((answer.status, &*answer.problem()), (StatusCode::NOT_FOUND, "alarm-unknown"));
    assert_eq!(house.asks(auditor(), "alarms/x/follow-up", &good).await.problem(), "alarm-unknown");
    for body in [
        json!({"state": "explained"}),
        json!({"state": "ok", "note": "længere end ti tegn"}),
        json!({"state": "explained", "note": "kort"}),
    ] {
        assert_eq!(house.asks(auditor(), path, &body).await.problem(), "invalid-body");
    }
}

#[tokio::test]
async fn a_page_of_alarms_leads_to_the_next() {
    let house = House::open().await;
    for _ in 0..5 {
        house.look_up("benefit-officer", "henrik").await;
    }
    let first = house.auditor_asks("alarms/search", &json!({"limit": 3})).await;
    let second = house.auditor_asks("alarms/search", &json!({"limit": 3, "after": first["next"]})).await;
    let count = |page: &serde_json::Value| page["alarms"].as_array().map(Vec::len);
    assert_eq!((count(&first), count(&second), second["next"].is_null()), (Some(3), Some(2), true));
}
