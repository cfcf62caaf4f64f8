//! The adapter against its wire fake, over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::KIND;
use crate::contract::{
    About, ActorRole, Adapter, CallContext, CaseStatus, CprNumber, Fetched, ManualClock, PartyRole, RecordKind,
    RelationKind, SourceErrorKind, SourceId, TraceContext, Traffic,
};
use crate::fake::population::{CaseRow, Line, Party, Progress, RowKind, UnitRow};
use crate::fake::{FakeContext, FakeServer, Fault, World};
use crate::register::{Environment, SourceConfig};
use crate::transport::{ConnectionSettings, Limits};

pub(super) const ANNA: &str = "0101019999";
pub(super) const BENT: &str = "0202029999";
const NOW: &str = "2025-11-22T12:00:00Z";

pub(super) fn row(number: u128, kind: RowKind) -> CaseRow {
    CaseRow {
        source: "oio".to_owned(),
        id: Uuid::from_u128(number),
        kind,
        citizen: ANNA.to_owned(),
        number: Some(format!("27-2025-{number:04}")),
        title: Some("Støtte i hjemmet".to_owned()),
        opened: Some(date(2025, 3, 1)),
        changed: Some("2025-06-02T07:10:11Z".parse().expect("a moment")),
        unit: Some("VH-1".to_owned()),
        caseworker: Some("az10001".to_owned()),
        ..CaseRow::default()
    }
}

pub(super) fn quirk(mut row: CaseRow, name: &str, value: Value) -> CaseRow {
    row.quirks.insert(name.to_owned(), value);
    row
}

pub(super) struct House {
    pub(super) fake: FakeServer,
    pub(super) world: Arc<World>,
    pub(super) ctx: CallContext,
}

impl House {
    pub(super) async fn with(rows: impl IntoIterator<Item = CaseRow>) -> Self {
        let unit = Line::Unit(UnitRow {
            code: "VH-1".to_owned(),
            name: "Voksenhandicap".to_owned(),
            department: "VH".to_owned(),
            uuid: Uuid::from_u128(0xaaaa),
            number: 1,
            phone: None,
            mailbox: None,
            above: Vec::new(),
        });
        let lines = std::iter::once(unit).chain(rows.into_iter().map(|row| Line::Case(Box::new(row))));
        let world = Arc::new(World::from_lines(lines));
        let clock = Arc::new(ManualClock::at(NOW.parse().expect("a moment")));
        let system = (KIND.fake)(FakeContext { world: Arc::clone(&world), clock: Arc::<ManualClock>::clone(&clock) });
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let fake = FakeServer::start(system, Arc::clone(&world), free, free).await.expect("a free port");
        #[expect(clippy::disallowed_methods, reason = "a test's own deadline")]
        let deadline = tokio::time::Instant::now() + Duration::from_secs(2);
        let trace = TraceContext {
            trace_id: Arc::from("0af7651916cd43dd8448eb211c80319c"),
            span_id: Arc::from("b7ad6b7169203331"),
            ..TraceContext::default()
        };
        let ctx = CallContext { deadline, clock, trace, transaction: Uuid::nil(), traffic: Traffic::default() };
        Self { fake, world, ctx }
    }

    pub(super) fn adapter(&self, settings: Value) -> Adapter {
        self.adapter_within(settings, Limits::default())
    }

    pub(super) fn adapter_within(&self, settings: Value, limits: Limits) -> Adapter {
        let connection =
            ConnectionSettings { base_url: format!("http://{}", self.fake.address), ca_file: None, limits };
        let environment = Environment(Box::new(|name| (name == "OIO_TOKEN").then(|| "hemmelig".to_owned())));
        KIND.cases(SourceConfig { id: SourceId::new("oio"), connection, settings, environment: &environment })
            .expect("right settings")
    }

    pub(super) async fn fetch(&self, settings: Value) -> Fetched {
        self.adapter(settings).fetch(&self.ctx, &anna()).await.expect("an answer")
    }

