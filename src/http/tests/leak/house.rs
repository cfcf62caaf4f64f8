//! The service over the marked town, and everything that it writes besides its answers.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use glasplade::app::{App, Lent};
use glasplade::audit::{EntryReader, Hand};
use glasplade::config::{CacheAges, OtlpSettings, environment};
use glasplade::demo;
use glasplade::demo::issuer::DemoIssuer;
use glasplade::random::{Random as _, SystemRandom};
use glasplade::telemetry::{Telemetry, recording};
use glasplade_adapters::contract::{Clock, ManualClock};
use glasplade_adapters::fake::{Town, TownSettings};
use http::{Request, header};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::citizen::world;

/// Bytes that were written to somewhere.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    /// Everything that any thread tells telemetry from now on, at its finest.
    /// What goes to the collector at `endpoint` is recorded beside it.
    pub(crate) fn listen(endpoint: &str) -> (Self, Telemetry) {
        let kept = Self::default();
        let otlp = OtlpSettings { trace_ratio: 1.0, ..OtlpSettings::to(endpoint) };
        let (layers, telemetry) = recording(Some(&otlp), &environment(), &SystemRandom).expect("an address");
        let lines = tracing_subscriber::fmt::layer()
            .json()
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_writer(kept.clone());
        tracing_subscriber::registry().with(layers).with(lines.with_filter(LevelFilter::TRACE)).init();
        (kept, telemetry)
    }

    /// A collector that keeps what it is sent, and its address.
    pub(crate) async fn collect() -> (Self, String, JoinSet<()>) {
        async fn keep(State(kept): State<Kept>, body: Bytes) {
            kept.add(&body);
        }
        let kept = Self::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let routes = Router::new().route("/v1/{signal}", post(keep)).layer(DefaultBodyLimit::disable());
        let routes = routes.with_state(kept.clone());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, routes).await.expect("a server") });
        (kept, endpoint, serving)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    }
}

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// So much time that nothing runs out of it, in milliseconds.
const LONG_MS: u64 = 120_000;

/// The whole service over the marked town.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) town: Town,
    pub(crate) app: App,
    issuer: DemoIssuer,
    router: Router,
    heads: Kept,
    state: PathBuf,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.state);
    }
}

fn now() -> Timestamp {
    "2026-11-24T09:00:00+01:00".parse().expect("a moment")
}

