//! What of consents is told to nobody, or only to those whom it concerns, and what is sent back.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::house::{Answer, House, NOBODY, get, items, number, world};
use super::{TREATMENT, answer, path, to, yes};
use crate::audit::Phase;

#[tokio::test]
async fn what_is_not_theirs_looks_like_what_does_not_exist() {
    let house = House::open().await;
    let consent = house.recorded("coordinator-youth", &yes("kirsten")).await;
    let body = json!({"by": "citizen", "form": "oral"});
    let others = house.post("caseworker-adult", &path(&consent, "revoke"), &body).await;
    let unknown =
        house.post("caseworker-adult", "/v1/consents/01938a7e-0000-7000-8000-000000000000/revoke", &body).await;
    let garbled = house.post("caseworker-adult", "/v1/consents/1/revoke", &body).await;
    let own = json!([{"who": "citizen"}]);
    let wrong_citizen = house.post("coordinator-youth", &path(&consent, "join"), &answer("ole", &own, "given")).await;
    let without_trace = |answer: &Answer| {
        let mut problem = answer.json();
        problem["instance"].take();
        (answer.status, problem)
    };
    for answer in [&unknown, &garbled, &wrong_citizen] {
        assert_eq!(without_trace(answer), without_trace(&others));
    }
    assert_eq!(others.problem(), "consent-unknown");
}

#[tokio::test]
async fn what_is_no_consent_is_sent_back_in_our_own_words() {
    let house = House::open().await;
    let with = |field: &str, value: Value| {
        let mut body = yes("kirsten");
        body[field] = value;
        body
    };
    let refused = [
        (with("categories", json!(["all"])), "general-consent"),
        (with("from", json!(["MSB"])), "general-consent"),
        (with("categories", json!(["child_report"])), "category-closed"),
        (with("case_ref", json!("0101019999")), "personal-number-in-text"),
        (with("evidence", json!("note om 010101-9999")), "personal-number-in-text"),
        (with("purpose", json!("own_case")), "purpose-without-consent"),
        (with("purpose", json!("holistic_plan")), "purpose-without-consent"),
        (with("to", json!(["VJH-MYND"])), "not-own-unit"),
        (with("given_at", json!("2026-11-24T09:00:01+01:00")), "given-later"),
        (with("valid_to", json!("2027-11-23")), "valid-to"),
        (with("by", json!([{"who": "custodian"}])), "givers"),
        (with("by", json!([])), "givers"),
        (with("form", json!("by pigeon")), "invalid-body"),
        (with("handle", json!("0")), "invalid-body"),
        (with("cpr", json!("9999999999")), "invalid-cpr"),
        (with("note", json!("Borgeren sagde …")), "invalid-body"),
    ];
    for (body, code) in refused {
        let answer = house.post("coordinator-youth", "/v1/consents", &body).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, code), "{body}");
        for echo in ["010101-9999", "9999999999", "pigeon"] {
            assert!(!answer.text().contains(echo), "{}", answer.text());
        }
    }
    assert!(house.found("coordinator-youth", &json!({"cpr": number("kirsten")})).await.is_empty());
}

#[tokio::test]
async fn a_number_that_nobody_has_is_recorded_and_looks_like_that_of_anybody() {
    let house = House::open().await;
    let shape = |mut consent: Value| {
        for one in consent["history"].as_array_mut().expect("a history") {
            one["recorded_at"].take();
        }
        consent["id"].take();
        consent
    };
    let nobody = shape(house.recorded("coordinator-youth", &yes(NOBODY)).await);
    for who in ["kirsten", "ole", "signe", "mikkel"] {
        assert_eq!(shape(house.recorded("coordinator-youth", &yes(who)).await), nobody, "{who}");
    }
    assert_eq!((nobody.get("in_force"), nobody.get("why_not")), (None, None));
    // A look-up that shows nothing is no better than a number.
    let handle = house.handle("coordinator-youth", NOBODY).await;
    let by_look_up = house.found("coordinator-youth", &json!({"handle": handle})).await;
    assert_eq!(shape(by_look_up[0].clone()), nobody);
}

#[tokio::test]
async fn the_register_is_not_asked_before_that_it_will_be_is_on_record() {
    let house = House::open().await;
    let register = house.town.server("persons").expect("the register");
    register.take_recorded();
    house.app.audit().log().close().await;
    for (path, body) in [
        ("/v1/consents", yes("kirsten")),
        ("/v1/consents/search", json!({"cpr": number("kirsten")})),
        (
            "/v1/consents/01938a7e-0000-7000-8000-000000000000/join",
            answer("kirsten", &json!([{"who": "citizen"}]), "given"),
        ),
    ] {
        let answer = house.post("coordinator-youth", path, &body).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (StatusCode::SERVICE_UNAVAILABLE, "audit-unavailable"),
            "{path}"
        );
    }
    assert!(register.take_recorded().is_empty(), "no question without its entry");
}

