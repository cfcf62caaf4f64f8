//! [DK] nødadgang over HTTP: asked for, seen by the leader at once, judged, told to the citizen.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::house::{Answer, House, NOBODY, emergency, post};
use crate::audit::{AuditEntry, Phase};
use crate::config::UnitRow;

const SEARCH: &str = "/v1/emergencies/search";
const NOTE: &str = "Der var ingen akut fare den nat, og vi har talt om det";

async fn open() -> House {
    House::open().await
}

impl House {
    async fn search(&self, caller: &str, body: &Value) -> Vec<Value> {
        let answer = self.post_to(caller, SEARCH, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()["emergencies"].as_array().expect("a list").clone()
    }

    async fn judge(&self, caller: &str, id: &str, judgement: &str) -> Answer {
        let body = json!({"judgement": judgement, "note": NOTE});
        self.post_to(caller, &format!("/v1/emergencies/{id}/judgement"), &body).await
    }

    async fn notice(&self, caller: &str, id: &str, body: &Value) -> Answer {
        self.post_to(caller, &format!("/v1/emergencies/{id}/notice"), body).await
    }

    fn advance_days(&self, days: i64) {
        self.clock.advance(SignedDuration::from_hours(24 * days));
    }
}

fn id_of(answer: &Answer) -> String {
    answer.overview()["emergency"]["id"].as_str().expect("an id").to_owned()
}

fn events(entries: &[AuditEntry]) -> Vec<&str> {
    entries.iter().filter_map(|entry| Some(entry.event.as_ref()?.what.as_str())).collect()
}

#[tokio::test]
async fn an_emergency_is_on_record_before_anything_is_asked_with_code_and_reason() {
    let house = open().await;
    let answer = house.open_emergency("on-call", "tom").await;
    let told = &answer.overview()["emergency"];
    assert_eq!(told["ends_at"], "2026-11-24T09:00:00Z");
    assert_eq!(told["text"], "Du bruger nødadgang. Din leder får besked nu, og borgeren får som udgangspunkt besked.");
    let entries = house.entries();
    let phases: Vec<Phase> = entries.iter().map(|entry| entry.phase).collect();
    assert_eq!(phases, [Phase::Intended, Phase::Recorded, Phase::Completed]);
    for at in [0, 2] {
        let asked = entries[at].emergency.as_ref().expect("as it was asked");
        assert_eq!(
            (asked.code.as_str(), asked.reason.as_str()),
            ("life", "En anmelder frygter for borgerens liv i nat")
        );
    }
    let event = entries[1].event.as_ref().expect("an event");
    assert_eq!((event.what.as_str(), event.facts["code"].as_str()), ("emergency_opened", "life"));
    assert_eq!(entries[1].citizen, entries[0].citizen);
}

#[tokio::test]
async fn somebody_whom_nobody_knows_is_opened_and_told_of_in_the_same_way() {
    let house = open().await;
    let shape = |answer: &Answer| {
        let mut overview = answer.overview();
        (overview["id"], overview["emergency"]["id"]) = (Value::Null, Value::Null);
        overview["sources"] = Value::Null;
        overview
    };
    let nobody = house.open_emergency("on-call", NOBODY).await;
    assert_eq!(nobody.overview()["emergency"]["ends_at"], "2026-11-24T09:00:00Z");
    // Ingrid is known to health and care only, and whoever looks finds out as little by an emergency.
    let again = house.open_emergency("on-call", "0202029999").await;
    assert_eq!(shape(&nobody), shape(&again));
    assert_eq!(events(&house.entries()), ["emergency_opened", "emergency_opened"]);
    assert_eq!(house.search("leader-duty", &json!({})).await.len(), 2);
}

#[tokio::test]
async fn the_same_look_up_within_the_hour_goes_on_and_a_handle_is_of_no_use_afterwards() {
    let house = open().await;
    let first = house.open_emergency("on-call", "tom").await;
    house.clock.advance(SignedDuration::from_mins(50));
    let later = house.open_emergency("on-call", "tom").await;
    assert_eq!(id_of(&later), id_of(&first));
    let location = later.location().to_owned();
    house.clock.advance(SignedDuration::from_secs(599));
    assert_eq!(id_of(&house.repeat("on-call", &location, &[]).await), id_of(&first));
    house.clock.advance(SignedDuration::from_secs(1));
    let over = house.repeat("on-call", &location, &[]).await;
    assert_eq!((over.status, over.problem().as_str()), (StatusCode::FORBIDDEN, "emergency-over"));
    assert!(over.json()["detail"].as_str().is_some_and(|detail| detail.contains("POST /v1/overviews")));
    let entries = house.entries();
    let last = entries.last().expect("an entry");
    assert_eq!((last.phase, last.error.as_deref()), (Phase::Refused, Some("emergency-over")));
    assert_ne!(id_of(&house.open_emergency("on-call", "tom").await), id_of(&first));
}

#[tokio::test]
async fn purpose_and_emergency_go_together_for_one_citizen_and_for_roles_that_may() {
    let house = open().await;
    let with = |field: &str, value: Value| {
        let mut body = emergency("tom");
        body[field] = value;
        body
    };
    let refused = [
        ("on-call", with("emergency", Value::Null), 422, "emergency-incomplete"),
        ("caseworker-child", with("purpose", json!("own_case")), 422, "emergency-incomplete"),
        ("on-call", with("household", json!(true)), 422, "emergency-one-citizen"),
        (
            "on-call",
            with("emergency", json!({"code": "life", "reason": "  for kort          "})),
            422,
            "reason-too-short",
        ),
        ("benefit-officer", emergency("tom"), 403, "purpose-not-for-role"),
    ];
    for (caller, body, status, code) in refused {
        let answer = house.send(post(Some(&house.token(caller)), &body)).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (status, code));
    }
    assert_eq!(events(&house.entries()), [""; 0], "nothing was opened");
}

