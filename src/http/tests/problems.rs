//! Every way to be turned away: always `application/problem+json`, always documented, never an echo of what was sent.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::house::{Answer, House, NOBODY, get, post};
use crate::audit::Phase;
use crate::http::openapi;

/// Stands in every request that is turned away, and in no answer.
const MARK: &str = "MÆRKE-7f3a";
const MARK_IN_A_PATH: &str = "mark-7f3a";

/// A name, the request, the status and the problem that it must get.
type Case = (&'static str, Request<Body>, u16, &'static str);

struct Requests {
    token: String,
}

impl Requests {
    fn body(&self, body: impl Into<Body>) -> Request<Body> {
        let mut request = post(Some(&self.token), &Value::Null);
        *request.body_mut() = body.into();
        request
    }

    fn json(&self, body: &Value) -> Request<Body> {
        post(Some(&self.token), body)
    }

    /// A good body, with one field replaced or added.
    fn with(&self, field: &str, value: Value) -> Request<Body> {
        let mut body = good();
        body[field] = value;
        self.json(&body)
    }

    fn header(&self, name: &'static str, value: &str) -> Request<Body> {
        let mut request = self.json(&good());
        request.headers_mut().insert(name, value.parse().expect("a header"));
        request
    }

    fn query(&self, query: &str) -> Request<Body> {
        let mut request = self.json(&good());
        *request.uri_mut() = format!("/v1/overviews?{query}").parse().expect("an address");
        request
    }

    fn get(&self, path: &str) -> Request<Body> {
        get(path, Some(&self.token), &[])
    }

    fn method(&self, method: Method, path: &str) -> Request<Body> {
        let mut request = self.get(path);
        *request.method_mut() = method;
        request
    }
}

fn emergency(reason: &str) -> Value {
    json!({"code": "life", "reason": reason})
}

fn good() -> Value {
    json!({"cpr": NOBODY, "purpose": "own_case", "case_ref": "2026-001234"})
}

fn addresses(requests: &Requests) -> Vec<Case> {
    let get = |path: &str| requests.get(path);
    vec![
        ("an unknown path", get(&format!("/{MARK_IN_A_PATH}")), 404, "not-found"),
        ("an unknown path below a known one", get(&format!("/v1/sources/{MARK_IN_A_PATH}")), 404, "not-found"),
        ("a path of the operator's", get("/v1/sources"), 403, "not-for-role"),
        ("a known path with a slash behind it", get("/v1/sources/"), 404, "not-found"),
        ("a page that the documentation lacks", get(&format!("/docs/{MARK_IN_A_PATH}")), 404, "not-found"),
        ("a method of another route", requests.method(Method::GET, "/v1/overviews"), 405, "method-not-allowed"),
        ("a method of no route", requests.method(Method::TRACE, "/v1/sources"), 405, "method-not-allowed"),
        ("a method on the document", requests.method(Method::POST, "/openapi.json"), 405, "method-not-allowed"),
        ("a method on a health route", requests.method(Method::PUT, "/health/live"), 405, "method-not-allowed"),
        ("an unknown handle", get(&format!("/v1/overviews/{MARK_IN_A_PATH}")), 404, "handle-unknown"),
        ("a handle that is not text", get("/v1/overviews/%ff%fe"), 404, "handle-unknown"),
        ("a number where a handle belongs", get("/v1/overviews/0101019999"), 404, "handle-unknown"),
        ("an unknown language", requests.query(&format!("lang={MARK_IN_A_PATH}")), 400, "invalid-query"),
        ("an unknown view", requests.query("view=everything"), 400, "invalid-query"),
        ("a parameter twice", requests.query("view=full&view=shared"), 400, "invalid-query"),
        ("an unknown query parameter", requests.query(&format!("{MARK_IN_A_PATH}=1")), 400, "invalid-query"),
        ("a number in the query", requests.query("cpr=0101019999"), 400, "invalid-query"),
        ("a deadline that is no number", requests.header("request-timeout-ms", "soon"), 400, "invalid-header"),
        ("a deadline of nothing", requests.header("request-timeout-ms", "0"), 400, "invalid-header"),
        ("a deadline below nothing", requests.header("request-timeout-ms", "-1"), 400, "invalid-header"),
    ]
}

