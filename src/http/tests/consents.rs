//! `/v1/consents` over the town: who may record, about whom, what it opens and closes, and what is written down.

mod hidden;

use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};

use super::house::{Answer, House, number};
use crate::audit::Phase;
use crate::demo::handles::Handle;

/// Henrik, who is `benefit-officer`, with the right to record in his own unit.
const HENRIK: Handle = Handle {
    name: "henrik-records",
    employee: "az10003",
    department: "JSY",
    unit: Some("JSY-YDELSE"),
    roles: &["benefit_officer", "consent_registrar"],
    kle: &["*"],
    sensitivity_max: 1,
};

/// The treatment's own worker, with the right to record in their unit.
const TREATMENT: Handle = Handle {
    name: "treatment-records",
    employee: "az10004",
    department: "JSY",
    unit: Some("JSY-RUS"),
    roles: &["provider_worker", "consent_registrar"],
    kle: &["27", "29"],
    sensitivity_max: 2,
};

/// `POST` to a route about consents.
pub(super) fn to(path: &str, token: Option<&str>, body: &Value) -> Request<Body> {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    let request = match token {
        Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        None => request,
    };
    request.body(Body::from(body.to_string())).expect("a request")
}

/// A grown-up's yes to the coordinator, as a portal sends it.
pub(super) fn yes(who: &str) -> Value {
    json!({
        "cpr": number(who), "answer": "given", "by": [{"who": "citizen"}], "case_ref": "2026-001234",
        "purpose": "coordination", "from": ["JSY-YDELSE", "SUV-FORSORG"], "to": ["UUJ-KOORD"],
        "categories": ["benefit", "homelessness"], "field_classes": ["existence", "core", "people"],
        "form": "oral", "evidence": "NOTAT-7", "text_version": "samtykke-2026-1", "given_at": "2026-11-23T10:00:00+01:00"
    })
}

/// A child's consent to the child authority, by these.
fn of_child(who: &str, by: &Value) -> Value {
    let mut body = yes(who);
    body["by"] = by.clone();
    (body["from"], body["to"]) = (json!(["MBU-SKOLE"]), json!(["BFF-MYND"]));
    body["categories"] = json!(["school_day_care"]);
    body
}

/// Only asked: the answer is to come.
pub(super) fn question(who: &str) -> Value {
    let mut body = yes(who);
    (body["answer"], body["by"]) = (json!("requested"), json!([]));
    body
}

/// The answer to it.
pub(super) fn answer(who: &str, by: &Value, answer: &str) -> Value {
    json!({
        "cpr": number(who), "answer": answer, "by": by, "form": "written", "evidence": "BREV-2",
        "text_version": "samtykke-2026-1", "given_at": "2026-11-24T08:00:00+01:00"
    })
}

impl House {
    async fn post(&self, caller: &str, path: &str, body: &Value) -> Answer {
        self.send(to(path, Some(&self.token(caller)), body)).await
    }

