//! The adapter against its fake, over real HTTP on loopback.

mod confirm;
mod list;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{KIND, fake};
use crate::contract::{
    About, Adapter, CallContext, CaseStatus, Clock, CprNumber, Fetched, ManualClock, QualityFlag, SourceError,
    SourceErrorKind, SourceId, TraceContext, Traffic,
};
use crate::fake::population::Line;
use crate::fake::{FakeContext, FakeServer, FakeSystem, Fault, Recorded, World};
use crate::register::{Environment, SourceConfig};
use crate::transport::{ConnectionSettings, Limits};

const KAREN: &str = "0101019999";
const JENS: &str = "0203631111";
const OTHER_JENS: &str = "0203632222";
const SILENT: &str = "0504801111";
const NOBODY_KNOWN: &str = "0607905555";

fn person(cpr: &str, given_name: &str, born: &str) -> Value {
    json!({"type": "person", "cpr": cpr, "given_name": given_name, "family_name": "Test", "born": born, "sex": "M"})
}

fn case(citizen: &str, serial: u32, more: &Value) -> Value {
    let mut case = json!({"type": "case", "source": "fasit", "citizen": citizen, "number": format!("2025-{serial:06}"),
        "id": Uuid::from_u128(u128::from(serial)), "opened": "2025-09-04"});
    let members = case.as_object_mut().expect("an object");
    members.extend(more.as_object().expect("an object").clone());
    case
}

fn town() -> Vec<Value> {
    vec![
        json!({"type": "unit", "code": "JOB", "name": "Jobcenter Prøve", "department": "JVS", "number": 1,
            "uuid": Uuid::from_u128(0xd1)}),
        json!({"type": "staff", "id": "az10001", "uuid": Uuid::from_u128(0xc1), "number": 1, "name": "Karen Prøve",
            "unit": "JOB", "email": "Karen.Proeve@example.dk", "phone": "12345678",
            "spellings": {"fasit": "Prøve, Karen"}}),
        person(KAREN, "Karen", "2001-01-01"),
        person(JENS, "Jens Møller", "1963-03-02"),
        person(OTHER_JENS, "Jens Møller", "1963-03-02"),
        person(SILENT, "Ole", "1980-04-05"),
        person(NOBODY_KNOWN, "Ida", "1990-07-06"),
        case(
            KAREN,
            1,
            &json!({"unit": "JOB", "caseworker": "az10001", "type_code": "6.3", "type_name": "Aktivitetsparat",
            "type_id": Uuid::from_u128(0xa1), "closed": "2027-03-01"}),
        ),
        case(KAREN, 2, &json!({"raw_status": "7", "quirks": {"caseworker_missing": true}})),
        case(KAREN, 3, &json!({"progress": "closed", "closed": "2025-03-01"})),
        case(KAREN, 4, &json!({"quirks": {"no_case_id": true}})),
        case(JENS, 5, &json!({})),
        case(OTHER_JENS, 6, &json!({})),
        case(OTHER_JENS, 7, &json!({})),
        case(SILENT, 8, &json!({"quirks": {"context": "silent"}})),
    ]
}

fn now() -> Timestamp {
    "2026-11-20T09:00:00Z".parse().expect("a moment")
}

fn world(lines: Vec<Value>) -> World {
    World::from_lines(lines.into_iter().map(|line| serde_json::from_value::<Line>(line).expect("a line")))
}

fn fake_of(world: &Arc<World>, clock: Arc<dyn Clock>) -> Arc<dyn FakeSystem> {
    (KIND.fake)(FakeContext { world: Arc::clone(world), clock })
}

/// A fake, an adapter and the clocks of both.
struct Scene {
    server: FakeServer,
    adapter: Adapter,
    clock: Arc<ManualClock>,
    source_clock: Arc<ManualClock>,
    token: PathBuf,
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.token);
    }
}

impl Scene {
    async fn of(lines: Vec<Value>) -> Self {
        Self::with_limits(lines, Limits::default()).await
    }

    async fn with_limits(lines: Vec<Value>, limits: Limits) -> Self {
        Self::with(world(lines), limits, &json!({}), |system| system).await
    }