#[tokio::test]
async fn a_refusal_is_taken_back_by_nobody_of_the_household_and_not_without_the_citizen() {
    let house = House::open().await;
    let mut body = yes("lone");
    (body["answer"], body["to"], body["from"]) = (json!("refused"), json!(["JVS-JOB"]), json!(["UUJ-KOORD"]));
    let refused = house.recorded("coordinator-youth", &body).await;
    let mut withdrawal = json!({"by": "citizen", "form": "oral", "evidence": "NOTAT-9"});
    let without = house.post("caseworker-jobcenter", &path(&refused, "revoke"), &withdrawal).await;
    assert_eq!(without.problem(), "refusal-needs-citizen");
    withdrawal["cpr"] = json!(number("lone"));
    // Lone's former husband.
    let barred = house.post("caseworker-jobcenter", &path(&refused, "revoke"), &withdrawal).await;
    assert_eq!((barred.status, barred.problem().as_str()), (StatusCode::FORBIDDEN, "barred"));
    let taken_back = house.post("coordinator-youth", &path(&refused, "revoke"), &withdrawal).await;
    assert_eq!((taken_back.status, &taken_back.json()["state"]), (StatusCode::OK, &json!("withdrawn")));
}

#[tokio::test]
async fn a_silent_register_lets_a_withdrawal_through_and_nothing_else_that_it_could_bar() {
    let house = House::open().await;
    let consent = house
        .recorded("caseworker-jobcenter", &{
            let mut body = yes("kirsten");
            (body["from"], body["to"]) = (json!(["JSY-YDELSE"]), json!(["JVS-JOB"]));
            body
        })
        .await;
    house.town.server("persons").expect("the register").faults().set(None, "503".parse().expect("a fault"));
    house.clock.advance(jiff::SignedDuration::from_hours(24));
    // He is a citizen of the town himself: whether she is close to him, nobody can say now.
    let mut body = yes("ole");
    body["to"] = json!(["JVS-JOB"]);
    let barred = house.post("caseworker-jobcenter", "/v1/consents", &body).await;
    assert_eq!((barred.status, barred.problem().as_str()), (StatusCode::FORBIDDEN, "barred"));
    let revoked = house
        .post("caseworker-jobcenter", &path(&consent, "revoke"), &json!({"by": "citizen", "form": "digital"}))
        .await;
    assert_eq!((revoked.status, &revoked.json()["state"]), (StatusCode::OK, &json!("withdrawn")));
}

#[tokio::test]
async fn a_look_up_s_handle_names_the_citizen_to_its_caller_alone() {
    let house = House::open().await;
    let location = house.look_up("coordinator-youth", "claus").await.location().to_owned();
    let handle = location.rsplit('/').next().expect("a handle");
    let by = json!({"handle": handle});
    assert_eq!(house.found("coordinator-youth", &by).await.len(), 1, "his consent of a month ago");
    let other = house.post("consent-registrar", "/v1/consents/search", &by).await;
    assert_eq!((other.status, other.problem().as_str()), (StatusCode::NOT_FOUND, "handle-unknown"));
    for both in
        [json!({}), json!({"handle": handle, "case_ref": "DEMO-1"}), json!({"cpr": number("claus"), "handle": handle})]
    {
        let answer = house.post("coordinator-youth", "/v1/consents/search", &both).await;
        assert_eq!(answer.problem(), "invalid-body", "{both}");
    }
}