#[tokio::test]
async fn the_leader_sees_it_at_once_and_no_other_leader_does() {
    let house = open().await;
    let id = id_of(&house.open_emergency("on-call", "tom").await);
    let open = json!({"state": "open"});
    let seen = house.search("leader-duty", &open).await;
    assert_eq!(seen.len(), 1);
    assert_eq!(
        (&seen[0]["id"], &seen[0]["yours"], &seen[0]["employee"]),
        (&json!(id), &json!(true), &json!("az10009"))
    );
    assert_eq!(seen[0]["reason"]["name"], "Fare for liv");
    assert_eq!(seen[0]["judge_by"], "2026-11-26T23:00:00Z");
    assert_eq!(house.search("leader-jobcenter", &open).await, [json!(null); 0]);
    let audited = house.search("auditor", &open).await;
    assert_eq!((audited.len(), &audited[0]["yours"]), (1, &json!(false)));
    for caller in ["on-call", "caseworker-child", "operator", "insight-officer"] {
        let refused = house.post_to(caller, SEARCH, &open).await;
        assert_eq!((refused.status, refused.problem().as_str()), (StatusCode::FORBIDDEN, "not-for-role"), "{caller}");
    }
    for caller in ["leader-jobcenter", "auditor"] {
        let refused = house.judge(caller, &id, "justified").await;
        assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (404, "emergency-unknown"), "{caller}");
    }
    let unknown = house.judge("leader-duty", "00000000-0000-7000-8000-000000000000", "justified").await;
    assert_eq!(unknown.problem(), "emergency-unknown");
    assert_eq!(house.judge("leader-duty", "no-id", "justified").await.problem(), "emergency-unknown");
}

#[tokio::test]
async fn without_a_leader_in_the_directory_the_unit_s_leader_judges_and_without_that_the_data_protection_officer() {
    let leader = |leader: Option<&str>| {
        let leader = leader.map(str::to_owned);
        move |unit: &mut UnitRow| unit.leader.clone_from(&leader)
    };
    for (unit, judge, other) in
        [(Some("az10010"), "leader-jobcenter", "auditor"), (None, "auditor", "leader-jobcenter")]
    {
        let house = House::open_with(&[], |config| {
            config.sources.staff_directory = None;
            config.departments.unit.iter_mut().for_each(leader(unit));
        })
        .await;
        let id = id_of(&house.open_emergency("on-call", "tom").await);
        assert_eq!(house.judge(other, &id, "justified").await.problem(), "emergency-unknown");
        assert_eq!(house.judge(judge, &id, "justified").await.status, StatusCode::OK);
        let escalated = events(&house.entries()).contains(&"emergency_escalated");
        assert_eq!(escalated, unit.is_none());
    }
}

#[tokio::test]
async fn a_judgement_is_never_changed_and_only_a_call_for_more_is_followed_by_another() {
    let house = open().await;
    let id = id_of(&house.open_emergency("on-call", "tom").await);
    assert_eq!(house.judge("leader-duty", &id, "needs_more").await.json()["state"], "open");
    let judged = house.judge("leader-duty", &id, "not_justified").await.json();
    assert_eq!(judged["state"], "judged");
    let words: Vec<&Value> =
        judged["judgements"].as_array().expect("two").iter().map(|one| &one["judgement"]).collect();
    assert_eq!(words, ["needs_more", "not_justified"]);
    let again = house.judge("leader-duty", &id, "justified").await;
    assert_eq!((again.status, again.problem().as_str()), (StatusCode::CONFLICT, "emergency-judged"));
    assert_eq!(house.search("leader-duty", &json!({"state": "judged"})).await.len(), 1);
    assert_eq!(house.search("leader-duty", &json!({"state": "open"})).await, [json!(null); 0]);
    let entries = house.entries();
    let judgement = entries.iter().filter_map(|entry| entry.event.as_ref()).rfind(|one| one.what == "emergency_judged");
    let judgement = judgement.expect("on record");
    assert_eq!((judgement.facts["judgement"].as_str(), judgement.facts["sha256"].len()), ("not_justified", 64));
}