fn bodies(requests: &Requests) -> Vec<Case> {
    let with = |field: &str, value: Value| requests.with(field, value);
    let mark = || json!(MARK);
    let long = "x".repeat(70_000);
    vec![
        ("another content type", requests.header("content-type", "text/plain"), 415, "unsupported-media-type"),
        ("a form", requests.header("content-type", "application/x-www-form-urlencoded"), 415, "unsupported-media-type"),
        ("no body", requests.body(Body::empty()), 400, "invalid-json"),
        ("broken JSON", requests.body(format!("{{\"cpr\": \"{MARK}")), 400, "invalid-json"),
        ("not JSON", requests.body(MARK), 400, "invalid-json"),
        ("two documents", requests.body(format!("{}{}", good(), good())), 400, "invalid-json"),
        ("bytes that are no text", requests.body(&b"{\"cpr\": \"\xff\xfe\"}"[..]), 400, "invalid-json"),
        ("deep nesting", requests.body("[".repeat(60_000)), 422, "invalid-body"),
        ("a list", requests.json(&json!([MARK])), 422, "invalid-body"),
        ("null", requests.json(&Value::Null), 422, "invalid-body"),
        ("an unknown field", with(MARK, json!(1)), 422, "invalid-body"),
        ("a missing field", requests.json(&json!({"cpr": MARK})), 422, "invalid-body"),
        ("a field of the wrong type", with("purpose", json!({ MARK: MARK })), 422, "invalid-body"),
        ("a number that is a number", with("cpr", json!(101_019_999)), 422, "invalid-body"),
        ("an unknown field in a reason", with("protected", json!({ MARK: MARK })), 422, "invalid-body"),
        ("a field twice", requests.body(format!("{{\"cpr\":\"{MARK}\",\"cpr\":\"{MARK}\"}}")), 422, "invalid-body"),
        ("a body that is too long", with("reason", json!(long)), 413, "body-too-long"),
        ("a number that is no number", with("cpr", mark()), 422, "invalid-cpr"),
        ("a number with a thirteenth month", with("cpr", json!("0113019999")), 422, "invalid-cpr"),
        ("a national replacement number", with("cpr", json!("0101851AB9")), 422, "replacement-number"),
        ("a local replacement number", with("cpr", json!("010185-5ab9")), 422, "replacement-number"),
        ("a number in other digits", with("cpr", json!("٠١٠١٠١٩٩٩٩")), 422, "invalid-cpr"),
        ("a purpose that nobody has described", with("purpose", mark()), 422, "purpose-unknown"),
        ("no purpose", with("purpose", json!("")), 422, "purpose-unknown"),
        ("a purpose that is not confirmed", with("purpose", json!("find_colleague")), 403, "purpose-off"),
        ("a purpose of another role", with("purpose", json!("management")), 403, "purpose-not-for-role"),
        ("no case and no reason", with("case_ref", Value::Null), 422, "case-reference-missing"),
        ("a case of blanks", with("case_ref", json!("   ")), 422, "case-reference-missing"),
        ("a long case", with("case_ref", json!(MARK.repeat(50))), 422, "invalid-text"),
        ("control characters", with("case_ref", json!(format!("{MARK}\u{0}"))), 422, "invalid-text"),
        (
            "a personal number in a reason",
            with("reason", json!(format!("{MARK} 010101-9999 {MARK}"))),
            422,
            "personal-number-in-text",
        ),
        ("a personal number as a case", with("case_ref", json!("0101019999")), 422, "personal-number-in-text"),
        ("emergency without its purpose", with("emergency", emergency(&MARK.repeat(5))), 422, "emergency-incomplete"),
        ("a purpose without its emergency", with("purpose", json!("emergency")), 422, "emergency-incomplete"),
        ("emergency without a code", with("emergency", json!({"reason": MARK.repeat(5)})), 422, "invalid-body"),
        ("emergency by another code", with("emergency", json!({"code": MARK, "reason": MARK})), 422, "invalid-body"),
        ("emergency without a reason", with("emergency", emergency(MARK)), 422, "reason-too-short"),
        ("protected facts without a reason", with("protected", json!({"reason": MARK})), 422, "reason-too-short"),
    ]
}

fn assert_no_echo(name: &str, answer: &Answer) {
    let head = format!("{:?}", answer.headers);
    for sent in [MARK, MARK_IN_A_PATH, NOBODY, "010101-9999"] {
        assert!(!answer.text().contains(sent), "{name}: {}", answer.text());
        assert!(!head.contains(sent), "{name}: {head}");
    }
}

/// The document names the status for this operation. What is no operation of ours needs no line in it.
fn assert_documented(name: &str, method: &Method, path: &str, status: StatusCode) {
    let document = serde_json::to_value(openapi()).expect("the document is JSON");
    let path = if path.starts_with("/v1/overviews/") { "/v1/overviews/{id}" } else { path };
    let operation = &document["paths"][path][method.as_str().to_lowercase()];
    if operation.is_object() {
        let response = &operation["responses"][status.as_str()];
        assert!(response["content"]["application/problem+json"].is_object(), "{name}: {method} {path} {status}");
    }
}

#[tokio::test]
async fn whoever_is_turned_away_gets_a_documented_problem_and_hears_nothing_of_their_own_words() {
    let house = House::open().await;
    let requests = Requests { token: house.token("benefit-officer") };
    for (name, request, status, code) in addresses(&requests).into_iter().chain(bodies(&requests)) {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = house.send(request).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (status, code), "{name}: {}", answer.text());
        assert_no_echo(name, &answer);
        assert_documented(name, &method, &path, answer.status);
        assert_eq!(answer.header(header::CACHE_CONTROL), "private, no-store", "{name}");
    }
}