    /// The fake of this world behind `stage`, and the adapter with these settings beside the usual ones.
    async fn with(
        world: World,
        limits: Limits,
        more: &Value,
        stage: impl FnOnce(Arc<dyn FakeSystem>) -> Arc<dyn FakeSystem>,
    ) -> Self {
        let now = now();
        let (clock, source_clock) = (Arc::new(ManualClock::at(now)), Arc::new(ManualClock::at(now)));
        let world = Arc::new(world);
        let system = stage(fake_of(&world, source_clock.clone()));
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = FakeServer::start(system, world, free, free).await.expect("a free port");
        let token =
            std::env::temp_dir().join(format!("glasplade-fasit-{}-{}", std::process::id(), server.address.port()));
        std::fs::write(&token, fake::demo_token(now)).expect("a token file");
        let environment = Environment(Box::new(|_| None));
        let mut settings = json!({"tenant": "aarhus", "site": "https://aarhus.schultzfasit.dk",
            "token": format!("file:{}", token.display()), "law_by_target_group": {"6.3": "LAB § 6, nr. 3"}});
        for (name, value) in more.as_object().expect("an object") {
            settings[name] = value.clone();
        }
        let config = SourceConfig {
            id: SourceId::new("fasit"),
            connection: ConnectionSettings { base_url: server.base_url(), ca_file: None, limits },
            settings,
            environment: &environment,
        };
        let adapter = KIND.cases(config).expect("an adapter");
        Self { server, adapter, clock, source_clock, token }
    }

    #[expect(clippy::disallowed_methods, reason = "a deadline lies in the machine's time")]
    fn context(&self) -> CallContext {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(2);
        let trace = TraceContext {
            trace_id: "0af7651916cd43dd8448eb211c80319c".into(),
            span_id: "b7ad6b7169203331".into(),
            ..TraceContext::default()
        };
        CallContext {
            deadline,
            clock: self.clock.clone(),
            trace,
            transaction: Uuid::nil(),
            traffic: Traffic::default(),
        }
    }

    async fn fetch(&self, cpr: &str) -> Result<Fetched, SourceError> {
        self.adapter.fetch(&self.context(), &number(cpr)).await
    }

    async fn kind(&self, cpr: &str) -> SourceErrorKind {
        self.fetch(cpr).await.expect_err("a failure").kind
    }

    /// The source's clock runs ahead of ours: it refuses what we still hold for good, and a new token lies in the file.
    async fn hold_a_token_that_is_refused(&self) {
        self.write_token("2026-11-20T09:30:00Z");
        self.fetch(KAREN).await.expect("an answer");
        self.server.take_recorded();
        self.source_clock.advance(SignedDuration::from_mins(45));
        self.write_token("2026-11-20T10:30:00Z");
    }

    fn write_token(&self, end: &str) {
        std::fs::write(&self.token, fake::token_until(end.parse().expect("a moment"))).expect("a token file");
    }
}

fn number(cpr: &str) -> CprNumber {
    CprNumber::parse(cpr).expect("a number")
}

fn stated(cpr: &str) -> About {
    About::numbers([number(cpr)])
}

fn bearer(recorded: &Recorded) -> &str {
    recorded.headers["authorization"].to_str().expect("text")
}

#[tokio::test]
async fn a_citizens_cases_come_in_order_and_name_the_citizen() {
    let scene = Scene::of(town()).await;
    let fetched = scene.fetch(KAREN).await.expect("an answer");
    assert_eq!((fetched.records.len(), fetched.unreadable, fetched.cut_short), (3, 1, false));
    assert!(fetched.records.iter().all(|record| record.about == stated(KAREN)));
    let [first, unknown, closed] = &fetched.records[..] else { panic!("three cases") };
    assert_eq!(first.status.normal, CaseStatus::Running);
    assert_eq!(first.opened.map(|day| day.to_string()).as_deref(), Some("2025-09-04"));
    assert_eq!(first.closed.map(|day| day.to_string()).as_deref(), Some("2027-03-01"));
    assert_eq!(first.law.as_deref(), Some("LAB § 6, nr. 3"));
    assert_eq!(first.actors[0].name.as_deref(), Some("Prøve, Karen"));
    assert_eq!(first.actors[0].employee_id.as_deref(), Some("az10001"));
    assert_eq!(first.actors[0].email.as_deref(), Some("karen.proeve@example.dk"));
    assert_eq!(first.unit.as_ref().and_then(|unit| unit.name.as_deref()), Some("Jobcenter Prøve"));
    assert_eq!((unknown.status.normal, unknown.status.raw.as_str()), (CaseStatus::Other, "7"));
    assert!(unknown.actors.is_empty());
    assert_eq!(closed.status.normal, CaseStatus::Closed);
    assert_eq!(closed.flags, [QualityFlag::EndsBeforeStart]);
}

