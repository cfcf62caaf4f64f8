//! How many instructions an answer from memory takes, for `callgrind` to count: `.ci/run` compares them with `hit_path.txt` beside
//! this file, and with `UPDATE=1` writes it anew.
//!
//! One caller looks the same citizen up again and again: authorised, decided, taken from memory, durable in the audit. What is
//! counted is the caller's thread from request to body. Built as the tests are: what grows there by a twentieth has grown, and
//! nobody builds the program a second time to know.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints what it did, and may fail")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use glasplade::app::{App, Lent};
use glasplade::audit::Hand;
use glasplade::config::environment;
use glasplade::demo::{configuration, prepare, unhurried};
use glasplade::random::{Random as _, SystemRandom};
use glasplade_adapters::contract::{Clock, ManualClock};
use glasplade_adapters::fake::population::NAMED;
use glasplade_adapters::fake::{Town, TownSettings, World};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// Answers that are counted together. `.ci/run` reads it from the first line that is printed.
const HITS: usize = 40;
/// Answers before those: what is made once is made by then.
const WARM_UP: usize = 20;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = Folder(std::env::temp_dir().join(format!("glasplade-hits-{}", SystemRandom.uuid().simple())));
    let (app, town, request) = runtime.block_on(open(&folder.0));
    let router = app.router();
    for _ in 0..WARM_UP {
        answer(&runtime, &router, request());
    }
    let asked = || -> usize { town.servers.iter().map(|server| server.take_recorded().len()).sum() };
    assert!(asked() > 0, "the first look-up asks the sources");
    let bytes = measured_hits(&runtime, &router, (0..HITS).map(|_| request()).collect());
    println!("{HITS} answers of {bytes} bytes");
    assert_eq!(asked(), 0, "what is counted comes from memory");
    runtime.block_on(app.audit().log().close());
}

/// A folder that is gone with the run.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What `callgrind` counts: it looks for this name, and a closure in here would have it, too, and end the counting.
#[inline(never)]
fn measured_hits(runtime: &Runtime, router: &Router, requests: Vec<Request<Body>>) -> usize {
    let mut bytes = 0;
    for request in requests {
        bytes = answer(runtime, router, request);
    }
    bytes
}

fn answer(runtime: &Runtime, router: &Router, request: Request<Body>) -> usize {
    runtime.block_on(async {
        let answer = router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.into_body().collect().await.unwrap().to_bytes().len()
    })
}

async fn open(folder: &Path) -> (App, Town, impl Fn() -> Request<Body>) {
    let now: Timestamp = "2026-11-24T09:00:00+01:00".parse().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(now));
    let world = Arc::new(World::invent(1, 20, now));
    let town = Town::start(Arc::clone(&world), Arc::clone(&clock), TownSettings::FREE).await.unwrap();
    let issuer = prepare(folder, now, &world).unwrap();
    let mut config = configuration(folder, &town, &[]).unwrap();
    // Nobody but the one caller is at work.
    unhurried(&mut config, 600_000);
    config.service.target_groups.index = None;
    config.service.target_groups.lists.file = None;
    let lent =
        Lent { clock: Arc::clone(&clock), token_clock: clock, random: Arc::new(SystemRandom), hand: Hand::Thread };
    let app = App::build(&config, &environment(), &lent).unwrap();
    let token = issuer.token("caseworker-jobcenter", now, SignedDuration::from_hours(1)).unwrap();
    let number = NAMED.iter().find(|(name, ..)| *name == "kirsten").unwrap().1;
    let body = format!(r#"{{"cpr":"{number}","purpose":"own_case","case_ref":"2026-1"}}"#);
    let request = move || {
        Request::post("/v1/overviews")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.clone()))
            .unwrap()
    };
    (app, town, request)
}
