//! What the README says of the audit: durable records a second, and how long their verification takes.
//!
//! `cargo bench -p glasplade --bench audit -- --records 10000000 [--dir FOLDER]`. The folder is made, filled and removed; a
//! record needs some 800 bytes.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use glasplade::audit::keys::MasterKey;
use glasplade::audit::tlog::Signer;
use glasplade::audit::{
    AuditEntry, AuditLog, AuditSettings, AuditedCaller, AuditedDecision, AuditedSource, Phase, ShownItem, Trust,
    entry_id, verify,
};
use glasplade_adapters::contract::{Clock, SystemClock};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// So many callers wait for their receipts at once.
const CALLERS: u64 = 256;

/// What a look-up writes down before its answer leaves: five sources, four items.
fn entry(clock: &dyn Clock, number: u64) -> AuditEntry {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    let at = clock.now();
    let id = entry_id(at, random);
    let text = |text: &str| Some(text.to_owned());
    let source = |id: &str| AuditedSource {
        id: id.to_owned(),
        state: "fresh".to_owned(),
        as_of: None,
        rows: Some(2),
        wrong_citizen: 0,
    };
    let item = |at: u64| ShownItem {
        item: format!("{:024x}", number * 4 + at),
        classes: ["core", "status", "actor"].map(str::to_owned).to_vec(),
        basis: "own_case".to_owned(),
        own: Some("unit".to_owned()),
        decided: Some(0),
    };
    AuditEntry {
        caller: Some(AuditedCaller {
            employee: "az10001".to_owned(),
            department: text("BFF"),
            unit: text("UUJ-KOORD"),
            roles: vec!["coordinator".to_owned()],
            client_id: text("portal"),
        }),
        purpose: text("coordination"),
        case_ref: text("2026-17"),
        trace_id: text("4bf92f3577b34da6a3ce929d0e0e4736"),
        decision: Some(AuditedDecision { policy_hash: None, outcome: "granted".to_owned() }),
        sources: ["sbsys", "fasit", "dubu", "case_index", "oio"].map(source).to_vec(),
        shown: (0..4).map(item).collect(),
        status: Some(200),
        ..AuditEntry::new(id, id, Phase::Completed, at, "overviews")
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's own clock")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (work(), start.elapsed())
}

fn per_second(records: u64, took: Duration) -> u128 {
    u128::from(records) * 1_000_000 / took.as_micros().max(1)
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut records, mut dir) =
        (200_000_u64, std::env::temp_dir().join(format!("glasplade-bench-{}", std::process::id())));
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--records" => records = arguments.next().and_then(|number| number.parse().ok()).unwrap_or(records),
            "--dir" => dir = arguments.next().map_or(dir, PathBuf::from),
            // What cargo itself adds.
            _ => {}
        }
    }
    let outcome = run(records, &dir);
    let _ = std::fs::remove_dir_all(&dir);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(records: u64, dir: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let signer = Signer::new("bench.example/audit", &"2a".repeat(32))?;
    let trust = Trust { verifiers: vec![signer.verifier()], ..Trust::default() };
    let settings = AuditSettings::new(dir, Arc::new(MasterKey::new(&[1; 32])?), Arc::new(signer));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let log = AuditLog::open(settings, &clock)?;
    let next = Arc::new(AtomicU64::new(0));
    let mut out = io::stdout().lock();
    let caller = || {
        let (log, clock, next) = (log.clone(), Arc::clone(&clock), Arc::clone(&next));
        async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= records {
                    return Ok::<_, glasplade::audit::Unwritable>(());
                }
                let _receipt = log.append(&entry(clock.as_ref(), number)).await?;
            }
        }
    };
    let callers = async {
        let mut tasks = tokio::task::JoinSet::new();
        (0..CALLERS).for_each(|_| drop(tasks.spawn(caller())));
        tasks.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()
    };
    let (outcome, took) = timed(|| runtime.block_on(callers));
    outcome?;
    writeln!(out, "durable: {records} records in {took:.1?}, {} a second", per_second(records, took))?;
    let unsigned = log.durable_seq() - log.signed_seq();
    let ((), took) = timed(|| runtime.block_on(log.close()));
    writeln!(out, "signed: {unsigned} records behind at the end, all after {took:.1?}")?;
    let (verified, took) = timed(|| verify(dir, &trust));
    let verified = verified?;
    writeln!(out, "verified: {} records in {took:.1?}, {} a second", verified.records, per_second(records, took))?;
    Ok(())
}
