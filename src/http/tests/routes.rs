//! Every route, with and without a token: compared with the table of routes, the OpenAPI document and the audit.

use std::collections::BTreeSet;

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::consents::{answer, question, to, yes};
use super::house::{Answer, House, INSIGHT_OFFICER, StateDir, get, look_up, now, number, post_to};
use crate::access::Right;
use crate::audit::Phase;
use crate::demo::handles::{HANDLES, Handle};
use crate::demo::issuer::DemoIssuer;
use crate::http::{Listener, ROUTES, Route, Who, audit_openapi, openapi};

fn document() -> Value {
    serde_json::to_value(openapi()).expect("the document is JSON")
}

fn document_of(listener: Listener) -> Value {
    match listener {
        Listener::Service => document(),
        Listener::Audit => serde_json::to_value(audit_openapi()).expect("the document is JSON"),
    }
}

/// Method and path of everything that the document of a listener describes.
fn documented(listener: Listener) -> BTreeSet<(String, String)> {
    let document = document_of(listener);
    let paths = document["paths"].as_object().expect("paths");
    let operations = |(path, item): (&String, &Value)| {
        let methods: Vec<_> = item.as_object().expect("operations").keys().map(|m| m.to_uppercase()).collect();
        methods.into_iter().map(|method| (method, path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(operations).collect()
}

/// What the routes are asked about: an overview that was given, a consent that was asked for, an emergency, an alarm.
pub(super) struct Known {
    pub(super) location: String,
    pub(super) alarm: String,
    emergency: String,
    consent: String,
}

impl Known {
    pub(super) async fn of(house: &House) -> Self {
        let location = house.look_up("benefit-officer", "claus").await.location().to_owned();
        house.look_up("benefit-officer", "henrik").await;
        let auditor = HANDLES.iter().find(|handle| handle.name == "auditor").expect("a caller of the demo");
        let token = house.audit_token(auditor);
        let alarms = house.ask(post_to("/v1/audit/alarms/search", Some(&token), &json!({"kind": "oneself"}))).await;
        let alarm = alarms.overview()["alarms"][0]["id"].as_str().expect("an alarm").to_owned();
        let emergency = house.open_emergency("on-call", "tom").await.overview()["emergency"]["id"].clone();
        let emergency = emergency.as_str().expect("an id").to_owned();
        let question = to("/v1/consents", Some(&house.token("consent-registrar")), &question("kirsten"));
        let consent = house.send(question).await.json()["id"].as_str().expect("a consent").to_owned();
        Self { location, alarm, emergency, consent }
    }
}

/// A request that the route answers, however often it is sent, if it lets the caller in.
pub(super) fn request(route: &Route, token: Option<&str>, known: &Known) -> Request<Body> {
    let day =
        json!({"from": "2026-11-23T00:00:00Z", "to": "2026-11-24T00:00:00Z", "count": 5, "seed": "OMXC25 1712.45"});
    let note = "En opdigtet note, som er lang nok";
    let body = match route.path {
        "/v1/overviews" => json!({"cpr": number("claus"), "purpose": "own_case", "case_ref": "2026-001234"}),
        "/v1/consents" => yes("kirsten"),
        "/v1/consents/search" => json!({"case_ref": "2026-001234"}),
        "/v1/consents/{id}/join" => answer("kirsten", &json!([{"who": "citizen"}]), "given"),
        "/v1/consents/{id}/revoke" => json!({"why": "case_ended"}),
        "/v1/target-groups/{rule}/runs" => json!({
            "purpose": "target_group",
            "legal_basis": "gdpr-6-1-e",
            "reason": "Mandagens liste til koordinatorerne",
        }),
        "/v1/target-groups/objections" => json!({"cpr": number("kirsten"), "action": "list"}),
        "/v1/emergencies/{id}/judgement" => json!({"judgement": "needs_more", "note": note}),
        "/v1/emergencies/{id}/notice" => {
            json!({"held_back": {"code": "investigation", "note": note, "until": "2026-12-24"}})
        }
        "/v1/audit/search" => json!({"find": {"cpr": number("claus")}}),
        "/v1/audit/sample" => day,
        "/v1/audit/export" => json!({"format": "csv"}),
        "/v1/audit/extract" => json!({"prepare": {"cpr": number("claus"), "requested_by": "citizen"}}),
        "/v1/audit/alarms/{id}/follow-up" => json!({"state": "explained", "note": "Set på det sammen med lederen."}),
        _ => json!({}),
    };
    let id = match route.path {
        path if path.starts_with("/v1/consents") => &known.consent,
        path if path.starts_with("/v1/emergencies") => &known.emergency,
        _ => &known.alarm,
    };
    match (route.method, route.path) {
        ("POST", path) => post_to(&path.replace("{id}", id).replace("{rule}", "cross_department"), token, &body),
        (_, "/v1/overviews/{id}") => get(&known.location, token, &[]),
        (_, "/v1/audit/proofs") => get("/v1/audit/proofs?seq=3&size=9", token, &[]),
        (_, path) => get(&path.replace("{path}", "0/000.p/9").replace("{rule}", "cross_department"), token, &[]),
    }
}

/// Sends it to the listener that has the route.
pub(super) async fn send(house: &House, route: &Route, request: Request<Body>) -> Answer {
    match route.listener {
        Listener::Service => house.send(request).await,
        Listener::Audit => house.ask(request).await,
    }
}

/// A token that is meant for the route's listener.
pub(super) fn token(house: &House, route: &Route, caller: &Handle) -> String {
    match route.listener {
        Listener::Service => house.token_of(caller),
        Listener::Audit => house.audit_token(caller),
    }
}

/// A caller whom the table lets in.
fn caller(route: &Route) -> &'static Handle {
    let name = match route.who {
        Who::Holder(Right::ReleaseInsight) => return &INSIGHT_OFFICER,
        Who::Holder(Right::SeeSourceHealth) => "operator",
        Who::Holder(Right::Audit) => "auditor",
        Who::Holder(Right::RecordConsents) => "consent-registrar",
        Who::Holder(Right::RunTargetGroups) => "list-owner",
        Who::OneOf(rights) if rights.contains(&Right::RunTargetGroups) => "list-owner",
        Who::OneOf(rights) if rights.contains(&Right::JudgeEmergencies) => "leader-duty",
        Who::Holder(_) | Who::OneOf(_) => panic!("name a caller whom this lets in: {:?}", route.who),
        Who::Authenticated | Who::Everybody => "benefit-officer",
    };
    HANDLES.iter().find(|handle| handle.name == name).expect("a caller of the demo")
}

#[test]
fn the_table_of_routes_and_the_documents_name_the_same_routes() {
    for listener in [Listener::Service, Listener::Audit] {
        let routes = ROUTES.iter().filter(|route| route.listener == listener);
        let table = routes.map(|route| (route.method.to_owned(), route.path.to_owned())).collect();
        assert_eq!(documented(listener), table);
    }
}

#[test]
fn the_documents_say_which_routes_want_a_token_and_what_they_answer_without() {
    for route in ROUTES {
        let document = document_of(route.listener);
        assert_eq!(document["openapi"], "3.1.0");
        let operation = &document["paths"][route.path][route.method.to_lowercase()];
        let wants_token = operation["security"] == json!([{"bearer": []}]);
        assert_eq!(wants_token, route.who != Who::Everybody, "{} {}", route.method, route.path);
        assert_eq!(operation["responses"]["401"].is_object(), wants_token, "{} {}", route.method, route.path);
    }
}

#[test]
fn no_parameter_may_be_null() {
    for document in [document_of(Listener::Service), document_of(Listener::Audit)] {
        let paths = document["paths"].as_object().expect("paths");
        let operations = paths.values().flat_map(|path| path.as_object().expect("operations").values());
        for parameter in operations.filter_map(|operation| operation["parameters"].as_array()).flatten() {
            assert!(parameter["schema"]["type"].is_string(), "{parameter}");
        }
    }
}

#[tokio::test]
async fn every_route_lets_in_whom_its_table_says_and_nobody_else() {
    let house = House::open().await;
    let elsewhere = StateDir::new();
    let stranger = DemoIssuer::open(&elsewhere.0).expect("another issuer");
    let hour = jiff::SignedDuration::from_hours(1);
    let known = Known::of(&house).await;
    for route in ROUTES {
        let (caller, audiences) = (caller(route), ["glasplade", "glasplade-audit"]);
        let forged = stranger.sign_for(&audiences, caller, now(), hour);
        let over = house.issuer.sign_for(&audiences, caller, now() - 3 * hour, hour);
        let other_door = match route.listener {
            Listener::Service => house.audit_token(caller),
            Listener::Audit => house.issuer.sign_for(&["glasplade"], caller, now(), hour),
        };
        let name = format!("{} {}", route.method, route.path);
        for bad in [None, Some(&*forged), Some(&*over), Some(&*other_door), Some("no token at all")] {
            let answer = send(&house, route, request(route, bad, &known)).await;
            match route.who {
                Who::Authenticated | Who::Holder(_) | Who::OneOf(_) => {
                    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
                    assert_eq!(answer.problem(), "unauthorized", "{name}");
                    assert!(answer.header(header::WWW_AUTHENTICATE).starts_with("Bearer"), "{name}");
                }
                Who::Everybody => assert_eq!(answer.status, StatusCode::OK, "{name}"),
            }
        }
        let valid = token(&house, route, caller);
        let answer = send(&house, route, request(route, Some(&valid), &known)).await;
        assert!(matches!(answer.status, StatusCode::OK | StatusCode::CREATED), "{name}: {}", answer.text());
    }
}

#[tokio::test]
async fn neither_listener_knows_a_route_of_the_other() {
    let house = House::open().await;
    let known = Known::of(&house).await;
    for route in ROUTES {
        let both = house.issuer.sign_for(
            &["glasplade", "glasplade-audit"],
            caller(route),
            now(),
            jiff::SignedDuration::from_hours(1),
        );
        let request = request(route, Some(&both), &known);
        let answer = match route.listener {
            Listener::Service => house.ask(request).await,
            Listener::Audit => house.send(request).await,
        };
        assert_eq!((answer.status, &*answer.problem()), (StatusCode::NOT_FOUND, "not-found"), "{}", route.path);
    }
}

#[tokio::test]
async fn how_the_sources_do_is_for_the_operator_alone_so_that_nobody_counts_what_a_look_up_asked() {
    let house = House::open().await;
    for handle in HANDLES {
        let before = house.entries().len();
        let answer = house.send(get("/v1/sources", Some(&house.token(handle.name)), &[])).await;
        let entries = house.entries();
        assert_eq!(entries.len(), before + 1, "{}", handle.name);
        let entry = entries.last().expect("an entry");
        let told = (entry.phase, entry.status, entry.error.as_deref());
        if handle.name == "operator" {
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(told, (Phase::Accessed, Some(200), None));
        } else {
            assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::FORBIDDEN, "not-for-role"));
            assert!(!answer.text().contains("sbsys"), "{}", handle.name);
            assert_eq!(told, (Phase::Refused, Some(403), Some("not-for-role")), "{}", handle.name);
        }
    }
}

