//! What the audit costs an answer: `cargo bench --features fakes --bench load`. Figures are printed, one a line.
//!
//! The whole service answers in this process, sixty-four callers at once, over the demo's fakes. Beside each other stand a log that
//! is durable (in `LOAD_DIR`, default `target/load`) and one that is written to memory alone (in `LOAD_MEMORY`, default
//! `/dev/shm`), where a sync costs nothing: the difference is what waiting for the disk takes from throughput. The rounds of both
//! are mixed, and only their ratio counts. Cold answers ask every source; warm ones come from memory.
//! `LOAD_CITIZENS` says how many citizens are invented (default 20,000).

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reads the clock and the environment, prints what it measured, and may fail"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use glasplade::app::{App, Lent};
use glasplade::audit::Hand;
use glasplade::config::environment;
use glasplade::demo::{configuration, prepare};
use glasplade::random::SystemRandom;
use glasplade_adapters::contract::{Clock, SystemClock};
use glasplade_adapters::fake::{Town, TownSettings, World};
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use tower::ServiceExt as _;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CALLERS: usize = 64;
const ROUNDS: usize = 5;
/// How often each citizen is asked for again.
const WARM: usize = 10;

fn main() {
    let citizens = std::env::var("LOAD_CITIZENS").ok().and_then(|text| text.parse().ok()).unwrap_or(20_000);
    let folder = |name: &str, default: &str| PathBuf::from(std::env::var(name).unwrap_or_else(|_| default.to_owned()));
    let disk = folder("LOAD_DIR", concat!(env!("CARGO_MANIFEST_DIR"), "/target/load"));
    let memory = folder("LOAD_MEMORY", "/dev/shm").join("glasplade-load");
    tokio::runtime::Runtime::new().unwrap().block_on(run(citizens, [("durable", &disk), ("in memory", &memory)]));
    for folder in [disk, memory] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

async fn run(citizens: usize, folders: [(&str, &Path); 2]) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let world = Arc::new(World::invent(1, citizens, clock.now()));
    let town = Town::start(Arc::clone(&world), Arc::clone(&clock), TownSettings { first_port: 0, control_port: 0 });
    let town = town.await.unwrap();
    let (mut shown, mut cold, mut warm) = (None, [Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    // The first round finds who is shown something; an empty answer waits for its floor and tells nothing of cost.
    for round in 0..=ROUNDS {
        for (at, (_, folder)) in folders.iter().enumerate() {
            let house = House::open(folder, &town, &world, &clock);
            let Some(shown) = &shown else {
                let of_unit = world.cases().iter().filter(|case| case.unit.as_deref() == Some("JVS-JOB"));
                let numbers: BTreeSet<&str> = of_unit.map(|case| case.citizen.as_str()).collect();
                let numbers: Vec<String> = numbers.into_iter().map(str::to_owned).collect();
                shown = Some(house.ask_all(Arc::new(numbers), 1).await.1);
                continue;
            };
            let shown = Arc::new(shown.clone());
            let (of_cold, _) = house.ask_all(Arc::clone(&shown), 1).await;
            let (of_warm, _) = house.ask_all(Arc::clone(&shown), WARM).await;
            if round > 0 {
                cold[at].push(of_cold);
                warm[at].push(of_warm);
            }
            house.app.audit().log().close().await;
        }
    }
    println!(
        "{} citizens with an own case, {CALLERS} callers, {ROUNDS} rounds of each",
        shown.map_or(0, |all| all.len())
    );
    for (what, mut samples) in [("cold", cold), ("warm", warm)] {
        let medians = [0, 1].map(|at| {
            samples[at].sort_by(f64::total_cmp);
            let median = samples[at][samples[at].len() / 2];
            println!("{what}, {}: {median:.0} answers a second", folders[at].0);
            median
        });
        println!("{what}: the durable log takes {:.1} %", (1.0 - medians[0] / medians[1]) * 100.0);
    }
}

/// The service, with nothing in its memory yet.
struct House {
    app: App,
    token: Arc<str>,
}

impl House {
    fn open(folder: &Path, town: &Town, world: &World, clock: &Arc<dyn Clock>) -> Self {
        let _ = std::fs::remove_dir_all(folder);
        let issuer = prepare(folder, clock.now(), world).unwrap();
        let config = configuration(folder, town, &[]).unwrap();
        let lent = Lent {
            clock: Arc::clone(clock),
            token_clock: Arc::clone(clock),
            random: Arc::new(SystemRandom),
            hand: Hand::Thread,
        };
        let app = App::build(&config, &environment(), &lent).unwrap();
        let token = issuer.token("caseworker-jobcenter", clock.now(), SignedDuration::from_hours(1)).unwrap();
        Self { app, token: token.into() }
    }

    /// Asks for everybody, `times` each; the answers a second, and who was shown something.
    async fn ask_all(&self, numbers: Arc<Vec<String>>, times: usize) -> (f64, Vec<String>) {
        let next = Arc::new(AtomicUsize::new(0));
        let begun = Instant::now();
        let callers = (0..CALLERS).map(|_| {
            let (router, token, numbers, next) =
                (self.app.router(), Arc::clone(&self.token), Arc::clone(&numbers), Arc::clone(&next));
            tokio::spawn(async move {
                let mut shown = Vec::new();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= numbers.len() * times {
                        return shown;
                    }
                    let number = &numbers[at % numbers.len()];
                    if ask(&router, &token, number).await {
                        shown.push(number.clone());
                    }
                }
            })
        });
        let shown = futures_util::future::join_all(callers).await;
        let answers = u32::try_from(numbers.len() * times).unwrap();
        let rate = f64::from(answers) / begun.elapsed().max(Duration::from_micros(1)).as_secs_f64();
        (rate, shown.into_iter().flat_map(Result::unwrap).collect())
    }
}

/// Whether something was shown.
async fn ask(router: &Router, token: &str, number: &str) -> bool {
    let body = format!(r#"{{"cpr":"{number}","purpose":"own_case","case_ref":"DEMO-1"}}"#);
    let request = Request::builder()
        .method(Method::POST)
        .uri("/v1/overviews")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice::<serde_json::Value>(&body).unwrap()["empty_text"].is_null()
}
