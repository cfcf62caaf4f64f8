//! The whole service over the demo's town, telling a collector.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use glasplade::app::{App, Lent};
use glasplade::audit::Hand;
use glasplade::config::{OtlpSettings, environment};
use glasplade::demo;
use glasplade::demo::issuer::DemoIssuer;
use glasplade::random::{Random as _, SystemRandom};
use glasplade::telemetry;
use glasplade_adapters::contract::{Clock, ManualClock};
use glasplade_adapters::fake::population::NAMED;
use glasplade_adapters::fake::{FakeServer, Town, TownSettings, World};
use http::{HeaderMap, Request, header};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// The numbers of those whom the tests look up.
pub(crate) const NUMBERS: [&str; 3] = ["1405049979", "2705759980", "140504-9979"];

pub(crate) struct House {
    town: Town,
    issuer: DemoIssuer,
    router: Router,
    ids: Vec<String>,
    serving: JoinSet<()>,
    stop: oneshot::Sender<()>,
    _state: StateDir,
}

struct StateDir(PathBuf);

impl Drop for StateDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn now() -> Timestamp {
    "2026-11-24T09:00:00+01:00".parse().expect("a moment")
}

impl House {
    pub(crate) async fn open(collector: &str, trace_ratio: f64) -> Self {
        let otlp = OtlpSettings { trace_ratio, ..OtlpSettings::to(collector) };
        let telemetry = telemetry::start("error", Some(&otlp), &environment(), &SystemRandom).expect("telemetry");
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(now()));
        let world = Arc::new(World::invent(1, 50, now()));
        let town = Town::start(Arc::clone(&world), Arc::clone(&clock), TownSettings::FREE).await.expect("free ports");
        let state = StateDir(std::env::temp_dir().join(format!("glasplade-traced-{}", SystemRandom.uuid().simple())));
        let issuer = demo::prepare(&state.0, now(), &world).expect("a folder of our own");
        let mut config = demo::configuration(&state.0, &town, &[]).expect("the demo's configuration");
        // Nothing here is about haste, and the machine may be busy.
        demo::unhurried(&mut config, 120_000);
        // Nobody reads the sources besides the look-ups.
        config.service.target_groups.index = None;
        config.service.target_groups.lists.file = None;
        let lent =
            Lent { clock: Arc::clone(&clock), token_clock: clock, random: Arc::new(SystemRandom), hand: Hand::Thread };
        let app = App::build(&config, &environment(), &lent).expect("a service").telling(telemetry);
        let router = app.router();
        let ids = config.sources.source.iter().map(|source| source.id.to_string()).collect();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let (stop, stopped) = oneshot::channel();
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let stop = async move {
                let _ = stopped.await;
            };
            app.serve(listener, None, stop).await.expect("an orderly stop");
        });
        Self { town, issuer, router, ids, serving, stop, _state: state }
    }

    /// Ids of the case systems.
    pub(crate) fn sources(&self) -> Vec<String> {
        self.ids.clone()
    }

    /// Looks somebody up with these headers; the headers of every request that a source got for it.
    pub(crate) async fn look_up(&self, who: &str, headers: &[(&'static str, &str)]) -> Vec<HeaderMap> {
        let number = NAMED.iter().find(|(name, ..)| *name == who).expect("somebody of the town").1;
        let token = self.issuer.token("coordinator-youth", now(), SignedDuration::from_hours(1)).expect("a caller");
        let body = json!({"cpr": number, "purpose": "coordination", "case_ref": "2026-1"}).to_string();
        let mut request = Request::post("/v1/overviews")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.town.servers.iter().for_each(|server| drop(server.take_recorded()));
        let request = request.body(Body::from(body)).expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("a router cannot fail");
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("a body").to_bytes();
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        self.town.servers.iter().flat_map(FakeServer::take_recorded).map(|request| request.headers).collect()
    }

    /// Stops the service; what waits is sent before it is gone.
    pub(crate) async fn stop(mut self) {
        self.stop.send(()).expect("a running service");
        while let Some(ended) = self.serving.join_next().await {
            ended.expect("no panic");
        }
    }
}
