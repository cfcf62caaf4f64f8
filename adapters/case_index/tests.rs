//! The adapter against its fake, over HTTP on loopback.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::KIND;
use crate::contract::{
    About, ActorKind, ActorRole, Adapter, CallContext, CaseStatus, CprNumber, Fetched, ManualClock, PartyRole,
    QualityFlag, Record, RelationKind, Sensitivity, SourceErrorKind, SourceId, TraceContext, Traffic,
};
use crate::fake::population::{CaseRow, Line, Party, Person, Progress, Sex, Staff, StatusStep, UnitRow};
use crate::fake::{FakeContext, FakeServer, Fault, World};
use crate::register::{BuildError, Environment, SourceConfig};
use crate::transport::{ConnectionSettings, Limits};

pub(super) const CITIZEN: &str = "0101019999";
pub(super) const LOOK_ALIKE: &str = "0202029999";
const NOW: &str = "2025-06-01T12:00:00Z";

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(at(NOW)))
}

pub(super) fn id(number: u128) -> Uuid {
    Uuid::from_u128(0xbbbb_bbbb_0000_4000_8000_0000_0000_0000 + number)
}

pub(super) fn row(number: u128) -> CaseRow {
    CaseRow {
        source: "case_index".to_owned(),
        id: id(number),
        citizen: CITIZEN.to_owned(),
        number: Some(format!("2025-{number:06}")),
        title: Some(format!("Sag {number}")),
        opened: "2025-01-02".parse().ok(),
        changed: "2025-05-05T08:00:00.25Z".parse().ok(),
        ..CaseRow::default()
    }
}

fn person(cpr: &str) -> Line {
    Line::Person(
        serde_json::from_value::<Person>(json!({
            "cpr": cpr, "given_name": "Ida", "family_name": "Prøve", "born": "2001-01-01", "sex": Sex::K
        }))
        .expect("a person"),
    )
}

pub(super) fn world(rows: impl IntoIterator<Item = CaseRow>) -> World {
    let unit = |code: &str, number: u32| {
        Line::Unit(UnitRow {
            code: code.to_owned(),
            name: format!("Team {code}"),
            department: "MSB".to_owned(),
            uuid: id(u128::from(number)),
            number,
            phone: None,
            mailbox: None,
            above: Vec::new(),
        })
    };
    let staff = |text: &str, number: u32| {
        let staff =
            json!({"id": text, "uuid": id(u128::from(number)), "number": number, "name": "Ove Test", "unit": "NORD"});
        Line::Staff(serde_json::from_value::<Staff>(staff).expect("staff"))
    };
    let people = [
        unit("NORD", 9001),
        unit("SYD", 9002),
        staff("az00001", 8001),
        staff("az00002", 8002),
        person(CITIZEN),
        person(LOOK_ALIKE),
    ];
    World::from_lines(people.into_iter().chain(rows.into_iter().map(|row| Line::Case(Box::new(row)))))
}

pub(super) fn context(rows: impl IntoIterator<Item = CaseRow>) -> FakeContext {
    FakeContext { world: Arc::new(world(rows)), clock: clock() }
}

pub(super) struct House {
    pub(super) server: FakeServer,
    pub(super) adapter: Adapter,
}

impl House {
    pub(super) async fn with(
        rows: impl IntoIterator<Item = CaseRow>,
        settings: serde_json::Value,
        rows_max: usize,
    ) -> Self {
        let context = context(rows);
        let world = Arc::clone(&context.world);
        let anywhere = ([127, 0, 0, 1], 0).into();
        let server = FakeServer::start((KIND.fake)(context), world, anywhere, anywhere).await.expect("free ports");
        let base_url = format!("http://{}", server.address);
        let adapter = build(base_url, settings, rows_max).expect("an adapter");
        Self { server, adapter }
    }

    pub(super) async fn of(rows: impl IntoIterator<Item = CaseRow>) -> Self {
        Self::with(rows, json!({}), 100).await
    }

    async fn fetch(&self, cpr: &str) -> Result<Fetched, SourceErrorKind> {
        let citizen = CprNumber::parse(cpr).expect("ten digits");
        self.adapter.fetch(&call(), &citizen).await.map_err(|error| {
            assert!(!format!("{error} {error:?}").contains(cpr), "a number in an error");
            error.kind
        })
    }