#[tokio::test]
async fn two_authorization_headers_are_no_token() {
    let house = House::open().await;
    let valid = house.token("operator");
    let mut request = get("/v1/sources", Some(&valid), &[]);
    request.headers_mut().append(header::AUTHORIZATION, format!("Bearer {valid}").parse().expect("a header"));
    assert_eq!(house.send(request).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn every_audited_route_leaves_an_entry_and_no_other_does() {
    let house = House::open().await;
    let known = Known::of(&house).await;
    for route in ROUTES {
        let caller = caller(route);
        let valid = token(&house, route, caller);
        let before = house.entries().len();
        send(&house, route, request(route, Some(&valid), &known)).await;
        let entries = house.entries();
        let new = &entries[before..];
        let name = format!("{} {}", route.method, route.path);
        assert_eq!(!new.is_empty(), route.audited, "{name}");
        for entry in new {
            assert_eq!(entry.route, name);
            assert_eq!(entry.caller.as_ref().expect("a caller").employee, caller.employee);
        }
    }
}

#[tokio::test]
async fn a_look_up_is_written_down_before_it_begins_and_before_it_is_answered() {
    let house = House::open().await;
    let answer = house.look_up("benefit-officer", "claus").await;
    let entries = house.entries();
    let phases: Vec<Phase> = entries.iter().map(|entry| entry.phase).collect();
    assert_eq!(phases, [Phase::Intended, Phase::Completed]);
    assert_eq!(entries[0].attempt, entries[1].attempt);
    assert_eq!(entries[1].status, Some(200));
    assert_eq!(entries[1].body_hash.as_deref(), Some(answer.header(header::ETAG).trim_matches('"')));
    assert_eq!(entries[1].sources.len(), 7);
    let shown: Vec<_> = entries[1].shown.iter().map(|row| (row.item == "citizen", row.classes.len())).collect();
    assert_eq!(shown, [(true, 1), (false, 10)], "the citizen's own block, and one case");
    assert_eq!(entries[1].case_ref.as_deref(), Some("2026-001234"));
}

#[tokio::test]
async fn an_answer_that_the_caller_has_already_is_written_down_as_well() {
    let house = House::open().await;
    let location = house.look_up("benefit-officer", "claus").await.location().to_owned();
    let etag = house.repeat("benefit-officer", &location, &[]).await.header(header::ETAG).to_owned();
    let again = house.repeat("benefit-officer", &location, &[("If-None-Match", &etag)]).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let entries = house.entries();
    let last = entries.last().expect("an entry");
    assert_eq!((last.phase, last.status), (Phase::Completed, Some(304)));
}

#[tokio::test]
async fn a_stream_leaves_an_entry_for_each_event() {
    let house = House::open().await;
    let token = house.token("benefit-officer");
    let mut request = look_up(&token, "claus", "own_case");
    request.headers_mut().insert(header::ACCEPT, "text/event-stream".parse().expect("a header"));
    let answer = house.send(request).await;
    let events = answer.text().matches("event: items").count();
    let phases: Vec<Phase> = house.entries().iter().map(|entry| entry.phase).collect();
    assert_eq!(phases.first(), Some(&Phase::Intended));
    assert_eq!(phases.iter().filter(|phase| **phase == Phase::Event).count(), events);
    assert_eq!(phases.last(), Some(&Phase::Completed));
}

#[tokio::test]
async fn whoever_is_turned_away_is_written_down() {
    let house = House::open().await;
    let valid = house.token("benefit-officer");
    let refused = [
        (look_up(&valid, "claus", "coordinating"), "purpose-unknown"),
        (look_up(&valid, "claus", "find_colleague"), "purpose-off"),
        (look_up(&house.token("on-call"), "claus", "own_case"), "purpose-not-for-role"),
        (look_up(&valid, "9999999999", "own_case"), "invalid-cpr"),
        (get("/v1/overviews/0123456789abcdef0123456789abcdef", Some(&valid), &[]), "handle-unknown"),
        (get("/v1/sources?lang=sv", Some(&house.token("operator")), &[]), "invalid-query"),
        (get("/v1/sources?lang=sv", Some(&valid), &[]), "not-for-role"),
    ];
    for (request, code) in refused {
        let before = house.entries().len();
        let answer = house.send(request).await;
        let entries = house.entries();
        assert_eq!(entries.len(), before + 1, "{code}");
        let entry = entries.last().expect("an entry");
        assert_eq!(entry.phase, Phase::Refused, "{code}");
        assert_eq!(entry.error.as_deref(), Some(code));
        assert_eq!(answer.problem(), code);
        assert!(entry.caller.is_some(), "{code}");
    }
}

#[tokio::test]
async fn a_method_that_the_path_does_not_take_is_told_which_it_takes() {
    let house = House::open().await;
    for route in ROUTES {
        let path = route.path.replace("{id}", "0").replace("{path}", "0/000");
        let request = Request::builder().method(Method::DELETE).uri(path);
        let answer = send(&house, route, request.body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{}", route.path);
        assert_eq!(answer.problem(), "method-not-allowed");
        assert!(
            answer.header(header::ALLOW).contains(route.method),
            "{}: {}",
            route.path,
            answer.header(header::ALLOW)
        );
    }
}

#[tokio::test]
async fn each_listener_serves_its_own_document() {
    let house = House::open().await;
    assert_eq!(house.ask(get("/openapi.json", None, &[])).await.json(), document_of(Listener::Audit));
    assert_eq!(house.ask(get("/docs/", None, &[])).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_documentation_is_served_without_a_token_and_from_this_machine() {
    let house = House::open().await;
    let served = house.send(get("/openapi.json", None, &[])).await;
    assert_eq!(served.json(), document());
    let page = house.send(get("/docs/", None, &[])).await;
    assert_eq!(page.status, StatusCode::OK);
    for outside in ["https://", "http://", "//cdn"] {
        assert!(!page.text().contains(outside), "the page fetches something from {outside}");
    }
}