    async fn fault(&self, fault: Fault) -> SourceErrorKind {
        self.fake.faults().set(None, fault);
        let error = self.adapter(json!({})).fetch(&self.ctx, &anna()).await.expect_err("a fault");
        assert!(!error.to_string().contains(ANNA));
        error.kind
    }

    pub(super) fn targets(&self) -> Vec<String> {
        self.fake.take_recorded().into_iter().map(|recorded| recorded.target).collect()
    }
}

pub(super) fn anna() -> CprNumber {
    CprNumber::parse(ANNA).expect("a number")
}

#[tokio::test]
async fn a_citizens_cases_and_efforts_come_together() {
    let case = CaseRow {
        progress: Progress::Decided,
        law: Some("SEL § 85".to_owned()),
        kle: Some("27.36.04".to_owned()),
        facet: Some("G01".to_owned()),
        secret_title: Some("CANARY-SECRET-TITLE".to_owned()),
        level: Some(2),
        ..row(1, RowKind::Case)
    };
    let effort = CaseRow {
        opened: Some(date(2026, 1, 1)),
        closed: Some(date(2026, 6, 30)),
        type_code: Some("bostoette".to_owned()),
        granted_by: Some(Uuid::from_u128(1)),
        consents: vec![Uuid::from_u128(9)],
        ..row(2, RowKind::Intervention)
    };
    let ended =
        CaseRow { progress: Progress::Closed, closed: Some(date(2025, 9, 30)), ..row(3, RowKind::Intervention) };
    let house = House::with([case, effort, ended]).await;
    let fetched = house.fetch(json!({ "sensitivity_levels": { "urn:oio:foelsomhed:2": 2 } })).await;
    assert_eq!((fetched.unreadable, fetched.cut_short, fetched.records.len()), (0, false, 3));
    assert!(!format!("{fetched:?}").contains("CANARY"));
    let [case, effort, ended] = fetched.records.as_slice() else { panic!("three records") };
    assert_eq!(
        (case.kind, case.status.normal, case.opened),
        (RecordKind::Case, CaseStatus::Decided, Some(date(2025, 3, 1)))
    );
    assert_eq!(case.number.as_deref(), Some("27-2025-0001"));
    assert_eq!(case.law.as_deref(), Some("SEL § 85"));
    assert_eq!(case.kle.as_ref().and_then(|kle| kle.facet.as_deref()), Some("G01"));
    assert_eq!(case.about, About::numbers([anna()]));
    assert_eq!(case.unit.as_ref().and_then(|unit| unit.id.clone()), Some(Uuid::from_u128(0xaaaa).to_string()));
    assert_eq!(case.actors.len(), 1);
    assert_eq!((case.actors[0].role, case.actors[0].employee_id.as_deref()), (ActorRole::Primary, Some("az10001")));
    assert_eq!(case.sensitivity.map(crate::contract::Sensitivity::level), Some(2));
    assert_eq!((effort.kind, effort.status.raw.as_str()), (RecordKind::PlannedIntervention, "Disponeret"));
    assert_eq!((effort.opened, effort.closed), (Some(date(2026, 1, 1)), Some(date(2026, 6, 30))));
    assert_eq!(effort.case_type.code.as_deref(), Some("urn:oio:indsatstype:bostoette"));
    assert_eq!(
        (effort.relations[0].kind, effort.relations[0].uuid),
        (RelationKind::GrantedBy, Some(Uuid::from_u128(1)))
    );
    assert_eq!(effort.consents.len(), 1);
    assert_eq!(effort.consents[0].reference, Uuid::from_u128(9).to_string());
    assert!(case.consents.is_empty() && ended.consents.is_empty());
    assert!(effort.actors.iter().all(|actor| actor.role == ActorRole::Provider));
    assert_eq!(effort.actors.len(), 2);
    assert_eq!((ended.status.normal, ended.closed), (CaseStatus::Closed, Some(date(2025, 9, 30))));
}