#[tokio::test]
async fn the_named_citizens_have_said_what_the_demo_says_they_have() {
    let house = House::open().await;
    let states = async |caller: &str, who: &str| {
        // Of her own case, or of what the consent opens.
        let own = house.handle(caller, who).await;
        let body = json!({"cpr": number(who), "purpose": "coordination", "case_ref": "DEMO-1"});
        let shared = house.post_to(caller, "/v1/overviews", &body).await.location().to_owned();
        let shared = shared.rsplit('/').next().expect("a handle").to_owned();
        let mut found = house.found(caller, &json!({"handle": own})).await;
        if found.iter().any(|one| one["in_force"].is_null()) {
            found = house.found(caller, &json!({"handle": shared})).await;
        }
        found.iter().map(|one| (one["state"].clone(), one["in_force"].clone())).collect::<Vec<_>>()
    };
    let (yes, waits, no) =
        ((json!("given"), json!(true)), (json!("requested"), json!(false)), (json!("refused"), json!(false)));
    assert_eq!(states("coordinator-youth", "claus").await, std::slice::from_ref(&yes));
    for (who, state) in [("amina", &yes), ("mikkel", &no), ("freja", &no)] {
        assert_eq!(states("caseworker-child", who).await, std::slice::from_ref(state), "{who}");
    }
    // Told as it is to whoever sees something of the child; to all others like anybody's.
    let like_anybody_s = (json!("given"), json!(null));
    for (who, state) in [("yasin", &yes), ("sara", &yes), ("adam", &waits)] {
        let told = states("caseworker-child", who).await;
        assert!(
            told == std::slice::from_ref(state) || told == std::slice::from_ref(&like_anybody_s),
            "{who}: {told:?}"
        );
    }
    let told = house.found("caseworker-jobcenter", &json!({"cpr": number("bent")})).await;
    assert_eq!(told[0].as_object().expect("a consent").len(), 5, "neither what he refused nor from whom: {told:?}");
    assert_eq!((&told[0]["state"], &told[0]["from"]), (&json!("refused"), &json!([])));
    assert_eq!(states("caseworker-jobcenter", "sara").await, []);
    assert_eq!(states("caseworker-adult", "signe").await, [yes]);
    // To the midnight before her birthday, 28 April 2027.
    house.clock.advance(jiff::SignedDuration::from_hours(24 * 154 + 13));
    let at_eleven = states("caseworker-adult", "signe").await;
    house.clock.advance(jiff::SignedDuration::from_hours(1));
    assert_eq!(at_eleven[0].1, json!(true));
    assert_ne!(states("caseworker-adult", "signe").await[0].1, json!(true));
}

#[tokio::test]
async fn situation_1_a_consent_that_a_case_system_holds_is_told_and_not_recorded_again() {
    let house = House::open().await;
    let row = world().cases().iter().find(|row| row.citizen == number("claus") && !row.consents.is_empty());
    let row = row.expect("an effort with a consent");
    let reference = row.consents[0].to_string();
    let seen = house.look_up("provider-substance", "claus").await.overview();
    let shown = items(&seen).into_iter().find(|item| item["consents"].is_array()).expect("the treatment");
    assert_eq!(shown["consents"][0]["reference"], reference.as_str());
    assert!(shown["consents"][0]["text"].as_str().is_some_and(|text| text.starts_with("Der ligger et samtykke i ")));
    let others = house.look_up("coordinator-youth", "claus").await.overview();
    assert!(!others.to_string().contains(&reference), "whoever does not see the effort is told of no consent");

    let mut body = yes("claus");
    (body["from"], body["to"]) = (json!(["SUV-FORSORG"]), json!(["JSY-RUS"]));
    let own_case = row.number.as_ref().or(row.user_key.as_ref()).expect("a number");
    body["case_ref"] = json!(own_case);
    let token = house.token_of(&TREATMENT);
    let held = house.send(to("/v1/consents", Some(&token), &body)).await;
    assert_eq!((held.status, held.problem().as_str()), (StatusCode::CONFLICT, "already-held"));
    assert!(held.text().contains(&reference), "{}", held.text());
    let told: Vec<_> =
        house.entries().into_iter().rev().find(|entry| entry.phase == Phase::Completed).expect("an entry").shown;
    assert_eq!(told.iter().map(|item| item.classes.join(" ")).collect::<Vec<_>>(), ["relation"]);
    body["is_another"] = json!(true);
    assert_eq!(house.send(to("/v1/consents", Some(&token), &body)).await.status, StatusCode::CREATED);
    body["is_another"] = json!(false);
    body["case_ref"] = json!("2026-000001");
    assert_eq!(house.send(to("/v1/consents", Some(&token), &body)).await.status, StatusCode::CREATED, "another case");
}

#[tokio::test]
async fn only_who_records_consents_is_let_in_and_without_a_ledger_nobody() {
    let house = House::open().await;
    for caller in ["benefit-officer", "auditor", "operator", "leader-jobcenter"] {
        let answer = house.post(caller, "/v1/consents", &yes("kirsten")).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::FORBIDDEN, "not-for-role"), "{caller}");
    }
    let without = House::open_with(&[], |config| config.service.consents.file = None).await;
    let answer = without.post("coordinator-youth", "/v1/consents", &yes("kirsten")).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "consents-not-configured")
    );
    assert!(without.look_up("coordinator-youth", "claus").await.status.is_success(), "overviews go on");
    let page = house.send(get("/openapi.json", None, &[])).await.json();
    assert!(page["paths"]["/v1/consents/{id}/revoke"]["post"].is_object());
}