#[tokio::test]
async fn what_is_sent_is_what_the_vendors_screen_sends() {
    let scene = Scene::of(town()).await;
    scene.fetch(KAREN).await.expect("an answer");
    let recorded = scene.server.take_recorded();
    let mut targets: Vec<&str> = recorded.iter().map(|request| request.target.as_str()).collect();
    targets[1..].sort_unstable();
    let wanted = [
        "/api/search/queries/rankedsearchquery",
        "/api/citizen/case/queries/getcases",
        "/api/citizen/queries/getauthoritycitizencontext",
    ];
    assert_eq!(targets, wanted);
    for request in &recorded {
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
        assert_eq!(request.method, http::Method::POST);
        assert!(!request.target.contains(KAREN));
        assert_eq!(header("x-tenant"), Some("aarhus"));
        assert_eq!(header("origin"), Some("https://aarhus.schultzfasit.dk"));
        assert_eq!(header("referer"), Some("https://aarhus.schultzfasit.dk/"));
        assert_eq!(header("accept-language"), Some("da"));
        assert_eq!(header("content-type"), Some("application/json"));
        assert!(bearer(request).starts_with("Bearer ey"));
        assert!(header("traceparent").is_some());
    }
}

#[tokio::test]
async fn an_unknown_citizen_is_empty_not_an_error() {
    let scene = Scene::of(town()).await;
    assert_eq!(scene.fetch(NOBODY_KNOWN).await, Ok(Fetched::default()));
    assert_eq!(scene.adapter.probe(&scene.context()).await, Ok(()));
}

#[tokio::test]
async fn a_look_alike_in_the_search_is_not_the_citizen_asked_for() {
    let scene = Scene::of(town()).await;
    for (asked, rows) in [(JENS, 1), (OTHER_JENS, 2)] {
        let fetched = scene.fetch(asked).await.expect("an answer");
        assert_eq!((fetched.records.len(), fetched.unreadable, fetched.cut_short), (rows, 0, false));
        assert!(fetched.records.iter().all(|record| record.about == stated(asked)));
    }
}

#[tokio::test]
async fn a_look_alike_whom_no_context_names_is_left_out_and_counted() {
    for quirk in ["missing", "silent"] {
        let mut lines = town();
        lines.push(case(OTHER_JENS, 9, &json!({"quirks": {"context": quirk}})));
        let fetched = Scene::of(lines).await.fetch(JENS).await.expect("an answer");
        assert_eq!((fetched.records.len(), fetched.unreadable), (1, 1), "{quirk}");
        assert_eq!(fetched.records[0].about, stated(JENS));
    }
}

#[tokio::test]
async fn the_only_result_is_kept_unstated_when_no_context_names_it() {
    let fetched = Scene::of(town()).await.fetch(SILENT).await.expect("an answer");
    assert_eq!(fetched.records.len(), 1);
    assert_eq!(fetched.records[0].about, About::Unstated);
    assert_eq!(fetched.records[0].flags, [QualityFlag::CitizenNotStated]);
}

#[tokio::test]
async fn a_number_with_hyphen_in_the_context_is_the_same_number() {
    let lines =
        vec![person(KAREN, "Karen", "2001-01-01"), case(KAREN, 1, &json!({"quirks": {"context": "formatted"}}))];
    let fetched = Scene::of(lines).await.fetch(KAREN).await.expect("an answer");
    assert_eq!(fetched.records[0].about, stated(KAREN));
}

