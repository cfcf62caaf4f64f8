//! The adapter against the fake, over the wire.

mod list;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::KIND;
use super::fake::FakeSbsys;
use super::fake::credentials::{CLIENT_ID, CLIENT_SECRET, PASSWORD, USERNAME};
use crate::contract::{
    About, Adapter, CallContext, CaseStatus, CprNumber, Fetched, ManualClock, PartyRole, Sensitivity, SourceErrorKind,
    SourceId, TraceContext, Traffic,
};
use crate::fake::population::{CaseRow, Line, Party, Person, Progress, Sex, Staff, UnitRow};
use crate::fake::{FakeAnswer, FakeContext, FakeRequest, FakeServer, FakeSystem, Fault, World};
use crate::listing::sweep::{Staged, edited};
use crate::register::{Environment, SourceConfig};
use crate::transport::{ConnectionSettings, Limits};

const ALMA: &str = "0101909999";
const BENT: &str = "0202129997";
const NOBODY: &str = "3112999996";

struct House {
    server: FakeServer,
    system: Arc<FakeSbsys>,
    clock: Arc<ManualClock>,
}

impl House {
    async fn with(cases: Vec<CaseRow>) -> Self {
        Self::staged(cases, |system| system).await
    }

    async fn staged(cases: Vec<CaseRow>, stage: impl FnOnce(Arc<dyn FakeSystem>) -> Arc<dyn FakeSystem>) -> Self {
        let people = [(ALMA, "Alma"), (BENT, "Bent")].map(|(cpr, name)| Line::Person(person(cpr, name)));
        let cases = cases.into_iter().map(|row| Line::Case(Box::new(row)));
        let lines = [Line::Unit(unit()), Line::Staff(staff())].into_iter().chain(people).chain(cases);
        Self::of(World::from_lines(lines), stage).await
    }

    /// The fake of this world, behind `stage`.
    async fn of(world: World, stage: impl FnOnce(Arc<dyn FakeSystem>) -> Arc<dyn FakeSystem>) -> Self {
        let world = Arc::new(world);
        let clock = Arc::new(ManualClock::at("2025-09-01T08:00:00Z".parse().expect("a moment")));
        let system = Arc::new(FakeSbsys::new(FakeContext { world: Arc::clone(&world), clock: clock.clone() }));
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = FakeServer::start(stage(system.clone()), world, free, free).await.expect("free ports");
        Self { server, system, clock }
    }

    fn adapter(&self, changes: &Value) -> Adapter {
        self.adapter_with(changes, Limits::default())
    }

    fn adapter_with(&self, changes: &Value, limits: Limits) -> Adapter {
        let mut settings = json!({
            "client_id": CLIENT_ID, "client_secret": "env:SECRET", "username": USERNAME, "password": "env:PASSWORD",
            "case_link": "https://sbsys.example.dk/sag/{id}",
        });
        for (name, value) in changes.as_object().expect("an object") {
            settings[name] = value.clone();
        }
        let environment = Environment(Box::new(|name| match name {
            "SECRET" => Some(CLIENT_SECRET.to_owned()),
            "PASSWORD" => Some(PASSWORD.to_owned()),
            "WRONG" => Some("wrong".to_owned()),
            _ => None,
        }));
        let connection = ConnectionSettings { base_url: self.server.base_url(), ca_file: None, limits };
        let config = SourceConfig { id: SourceId::new("sbsys"), connection, settings, environment: &environment };
        KIND.cases(config).expect("good settings")
    }

    #[expect(clippy::disallowed_methods, reason = "a deadline lies in the machine's time")]
    fn ctx(&self) -> CallContext {
        CallContext {
            deadline: tokio::time::Instant::now() + Duration::from_secs(2),
            clock: self.clock.clone(),
            trace: TraceContext {
                trace_id: "0af7651916cd43dd8448eb211c80319c".into(),
                span_id: "b7ad6b7169203331".into(),
                ..TraceContext::default()
            },
            transaction: Uuid::nil(),
            traffic: Traffic::default(),
        }
    }