    /// Records, and tells the consent.
    async fn recorded(&self, caller: &str, body: &Value) -> Value {
        let answer = self.post(caller, "/v1/consents", body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        answer.json()
    }

    /// The handle of a look-up of the caller's own.
    async fn handle(&self, caller: &str, who: &str) -> String {
        let answer = self.look_up(caller, who).await;
        answer.location().rsplit('/').next().expect("a handle").to_owned()
    }

    async fn found(&self, caller: &str, by: &Value) -> Vec<Value> {
        let answer = self.post(caller, "/v1/consents/search", by).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()["consents"].as_array().expect("a list").clone()
    }
}

/// The same body, with the citizen named by this look-up instead of by number.
fn by_handle(mut body: Value, handle: &str) -> Value {
    body.as_object_mut().expect("a body").remove("cpr");
    body["handle"] = json!(handle);
    body
}

fn path(consent: &Value, act: &str) -> String {
    format!("/v1/consents/{}/{act}", consent["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_yes_is_recorded_with_a_text_for_the_journal_found_and_taken_back() {
    let house = House::open().await;
    let consent = house.recorded("coordinator-youth", &yes("kirsten")).await;
    assert_eq!((&consent["state"], consent.get("in_force")), (&json!("given"), None), "by number alone");
    assert!(consent["note"].as_str().is_some_and(|note| note.contains("folkeregisteret")), "{consent}");
    assert_eq!((&consent["still_wanted"], &consent["valid_to"]), (&json!([]), &json!("2027-11-22")));
    // It opens something, so that her look-up shows something of him.
    let handle = house.handle("coordinator-youth", "kirsten").await;
    let seen = house.found("coordinator-youth", &json!({"handle": handle})).await;
    assert_eq!((&seen[0]["in_force"], seen[0].get("note")), (&json!(true), None));
    let journal = consent["journal_text"]["da"].as_str().expect("a text");
    assert!(journal.starts_with("23. nov. 2026: Samtykke til deling er givet mundtligt af borgeren."), "{journal}");
    assert!(journal.contains("Hjemløshed og forsorg") && journal.contains("Ungekoordinering"), "{journal}");
    assert!(!consent.to_string().contains(number("kirsten")) && !consent.to_string().contains("Kirsten"), "{consent}");
    for by in [json!({"cpr": number("kirsten")}), json!({"case_ref": "2026-001234"})] {
        assert_eq!(house.found("consent-registrar", &by).await.len(), 1, "a colleague in the unit finds it");
        assert_eq!(house.found("caseworker-adult", &by).await.len(), 0, "another unit does not");
    }
    let by_case = house.found("consent-registrar", &json!({"case_ref": "2026-001234"})).await;
    let told: Vec<&String> = by_case[0].as_object().expect("a consent").keys().collect();
    assert_eq!(told, ["id", "state", "on", "from", "to"], "whoever the registrar may be to the citizen");
    assert_eq!((&by_case[0]["from"], &by_case[0]["to"][0]["code"]), (&json!([]), &json!("UUJ-KOORD")));
    let taken_back =
        house.post("consent-registrar", &path(&consent, "revoke"), &json!({"by": "citizen", "form": "oral"})).await;
    assert_eq!((taken_back.status, &taken_back.json()["state"]), (StatusCode::OK, &json!("withdrawn")));
    let again = house
        .post("coordinator-youth", &path(&consent, "join"), &answer("kirsten", &json!([{"who": "citizen"}]), "given"))
        .await;
    assert_eq!((again.status, again.problem().as_str()), (StatusCode::CONFLICT, "consent-not-open"));
}

#[tokio::test]
async fn every_event_is_in_the_audit_by_pseudonym_with_the_hash_of_what_the_ledger_keeps() {
    let house = House::open().await;
    let before = house.entries().len();
    let consent = house.recorded("coordinator-youth", &yes("kirsten")).await;
    house.post("coordinator-youth", &path(&consent, "revoke"), &json!({"why": "case_ended"})).await;
    let entries = house.entries();
    let new = &entries[before..];
    let phases: Vec<Phase> = new.iter().map(|entry| entry.phase).collect();
    let (looked, recorded) = ([Phase::Intended, Phase::Completed], [Phase::Recorded; 2]);
    assert_eq!(phases[0], Phase::Recorded, "before the register is asked");
    assert_eq!(new[0].event.as_ref().expect("an event").what, "consent_intended");
    assert_eq!((new[0].citizen, phases[1..].to_vec()), (new[3].citizen, [looked, recorded].concat()), "read first");
    let new = &new[3..];
    let whats: Vec<&str> = new.iter().map(|entry| entry.event.as_ref().expect("an event").what.as_str()).collect();
    assert_eq!(whats, ["consent_given", "consent_case_ended"]);
    for entry in new {
        let event = entry.event.as_ref().expect("an event");
        assert_eq!(
            (entry.phase, event.id.map(|id| id.to_string())),
            (Phase::Recorded, consent["id"].as_str().map(str::to_owned))
        );
        assert!(entry.citizen.is_some() && event.facts["sha256"].len() == 64);
        assert!(!serde_json::to_string(entry).expect("JSON").contains(number("kirsten")));
    }
    assert_eq!(new[0].citizen, new[1].citizen);
}

#[tokio::test]
async fn the_same_request_under_one_key_is_one_consent() {
    let house = House::open().await;
    let send = |body: Value| {
        let mut request = to("/v1/consents", Some(&house.token("coordinator-youth")), &body);
        request.headers_mut().insert("Idempotency-Key", "portal-7".parse().expect("a header"));
        house.send(request)
    };
    let (first, second) = (send(yes("kirsten")).await, send(yes("kirsten")).await);
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::OK));
    assert_eq!(first.json()["id"], second.json()["id"]);
    let other = send(yes("ole")).await;
    assert_eq!((other.status, other.problem().as_str()), (StatusCode::CONFLICT, "key-used-otherwise"));
    assert_eq!(house.found("coordinator-youth", &json!({"cpr": number("kirsten")})).await.len(), 1);
}

#[tokio::test]
async fn situation_5_one_custodian_s_yes_waits_for_the_other_and_the_other_s_no_ends_it() {
    let house = House::open().await;
    let mother = json!([{"who": "custodian", "holder": "mother"}]);
    let handle = house.handle("caseworker-child", "mikkel").await;
    let body = by_handle(of_child("mikkel", &mother), &handle);
    let consent = house.recorded("caseworker-child", &body).await;
    assert_eq!((&consent["state"], &consent["in_force"]), (&json!("requested"), &json!(false)));
    assert_eq!(consent["still_wanted"], json!([{"who": "custodian", "text": "far eller medmor (forældremyndighed)"}]));
    let father = json!([{"who": "custodian", "cpr": "131284-9979"}]);
    let no = by_handle(answer("mikkel", &father, "refused"), &handle);
    let joined = house.post("caseworker-child", &path(&consent, "join"), &no).await;
    assert_eq!((joined.status, &joined.json()["state"]), (StatusCode::OK, &json!("refused")));
    let second = house.recorded("caseworker-child", &body).await;
    let yes = by_handle(answer("mikkel", &father, "given"), &handle);
    let joined = house.post("caseworker-child", &path(&second, "join"), &yes).await;
    assert_eq!((&joined.json()["state"], &joined.json()["in_force"]), (&json!("given"), &json!(true)));
    let history = joined.json()["history"].clone();
    assert_eq!(
        (&history[0]["what"], &history[1]["what"], &history[1]["by"]),
        (&json!("given"), &json!("joined"), &json!(["custodian"]))
    );
    assert!(!joined.text().contains("1312849979") && !joined.text().contains("131284"), "no number of a parent");
}

#[tokio::test]
async fn situation_4_the_young_person_of_seventeen_is_wanted_beside_both_custodians() {
    let house = House::open().await;
    let both = json!([{"who": "custodian", "holder": "mother"}, {"who": "custodian", "holder": "father"}]);
    let handle = house.handle("caseworker-child", "signe").await;
    let consent = house.recorded("caseworker-child", &by_handle(of_child("signe", &both), &handle)).await;
    assert_eq!(consent["still_wanted"], json!([{"who": "citizen", "text": "borgeren"}]));
    let own = by_handle(answer("signe", &json!([{"who": "citizen"}]), "given"), &handle);
    let joined = house.post("caseworker-child", &path(&consent, "join"), &own).await.json();
    assert_eq!((&joined["state"], &joined["in_force"]), (&json!("given"), &json!(true)));
    let stranger = of_child("signe", &json!([{"who": "custodian", "cpr": number("bent")}]));
    let taken = house.recorded("caseworker-child", &stranger).await;
    assert!(taken["note"].is_string(), "whose answer counts is no answer to somebody who names a number");
    let refused = house.post("caseworker-child", "/v1/consents", &by_handle(stranger, &handle)).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "giver-may-not-answer")
    );
}