#[tokio::test]
async fn more_people_or_rows_than_the_limits_are_cut_short() {
    let crowd = (0..7).map(|at| format!("020363{:04}", 1000 + at));
    let lines = crowd.enumerate().flat_map(|(at, cpr)| {
        let serial = u32::try_from(at).expect("a small number") + 1;
        [person(&cpr, "Jens Møller", "1963-03-02"), case(&cpr, serial, &json!({}))]
    });
    let fetched = Scene::of(lines.collect()).await.fetch("0203631000").await.expect("an answer");
    assert_eq!((fetched.records.len(), fetched.cut_short), (1, true));
    let two_rows = Limits { rows_max: 2, ..Limits::default() };
    let fetched = Scene::with_limits(town(), two_rows).await.fetch(KAREN).await.expect("an answer");
    assert_eq!((fetched.records.len(), fetched.unreadable, fetched.cut_short), (2, 0, true));
}

#[tokio::test]
async fn an_answer_about_another_citizen_says_so() {
    let scene = Scene::of(town()).await;
    scene.server.faults().set(Some(SILENT), Fault::AnotherCitizen);
    let fetched = scene.fetch(SILENT).await.expect("an answer");
    assert!(!fetched.records.is_empty());
    // The only result is who the source says it is, even if nobody asked for that citizen: the house drops and alarms.
    assert!(fetched.records.iter().all(|record| record.about == stated(KAREN)));
}

#[tokio::test]
async fn a_token_is_read_anew_a_minute_before_it_ends() {
    let scene = Scene::of(town()).await;
    scene.write_token("2026-11-20T09:15:00Z");
    scene.fetch(KAREN).await.expect("an answer");
    scene.write_token("2026-11-20T09:30:00Z");
    let first = bearer(&scene.server.take_recorded()[0]).to_owned();
    for (minutes, is_first) in [(13, true), (1, false)] {
        scene.clock.advance(SignedDuration::from_mins(minutes));
        scene.fetch(KAREN).await.expect("an answer");
        let recorded = scene.server.take_recorded();
        assert_eq!(recorded.len(), 3);
        assert!(recorded.iter().all(|request| (bearer(request) == first) == is_first));
    }
}

#[tokio::test]
async fn a_refused_token_is_read_anew_once_and_the_call_made_once_more() {
    let scene = Scene::of(town()).await;
    scene.hold_a_token_that_is_refused().await;
    assert_eq!(scene.fetch(KAREN).await.map(|fetched| fetched.records.len()), Ok(3));
    assert_eq!(scene.server.take_recorded().len(), 4);
    scene.source_clock.advance(SignedDuration::from_hours(1));
    assert_eq!(scene.kind(KAREN).await, SourceErrorKind::Unauthorized);
    assert_eq!(scene.server.take_recorded().len(), 2);
}

#[tokio::test]
async fn a_missing_token_is_our_operators_to_mend() {
    let scene = Scene::of(town()).await;
    std::fs::remove_file(&scene.token).expect("a token file");
    assert_eq!(scene.kind(KAREN).await, SourceErrorKind::ConfigInvalid);
    assert!(scene.server.take_recorded().is_empty());
}

#[tokio::test]
async fn faults_have_their_kind_and_no_value_of_the_wire() {
    let scene = Scene::of(town()).await;
    let expected = [
        (Fault::VendorFault, SourceErrorKind::Unavailable),
        (Fault::RefusedToken, SourceErrorKind::Unauthorized),
        (Fault::Html, SourceErrorKind::Malformed),
        (Fault::Status(503), SourceErrorKind::Unavailable),
    ];
    for (fault, kind) in expected {
        scene.server.faults().set(Some(KAREN), fault);
        let error = scene.fetch(KAREN).await.expect_err("a failure");
        assert_eq!(error.kind, kind, "{fault}");
        assert!(!error.to_string().contains(KAREN), "{fault}");
        assert_eq!(error.detail.contains("correlation"), matches!(fault, Fault::VendorFault | Fault::RefusedToken));
        // Others are not touched by a citizen's own fault.
        assert!(scene.fetch(SILENT).await.is_ok());
    }
}

#[tokio::test]
async fn half_an_answer_is_a_failure_not_half_the_cases() {
    let scene = Scene::of(town()).await;
    scene.server.faults().set(None, Fault::Truncated);
    let error = scene.fetch(KAREN).await.expect_err("a failure");
    assert_eq!(error.kind, SourceErrorKind::Malformed);
}