    async fn fetch(&self, adapter: &Adapter, cpr: &str) -> Result<Fetched, SourceErrorKind> {
        let citizen = CprNumber::parse(cpr).expect("ten digits");
        adapter.fetch(&self.ctx(), &citizen).await.map_err(|error| error.kind)
    }

    fn calls(&self, path: &str) -> usize {
        self.server.take_recorded().iter().filter(|call| call.target.contains(path)).count()
    }
}

fn usual() -> Value {
    json!({})
}

fn unit() -> UnitRow {
    UnitRow {
        code: "MSB-VH".into(),
        name: "Voksenhandicap Nord".into(),
        department: "MSB".into(),
        uuid: Uuid::from_u128(5),
        number: 5,
        phone: None,
        mailbox: None,
        above: Vec::new(),
    }
}

fn staff() -> Staff {
    let text = json!({
        "id": "az12345", "uuid": Uuid::from_u128(2), "number": 2, "name": "Karen Prøve", "unit": "MSB-VH",
        "email": "Karen.Test@example.dk", "phone": "87 00 00 01", "mobile": "20 00 00 01",
    });
    serde_json::from_value(text).expect("a member of staff")
}

fn person(cpr: &str, name: &str) -> Person {
    serde_json::from_value(json!({
        "cpr": cpr, "given_name": name, "family_name": "Prøve", "born": "1990-01-01", "sex": Sex::K,
    }))
    .expect("a person")
}

fn case(serial: u64, citizen: &str) -> CaseRow {
    CaseRow {
        source: "sbsys".into(),
        id: Uuid::from_u128(u128::from(serial)),
        serial,
        citizen: citizen.into(),
        number: Some(format!("27.27.42-G01-{serial}-25")),
        title: Some("Bostøtte".into()),
        opened: "2025-02-07".parse().ok(),
        changed: "2025-06-30T21:30:00.25Z".parse().ok(),
        unit: Some("MSB-VH".into()),
        caseworker: Some("az12345".into()),
        kle: Some("27.27.42".into()),
        kle_title: Some("Socialpædagogisk bistand".into()),
        facet: Some("G01".into()),
        type_code: Some("77".into()),
        type_name: Some("Bostøtte § 85".into()),
        ..CaseRow::default()
    }
}

fn quirk(row: CaseRow, name: &str, value: Value) -> CaseRow {
    CaseRow { quirks: BTreeMap::from([(name.to_owned(), value)]), ..row }
}

fn titles(fetched: &Fetched) -> Vec<&str> {
    fetched.records.iter().filter_map(|record| record.title.as_deref()).collect()
}

#[tokio::test]
async fn a_citizens_cases_come_with_their_details_and_numbers() {
    let closed = CaseRow { progress: Progress::Closed, closed: "2025-08-01".parse().ok(), ..case(2, ALMA) };
    let house = House::with(vec![case(1, ALMA), closed, case(3, BENT)]).await;
    let fetched = house.fetch(&house.adapter(&usual()), ALMA).await.expect("an answer");
    assert_eq!((fetched.records.len(), fetched.unreadable, fetched.cut_short), (2, 0, false));
    let [first, second] = fetched.records.as_slice() else { panic!("two cases") };
    assert_eq!(first.about, About::numbers([CprNumber::parse(ALMA).expect("ten digits")]));
    assert_eq!(first.party_role, PartyRole::Primary);
    assert_eq!(first.status.normal, CaseStatus::Running);
    assert_eq!(first.kle.as_ref().and_then(|kle| kle.title.as_deref()), Some("Socialpædagogisk bistand"));
    assert_eq!(first.last_changed, "2025-06-30T21:30:00.25Z".parse().ok());
    assert_eq!(first.actors[0].phone.as_deref(), Some("87 00 00 01"));
    assert_eq!(first.actors[0].email.as_deref(), Some("karen.test@example.dk"));
    assert_eq!(first.link.as_deref(), Some("https://sbsys.example.dk/sag/1"));
    assert_eq!(second.status.normal, CaseStatus::Closed);
    assert_eq!(second.closed, "2025-08-01".parse().ok());
    assert_eq!(house.calls("/api/bruger/"), 1, "one caseworker, one call");
}