#[tokio::test]
async fn nobody_records_about_themselves_or_their_household_and_it_is_written_down() {
    let house = House::open().await;
    let mut own = yes("henrik");
    (own["from"], own["to"]) = (json!(["UUJ-UU"]), json!(["JSY-YDELSE"]));
    let barred = house.send(to("/v1/consents", Some(&house.token_of(&HENRIK)), &own)).await;
    // Lone's former husband, whom the register still names beside her.
    let mut former = yes("lone");
    former["to"] = json!(["JVS-JOB"]);
    let household = house.post("caseworker-jobcenter", "/v1/consents", &former).await;
    for answer in [&barred, &household] {
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::FORBIDDEN, "barred"));
    }
    let entries = house.entries();
    let bars: Vec<&str> =
        entries.iter().filter_map(|entry| entry.event.as_ref()?.facts.get("bars")).map(String::as_str).collect();
    assert_eq!(bars, ["oneself", "household"]);
    let by = json!({"cpr": number("lone")});
    assert!(house.found("caseworker-jobcenter", &by).await.is_empty(), "like somebody who has none");
    let recorded = house.recorded("coordinator-youth", &yes("henrik")).await;
    let revoke =
        to(&path(&recorded, "revoke"), Some(&house.token_of(&HENRIK)), &json!({"by": "citizen", "form": "oral"}));
    let revoked = house.send(revoke).await;
    assert_eq!((revoked.status, revoked.problem().as_str()), (StatusCode::NOT_FOUND, "consent-unknown"));
}
