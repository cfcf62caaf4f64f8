//! The fake as any other client meets it, without the network.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};

use super::*;
use crate::contract::ManualClock;
use crate::fake::population::Line;

const NOW: &str = "2026-11-20T09:00:00Z";

fn fake(cases: usize) -> Fasit {
    let person = json!({"type": "person", "cpr": "0101019999", "given_name": "Karen", "family_name": "Test",
        "born": "2001-01-01", "sex": "K"});
    let case = |at: usize| {
        let is_closed = at % 2 == 1;
        json!({"type": "case", "source": "fasit", "citizen": "0101019999", "opened": "2025-03-01",
            "id": Uuid::from_u128(at as u128 + 1), "progress": if is_closed { "closed" } else { "active" },
            "closed": if is_closed { json!("2025-09-04") } else { Value::Null }})
    };
    let lines = std::iter::once(person).chain((0..cases).map(case));
    let lines = lines.map(|line| serde_json::from_value::<Line>(line).expect("a line"));
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(NOW.parse().expect("a moment")));
    Fasit::new(FakeContext { world: Arc::new(World::from_lines(lines)), clock })
}

fn request(token: &str, tenant: Option<&'static str>, path: &str, body: &Value) -> FakeRequest {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {token}")).expect("a header"));
    if let Some(tenant) = tenant {
        headers.insert("x-tenant", HeaderValue::from_static(tenant));
    }
    FakeRequest {
        method: Method::POST,
        path: path.to_owned(),
        query: Vec::new(),
        headers,
        body: Bytes::from(body.to_string()),
        instead: None,
    }
}

fn ask(fake: &Fasit, path: &str, body: &Value) -> (u16, Value) {
    let token = demo_token(NOW.parse().expect("a moment"));
    let answer = fake.answer(&request(&token, Some("aarhus"), path, body));
    (answer.status.as_u16(), serde_json::from_slice(&answer.body).expect("JSON"))
}

fn bulk(fake: &Fasit, rules: &Value, page: u64, size: u64) -> (u16, Value) {
    let body = json!({"body": {"universe": "citizen", "queryType": "fasitDsl", "dslVersion": "1.0.0",
        "query": {"condition": "and", "rules": rules}, "resultType": "Cases",
        "columns": [{"name": "Cases.CaseStatus"}, {"name": "CitizenCprFormatted"}],
        "sortColumns": [{"name": "Cases.CaseEndDate", "desc": true}]}, "pageNumber": page, "pageSize": size});
    let (status, answer) = ask(fake, "/api/search", &body);
    (status, answer["searchResult"].clone())
}

#[test]
fn only_a_live_token_and_a_tenant_open_the_door() {
    let fake = fake(1);
    let status = |token: &str, tenant| {
        let answer = fake.answer(&request(token, tenant, "/api/search/queries/rankedsearchquery", &json!({})));
        let problem: Value = serde_json::from_slice(&answer.body).expect("JSON");
        let header = answer.headers["x-correlationidentifier"].to_str().expect("text").to_owned();
        assert_eq!(problem["correlationIdentifier"], json!(header));
        answer.status.as_u16()
    };
    let now: Timestamp = NOW.parse().expect("a moment");
    assert_eq!(status(&demo_token(now), Some("aarhus")), 200);
    assert_eq!(status(&demo_token(now), None), 400);
    assert_eq!(status(&token_until(now), Some("aarhus")), 401);
    for token in ["", "opaque", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln"] {
        assert_eq!(status(token, Some("aarhus")), 401, "{token}");
    }
}

#[test]
fn bulk_pages_hold_at_most_250_and_count_them_all() {
    let fake = fake(501);
    let active = json!([{"field": "Cases.CaseStatus", "operator": "in", "value": ["1", "3"]}]);
    let (status, first) = bulk(&fake, &active, 0, 250);
    assert_eq!((status, first["rows"].as_array().map(Vec::len)), (200, Some(250)));
    assert_eq!((&first["totalResultsCount"], &first["resultsPagesCount"]), (&json!(251), &json!(2)));
    assert_eq!(first["rows"][0]["CitizenCprFormatted"], json!("010101-9999"));
    let (_, last) = bulk(&fake, &active, 1, 250);
    assert_eq!(last["rows"].as_array().map(Vec::len), Some(1));
    assert_eq!(bulk(&fake, &active, 2, 250).1["rows"], json!([]));
    assert_eq!(bulk(&fake, &active, 0, 251).0, 400);
}

#[test]
fn rules_compare_days_groups_and_emptiness() {
    let fake = fake(5);
    let total = |rules: Value| bulk(&fake, &rules, 0, 50).1["totalResultsCount"].clone();
    let rule = |field, operator, value: Value| json!({"field": field, "operator": operator, "value": value});
    assert_eq!(total(json!([])), json!(5));
    assert_eq!(total(json!([rule("Cases.CaseEndDate", "empty", Value::Null)])), json!(3));
    assert_eq!(total(json!([rule("Cases.CaseEndDate", "empty", json!(false))])), json!(2));
    assert_eq!(total(json!([rule("Cases.CaseEndDate", "gt", json!("@dd"))])), json!(0));
    assert_eq!(total(json!([rule("Cases.CaseEndDate", "ge", json!("2025-09-03T22:00:00.000Z"))])), json!(2));
    assert_eq!(total(json!([rule("CitizenAge", "ge", json!(25))])), json!(5));
    assert_eq!(total(json!([rule("PrimaryCase.PrimaryCaseStatus", "eq", json!("1"))])), json!(5));
    let either = [rule("Cases.CaseStatus", "eq", json!("2")), rule("Cases.CaseEndDate", "empty", json!(true))];
    let group = |condition| json!([{"rules": either, "condition": condition, "cardinality": "any", "type": "Cases"}]);
    assert_eq!((total(group("or")), total(group("and"))), (json!(5), json!(0)));
}

