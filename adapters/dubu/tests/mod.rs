//! The adapter against its fake over loopback.

mod answers;
mod list;
mod other_clients;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::KIND;
use super::fake::Dubu;
use crate::contract::{
    Adapter, CallContext, CprNumber, Fetched, ManualClock, SourceError, SourceId, TraceContext, Traffic,
};
use crate::fake::population::Line;
use crate::fake::{FakeContext, FakeServer, FakeSystem, World};
use crate::register::{Environment, SourceConfig};
use crate::transport::{ConnectionSettings, Limits};

const MIE: &str = "0101129999";
const BO: &str = "0202139999";
const NOBODY: &str = "0303149999";
const NOW: &str = "2025-12-01T09:00:00Z";

fn case(serial: u128, citizen: &str, more: Value) -> Value {
    let row = json!({ "type": "case", "source": "dubu", "id": Uuid::from_u128(serial), "serial": serial,
        "citizen": citizen, "number": format!("25/{serial}"), "title": "Børnefaglig undersøgelse", "unit": "BU-1",
        "caseworker": "az90041", "opened": "2025-02-03", "type_code": "Boernesag", "type_name": "Børnesag" });
    with(row, more)
}

/// `base` with the fields of `more` put in.
fn with(mut base: Value, more: Value) -> Value {
    let (Value::Object(fields), Value::Object(more)) = (&mut base, more) else { panic!("two objects") };
    fields.extend(more);
    base
}

fn world() -> Arc<World> {
    world_and([])
}

fn world_and(more: impl IntoIterator<Item = Value>) -> Arc<World> {
    let unit = |code: &str, number: u32| {
        json!({ "type": "unit", "code": code, "name": "Børneteam Prøve", "department": "BU",
            "uuid": Uuid::from_u128(number.into()), "number": number })
    };
    let staff = |id: &str, number: u32, name: &str, left: bool| {
        json!({ "type": "staff", "id": id, "uuid": Uuid::from_u128(number.into()), "number": number, "name": name,
            "unit": "BU-1", "email": format!("{id}@example.dk"), "phone": format!("894000{number}"),
            "mobile": format!("200000{number}"), "left": left })
    };
    let person = |cpr: &str, given: &str| {
        json!({ "type": "person", "cpr": cpr, "given_name": given, "family_name": "Prøve", "born": "2012-12-01",
            "sex": "K" })
    };
    let lines = [
        unit("BU-1", 3101),
        staff("az90041", 41, "Karen Prøve", false),
        staff("az90042", 42, "Ole Test", false),
        staff("az90043", 43, "Ida Test", true),
        person(MIE, "Mie Sofie"),
        person(BO, "Bo"),
        case(
            601,
            MIE,
            json!({ "deadline": "2026-03-01", "others": ["az90042"], "kle": "27.24.06",
            "quirks": { "deadline_as_instant": true } }),
        ),
        case(
            602,
            MIE,
            json!({ "progress": "closed", "closed": "2025-06-01", "level": 3, "coercion": true,
            "caseworker": "az90043" }),
        ),
        case(
            603,
            MIE,
            json!({ "raw_status": "SagStatus9", "status_text": "Til høring",
            "quirks": { "no_cpr": true, "no_details": true, "type_as_text": true } }),
        ),
        case(701, BO, json!({ "quirks": { "mentions": [MIE] }, "title": "Søskende" })),
    ];
    let lines =
        lines.into_iter().chain(more).map(|line| serde_json::from_value::<Line>(line).expect("a population line"));
    Arc::new(World::from_lines(lines))
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(NOW.parse().expect("a moment")))
}

fn system(world: &Arc<World>) -> Arc<Dubu> {
    Arc::new(Dubu::new(FakeContext { world: Arc::clone(world), clock: clock() }))
}

async fn serve(world: Arc<World>, system: Arc<dyn FakeSystem>) -> FakeServer {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    FakeServer::start(system, world, free, free).await.expect("free ports")
}

async fn start() -> FakeServer {
    let world = world();
    serve(Arc::clone(&world), system(&world)).await
}

/// A cookie file of its own for each test; it goes away with the value.
struct CookieFile(PathBuf);

impl CookieFile {
    fn with(cookie: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("glasplade-dubu-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let file = Self(std::env::temp_dir().join(name));
        file.write(cookie);
        file
    }

    fn write(&self, cookie: &str) {
        std::fs::write(&self.0, format!("{cookie}\n")).expect("a writable temp folder");
    }
}

impl Drop for CookieFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn build(server: &FakeServer, file: &CookieFile, more: Value, limits: Limits) -> Adapter {
    let settings = with(json!({ "cookie": format!("file:{}", file.0.display()) }), more);
    let environment = Environment(Box::new(|_| None));
    let connection = ConnectionSettings { base_url: server.base_url(), ca_file: None, limits };
    let config = SourceConfig { id: SourceId::new("dubu"), connection, settings, environment: &environment };
    KIND.cases(config).expect("settings that fit")
}

fn usual(server: &FakeServer, file: &CookieFile) -> Adapter {
    build(server, file, json!({}), Limits::default())
}

fn context() -> CallContext {
    context_for(Duration::from_secs(2))
}

#[expect(clippy::disallowed_methods, reason = "a deadline lies in the machine's time")]
fn context_for(time: Duration) -> CallContext {
    CallContext {
        deadline: tokio::time::Instant::now() + time,
        clock: clock(),
        trace: TraceContext {
            trace_id: Arc::from("0af7651916cd43dd8448eb211c80319c"),
            span_id: Arc::from("b7ad6b7169203331"),
            ..TraceContext::default()
        },
        transaction: Uuid::nil(),
        traffic: Traffic::default(),
    }
}

async fn ask(adapter: &Adapter, cpr: &str) -> Result<Fetched, SourceError> {
    adapter.fetch(&context(), &CprNumber::parse(cpr).expect("ten digits")).await
}

fn number(cpr: &str) -> CprNumber {
    CprNumber::parse(cpr).expect("ten digits")
}