#[tokio::test]
async fn a_note_is_long_enough_and_holds_no_personal_number() {
    let house = open().await;
    let id = id_of(&house.open_emergency("on-call", "tom").await);
    let path = format!("/v1/emergencies/{id}/judgement");
    for (note, code) in [
        ("for kort", "invalid-text"),
        ("Om 010101-9999 og den nat, det skete", "personal-number-in-text"),
        (&"x".repeat(1001), "invalid-text"),
    ] {
        let answer = house.post_to("leader-duty", &path, &json!({"judgement": "justified", "note": note})).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (422, code));
    }
    for body in
        [json!({"judgement": "fine", "note": NOTE}), json!({"judgement": "justified", "note": NOTE, "by": "az1"})]
    {
        assert_eq!(house.post_to("leader-duty", &path, &body).await.problem(), "invalid-body");
    }
    assert_eq!(house.search("leader-duty", &json!({"state": "open"})).await.len(), 1);
}

#[tokio::test]
async fn what_is_late_stands_in_the_data_protection_officer_s_list_since_its_moment() {
    let house = open().await;
    house.open_emergency("on-call", "tom").await;
    let overdue = json!({"state": "overdue"});
    house.advance_days(2);
    assert_eq!(house.search("auditor", &overdue).await, [json!(null); 0]);
    house.advance_days(1);
    // Nobody looks: the house's own minute tells of it, once.
    for _ in 0..2 {
        house.app.emergencies().escalate_overdue().await.expect("on record");
    }
    let escalated = house.entries().into_iter().filter(|entry| {
        entry.event.as_ref().is_some_and(|one| one.what == "emergency_escalated" && one.facts["why"] == "overdue")
    });
    assert_eq!(escalated.count(), 1);
    let late = house.search("auditor", &overdue).await;
    assert_eq!(late.len(), 1);
    assert_eq!(late[0]["overdue_since"], "2026-11-26T23:00:00Z");
    assert!(events(&house.entries()).contains(&"emergency_escalated"));
}

#[tokio::test]
async fn the_citizen_is_told_or_a_coded_reason_stands_against_it_until_its_day() {
    let house = open().await;
    let id = id_of(&house.open_emergency("on-call", "tom").await);
    let due = house.search("leader-duty", &json!({"notice": "due"})).await;
    let notice = &due[0]["notice"];
    assert_eq!(notice["tell_by"], "2026-12-08T23:00:00Z");
    let text = notice["text_da"].as_str().expect("ready to send");
    assert!(text.starts_with("Den 24. nov. 2026 kl. 09.00 så en medarbejder"), "{text}");
    let english = notice["text_en"].as_str().expect("ready to send");
    for told in ["az10009", "VAGT", "døgnvagt", "Emil", "{"] {
        assert!(!text.contains(told) && !english.contains(told), "{told}");
    }
    let held = json!({"held_back": {"code": "child_at_risk", "note": NOTE, "until": "2026-12-20"}});
    let row = house.notice("leader-duty", &id, &held).await.json();
    assert_eq!(
        (&row["notice"]["state"], &row["notice"]["tell_by"]),
        (&json!("held_back"), &json!("2026-12-20T23:00:00Z"))
    );
    house.advance_days(27);
    let late = house.search("auditor", &json!({"notice": "overdue"})).await;
    assert_eq!(late.len(), 1);
    let told = json!({"told": {"on": "2026-12-21", "form": "digital_post"}});
    let row = house.notice("leader-duty", &id, &told).await.json();
    assert_eq!((&row["notice"]["state"], &row["notice"]["told_on"]), (&json!("told"), &json!("2026-12-21")));
    let again = house.notice("leader-duty", &id, &held).await;
    assert_eq!(again.problem(), "invalid-day", "its day is over");
    let later = json!({"held_back": {"code": "child_at_risk", "note": NOTE, "until": "2027-01-20"}});
    assert_eq!(house.notice("leader-duty", &id, &later).await.problem(), "emergency-told");
}

