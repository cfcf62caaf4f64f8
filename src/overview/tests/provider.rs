//! The provider's side: an own effort, and as much of the case that granted it as the work needs.

use glasplade_adapters::contract::{Actor, ActorRole, Record, RecordKind, Relation, RelationKind, Sensitivity};
use jiff::civil::date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Desk, items, notices};
use crate::access::Caller;
use crate::testing::{Vary as _, row};

fn provider() -> Caller {
    Caller::invented("az10007", &["provider_worker"]).in_unit("SUV", "SUV-STOETTE").with_kle(&["*"])
}

/// Support that the caller's unit delivers, granted by the case with UUID 1.
fn effort() -> Record {
    row("oio", "e1").in_unit("402").kle("27.03.00").law("SEL § 85").uuid(2).with(|row| {
        row.kind = RecordKind::PlannedIntervention;
        row.relations = vec![Relation { kind: RelationKind::GrantedBy, uuid: Some(Uuid::from_u128(1)), number: None }];
    })
}

/// The case that granted it, of another department.
fn granting() -> Record {
    row("sbsys", "7").in_unit("601").kle("27.03.00").law("SEL § 85").uuid(1).number("27-1").with(|row| {
        row.title = Some("Støtte i eget hjem".to_owned());
        row.actors = vec![Actor { name: Some("Peter Prøve".to_owned()), ..Actor::person(ActorRole::Primary) }];
    })
}

/// Both, for the tests of units.
pub(super) fn effort_and_granting() -> (Record, Record) {
    (effort(), granting())
}

fn sees(rows: Vec<Record>) -> Value {
    Desk::new().sees(&provider(), rows)
}

fn relations(answer: &Value) -> Value {
    let shown = items(answer);
    shown.iter().find(|item| !item["relations"].is_null()).map(|item| item["relations"].clone()).unwrap_or_default()
}

#[test]
fn an_own_effort_shows_that_the_granting_case_exists_and_the_people_on_it() {
    let answer = sees(vec![effort(), granting()]);
    let granting = &answer["groups"]["authority"]["items"][0];
    let names: Vec<&str> = granting.as_object().expect("an item").keys().map(String::as_str).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    assert_eq!((&granting["access"], &granting["basis"]["own"]), (&json!("partial"), &json!("granting")));
    assert_eq!(granting["department"]["code"], "VJH");
    assert_eq!(granting["actors"][0]["role"], "primary");
    assert_eq!(relations(&answer)[0]["item"], granting["id"]);
    assert_eq!(answer["groups"]["provider"]["items"][0]["access"], "full");
}

#[test]
fn a_provider_sees_no_authority_case_of_its_own_unit() {
    let own_authority = granting().in_unit("402").uuid(9);
    assert_eq!(items(&sees(vec![own_authority])).len(), 0);
}

#[test]
fn a_granting_case_that_may_not_be_seen_looks_exactly_like_one_that_is_missing() {
    let missing = sees(vec![effort()]);
    let text = "Sagen, der har bevilget indsatsen, kan ikke vises. Enten findes den ikke i kilderne, eller du har ikke adgang til den.";
    assert_eq!(relations(&missing), json!([{ "kind": "granted_by", "item": null, "text": text }]));
    let screened = granting().with(|row| row.screened_to = vec![Uuid::from_u128(9)]);
    let secret = granting().with(|row| row.sensitivity = Some(Sensitivity::Screened));
    let child = granting().law("barnets lov § 133");
    for hidden in [screened, secret, child] {
        assert_eq!(sees(vec![effort(), hidden]), missing);
    }
}

#[test]
fn the_relation_may_be_by_number_within_one_source() {
    let by_number = |record: Record| {
        record.with(|row| {
            row.relations[0] =
                Relation { kind: RelationKind::GrantedBy, uuid: None, number: Some(" 27-1 ".to_owned()) };
        })
    };
    assert_eq!(
        relations(&sees(vec![by_number(effort()), granting()]))[0]["item"],
        Value::Null,
        "another system's number"
    );
    let of_oio = row("oio", "7").in_unit("601").law("SEL § 85").number("27-1");
    assert!(relations(&sees(vec![by_number(effort()), of_oio]))[0]["item"].is_string());
}

#[test]
fn a_relation_told_by_uuid_and_by_number_is_one() {
    let twice = effort().with(|row| {
        let by_number = Relation { kind: RelationKind::GrantedBy, uuid: None, number: Some("27-1".to_owned()) };
        row.relations.push(by_number);
    });
    let answer = sees(vec![twice, granting()]);
    assert_eq!(relations(&answer).as_array().map(Vec::len), Some(1));
    assert!(relations(&answer)[0]["item"].is_string());
}

#[test]
fn an_effort_that_is_over_for_long_opens_nothing() {
    let over = effort().closed(date(2024, 1, 1));
    let desk = Desk::new();
    let redacted = desk.redact(&provider(), vec![over, granting()]);
    let answer = desk.answer(&redacted);
    assert_eq!((items(&answer).len(), notices(&answer).len()), (0, 0));
    assert_eq!(answer["hidden_by_window"], 1, "the effort is the unit's own");
}

#[test]
fn a_granting_case_past_its_window_is_neither_shown_nor_counted() {
    let answer = sees(vec![effort(), granting().closed(date(2024, 1, 1))]);
    assert_eq!(answer, sees(vec![effort()]));
}

#[test]
fn who_is_not_a_provider_is_not_shown_the_granting_case_of_another_unit() {
    let worker = Caller::invented("az10007", &["caseworker"]).in_unit("SUV", "SUV-STOETTE").with_kle(&["*"]);
    let answer = Desk::new().sees(&worker, vec![effort(), granting()]);
    assert_eq!(items(&answer).len(), 1);
    assert_eq!(notices(&answer).len(), 1, "its category allows others to be told that it exists");
}
