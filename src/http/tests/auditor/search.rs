//! Who looked at whom, why, and what was shown.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::super::house::{House, look_up, number, post};
use super::about;
use crate::audit::Phase;

#[tokio::test]
async fn one_row_tells_who_whom_when_why_what_was_shown_and_what_was_not() {
    let house = House::open().await;
    house.look_up("benefit-officer", "claus").await;
    let rows = house.found(about("claus")).await;
    assert_eq!(rows.len(), 1, "a look-up and its answer are one row");
    let row = &rows[0];
    assert_eq!(row["employee"], "az10003");
    assert_eq!((&row["unit"], &row["department"]), (&json!("JSY-YDELSE"), &json!("JSY")));
    assert_eq!((&row["roles"], &row["purpose"]), (&json!(["benefit_officer"]), &json!("own_case")));
    assert_eq!((&row["case_ref"], &row["criterion"]), (&json!("2026-001234"), &json!("cpr")));
    assert_eq!((&row["state"], &row["status"], &row["kind"]), (&json!("completed"), &json!(200), &json!("look_up")));
    assert_eq!(row["sources"].as_array().map(Vec::len), Some(7));
    let shown = row["shown"].as_array().expect("a list");
    assert_eq!(shown.len(), 2, "the citizen's own block, and one case: {shown:?}");
    let is_own = |item: &Value| item["basis"].as_str().is_some_and(|basis| basis.starts_with("own_case"));
    assert!(shown.iter().all(is_own), "{shown:?}");
    assert!(row["withheld"].as_object().is_some(), "{row}");
    assert!(row["policy_hash"].as_str().is_some_and(|hash| hash.len() == 64) && row["duration_ms"].is_number());
    assert_eq!(row["entries"], json!([1, 2]));
    assert_eq!(row["citizen"].as_str().map(str::len), Some(32), "a pseudonym");
    for told in ["Claus", number("claus"), "Rusmiddel"] {
        assert!(!row.to_string().contains(told), "{told}");
    }
}

#[tokio::test]
async fn the_question_is_on_record_before_its_answer_by_criteria_and_pseudonym() {
    let house = House::open().await;
    house.look_up("benefit-officer", "claus").await;
    house.found(json!({"cpr": number("claus"), "employee": "az10003", "flags": ["unexplained"]})).await;
    let entries = house.entries();
    let (look_up, question) = (&entries[0], entries.last().expect("an entry"));
    assert_eq!((question.phase, question.route.as_str()), (Phase::Recorded, "POST /v1/audit/search"));
    assert_eq!(question.caller.as_ref().expect("a caller").employee, "az10012");
    let event = question.event.as_ref().expect("an event");
    assert_eq!(
        (event.what.as_str(), event.facts["criteria"].as_str()),
        ("audit_searched", "unexplained citizen employee")
    );
    assert_eq!(question.citizen, look_up.citizen);
    assert!(!serde_json::to_string(question).expect("JSON").contains("az10003"));
    let questions = house.found(json!({"cpr": number("claus"), "kind": "use"})).await;
    assert_eq!(questions[1]["event"]["what"], "audit_searched", "who audits is audited");
}

#[tokio::test]
async fn the_five_kinds_of_look_ups_that_an_auditor_asks_for_first_are_told_apart() {
    let house = House::open().await;
    house.look_up("benefit-officer", "claus").await; // explained by a case of the unit
    house.look_up("caseworker-child", "claus").await; // by nothing
    house.look_up("benefit-officer", "henrik").await; // oneself
    let token = house.token("benefit-officer");
    house.send(look_up(&token, "claus", "find_colleague")).await; // refused
    house.send(post(Some(&token), &json!({"cpr": "1"}))).await; // refused before anybody knew about whom
    house.clock.advance(SignedDuration::from_hours(4 * 24 + 14)); // a Saturday night
    house.look_up("benefit-officer", "claus").await;
    let flagged = async |flag: &str| {
        let rows = house.found(json!({ "flags": [flag] })).await;
        rows.iter().map(|row| row["employee"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(flagged("unexplained").await, ["az10003", "az10006"]);
    assert_eq!(flagged("oneself").await, ["az10003"]);
    assert_eq!(flagged("refused").await, ["az10003", "az10003"]);
    assert_eq!(flagged("outside_hours").await, ["az10003"]);
    assert!(flagged("emergency").await.is_empty());
    let repeats = house.found(json!({ "repeats": 2 })).await;
    assert_eq!(repeats.len(), 1);
    assert_eq!((&repeats[0]["repeats"], &repeats[0]["employee"]), (&json!(2), &json!("az10003")));
    let of_unit = house.found(json!({"unit": "BFF-MYND", "purpose": "own_case"})).await;
    assert_eq!(of_unit.len(), 1);
}

#[tokio::test]
async fn a_citizen_with_two_numbers_is_found_by_either() {
    let house = House::open().await;
    for who in ["yusuf", "6702979979"] {
        house.look_up("caseworker-jobcenter", who).await;
    }
    let attempts = |rows: Vec<Value>| rows.iter().map(|row| row["attempt"].clone()).collect::<Vec<_>>();
    let in_force = attempts(house.found(about("yusuf")).await);
    assert_eq!(in_force.len(), 2);
    assert_eq!(in_force, attempts(house.found(about("6702979979")).await), "by his replacement number");
}

#[tokio::test]
async fn pages_follow_each_other_and_each_look_up_stands_on_one_of_them() {
    let house = House::open().await;
    for who in ["claus", "kirsten", "claus", "bent", "claus"] {
        house.look_up("benefit-officer", who).await;
    }
    let mut body = json!({"find": {"employee": "AZ10003"}, "limit": 2});
    let mut seen = Vec::new();
    loop {
        let page = house.auditor_asks("search", &body).await;
        let rows = page["look_ups"].as_array().expect("a list").clone();
        assert!(rows.len() <= 2);
        seen.extend(rows.iter().map(|row| row["attempt"].to_string()));
        let Some(next) = page["next"].as_str() else { break };
        body["after"] = json!(next);
    }
    assert_eq!(seen.len(), 5);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn a_look_up_whose_answer_never_came_is_said_to_be_abandoned() {
    let house = House::open().await;
    let audit = house.app.audit();
    let caller = crate::access::Caller::invented("az10003", &["benefit_officer"]);
    let request = crate::audit::Request { route: "POST /v1/overviews", trace_id: "0".repeat(32).into() };
    let question = crate::testing::question();
    let access = crate::access::Access::new(&crate::testing::config());
    let citizen = crate::testing::pseudonyms().of(&question.citizen);
    let decision = access.authorize(&caller, &question, citizen);
    let attempt = audit.open(&request, &caller, &question, &citizen, &decision).await.expect("let in");
    drop(attempt);
    let rows = house.found(json!({ "flags": ["abandoned"] })).await;
    assert_eq!((rows.len(), &rows[0]["state"], &rows[0]["error"]), (1, &json!("abandoned"), &json!("abandoned")));
}
