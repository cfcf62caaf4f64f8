//! The core with a second system's names: Modulus Social is a vocabulary, not a copy.

use serde_json::json;

use super::fake::EntityType;
use super::{Caseworker, Citizen, Coded, Expansion, Query, Vocabulary};
use crate::contract::{About, CaseStatus, CprNumber, PersonId, QualityFlag, Sensitivity, SourceId};
use crate::transport::Call;

const MODULUS: Vocabulary = Vocabulary {
    id: "id",
    number: "caseNumber",
    title: "title",
    case_type: "caseType",
    status: "status",
    sensitive: "isSensitive",
    other_caseworkers: None,
    citizen: Citizen { navigation: "primaryPerson", personal_number: "cprNumber" },
    caseworker: Caseworker { navigation: "primaryCaseworker", id: "id", name: "name", email: "email" },
    deadline: None,
    coded: Coded { key: "userKey", title: "title" },
    statuses: &[("Active", CaseStatus::Running), ("Closed", CaseStatus::Closed)],
    select: &["id", "title", "caseNumber", "caseType", "status", "isSensitive"],
    expand: &[
        Expansion { navigation: "primaryPerson", select: &["id", "cprNumber", "fullName"] },
        Expansion { navigation: "primaryCaseworker", select: &["id", "name", "email"] },
    ],
    order_by: "id desc",
};

const PERSON: EntityType =
    EntityType { name: "Person", fields: &["id", "cprNumber", "fullName", "address"], navigations: &[], searched: &[] };
const CASEWORKER: EntityType =
    EntityType { name: "User", fields: &["id", "name", "email"], navigations: &[], searched: &[] };
const CASE: EntityType = EntityType {
    name: "SflCase",
    fields: &["id", "title", "caseNumber", "caseType", "status", "isSensitive", "remark"],
    navigations: &[("primaryPerson", &PERSON), ("primaryCaseworker", &CASEWORKER)],
    searched: &["title", "primaryPerson/cprNumber"],
};

fn rows() -> Vec<serde_json::Value> {
    let row = |id: u32, key: &str, cpr: &str| {
        json!({
            "id": id, "title": "Støtte i eget hjem", "caseNumber": format!("25/{id}"), "remark": "ikke til nogen",
            "caseType": { "userKey": "SEL85", "title": "Socialpædagogisk støtte" },
            "status": { "userKey": key, "title": key }, "isSensitive": id == 2,
            "primaryPerson": { "id": 9, "cprNumber": cpr, "fullName": "Karen Prøve", "address": "Prøvevej 1" },
            "primaryCaseworker": { "id": 4, "name": "Ole Test", "email": "Ole.Test@example.dk" },
        })
    };
    vec![row(1, "Active", "0101019999"), row(2, "Closed", "0101019999"), row(3, "Active", "0202029999")]
}

fn ask(call: &Call) -> serde_json::Value {
    CASE.page(&call.query, &rows()).expect("a good question")
}

fn question() -> Query {
    MODULUS.cases_with("0101019999")
}

#[test]
fn a_second_vocabulary_reads_its_own_system_with_the_same_core() {
    let answer = ask(&question().page(20, 0));
    assert_eq!(answer["@odata.count"], 2);
    let source = SourceId::new("modulus");
    let rows = answer["value"].as_array().expect("rows");
    let records: Vec<_> = rows.iter().map(|row| MODULUS.record(&source, row).expect("a row that fits")).collect();
    let [second, first] = records.as_slice() else { panic!("two cases, newest first") };
    assert_eq!((&*first.native_id, first.number.as_deref()), ("1", Some("25/1")));
    assert_eq!((first.status.normal, second.status.normal), (CaseStatus::Running, CaseStatus::Closed));
    assert_eq!(second.sensitivity, Some(Sensitivity::Screened));
    assert_eq!(first.about, About::numbers([CprNumber::parse("0101019999").expect("ten digits")]));
    assert_eq!(first.actors[0].email.as_deref(), Some("ole.test@example.dk"));
    assert_eq!(first.case_type.code.as_deref(), Some("SEL85"));
}

#[test]
fn only_the_fields_that_were_asked_for_come() {
    let answer = ask(&question().page(20, 0));
    assert!(answer["value"][0].get("remark").is_none());
    assert!(answer["value"][0]["primaryPerson"].get("address").is_none());
}

#[test]
fn active_only_pages_and_counts_after_the_filter() {
    let active = || MODULUS.cases_with("støtte").filter(MODULUS.active_filter());
    let first = ask(&active().page(1, 0));
    let second = ask(&active().page(1, 1));
    assert_eq!((&first["@odata.count"], &first["value"][0]["id"]), (&json!(2), &json!(3)));
    assert_eq!(second["value"][0]["id"], 1);
}

#[test]
fn a_question_with_unknown_names_is_refused() {
    for (name, value) in
        [("$select", "titel"), ("$expand", "person"), ("$top", "-1"), ("$orderby", "id down"), ("$apply", "x")]
    {
        let call = Call::default().pair(name, value);
        assert!(CASE.page(&call.query, &rows()).is_err(), "{name}");
    }
}

#[test]
fn rows_that_do_not_fit_are_misfits_and_gaps_are_flagged() {
    let source = SourceId::new("modulus");
    for misfit in [
        json!(7),
        json!({ "title": "uden id" }),
        json!({ "id": "../users" }),
        json!({ "id": 1, "isSensitive": "true" }),
        json!({ "id": 1, "primaryPerson": { "cprNumber": "000000-0000" } }),
    ] {
        assert!(MODULUS.record(&source, &misfit).is_err());
    }
    let bare = MODULUS.record(&source, &json!({ "id": 1 })).expect("an id is enough");
    assert_eq!(bare.flags, [QualityFlag::CitizenNotStated, QualityFlag::UnknownStatus]);
    let number = json!({ "id": 1, "primaryPerson": { "cprNumber": 101_019_999 } });
    let number = MODULUS.record(&source, &number).expect("a number that lost its zero");
    assert_eq!(number.about, About::numbers([CprNumber::parse("0101019999").expect("ten digits")]));
    let replaced = json!({ "id": 1, "primaryPerson": { "cprNumber": "010101-1AB9" } });
    let replaced = MODULUS.record(&source, &replaced).expect("an eCPR is a number of somebody");
    assert_eq!(replaced.about, About::Stated(vec![PersonId::parse("0101011AB9").expect("an eCPR")]));
}