#[test]
fn the_rows_of_one_number_are_that_citizens_and_the_fault_answers_with_anothers_as_theirs() {
    let person = |cpr, name| {
        json!({"type": "person", "cpr": cpr, "given_name": name, "family_name": "Test",
            "born": "2001-01-01", "sex": "K"})
    };
    let case = |cpr, id: u128, progress| json!({"type": "case", "source": "fasit", "citizen": cpr, "id": Uuid::from_u128(id), "progress": progress});
    let (karen, ida) = ("0101019999", "0607905555");
    let cases = [case(karen, 1, "active"), case(karen, 2, "closed"), case(ida, 3, "active")];
    let lines = [person(karen, "Karen"), person(ida, "Ida")].into_iter().chain(cases);
    let lines = lines.map(|line| serde_json::from_value::<Line>(line).expect("a line"));
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(NOW.parse().expect("a moment")));
    let fake = Fasit::new(FakeContext { world: Arc::new(World::from_lines(lines)), clock });
    let of_karen = json!({"field": "CitizenCprFormatted", "operator": "eq", "value": "010101-9999"});
    let active = json!({"field": "Cases.CaseStatus", "operator": "in", "value": ["1", "3"]});
    let group = json!({"condition": "and", "rules": [active, of_karen]});
    let either = json!({"condition": "or", "rules": [active, of_karen]});
    let told = |rules: &Value, instead: Option<&str>| {
        let body = json!({"body": {"query": {"condition": "and", "rules": rules},
            "columns": [{"name": "CitizenCprFormatted"}]}, "pageNumber": 0, "pageSize": 250});
        let mut request = request(&demo_token(fake.clock.now()), Some("aarhus"), "/api/search", &body);
        request.instead = instead.map(str::to_owned);
        let answer: Value = serde_json::from_slice(&fake.answer(&request).body).expect("JSON");
        let rows = answer["searchResult"]["rows"].as_array().expect("rows").clone();
        let mut numbers: Vec<_> = rows.iter().map(|row| row["CitizenCprFormatted"].clone()).collect();
        numbers.dedup();
        (fake.citizen(&request).unwrap_or_default(), rows.len(), json!(numbers))
    };
    for (rules, rows) in [(json!([of_karen]), 2), (json!([active, of_karen]), 1), (json!([group]), 1)] {
        assert_eq!(told(&rules, None), (karen.to_owned(), rows, json!(["010101-9999"])), "{rules}");
        assert_eq!(told(&rules, Some(ida)), (karen.to_owned(), 1, json!(["060790-5555"])), "{rules}");
    }
    let of_nobody = [json!([]), json!([active]), json!([either])];
    assert!(of_nobody.iter().all(|rules| told(rules, None).0.is_empty()), "about nobody in particular");
    assert_eq!(fake.citizen(&request("", None, "/api/search", &json!({"body": "a text"}))), None);
}

#[test]
fn an_unknown_field_operator_or_value_is_refused() {
    let fake = fake(1);
    for rule in [
        json!({"field": "Cases.Secret", "operator": "eq", "value": "1"}),
        json!({"field": "Cases.CaseStatus", "operator": "like", "value": "1"}),
        json!({"field": "Cases.CreatedOn", "operator": "gt", "value": "yesterday"}),
        json!({"field": "Cases.CaseStatus", "operator": "in", "value": "1"}),
        json!({}),
    ] {
        assert_eq!(bulk(&fake, &json!([rule]), 0, 50).0, 400, "{rule}");
    }
}

#[test]
fn the_other_reads_answer_with_empty_lists() {
    let fake = fake(1);
    let search = json!({"universe": "citizen", "queryString": "010101-9999", "documentTypes": ["citizen"], "page": 0});
    let (_, found) = ask(&fake, "/api/search/queries/rankedsearchquery", &search);
    let citizen = json!({"citizenId": found["rankedSearchResult"][0]["documentId"]});
    let (_, tasks) = ask(&fake, "/api/citizen/citizentask/queries/getcitizentasksmetadata", &citizen);
    assert_eq!(tasks["tasks"], json!([]));
    let (_, journal) = ask(&fake, "/api/citizen/journal/queries/getjournalnotesforcitizenid", &citizen);
    assert_eq!(journal["journalNotes"], json!([]));
    let mut groups = request("", Some("aarhus"), "/api/citizen/persongroup/queries/getpersongroups", &json!({}));
    groups.method = Method::GET;
    assert_eq!(fake.dispatch(&groups).ok(), Some(json!({"personGroups": []})));
    assert_eq!(ask(&fake, "/api/citizen/case/queries/getcases", &json!({"citizenId": "x"})).0, 404);
    assert_eq!(ask(&fake, "/api/citizen/commands/deletecitizen", &citizen).0, 404);
}

#[test]
fn names_are_found_in_part_and_nobody_by_ten_zeros() {
    let fake = fake(1);
    let hits = |query: &str| fake.ranked(&json!({"queryString": query}))["rankedSearchResult"].as_array().map(Vec::len);
    assert_eq!((hits("karen"), hits("KAREN TEST"), hits("Ole")), (Some(1), Some(1), Some(0)));
    assert_eq!((hits("0000000000"), hits("")), (Some(0), Some(0)));
}
