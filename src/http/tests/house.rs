//! The service over a town of fakes on free ports, and what comes back when it is asked.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use glasplade_adapters::contract::{Clock, ManualClock};
use glasplade_adapters::fake::population::NAMED;
use glasplade_adapters::fake::{Town, TownSettings, World};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::app::{App, Lent};
use crate::audit::{AuditEntry, EntryReader, Hand, Phase};
use crate::auditor::{Transparency, Unproven};
use crate::config::{Config, environment};
use crate::demo;
use crate::demo::handles::{HANDLES, Handle};
use crate::demo::issuer::DemoIssuer;
use crate::random::{Random as _, SystemRandom};

/// So much time that nothing runs out of it, however busy the machine is, in milliseconds. A test that waits for it fails.
pub(super) const LONG_MS: u32 = 120_000;

/// A number that nobody in the town has.
pub(super) const NOBODY: &str = "0101019999";

/// Nine o'clock on a Tuesday in Denmark: the moment at which every test begins.
pub(super) fn now() -> Timestamp {
    "2026-11-24T09:00:00+01:00".parse().expect("a moment")
}

static WORLD: LazyLock<Arc<World>> = LazyLock::new(|| Arc::new(World::invent(1, 60, now())));

/// Everybody in the town.
pub(super) fn world() -> &'static Arc<World> {
    &WORLD
}

/// The number of a named citizen, or the number itself.
pub(super) fn number(who: &str) -> &str {
    NAMED.iter().find(|(name, _, _)| *name == who).map_or(who, |(_, cpr, _)| cpr)
}

/// A folder that is gone with the test.
#[derive(Debug)]
pub(super) struct StateDir(pub(super) PathBuf);

impl StateDir {
    pub(super) fn new() -> Self {
        Self(std::env::temp_dir().join(format!("glasplade-http-{}", SystemRandom.uuid().simple())))
    }
}

impl Drop for StateDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A tree of nine records, for the routes that hand on what a tree says.
#[derive(Debug)]
struct SmallTree;

impl Transparency for SmallTree {
    fn checkpoint(&self) -> Result<String, Unproven> {
        Ok("glasplade.demo.example/audit\n9\nAAAA\n".to_owned())
    }

    fn tile(&self, path: &str) -> Result<Vec<u8>, Unproven> {
        if path == "0/000.p/9" { Ok(vec![7; 9 * 32]) } else { Err(Unproven::Unknown) }
    }

    fn inclusion(&self, _seq: u64, size: u64) -> Result<Vec<[u8; 32]>, Unproven> {
        if size <= 9 { Ok(vec![[1; 32], [2; 32]]) } else { Err(Unproven::Unknown) }
    }

    fn consistency(&self, _from: u64, to: u64) -> Result<Vec<[u8; 32]>, Unproven> {
        if to <= 9 { Ok(vec![[3; 32]]) } else { Err(Unproven::Unknown) }
    }
}

/// The whole service, its clock and its fakes.
#[derive(Debug)]
pub(super) struct House {
    pub(super) town: Town,
    pub(super) clock: Arc<ManualClock>,
    pub(super) app: App,
    pub(super) issuer: DemoIssuer,
    router: Router,
    state: StateDir,
}

impl House {
    /// The demo as it is delivered.
    pub(super) async fn open() -> Self {
        Self::open_with(&[], |_| {}).await
    }

    /// The demo with `--fault` switched on, or with other settings.
    pub(super) async fn open_with(faults: &[String], change: impl FnOnce(&mut Config)) -> Self {
        let clock = Arc::new(ManualClock::at(now()));
        let lent: Arc<dyn Clock> = clock.clone();
        let town = Town::start(Arc::clone(world()), Arc::clone(&lent), TownSettings::FREE).await.expect("free ports");
        let state = StateDir::new();
        let issuer = demo::prepare(&state.0, now(), world()).expect("a folder of our own");
        let mut config = demo::configuration(&state.0, &town, faults).expect("the demo's configuration");
        // Nothing here is about haste, and the machine may be busy; a test that is about haste, or the floor, says so.
        demo::unhurried(&mut config, LONG_MS.into());
        change(&mut config);
        let lent =
            Lent { clock: Arc::clone(&lent), token_clock: lent, random: Arc::new(SystemRandom), hand: Hand::Thread };
        let app = App::build_with(&config, &environment(), &lent, Some(Arc::new(SmallTree))).expect("a service");
        Self { router: app.router(), town, clock, app, issuer, state }
    }

    /// Where keys, index and audit lie.
    pub(super) fn state(&self) -> &std::path::Path {
        &self.state.0
    }

    /// A token of one of the demo's callers, valid for twelve hours.
    pub(super) fn token(&self, caller: &str) -> String {
        let handle = HANDLES.iter().find(|handle| handle.name == caller).expect("a caller of the demo");
        self.token_of(handle)
    }

    /// A token of this caller for the auditors' listener.
    pub(super) fn audit_token(&self, caller: &Handle) -> String {
        self.issuer.sign_for(&["glasplade-audit"], caller, self.clock.now(), SignedDuration::from_hours(12))
    }