    pub(super) async fn record(&self) -> Record {
        let fetched = self.fetch(CITIZEN).await.expect("an answer");
        assert_eq!((fetched.records.len(), fetched.unreadable), (1, 0));
        fetched.records.into_iter().next().expect("a record")
    }
}

pub(super) fn build(base_url: String, settings: serde_json::Value, rows_max: usize) -> Result<Adapter, BuildError> {
    let environment = Environment(Box::new(|_| None));
    let limits = Limits { rows_max, ..Limits::default() };
    KIND.cases(SourceConfig {
        id: SourceId::new("index"),
        connection: ConnectionSettings { base_url, ca_file: None, limits },
        settings,
        environment: &environment,
    })
}

#[expect(clippy::disallowed_methods, reason = "a deadline lies in the machine's time")]
pub(super) fn call() -> CallContext {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(2);
    let trace = TraceContext {
        trace_id: "0af7651916cd43dd8448eb211c80319c".into(),
        span_id: "b7ad6b7169203331".into(),
        ..TraceContext::default()
    };
    CallContext { deadline, clock: clock(), trace, transaction: Uuid::nil(), traffic: Traffic::default() }
}

pub(super) fn roles() -> serde_json::Value {
    json!({"roles": {
        "secondary_party": "cccccccc-0000-4000-8000-000000000010",
        "benefit_recipient": "cccccccc-0000-4000-8000-000000000011",
        "part_of": "CCCCCCCC-0000-4000-8000-000000000001",
        "granted_by": "cccccccc-0000-4000-8000-000000000005"
    }, "retired_kle": ["27.24.06"]})
}