#[tokio::test]
async fn an_unknown_citizen_is_empty_and_nothing_is_read() {
    let house = House::with([CaseRow { citizen: BENT.to_owned(), ..row(1, RowKind::Case) }]).await;
    assert_eq!(house.fetch(json!({})).await, Fetched::default());
    assert!(house.targets().iter().all(|target| target.contains("primaerpart") || target.contains("indsatsmodtager")));
}

#[tokio::test]
async fn searches_are_paged_and_reads_are_bounded() {
    let house = House::with((1..=7).map(|number| row(number, RowKind::Case))).await;
    let fetched = house.fetch(json!({ "search_page": 3, "read_chunk": 4, "indsats": false })).await;
    let ids: Vec<_> = fetched.records.iter().filter_map(|record| record.keys.uuid).collect();
    assert_eq!(ids, (1..=7).map(Uuid::from_u128).collect::<Vec<_>>());
    let targets = house.targets();
    assert_eq!(targets.iter().filter(|target| target.contains("foersteresultat")).count(), 3);
    assert_eq!(targets.iter().filter(|target| target.contains("uuid=")).count(), 2);
    assert!(targets.iter().all(|target| target.contains("virkningFra=-infinity&virkningTil=infinity")));
}

#[tokio::test]
async fn more_rows_than_the_limit_are_cut_and_said_so() {
    let house = House::with((1..=7).map(|number| row(number, RowKind::Case))).await;
    let adapter = house.adapter_within(json!({ "search_page": 2 }), Limits { rows_max: 5, ..Limits::default() });
    let fetched = adapter.fetch(&house.ctx, &anna()).await.expect("an answer");
    assert_eq!((fetched.records.len(), fetched.cut_short), (5, true));
}

#[tokio::test]
async fn both_places_of_a_lora_are_known_and_parts_can_be_chosen() {
    let secondary = CaseRow { party: Party::Secondary, ..row(2, RowKind::Case) };
    let house = House::with([row(1, RowKind::Case), secondary]).await;
    let settings = json!({
        "sag_path": "/lora/sag/sag",
        "indsats_path": "/lora/indsats/indsats",
        "party_relations": ["primaerpart", "sekundaerpart"],
    });
    let fetched = house.fetch(settings).await;
    let roles: Vec<_> = fetched.records.iter().map(|record| record.party_role).collect();
    assert_eq!(roles, [PartyRole::Primary, PartyRole::Secondary]);
    assert!(house.targets().iter().all(|target| target.starts_with("/lora/")));
    assert_eq!(house.fetch(json!({})).await.records.len(), 1);
}

#[tokio::test]
async fn an_object_that_is_gone_or_misfit_costs_itself_only() {
    for (name, value) in [("gone", json!("deleted")), ("gone", json!("removed")), ("misfit", json!(true))] {
        let house = House::with([row(1, RowKind::Case), quirk(row(2, RowKind::Case), name, value.clone())]).await;
        let fetched = house.fetch(json!({})).await;
        assert_eq!((fetched.records.len(), fetched.unreadable), (1, 1), "{name} {value}");
        let house = House::with([quirk(row(2, RowKind::Case), name, value.clone())]).await;
        let fetched = house.fetch(json!({})).await;
        assert_eq!((fetched.records.len(), fetched.unreadable), (0, 1), "{name} {value} alone");
    }
}

#[tokio::test]
async fn older_registrations_missing_states_and_withdrawn_cases_are_told_apart() {
    let twice = quirk(row(1, RowKind::Case), "registrations", json!(2));
    let stateless = quirk(row(2, RowKind::Case), "omit_state", json!(true));
    let void = CaseRow { progress: Progress::Void, ..row(3, RowKind::Case) };
    let house = House::with([twice, stateless, void]).await;
    let records = house.fetch(json!({})).await.records;
    assert_eq!(records[0].title.as_deref(), Some("Støtte i hjemmet"));
    let states: Vec<_> = records.iter().map(|record| record.status.normal).collect();
    assert_eq!(states, [CaseStatus::Running, CaseStatus::Other, CaseStatus::Void]);
    assert_eq!(records[2].status.raw, "Passiveret");
}