    /// The whole answer of the auditors' listener.
    pub(super) async fn ask(&self, request: Request<Body>) -> Answer {
        let router = self.app.audit_router().expect("the demo has an auditors' listener");
        let (parts, body) = router.oneshot(request).await.expect("a router cannot fail").into_parts();
        let body = body.collect().await.expect("a body of our own").to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A token of a caller whom the demo does not have.
    pub(super) fn token_of(&self, caller: &Handle) -> String {
        self.issuer.sign(caller, self.clock.now(), SignedDuration::from_hours(12))
    }

    /// The answer's head and its body, still to be read.
    pub(super) async fn send_only(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.expect("a router cannot fail")
    }

    /// The whole answer.
    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.send_only(request).await.into_parts();
        let body = body.collect().await.expect("a body of our own").to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Looks a citizen up for the purpose that goes with the caller's role.
    pub(super) async fn look_up(&self, caller: &str, who: &str) -> Answer {
        let purpose = if caller.starts_with("coordinator") { "coordination" } else { "own_case" };
        self.send(look_up(&self.token(caller), who, purpose)).await
    }

    /// Looks a citizen up in an emergency.
    pub(super) async fn open_emergency(&self, caller: &str, who: &str) -> Answer {
        self.send(post(Some(&self.token(caller)), &emergency(who))).await
    }

    /// Sends a body to a path.
    pub(super) async fn post_to(&self, caller: &str, path: &str, body: &Value) -> Answer {
        let mut request = post(Some(&self.token(caller)), body);
        *request.uri_mut() = path.parse().expect("an address");
        self.send(request).await
    }

    /// Repeats a look-up, with these headers besides the token.
    pub(super) async fn repeat(&self, caller: &str, location: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(get(location, Some(&self.token(caller)), headers)).await
    }

    /// Every entry of the audit, oldest first.
    pub(super) fn entries(&self) -> Vec<AuditEntry> {
        let index = self.app.audit().index();
        assert!(index.caught_up(), "the index follows the log");
        let log = self.app.audit().log();
        let mut reader = EntryReader::new(log.directory(), Arc::clone(log.keys()));
        let places = index.reader().places_after(0).expect("a search");
        places.iter().map(|place| reader.read(place).expect("a readable segment").expect("the entry")).collect()
    }

    /// The bars in the audit's entry of the last answer about the citizen who was asked for.
    pub(super) fn bars_of_last_answer(&self) -> Vec<String> {
        let is_answer = |entry: &AuditEntry| entry.phase == Phase::Completed && entry.relation.is_none();
        self.entries().into_iter().rfind(is_answer).expect("an answer").bars
    }
}

/// An answer waits so long for this system, whatever time the caller gives. The directory is asked on, for the next one.
pub(super) fn gives(config: &mut Config, system: &str, time_ms: u32) {
    let (file, time_ms) = (&mut config.sources, u64::from(time_ms));
    if let Some(row) = file.staff_directory.as_mut().filter(|row| row.id.as_str() == system) {
        row.wait_ms = time_ms;
        return;
    }
    let cases = file.source.iter_mut().map(|row| (&row.id, &mut row.connection));
    let register = file.person_register.iter_mut().map(|row| (&row.id, &mut row.connection));
    let named = cases.chain(register).find(|(id, _)| id.as_str() == system);
    named.expect("a system of the demo").1.limits.fetch_timeout_ms = time_ms;
}

/// Who may prepare and release a citizen's extract; the demo has no such caller.
pub(super) const INSIGHT_OFFICER: Handle = with_role("insight_officer", &["insight_officer"], "az10020");

/// A caller of this role and no unit.
pub(super) const fn with_role(name: &'static str, roles: &'static [&'static str], employee: &'static str) -> Handle {
    Handle { name, employee, department: "MSB", unit: None, roles, kle: &["*"], sensitivity_max: 3 }
}

/// What came back.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// The overview, or a failed test.
    pub(super) fn overview(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        self.json()
    }

    /// The last part of the problem's type, after everything that every problem must be.
    pub(super) fn problem(&self) -> String {
        assert_eq!(self.header(header::CONTENT_TYPE), "application/problem+json", "{} {}", self.status, self.text());
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        for field in ["title", "detail"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field} in {problem}");
        }
        let kind = problem["type"].as_str().expect("a type");
        kind.strip_prefix("urn:glasplade:problem:").expect("a type of ours").to_owned()
    }

    /// Where the overview can be had again.
    pub(super) fn location(&self) -> &str {
        self.header(header::CONTENT_LOCATION)
    }
}

/// `POST /v1/overviews` with a JSON body.
pub(super) fn post(token: Option<&str>, body: &Value) -> Request<Body> {
    post_to("/v1/overviews", token, body)
}

/// `POST` with a JSON body.
pub(super) fn post_to(path: &str, token: Option<&str>, body: &Value) -> Request<Body> {
    let request = Request::builder().method(Method::POST).uri(path);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let request = match token {
        Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        None => request,
    };
    request.body(Body::from(body.to_string())).expect("a request")
}

/// What a portal sends to look a citizen up in an emergency.
pub(super) fn emergency(who: &str) -> Value {
    let asked = json!({"code": "life", "reason": "En anmelder frygter for borgerens liv i nat"});
    json!({"cpr": number(who), "purpose": "emergency", "emergency": asked})
}

/// A look-up as a portal sends it.
pub(super) fn look_up(token: &str, who: &str, purpose: &str) -> Request<Body> {
    post(Some(token), &json!({"cpr": number(who), "purpose": purpose, "case_ref": "2026-001234"}))
}

/// `GET`, with these headers.
pub(super) fn get(path: &str, token: Option<&str>, headers: &[(&str, &str)]) -> Request<Body> {
    let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    let request = match token {
        Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        None => request,
    };
    request.body(Body::empty()).expect("a request")
}

/// All items of an overview, in all groups.
pub(super) fn items(overview: &Value) -> Vec<Value> {
    groups(overview, "items")
}

/// All notices of an overview, in all groups.
pub(super) fn notices(overview: &Value) -> Vec<Value> {
    groups(overview, "notices")
}

fn groups(overview: &Value, part: &str) -> Vec<Value> {
    let groups = overview["groups"].as_object().expect("four groups");
    groups.values().flat_map(|group| group[part].as_array().expect("a list").clone()).collect()
}
