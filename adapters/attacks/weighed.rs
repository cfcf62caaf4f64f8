//! Every attack over HTTP, with what reading it takes in memory, and in an optimised build what it takes in CPU time.
//!
//! A program of its own, because it counts what all threads allocate: one test, and nothing beside it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use glasplade_adapters::attacks::{self, Attack};
use glasplade_adapters::contract::{CallContext, ManualClock, ReadOperation, TraceContext, Traffic};
use glasplade_adapters::fake::{FakeAnswer, FakeRequest, FakeServer, FakeSystem, VendorFault, World};
use glasplade_adapters::transport::{Call, Connection, ConnectionSettings, Limits, json, soap, xml};
use peak_alloc::PeakAlloc;
use serde_json::Value;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const READS: &[ReadOperation] = &[ReadOperation::get("cases", "/cases")];
/// How long a body is: up to the limit where the code is as it is shipped, and shorter where it takes ten times as long.
const BYTES: usize = if cfg!(debug_assertions) { 1024 * 1024 } else { 7_900_000 };
/// Beyond twice the body.
const SPARE: usize = 1024 * 1024;
/// Most CPU time for one body, in milliseconds.
#[cfg(not(debug_assertions))]
const CPU_MS_MAX: f64 = 50.0;

/// A source that answers everything with the same.
struct Liar(Mutex<FakeAnswer>);

impl Liar {
    fn says(&self, answer: FakeAnswer) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }
}

impl FakeSystem for Liar {
    fn name(&self) -> &'static str {
        "liar"
    }

    fn citizen(&self, _: &FakeRequest) -> Option<String> {
        None
    }

    fn answer(&self, _: &FakeRequest) -> FakeAnswer {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fault(&self, request: &FakeRequest, _: VendorFault) -> FakeAnswer {
        self.answer(request)
    }
}

#[expect(clippy::disallowed_methods, reason = "who sets a deadline reads the machine's time")]
fn call() -> CallContext {
    CallContext {
        deadline: tokio::time::Instant::now() + std::time::Duration::from_mins(10),
        clock: Arc::new(ManualClock::at(jiff::Timestamp::UNIX_EPOCH)),
        trace: TraceContext::default(),
        transaction: uuid::Uuid::nil(),
        traffic: Traffic::default(),
    }
}

/// What one exchange, read as `soap` or as JSON, takes beside the body that the source holds itself.
async fn weigh(connection: &Connection, is_soap: bool) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    if let Ok(mut answer) = connection.exchange(&call(), &READS[0], Call::default()).await {
        if is_soap {
            drop(soap::read(&mut answer).await);
        } else {
            drop(answer.json::<Value>().await);
        }
    }
    MEMORY.peak_usage().saturating_sub(before)
}

/// CPU time of this thread so far, in milliseconds, where the machine tells.
#[cfg(not(debug_assertions))]
fn cpu_ms() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds / 1e6)
}

/// The least CPU time of three that `read` takes.
#[cfg(not(debug_assertions))]
fn timed(mut read: impl FnMut()) -> Option<f64> {
    let times: Option<Vec<f64>> = (0..3)
        .map(|_| {
            let before = cpu_ms()?;
            read();
            cpu_ms().map(|after| after - before)
        })
        .collect();
    times?.into_iter().reduce(f64::min)
}

#[cfg(not(debug_assertions))]
fn time(attack: &Attack) -> Vec<String> {
    let body: bytes::Bytes = (attack.body)(BYTES).into();
    let content_type = attack.content_type.unwrap_or_default();
    let as_xml = timed(|| drop(xml::parse(body.clone(), content_type)));
    let as_json = timed(|| drop(json::parse::<Value>(&body, content_type)));
    let told = |ms: Option<f64>| ms.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.1}"));
    println!("{:>60} {:>9} bytes, XML {:>5} ms, JSON {:>5} ms", attack.name, body.len(), told(as_xml), told(as_json));
    let slow = [("XML", as_xml), ("JSON", as_json)].into_iter();
    let slow = slow.filter_map(|(what, ms)| ms.filter(|ms| *ms > CPU_MS_MAX).map(|ms| (what, ms)));
    slow.map(|(what, ms)| format!("{} takes {ms:.1} ms as {what}", attack.name)).collect()
}

#[cfg(debug_assertions)]
fn time(attack: &Attack) -> Vec<String> {
    // In a build without optimisation time says nothing; that both readers come to an end is all.
    let body = bytes::Bytes::from((attack.body)(BYTES / 16));
    drop(json::parse::<Value>(&body, ""));
    drop(xml::parse(body, ""));
    Vec::new()
}

#[test]
fn no_attack_takes_more_than_twice_its_size_and_a_little() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut broken = runtime.block_on(async {
        let liar = Arc::new(Liar(Mutex::new(FakeAnswer::new(200, "text/plain", ""))));
        let port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let system: Arc<dyn FakeSystem> = Arc::<Liar>::clone(&liar);
        let server = FakeServer::start(system, Arc::new(World::default()), port, port).await.expect("a fake");
        let limits = Limits { connect_timeout_ms: 60_000, ..Limits::default() };
        let settings = ConnectionSettings { base_url: server.base_url(), ca_file: None, limits };
        let connection = Connection::new(&settings, READS).expect("a connection");
        let mut broken = Vec::new();
        for attack in attacks::all() {
            for is_soap in [true, false] {
                let claimed = if is_soap { "text/xml" } else { "application/json" };
                let answer = attack.instead_of(FakeAnswer::new(200, claimed, ""), BYTES);
                let size = answer.body.len();
                liar.says(answer);
                // Once before, so that what stays (a connection, a thread) is there.
                drop(connection.exchange(&call(), &READS[0], Call::default()).await);
                let weight = weigh(&connection, is_soap).await;
                if weight > 2 * size + SPARE {
                    let name = attack.name;
                    broken.push(format!("{name}: {weight} bytes for {size} as {claimed}"));
                }
            }
        }
        broken
    });
    broken.extend(attacks::all().flat_map(time));
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