#[tokio::test]
async fn a_case_that_has_moved_is_told_about_its_new_citizen_only() {
    let moved = quirk(CaseRow { citizen: BENT.to_owned(), ..row(1, RowKind::Case) }, "former_party", json!(ANNA));
    let house = House::with([moved]).await;
    assert_eq!(house.fetch(json!({})).await, Fetched::default());
    let bent = CprNumber::parse(BENT).expect("a number");
    let fetched = house.adapter(json!({})).fetch(&house.ctx, &bent).await.expect("an answer");
    assert_eq!(fetched.records[0].about, About::numbers([bent]));
}

#[tokio::test]
async fn an_answer_about_another_citizen_says_whom_it_is_about() {
    let other = CaseRow { citizen: BENT.to_owned(), ..row(2, RowKind::Case) };
    let persons = [ANNA, BENT].map(|cpr| {
        let person = json!({
            "type": "person", "cpr": cpr, "given_name": "Anna", "family_name": "Prøve", "born": "2001-01-01", "sex": "K",
        });
        serde_json::from_value::<Line>(person).expect("a person")
    });
    let rows = [row(1, RowKind::Case), other].map(|row| Line::Case(Box::new(row)));
    let mut house = House::with([]).await;
    let world = Arc::new(World::from_lines(persons.into_iter().chain(rows)));
    let system = (KIND.fake)(FakeContext { world: Arc::clone(&world), clock: Arc::clone(&house.ctx.clock) });
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    house.fake = FakeServer::start(system, world, free, free).await.expect("a free port");
    house.fake.faults().set(Some(ANNA), Fault::AnotherCitizen);
    let fetched = house.fetch(json!({})).await;
    assert_eq!(fetched.records.len(), 1);
    assert_eq!(fetched.records[0].about, About::numbers([CprNumber::parse(BENT).expect("a number")]));
}

#[tokio::test]
async fn every_fault_has_its_kind() {
    let house = House::with([row(1, RowKind::Case)]).await;
    assert_eq!(house.fault(Fault::VendorFault).await, SourceErrorKind::ConfigInvalid);
    assert_eq!(house.fault(Fault::RefusedToken).await, SourceErrorKind::Unauthorized);
    assert_eq!(house.fault(Fault::Status(503)).await, SourceErrorKind::Unavailable);
    assert_eq!(house.fault(Fault::Html).await, SourceErrorKind::Malformed);
}

#[tokio::test]
async fn a_token_goes_along_and_is_read_anew_once_when_it_is_refused() {
    let house = House::with([row(1, RowKind::Case)]).await;
    let adapter = house.adapter(json!({ "token": "env:OIO_TOKEN", "indsats": false }));
    adapter.probe(&house.ctx).await.expect("known");
    let sent = house.fake.take_recorded();
    let header = sent[0].headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    assert_eq!(header, Some("Bearer hemmelig"));
    house.fake.faults().set(None, Fault::RefusedToken);
    let error = adapter.probe(&house.ctx).await.expect_err("refused");
    assert_eq!(error.kind, SourceErrorKind::Unauthorized);
    assert_eq!(house.fake.take_recorded().len(), 2, "one more try, no more");
}

#[tokio::test]
async fn the_probe_asks_about_nobody() {
    let house = House::with([row(1, RowKind::Case)]).await;
    house.adapter(json!({ "sag": false })).probe(&house.ctx).await.expect("an answer");
    assert_eq!(house.targets(), ["/indsats/indsats?brugervendtnoegle=glasplade-probe&maximalantalresultater=1"]);
}

#[test]
fn wrong_settings_are_said_before_the_start() {
    assert!((KIND.warnings)(&json!({})).is_empty());
    let wrong = json!({ "sag": false, "indsats": false, "read_chunk": 0, "case_link": "https://sager.example/" });
    assert_eq!((KIND.warnings)(&wrong).len(), 3);
}