#[tokio::test]
async fn an_unknown_citizen_is_empty_not_an_error() {
    let house = House::with(vec![case(1, ALMA)]).await;
    assert_eq!(house.fetch(&house.adapter(&usual()), NOBODY).await, Ok(Fetched::default()));
}

#[tokio::test]
async fn one_token_serves_until_a_minute_before_its_end() {
    let house = House::with(vec![case(1, ALMA)]).await;
    let adapter = house.adapter(&usual());
    house.fetch(&adapter, ALMA).await.expect("an answer");
    house.clock.advance(SignedDuration::from_secs(239));
    house.fetch(&adapter, ALMA).await.expect("an answer");
    assert_eq!(house.calls("/token"), 1);
    house.clock.advance(SignedDuration::from_secs(2));
    house.fetch(&adapter, ALMA).await.expect("an answer");
    assert_eq!(house.calls("/token"), 1);
}

#[tokio::test]
async fn a_token_that_ended_early_is_renewed_once() {
    let house = House::with(vec![case(1, ALMA)]).await;
    let adapter = house.adapter(&usual());
    house.fetch(&adapter, ALMA).await.expect("an answer");
    house.calls("");
    house.system.end_all_tokens();
    assert_eq!(titles(&house.fetch(&adapter, ALMA).await.expect("an answer")), ["Bostøtte"]);
    assert_eq!(house.calls("/token"), 1);
}

#[tokio::test]
async fn refused_credentials_and_tokens_are_unauthorized() {
    let house = House::with(vec![case(1, ALMA)]).await;
    for wrong in [json!({"client_secret": "env:WRONG"}), json!({"password": "env:WRONG"}), json!({"username": "x"})] {
        let answer = house.fetch(&house.adapter(&wrong), ALMA).await;
        assert_eq!(answer, Err(SourceErrorKind::Unauthorized));
    }
    house.calls("");
    house.server.faults().set(Some(ALMA), Fault::RefusedToken);
    let answer = house.fetch(&house.adapter(&usual()), ALMA).await;
    assert_eq!(answer, Err(SourceErrorKind::Unauthorized));
    assert_eq!(house.calls("/token"), 2, "the first one and one renewal");
}

#[tokio::test]
async fn the_client_credentials_grant_and_another_token_address_work() {
    let house = House::with(vec![case(1, ALMA)]).await;
    let elsewhere = json!({
        "grant": "client_credentials", "token_base_url": house.server.base_url(),
        "token_path": "/realms/sbsip/protocol/openid-connect/token",
    });
    assert_eq!(titles(&house.fetch(&house.adapter(&elsewhere), ALMA).await.expect("an answer")), ["Bostøtte"]);
    let recorded = house.server.take_recorded();
    let form = String::from_utf8_lossy(&recorded[0].body);
    assert!(form.contains("grant_type=client_credentials") && !form.contains("username"));
    assert_eq!(recorded[0].target, "/realms/sbsip/protocol/openid-connect/token");
}

#[tokio::test]
async fn all_pages_are_read_in_either_dialect() {
    let house = House::with((1..=7).map(|serial| case(serial, ALMA)).collect()).await;
    for paging in ["limit_skip", "page_number"] {
        let adapter = house.adapter(&json!({"paging": paging, "page_size": 3}));
        let fetched = house.fetch(&adapter, ALMA).await.expect("an answer");
        let ids: Vec<&str> = fetched.records.iter().map(|record| &*record.native_id).collect();
        assert_eq!(ids, ["1", "2", "3", "4", "5", "6", "7"], "{paging}");
        assert_eq!(house.calls("/api/sag/search"), 3, "{paging}");
        assert!(!fetched.cut_short);
    }
}