#[tokio::test]
async fn a_full_row_comes_through_whole() {
    let full = CaseRow {
        user_key: Some("NØGLE-1".to_owned()),
        secret_title: Some("Hemmelig overskrift".to_owned()),
        status_text: Some("Under udredning".to_owned()),
        history: vec![
            StatusStep {
                progress: Progress::Opened,
                from: at("2025-01-02T08:00:00Z"),
                to: Some(at("2025-03-01T08:00:00Z")),
            },
            StatusStep {
                progress: Progress::Decided,
                from: at("2025-03-01T08:00:00Z"),
                to: Some(at("2025-09-01T08:00:00Z")),
            },
            StatusStep { progress: Progress::Closed, from: at("2025-09-01T08:00:00Z"), to: None },
        ],
        unit: Some("NORD".to_owned()),
        caseworker: Some("az00001".to_owned()),
        caseworker_since: "2025-02-01".parse().ok(),
        others: vec!["az00002".to_owned()],
        kle: Some("27.24.06".to_owned()),
        facet: Some("Ø54".to_owned()),
        kle_title: Some("Tilsyn".to_owned()),
        law: Some("SEL § 101".to_owned()),
        level: Some(2),
        screened_to: vec![id(9001), id(8001)],
        master: Some("dubu".to_owned()),
        part_of: Some(id(70)),
        granted_by: Some(id(71)),
        related: Some(id(72)),
        quirks: [
            ("sender", json!("sbsys")),
            ("system_uri", json!("https://fagsystem.example/sag/1")),
            ("former_title", json!("Den gamle titel")),
            ("former_caseworker", json!("az00002")),
            ("company_party", json!("12345678")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
        ..row(1)
    };
    let house = House::with([full], roles(), 100).await;
    let record = house.record().await;
    assert_eq!(record.keys.uuid, Some(id(1)));
    assert_eq!(record.keys.numbers, ["2025-000001", "NØGLE-1"]);
    assert_eq!(record.title.as_deref(), Some("Sag 1"));
    assert_eq!((record.status.normal, record.status.raw.as_str()), (CaseStatus::Decided, "Under udredning"));
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    assert_eq!(day(record.opened).as_deref(), Some("2025-01-02"));
    assert_eq!(day(record.closed).as_deref(), Some("2025-09-01"));
    assert_eq!(record.last_changed, Some(at("2025-05-05T08:00:00.25Z")));
    assert_eq!(record.sensitivity, Some(Sensitivity::Sensitive));
    assert_eq!(record.screened_to, [id(9001), id(8001)]);
    let master = record.keys.master.clone().expect("a master");
    assert_eq!(master.id, Some(crate::fake::master_system_uuid("dubu")));
    let kle = record.kle.clone().expect("a subject");
    assert_eq!((kle.subject.as_str(), kle.facet.as_deref(), kle.retired), ("27.24.06", Some("Ø54"), true));
    let relations: Vec<_> = record.relations.iter().map(|relation| (relation.kind, relation.uuid)).collect();
    assert_eq!(
        relations,
        [
            (RelationKind::PartOf, Some(id(70))),
            (RelationKind::GrantedBy, Some(id(71))),
            (RelationKind::Related, Some(id(72)))
        ]
    );
    let actors: Vec<_> =
        record.actors.iter().map(|actor| (actor.role, actor.employee_id.as_deref(), day(actor.until))).collect();
    assert_eq!(
        actors,
        [
            (ActorRole::Responsible, None, None),
            (ActorRole::Primary, Some("az00002"), Some("2025-02-01".to_owned())),
            (ActorRole::Primary, Some("az00001"), None),
            (ActorRole::Other, Some("az00002"), None),
        ]
    );
    assert_eq!(record.unit.as_ref().and_then(|unit| unit.id.clone()), Some(id(9001).to_string()));
    assert_eq!(record.flags, []);
    let everything = format!("{record:?}");
    assert!(!everything.contains("Hemmelig") && !everything.contains("fagsystem.example"));
}

#[tokio::test]
async fn a_bare_row_has_nothing_that_nobody_said() {
    let house = House::of([CaseRow { caseworker_unit: Some("SYD".to_owned()), ..row(1) }]).await;
    let record = house.record().await;
    assert_eq!((record.kle, record.law, record.sensitivity, record.unit), (None, None, None, None));
    assert_eq!((record.closed, record.keys.master, record.link), (None, None, None));
    assert_eq!((record.status.normal, record.status.raw.as_str()), (CaseStatus::Informed, "Oplyst"));
    let [unit] = record.actors.as_slice() else { panic!("one actor") };
    assert_eq!((unit.role, unit.kind, unit.name.as_deref()), (ActorRole::Primary, ActorKind::Unit, Some("Team SYD")));
}

#[tokio::test]
async fn every_way_of_writing_it_is_one_record() {
    let plain = House::of([CaseRow { level: Some(1), caseworker: Some("az00001".to_owned()), ..row(1) }]).await;
    let wanted = plain.record().await;
    for quirks in [
        json!({"times": "z", "fractions": 7}),
        json!({"times": "none", "fractions": 3}),
        json!({"prefixes": "other"}),
        json!({"empty_infinity": true, "foreign": true}),
        json!({"registrations": 2, "former_title": "Den gamle titel"}),
    ] {
        let quirks = serde_json::from_value(quirks).expect("a map");
        let odd = CaseRow { level: Some(1), caseworker: Some("az00001".to_owned()), quirks, ..row(1) };
        assert_eq!(House::of([odd]).await.record().await, wanted);
    }
}

#[tokio::test]
async fn whoever_is_a_party_is_stated_and_the_asked_ones_part_is_told() {
    let quirk = |name: &str, value: serde_json::Value| [(name.to_owned(), value)].into();
    let shared = CaseRow { quirks: quirk("also_party", json!(LOOK_ALIKE)), ..row(1) };
    let house = House::with([shared], roles(), 100).await;
    let both = [CITIZEN, LOOK_ALIKE].map(|cpr| CprNumber::parse(cpr).expect("ten digits"));
    for (cpr, role) in [(CITIZEN, PartyRole::Primary), (LOOK_ALIKE, PartyRole::Secondary)] {
        let record = house.fetch(cpr).await.expect("an answer").records.remove(0);
        assert_eq!((record.about, record.party_role), (About::numbers(both), role));
    }
    for party_as in ["fuldtnavn", "personid", "none"] {
        let house = House::of([CaseRow { quirks: quirk("party_as", json!(party_as)), ..row(1) }]).await;
        let record = house.record().await;
        assert_eq!(record.about, About::Unstated);
        assert_eq!(record.flags, [QualityFlag::CitizenNotStated]);
    }
    let house = House::with([CaseRow { party: Party::BenefitRecipient, ..row(1) }], roles(), 100).await;
    assert_eq!(house.record().await.party_role, PartyRole::BenefitRecipient);
}

#[tokio::test]
async fn unknown_citizen_is_empty_not_error() {
    let house = House::of([row(1)]).await;
    assert_eq!(house.fetch("0303039999").await, Ok(Fetched::default()));
    assert!(house.adapter.probe(&call()).await.is_ok());
}

#[tokio::test]
async fn a_case_without_registration_is_counted() {
    let empty = CaseRow { quirks: [("registrations".to_owned(), json!(0))].into(), ..row(2) };
    let fetched = House::of([row(1), empty]).await.fetch(CITIZEN).await.expect("an answer");
    assert_eq!((fetched.records.len(), fetched.unreadable), (1, 1));
}

#[tokio::test]
async fn pages_are_read_to_the_end_and_no_further_than_the_limit() {
    let settings = json!({"page_size": 2});
    for (rows, pages) in [(1, 1), (2, 2), (3, 2), (4, 2), (5, 3)] {
        let house = House::with((0..rows).map(row), settings.clone(), 100).await;
        let fetched = house.fetch(CITIZEN).await.expect("an answer");
        let ids: Vec<_> = fetched.records.iter().filter_map(|record| record.keys.uuid).collect();
        assert_eq!(ids, (0..rows).map(id).collect::<Vec<_>>());
        assert!(!fetched.cut_short);
        assert_eq!(house.server.take_recorded().len(), pages, "{rows} rows");
    }
    let house = House::with((0..5).map(row), settings, 3).await;
    let fetched = house.fetch(CITIZEN).await.expect("an answer");
    assert_eq!((fetched.records.len(), fetched.cut_short), (3, true));
}

#[tokio::test]
async fn faults_are_named_by_whose_turn_it_is() {
    let house = House::of([row(1)]).await;
    for (fault, kind) in [
        (Fault::RefusedToken, SourceErrorKind::Unauthorized),
        (Fault::VendorFault, SourceErrorKind::Unavailable),
        (Fault::Status(503), SourceErrorKind::Unavailable),
        (Fault::Html, SourceErrorKind::Malformed),
        (Fault::Endless, SourceErrorKind::Malformed),
    ] {
        house.server.faults().set(None, fault);
        assert_eq!(house.fetch(CITIZEN).await, Err(kind), "{fault}");
    }
}

#[tokio::test]
async fn an_answer_about_somebody_else_says_so() {
    let house = House::of([row(1), CaseRow { citizen: LOOK_ALIKE.to_owned(), ..row(2) }]).await;
    house.server.faults().set(Some(CITIZEN), Fault::AnotherCitizen);
    let record = house.record().await;
    assert_eq!(record.about, About::numbers([CprNumber::parse(LOOK_ALIKE).expect("ten digits")]));
    assert_eq!(record.keys.uuid, Some(id(2)));
}

#[tokio::test]
async fn the_call_is_soap_1_1_at_the_configured_path() {
    let settings = json!({"path": "/sts-soap-sagdok/sagdokumentindeks/6/"});
    let house = House::with([row(1)], settings, 100).await;
    house.record().await;
    let recorded = house.server.take_recorded();
    let header = |name: &str| recorded[0].headers[name].to_str().expect("text").to_owned();
    assert_eq!(recorded[0].target, "/sts-soap-sagdok/sagdokumentindeks/6/");
    assert_eq!(header("soapaction"), "\"http://kombit.dk/sts/sagdokumentindeks/fremsoeg\"");
    assert_eq!(header("content-type"), "text/xml; charset=utf-8");
    assert!(header("traceparent").contains("0af7651916cd43dd8448eb211c80319c"));
}

#[test]
fn settings_that_cannot_work_are_refused_by_field() {
    for (settings, field) in [
        (json!({"security": "idws"}), "security"),
        (json!({"path": "sagdokumentindeks"}), "path"),
        (json!({"page_size": 0}), "page_size"),
        (json!({"list_page_size": 0}), "list_page_size"),
        (json!({"case_link": "https://index.example/"}), "case_link"),
        (json!({"pagesize": 1}), "pagesize"),
    ] {
        let error = build("http://127.0.0.1:1".to_owned(), settings, 1).expect_err("refused").to_string();
        assert!(error.contains(field), "{error}");
    }
    assert_eq!((KIND.warnings)(&json!({})).len(), 1);
    assert!((KIND.warnings)(&json!({"security": "idws"}))[0].contains("not built"));
}