#[tokio::test]
async fn a_notice_says_one_thing_about_days_that_can_be() {
    let house = open().await;
    let id = id_of(&house.open_emergency("on-call", "tom").await);
    let held = |until: &str| json!({"held_back": {"code": "investigation", "note": NOTE, "until": until}});
    let told = |on: &str| json!({"told": {"on": on, "form": "letter"}});
    let both = json!({"told": told("2026-11-24")["told"], "held_back": held("2026-12-01")["held_back"]});
    for (body, code) in [
        (json!({}), "invalid-body"),
        (both, "invalid-body"),
        (told("2026-11-23"), "invalid-day"),
        (told("2026-11-25"), "invalid-day"),
        (told("24.11.2026"), "invalid-body"),
        (held("2026-11-23"), "invalid-day"),
        (held("2027-11-25"), "invalid-day"),
    ] {
        let answer = house.notice("leader-duty", &id, &body).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (422, code), "{body}");
    }
}

#[tokio::test]
async fn a_list_is_searched_by_the_citizen_and_read_page_by_page() {
    let house = open().await;
    for who in ["tom", "kirsten", "claus"] {
        house.open_emergency("on-call", who).await;
        house.clock.advance(SignedDuration::from_mins(1));
    }
    let of_tom = json!({"cpr": super::house::number("tom")});
    assert_eq!(house.search("leader-duty", &of_tom).await.len(), 1);
    assert_eq!(house.search("auditor", &json!({"cpr": NOBODY})).await, [json!(null); 0]);
    let entries = house.entries();
    let searched = entries.iter().rfind(|entry| entry.route == "POST /v1/emergencies/search").expect("on record");
    assert!(searched.citizen.is_some() && searched.caller.is_some());
    let first = house.post_to("leader-duty", SEARCH, &json!({"limit": 2})).await.json();
    assert_eq!(first["emergencies"].as_array().map(Vec::len), Some(2));
    let next = house.post_to("leader-duty", SEARCH, &json!({"limit": 2, "before": first["next"]})).await.json();
    assert_eq!((next["emergencies"].as_array().map(Vec::len), &next["next"]), (Some(1), &Value::Null));
    for (body, code) in [
        (json!({"limit": 0}), "invalid-limit"),
        (json!({"limit": 201}), "invalid-limit"),
        (json!({"cpr": "9999999999"}), "invalid-cpr"),
        (json!({"state": "late"}), "invalid-body"),
        (json!({"employee": "az10009"}), "invalid-body"),
    ] {
        assert_eq!(house.post_to("leader-duty", SEARCH, &body).await.problem(), code, "{body}");
    }
}

#[tokio::test]
async fn oneself_is_refused_to_look_like_nobody_and_the_opening_stands_on_record() {
    let house = open().await;
    // Henrik, with emergency access given by his leader, looks himself up.
    let henrik = crate::demo::handles::HANDLES.iter().find(|handle| handle.name == "benefit-officer").expect("Henrik");
    let holder = crate::demo::handles::Handle { roles: &["emergency_holder"], ..*henrik };
    let answer = house.send(post(Some(&house.token_of(&holder)), &emergency("henrik"))).await;
    let overview = answer.overview();
    assert!(overview["empty_text"].is_string() && overview["citizen"].is_null());
    assert_eq!(house.bars_of_last_answer(), ["oneself"]);
    assert_eq!(events(&house.entries()), ["emergency_opened"]);
}

#[tokio::test]
async fn while_the_ledger_cannot_be_used_no_emergency_is_given_and_everything_else_is() {
    let house = House::open_with(&[], |config| config.service.emergency.file = None).await;
    let answer = house.open_emergency("on-call", "tom").await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (503, "emergency-unavailable"));
    let entries = house.entries();
    assert_eq!(entries.last().and_then(|entry| entry.error.as_deref()), Some("emergency-unavailable"));
    assert_eq!(house.post_to("leader-duty", SEARCH, &json!({})).await.problem(), "emergency-unavailable");
    assert_eq!(house.look_up("benefit-officer", "claus").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_emergency_after_a_refusal_is_marked_whoever_was_refused() {
    let house = open().await;
    house.open_emergency("on-call", "bent").await;
    house.clock.advance(SignedDuration::from_mins(1));
    house.open_emergency("on-call", "tom").await;
    let seen = house.search("leader-duty", &json!({})).await;
    let marked: Vec<&Value> = seen.iter().map(|one| &one["after_refusal"]).collect();
    assert_eq!(marked, [&json!(false), &json!(true)], "Bent has said no to employment, and to nobody on call");
}

#[tokio::test]
async fn whom_a_list_of_emergencies_told_of_is_on_record_by_the_citizen() {
    let house = open().await;
    let id = id_of(&house.open_emergency("on-call", "tom").await);
    house.search("leader-duty", &json!({})).await;
    let entries = house.entries();
    let told = entries.last().expect("an entry");
    let event = told.event.as_ref().expect("an event");
    assert_eq!((event.what.as_str(), event.facts["ids"].as_str()), ("emergencies_told", id.as_str()));
    assert_eq!(told.citizen, entries[0].citizen);
}