impl House {
    pub(crate) async fn open() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(now()));
        let world = Arc::new(world(now()));
        let town = Town::start(Arc::clone(&world), Arc::clone(&clock), TownSettings::FREE).await.expect("free ports");
        let state = std::env::temp_dir().join(format!("glasplade-leak-{}", SystemRandom.uuid().simple()));
        let issuer = demo::prepare(&state, now(), &world).expect("a folder of our own");
        let mut config = demo::configuration(&state, &town, &[]).expect("the demo's configuration");
        // Nobody is in a hurry but whoever says so, and every look-up asks every source: nothing is remembered.
        demo::unhurried(&mut config, LONG_MS);
        let never = CacheAges { fresh_s: 0, stale_s: 0 };
        (config.service.cache.confidential, config.service.cache.sensitive) = (never, never);
        config.sources.person_register.as_mut().expect("the demo has a register").ages = never;
        config.sources.staff_directory.as_mut().expect("the demo has a directory").ages = never;
        let lent =
            Lent { clock: Arc::clone(&clock), token_clock: clock, random: Arc::new(SystemRandom), hand: Hand::Thread };
        let app = App::build(&config, &environment(), &lent).expect("a service");
        Self { router: app.router(), town, app, issuer, heads: Kept::default(), state }
    }

    pub(crate) fn token(&self, caller: &str) -> String {
        self.issuer.token(caller, now(), SignedDuration::from_hours(12)).expect("a caller of the demo")
    }

    /// Looks the marked citizen up under one of the numbers, with address and family; the answer's head is kept, its body
    /// is given back.
    pub(crate) async fn look_up(&self, caller: &str, cpr: &str, accept: &str) -> String {
        self.look_up_within(LONG_MS, caller, cpr, accept).await
    }

    /// The same by somebody who gives so much time.
    pub(crate) async fn look_up_within(&self, time_ms: u64, caller: &str, cpr: &str, accept: &str) -> String {
        let reason = "Et brev skal frem til borgeren selv";
        let body = json!({"cpr": cpr, "purpose": "own_case", "case_ref": "2026-1", "household": true,
            "protected": {"reason": reason}})
        .to_string();
        let mut request = request("POST", "/v1/overviews", Some(&self.token(caller)), body);
        request.headers_mut().insert(header::ACCEPT, accept.parse().expect("a header"));
        request.headers_mut().insert("request-timeout-ms", time_ms.into());
        let (status, body) = self.send(request).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        String::from_utf8_lossy(&body).into_owned()
    }

    /// The body of a problem.
    pub(crate) async fn problem(&self, request: Request<Body>) -> Bytes {
        let (status, body) = self.send(request).await;
        assert!(status >= 400, "{}", String::from_utf8_lossy(&body));
        body
    }

    pub(crate) async fn body(&self, request: Request<Body>) -> Vec<u8> {
        self.send(request).await.1.to_vec()
    }

    async fn send(&self, request: Request<Body>) -> (u16, Bytes) {
        let answer = self.router.clone().oneshot(request).await.expect("a router cannot fail");
        self.heads.add(format!("{:?}\n", answer.headers()).as_bytes());
        let status = answer.status().as_u16();
        (status, answer.into_body().collect().await.expect("a body of our own").to_bytes())
    }

    /// What a scraper reads.
    pub(crate) async fn figures(&self) -> Vec<u8> {
        let asked = request("GET", "/metrics", None, String::new());
        let answer = self.app.metrics_router().oneshot(asked).await.expect("a router cannot fail");
        answer.into_body().collect().await.expect("a body of our own").to_bytes().to_vec()
    }

    /// Every header of every answer.
    pub(crate) fn take_heads(&self) -> Vec<u8> {
        self.heads.bytes()
    }

    /// Which of these numbers some source was asked about since the last time.
    pub(crate) fn asked_about<'a>(&self, numbers: &[&'a str]) -> Vec<&'a str> {
        let recorded = self.town.servers.iter().flat_map(glasplade_adapters::fake::FakeServer::take_recorded);
        let asked: Vec<String> =
            recorded.map(|request| format!("{} {}", request.target, String::from_utf8_lossy(&request.body))).collect();
        numbers.iter().copied().filter(|number| asked.iter().any(|text| text.contains(number))).collect()
    }

    /// The bytes of every file in the audit's folders, and the entries as they are behind the seals.
    pub(crate) fn audit_files(&self) -> Vec<(&'static str, Vec<u8>)> {
        let (mut sealed, mut indexed) = (Vec::new(), Vec::new());
        for folder in ["audit", "audit-keys"] {
            for (name, bytes) in files(&self.state.join(folder)) {
                if name.starts_with("index.sqlite") { indexed.extend(bytes) } else { sealed.extend(bytes) }
            }
        }
        let log = self.app.audit().log();
        let index = self.app.audit().index();
        assert!(index.caught_up(), "every entry is looked at");
        let places = index.reader().places_after(0).expect("a search");
        assert_eq!(places.len() as u64, log.durable_seq(), "every entry is looked at");
        let mut reader = EntryReader::new(log.directory(), Arc::clone(log.keys()));
        let mut entry = |place| reader.read(place).expect("readable").expect("the key is there");
        let entries = places.iter().flat_map(|place| serde_json::to_vec(&entry(place)).expect("JSON")).collect();
        vec![("the audit's files", sealed), ("the audit's index", indexed), ("the audit's entries", entries)]
    }

    /// What else the service keeps: the former numbers, which employee is which citizen, and the emergencies.
    pub(crate) fn kept_files(&self) -> Vec<(&'static str, Vec<u8>)> {
        let read = |name| std::fs::read(self.state.join(name)).expect("a file of ours");
        // SQLite's journal beside the ledger holds what was written last.
        let ledger = [read("emergencies.sqlite"), read("emergencies.sqlite-wal")].concat();
        vec![
            ("the alias file", read("aliases")),
            ("the staff list", read("staff.ndjson")),
            ("the ledger of emergencies", ledger),
        ]
    }
}

/// Every file under the folder.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder).expect("a folder of ours") {
        let path = file.expect("a file").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            // SQLite's own journals come and go.
            found.push((path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(), bytes));
        }
    }
    found
}

/// A request with a JSON body.
pub(crate) fn request(method: &str, path: &str, token: Option<&str>, body: String) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    let request = match token {
        Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        None => request,
    };
    request.body(Body::from(body)).expect("a request")
}