#[tokio::test]
async fn a_problem_behind_a_token_names_the_trace_that_the_caller_sent() {
    let house = House::open().await;
    let requests = Requests { token: house.token("benefit-officer") };
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let mut request = requests.with("cpr", json!(MARK));
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    request.headers_mut().insert("traceparent", parent.parse().expect("a header"));
    assert_eq!(house.send(request).await.json()["instance"], format!("urn:trace:{trace}"));
    let entries = house.entries();
    assert_eq!(entries.last().and_then(|entry| entry.trace_id.as_deref()), Some(trace));
}

#[tokio::test]
async fn a_handle_is_of_use_to_its_own_caller_only() {
    let house = House::open().await;
    let location = house.look_up("benefit-officer", "claus").await.location().to_owned();
    let other = house.repeat("caseworker-jobcenter", &location, &[]).await;
    assert_eq!((other.status, other.problem().as_str()), (StatusCode::NOT_FOUND, "handle-unknown"));
    let unknown = house.repeat("caseworker-jobcenter", "/v1/overviews/0123456789abcdef", &[]).await;
    let told = |answer: &Answer| {
        let mut problem = answer.json();
        problem["instance"] = Value::Null;
        problem
    };
    assert_eq!(told(&other), told(&unknown), "another caller's handle looks like one that is not there");
}

#[tokio::test]
async fn a_handle_runs_out_after_fifteen_minutes() {
    let house = House::open().await;
    let location = house.look_up("benefit-officer", "claus").await.location().to_owned();
    house.clock.advance(SignedDuration::from_secs(899));
    assert_eq!(house.repeat("benefit-officer", &location, &[]).await.status, StatusCode::OK);
    house.clock.advance(SignedDuration::from_secs(1));
    let answer = house.repeat("benefit-officer", &location, &[]).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::NOT_FOUND, "handle-unknown"));
}

#[tokio::test]
async fn one_request_too_many_is_told_to_come_back() {
    let house = House::open_with(&[], |config| config.service.service.requests_max = 0).await;
    let answer = house.look_up("benefit-officer", "claus").await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (503, "overloaded"));
    assert_eq!(answer.header(header::RETRY_AFTER), "1");
    // The log takes entries in their order: once this one is durable, the one before is.
    house.send(get("/v1/sources", Some(&house.token("benefit-officer")), &[])).await;
    let entries = house.entries();
    let refused = entries.iter().find(|entry| entry.error.as_deref() == Some("overloaded")).expect("on record");
    assert_eq!((refused.phase, refused.status), (Phase::Refused, Some(503)));
    assert!(refused.citizen.is_some() && refused.caller.is_some(), "who asked, and about whom");
    assert_eq!((&refused.purpose, &refused.reason), (&None, &None), "what was typed was not looked at yet");
}

#[tokio::test]
async fn there_is_no_room_before_anything_of_the_request_is_looked_at() {
    let house = House::open_with(&[], |config| config.service.service.requests_max = 0).await;
    let token = house.token("benefit-officer");
    let mut unreadable = post(Some(&token), &Value::Null);
    *unreadable.body_mut() = Body::from("{\"cpr\":");
    let answer = house.send(unreadable).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (503, "overloaded"));
    let unknown = house.repeat("benefit-officer", "/v1/overviews/0123456789abcdef", &[]).await;
    assert_eq!((unknown.status.as_u16(), unknown.problem().as_str()), (503, "overloaded"));
    house.send(get("/v1/sources", Some(&token), &[])).await;
    let entries = house.entries();
    let refused: Vec<_> = entries.iter().filter(|entry| entry.error.as_deref() == Some("overloaded")).collect();
    assert_eq!(refused.len(), 2);
    assert!(
        refused.iter().all(|entry| entry.caller.is_some() && entry.citizen.is_none()),
        "who asked, if not about whom"
    );
    let nobody = house.send(post(None, &json!({}))).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_service_that_stops_says_that_it_is_not_ready() {
    let house = House::open().await;
    assert_eq!(house.send(get("/health/ready", None, &[])).await.status, StatusCode::OK);
    house.app.announce_stop();
    let answer = house.send(get("/health/ready", None, &[])).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (503, "stopping"));
    assert_eq!(house.send(get("/health/live", None, &[])).await.status, StatusCode::OK);
    assert_eq!(house.look_up("benefit-officer", "claus").await.status, StatusCode::OK, "what comes is still answered");
}

#[tokio::test]
async fn nothing_is_asked_or_answered_while_the_audit_cannot_be_written() {
    let house = House::open().await;
    house.app.audit().log().close().await;
    let valid = house.token("benefit-officer");
    for request in [super::house::look_up(&valid, "claus", "own_case"), get("/v1/sources", Some(&valid), &[])] {
        let answer = house.send(request).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (503, "audit-unavailable"));
        assert_eq!(answer.header(header::RETRY_AFTER), "5");
    }
    let asked: usize = house.town.servers.iter().map(|server| server.take_recorded().len()).sum();
    assert_eq!(asked, 0, "no source hears of the citizen");
}