/// The pages that the first one tells of are asked for side by side, as if all were as long as it was.
#[tokio::test]
async fn a_page_that_is_shorter_than_the_first_costs_no_row() {
    // SBSYS gives two rows where three were asked for.
    let short = |request: &FakeRequest, answer: FakeAnswer| {
        let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        if asked["Skip"] != 3 {
            return answer;
        }
        edited(&answer, |body| body["Results"].as_array_mut().expect("rows").truncate(2))
    };
    let cases = (1..=10).map(|serial| case(serial, ALMA)).collect();
    let house = House::staged(cases, |system| Staged::over(system, short)).await;
    let fetched = house.fetch(&house.adapter(&json!({"page_size": 3})), ALMA).await.expect("an answer");
    let ids: Vec<&str> = fetched.records.iter().map(|record| &*record.native_id).collect();
    assert_eq!(ids, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
    assert!(!fetched.cut_short && fetched.unreadable == 0);
    let mut skipped = Vec::new();
    for call in house.server.take_recorded().iter().filter(|call| call.target.contains("/api/sag/search")) {
        let asked: Value = serde_json::from_slice(&call.body).expect("JSON");
        skipped.push(asked["Skip"].as_u64().expect("a number"));
    }
    assert_eq!(skipped[0], 0);
    skipped[1..4].sort_unstable();
    assert_eq!(skipped[1..], [3, 6, 9, 5, 8], "three that were told of, then one after another");
}

/// An installation that has no paging, and gives the same page for ever, of so many rows as it says.
fn deaf(rows: u32) -> impl Fn(&FakeRequest, FakeAnswer) -> FakeAnswer {
    move |request, answer| {
        if !request.path.ends_with("search") {
            return answer;
        }
        edited(&answer, |body| {
            body["TotalNumberOfResults"] = json!(rows);
            body["Results"] = json!([{"Id": 1, "PrimaryPart": {"CPRnummer": "010190-9999"}}]);
        })
    }
}

#[tokio::test]
async fn the_same_page_for_ever_costs_what_is_asked_for_at_once_and_no_more() {
    let house = House::staged(vec![case(1, ALMA)], |system| Staged::over(system, deaf(1_000_000))).await;
    let limits = Limits { concurrency_max: 3, ..Limits::default() };
    let fetched = house.fetch(&house.adapter_with(&json!({"page_size": 1}), limits), ALMA).await.expect("an answer");
    assert_eq!((fetched.records.len(), fetched.cut_short), (1, true));
    let calls = house.calls("/api/sag/search");
    assert!((2..=4).contains(&calls), "{calls}: the first, and three at once");
}

#[tokio::test]
async fn more_rows_than_wanted_or_given_is_cut_short() {
    let house = House::with((1..=120).map(|serial| case(serial, ALMA)).collect()).await;
    let few = Limits { rows_max: 5, ..Limits::default() };
    let fetched = house.fetch(&house.adapter_with(&usual(), few), ALMA).await.expect("an answer");
    assert_eq!((fetched.records.len(), fetched.cut_short), (5, true));
    let fetched = house.fetch(&house.adapter(&json!({"paging": "none"})), ALMA).await.expect("an answer");
    assert_eq!((fetched.records.len(), fetched.cut_short), (100, true));
}

#[tokio::test]
async fn vanished_withheld_hidden_and_odd_cases_each_count_as_what_they_are() {
    let house = House::with(vec![
        quirk(case(1, ALMA), "detail_gone", json!(true)),
        quirk(case(2, ALMA), "detail_forbidden", json!(true)),
        quirk(case(3, ALMA), "hidden_from_user", json!(true)),
        quirk(case(4, ALMA), "unreadable", json!(true)),
        quirk(CaseRow { level: Some(3), ..case(5, ALMA) }, "titel", json!(true)),
        quirk(case(6, ALMA), "tilstand", json!("Bero")),
    ])
    .await;
    let fetched = house.fetch(&house.adapter(&usual()), ALMA).await.expect("an answer");
    let ids: Vec<&str> = fetched.records.iter().map(|record| &*record.native_id).collect();
    assert_eq!((ids, fetched.unreadable), (vec!["2", "5", "6"], 2));
    let thin = &fetched.records[0];
    assert_eq!(thin.kle.as_ref().map(|kle| (kle.subject.as_str(), kle.title.as_deref())), Some(("27.27.42", None)));
    assert_eq!(fetched.records[1].sensitivity, Some(Sensitivity::Screened));
    assert_eq!(fetched.records[1].title.as_deref(), Some("Bostøtte"));
    assert_eq!(fetched.records[2].status.normal, CaseStatus::Other);
}

#[tokio::test]
async fn another_citizens_answer_names_that_citizen() {
    let house = House::with(vec![case(1, ALMA), case(2, BENT)]).await;
    house.server.faults().set(None, Fault::AnotherCitizen);
    let fetched = house.fetch(&house.adapter(&usual()), ALMA).await.expect("an answer");
    let about: Vec<&About> = fetched.records.iter().map(|record| &record.about).collect();
    assert_eq!(about, [&About::numbers([CprNumber::parse(BENT).expect("ten digits")])]);
}

#[tokio::test]
async fn cases_in_which_the_citizen_is_another_party_are_asked_for_by_setting() {
    let other = quirk(CaseRow { party: Party::Secondary, ..case(2, ALMA) }, "primary_cpr", json!(BENT));
    let house = House::with(vec![case(1, ALMA), other]).await;
    let fetched = house.fetch(&house.adapter(&usual()), ALMA).await.expect("an answer");
    assert_eq!(fetched.records.len(), 1);
    let fetched = house.fetch(&house.adapter(&json!({"all_parties": true})), ALMA).await.expect("an answer");
    let roles: Vec<PartyRole> = fetched.records.iter().map(|record| record.party_role).collect();
    assert_eq!(roles, [PartyRole::Primary, PartyRole::Secondary]);
}

#[tokio::test]
async fn deadlines_are_read_by_setting() {
    let house = House::with(vec![CaseRow { deadline: "2025-10-01".parse().ok(), ..case(1, ALMA) }]).await;
    let fetched = house.fetch(&house.adapter(&usual()), ALMA).await.expect("an answer");
    assert_eq!(fetched.records[0].deadline, None);
    let fetched = house.fetch(&house.adapter(&json!({"reminders": true})), ALMA).await.expect("an answer");
    assert_eq!(fetched.records[0].deadline, "2025-10-01".parse().ok());
}

#[tokio::test]
async fn faults_become_the_right_kinds() {
    let house = House::with(vec![case(1, ALMA)]).await;
    let small = Limits { body_bytes_max: 64 * 1024, ..Limits::default() };
    for (fault, kind) in [
        (Fault::VendorFault, SourceErrorKind::Unavailable),
        (Fault::Status(503), SourceErrorKind::Unavailable),
        (Fault::Status(429), SourceErrorKind::Unavailable),
        (Fault::Html, SourceErrorKind::Malformed),
        (Fault::Endless, SourceErrorKind::Malformed),
    ] {
        for whom in [None, Some(ALMA)] {
            house.server.faults().set(whom, fault);
            let answer = house.fetch(&house.adapter_with(&usual(), small), ALMA).await;
            assert_eq!(answer, Err(kind), "{fault} for {}", whom.map_or("everybody", |_| "one"));
            house.server.faults().clear_all();
        }
    }
    house.server.faults().set(None, Fault::Truncated);
    let answer = house.fetch(&house.adapter(&usual()), ALMA).await;
    assert_eq!(answer, Err(SourceErrorKind::Malformed), "an answer that breaks after its head");
}

#[tokio::test]
async fn no_call_has_the_number_in_its_address_and_the_probe_is_about_nobody() {
    let house = House::with(vec![case(1, ALMA)]).await;
    let adapter = house.adapter(&json!({"reminders": true, "all_parties": true}));
    house.fetch(&adapter, ALMA).await.expect("an answer");
    adapter.probe(&house.ctx()).await.expect("a probe");
    let recorded = house.server.take_recorded();
    assert!(recorded.iter().all(|call| !call.target.contains("010190") && call.headers.contains_key("traceparent")));
    assert_eq!(recorded.last().map(|call| call.target.as_str()), Some("/api/sag/sagStatusList"));
}

#[tokio::test]
async fn other_peoples_clients_find_what_they_know() {
    let house = House::with(vec![case(1, ALMA), CaseRow { progress: Progress::Closed, ..case(2, BENT) }]).await;
    let token = house.system.answer(&request(
        "POST",
        "/auth/realms/sbsip/protocol/openid-connect/token",
        "grant_type=client_credentials&client_id=glasplade&client_secret=demo-secret",
        None,
    ));
    let token: Value = serde_json::from_slice(&token.body).expect("JSON");
    let token = token["access_token"].as_str().expect("a token");
    let ask = |method, path, body: &str| {
        let answer = house.system.answer(&request(method, path, body, Some(token)));
        (answer.status.as_u16(), serde_json::from_slice::<Value>(&answer.body).expect("JSON"))
    };
    let total = |body: Value| ask("POST", "/api/sag/search", &body.to_string()).1["TotalNumberOfResults"].clone();
    assert_eq!(total(json!({"PrimaerPerson": {"CprNummer": "010190-9999"}})), 1);
    assert_eq!(total(json!({"PrimaerPerson": {"CprNummer": "0101909999"}})), 0, "the hyphen is needed");
    assert_eq!(total(json!({"PrimaerPerson": {"PersonNavn": "bent"}})), 1);
    assert_eq!(total(json!({"SagsSkabeloner": [77], "SagsTyper": [{"Navn": "EmneSag"}]})), 2);
    assert_eq!(total(json!({"SagsStatusIds": [9]})), 1);
    assert_eq!(total(json!({"SagsStatusId": 6})), 0);
    assert_eq!(total(json!({"NummerInterval": {"From": "27.27.42-G01", "To": "27.27.42-G02"}})), 2);
    assert_eq!(total(json!({"Titel": "bostøtte", "Nummer": "27.27.42-G01-2-25"})), 1);
    let rows = ask("POST", "/api/sag/search", r#"{"Limit": 1, "Skip": 1}"#).1;
    assert_eq!(rows["Results"][0]["Id"], 2);
    assert!(rows["Results"][0].get("SagsNummer").is_none() && rows["Results"][0].get("Personer").is_none());
    let by_uuid = format!("/api/sag/{}", Uuid::from_u128(1));
    assert_eq!(ask("GET", &by_uuid, "").1["SagsNummer"]["EmneplanNummer"]["Nummer"], "27.27.42");
    assert_eq!(ask("GET", "//api/erindring/sag/1", "").1, json!([]));
    assert_eq!(ask("GET", "/api/sag/1/part", "").1[0]["CPRnummer"], "010190-9999");
    assert_eq!(ask("GET", "/api/sag/sagStatusList", "").1.as_array().map(Vec::len), Some(4));
    assert_eq!(ask("GET", "/api/sagsskabelon/77", "").1["Navn"], "Bostøtte § 85");
    assert_eq!(ask("POST", "/api/person/search", r#"{"CprNummer": "010190-9999"}"#).1[0]["Navn"], "Alma Prøve");
    assert_eq!(ask("POST", "/api/bruger/search", r#"{"LogonId": "AZ12345"}"#).1[0]["Navn"], "Karen Prøve");
    assert_eq!(ask("GET", "/api/ansaettelsessted/alle", "").1[0]["Id"], 5);
    assert_eq!(ask("GET", "/api/sag/404", "").0, 404);
    assert_eq!(ask("PUT", "/api/sag/2/status", "{}").0, 409);
    assert_eq!(ask("POST", "/api/sag/search", "not JSON").0, 400);
    assert_eq!(house.system.answer(&request("GET", "/api/bruger/me", "", None)).status.as_u16(), 401);
}

fn request(method: &str, path: &str, body: &str, token: Option<&str>) -> FakeRequest {
    let mut headers = http::HeaderMap::new();
    if let Some(value) = token.and_then(|token| format!("Bearer {token}").parse().ok()) {
        headers.insert(http::header::AUTHORIZATION, value);
    }
    FakeRequest {
        method: method.parse().expect("a method"),
        path: path.to_owned(),
        query: Vec::new(),
        headers,
        body: bytes::Bytes::copy_from_slice(body.as_bytes()),
        instead: None,
    }
}
