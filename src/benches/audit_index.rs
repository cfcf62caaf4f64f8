//! How fast an auditor is answered: `cargo bench --features fakes --bench audit_index`. The figures are printed, one a line.
//!
//! `AUDIT_RECORDS` says how many records the invented index has (default 1,000,000; the goal is 50,000,000), `AUDIT_DIR` where
//! it lies and stays (default: a folder that is removed), `AUDIT_EXPORT` how many look-ups are exported (default 100,000), and
//! `AUDIT_RATE` how many records a second the index must keep up with (default 5,000).

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reads the clock and the environment, prints what it measured, and may fail"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use glasplade::audit::keys::{Keys, MasterKey};
use glasplade::audit::tlog::Signer;
use glasplade::audit::{
    AuditEntry, AuditIndex, AuditLog, AuditSearch, AuditSettings, AuditedCaller, AuditedSource, Criterion, Flag,
    IndexSettings, Phase, Pseudonym, PseudonymKey, Query, ShownItem, fresh_entry_id, invent_index,
};
use glasplade::auditor::Auditor;
use glasplade::auditor::export::Format;
use glasplade::config::ConfigFiles;
use glasplade_adapters::contract::{Clock, CprNumber, SystemClock};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn key() -> Arc<PseudonymKey> {
    Arc::new(PseudonymKey::new(&[7; 32]).unwrap())
}

fn master() -> Arc<MasterKey> {
    Arc::new(MasterKey::new(&[1; 32]).unwrap())
}

fn main() {
    let scratch = std::env::temp_dir().join(format!("glasplade-bench-{}", std::process::id()));
    let dir = std::env::var("AUDIT_DIR").map_or_else(|_| scratch.clone(), PathBuf::from);
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::create_dir_all(&scratch).unwrap();
    questions(&dir, number("AUDIT_RECORDS", 1_000_000));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(lag(&scratch.join("lag"), number("AUDIT_RATE", 5_000)));
    runtime.block_on(export(&scratch.join("export"), number("AUDIT_EXPORT", 100_000)));
    std::fs::remove_dir_all(&scratch).unwrap();
}

/// Every question over an invented index.
fn questions(dir: &Path, records: u64) {
    let (path, key) = (dir.join(format!("invented-{records}.sqlite")), key());
    let begun = Instant::now();
    // One that is there already was made by the same draws.
    let kept = dir.join(format!("invented-{records}.who"));
    let somebody = if path.exists() {
        Pseudonym::parse(&std::fs::read_to_string(&kept).unwrap()).unwrap()
    } else {
        let somebody = invent_index(&path, records, &key, "2026-11-24T08:00:00Z".parse().unwrap()).unwrap();
        std::fs::write(&kept, somebody.to_string()).unwrap();
        somebody
    };
    let size = std::fs::metadata(&path).unwrap().len() / (1024 * 1024);
    println!("{records} records: made in {:.0?}, {size} MiB", begun.elapsed());
    let search = AuditSearch::open(&path).unwrap();
    let text = |text: &str| Some(text.to_owned());
    let flag = |flag| Query { flags: vec![flag], ..Query::look_ups() };
    let questions = [
        ("who looked at X in 13 months", Query { citizen: Some(somebody), limit: 1000, ..Query::look_ups() }),
        ("by one employee", Query { employee: Some(key.of_employee("az17")), ..Query::look_ups() }),
        ("by one unit", Query { unit: text("UNIT-17"), ..Query::look_ups() }),
        ("by one department", Query { department: text("DEPARTMENT-3"), ..Query::look_ups() }),
        ("for a purpose", Query { purpose: text("coordination"), ..Query::look_ups() }),
        (
            "one day",
            Query {
                from: "2026-05-01T00:00:00Z".parse().ok(),
                to: "2026-05-02T00:00:00Z".parse().ok(),
                ..Query::look_ups()
            },
        ),
        ("emergencies", flag(Flag::Emergency)),
        ("refused", flag(Flag::Refused)),
        ("outside hours", flag(Flag::OutsideHours)),
        ("unexplained", flag(Flag::Unexplained)),
        ("staff", flag(Flag::Colleague)),
        ("listed persons", flag(Flag::Listed)),
        ("repeats, three or more", Query { repeats: Some(3), ..Query::look_ups() }),
        ("a unit, outside hours", Query { unit: text("UNIT-17"), ..flag(Flag::OutsideHours) }),
    ];
    for (name, query) in questions {
        let begun = Instant::now();
        let rows = search.search(&query).unwrap().len();
        println!("  {name}: {:.2?} for {rows} rows", begun.elapsed());
    }
}

/// A look-up as the service writes it: 2 KiB with seven sources and eight items.
fn look_up(number: u64) -> [AuditEntry; 2] {
    let at = SystemClock::default().now();
    let attempt = fresh_entry_id(at);
    let citizen = key().of(&CprNumber::parse(&format!("010101{:04}", number % 10_000)).unwrap());
    let source = |id: &str| AuditedSource {
        id: id.into(),
        state: "fresh".into(),
        as_of: Some(at),
        rows: Some(3),
        wrong_citizen: 0,
    };
    let item = |number: u64| ShownItem {
        item: format!("{number:024x}"),
        classes: ["existence", "core", "people", "subject"].map(str::to_owned).to_vec(),
        basis: "own_case".into(),
        own: Some("unit".into()),
        decided: Some(0),
    };
    let intended = AuditEntry {
        caller: Some(AuditedCaller {
            employee: format!("az{}", number % 4_000),
            department: Some("JSY".into()),
            unit: Some(format!("UNIT-{}", number % 120)),
            roles: vec!["caseworker".into()],
            client_id: Some("portal".into()),
        }),
        purpose: Some("own_case".into()),
        case_ref: Some("2026-001234".into()),
        citizen: Some(citizen),
        criterion: Some(Criterion::Cpr),
        trace_id: Some("4bf92f3577b34da6a3ce929d0e0e4736".into()),
        ..AuditEntry::new(fresh_entry_id(at), attempt, Phase::Intended, at, "POST /v1/overviews")
    };
    let completed = AuditEntry {
        id: fresh_entry_id(at),
        phase: Phase::Completed,
        sources: ["sbsys", "fasit", "dubu", "case_index", "oio", "nova", "pit"].map(source).to_vec(),
        shown: (0..8).map(item).collect(),
        body_hash: Some("0".repeat(64)),
        status: Some(200),
        ..intended.clone()
    };
    [intended, completed]
}

fn open(dir: &Path) -> (AuditLog, AuditIndex) {
    let clock: Arc<dyn Clock> = Arc::<SystemClock>::default();
    let signer = Signer::new("bench.example/audit", &"2a".repeat(32)).unwrap();
    let log = AuditLog::open(AuditSettings::new(dir, master(), Arc::new(signer)), &clock).unwrap();
    let index = AuditIndex::open(&dir.join("index.sqlite"), &log, IndexSettings::new(key())).unwrap();
    (log, index)
}

async fn append(log: &AuditLog, numbers: std::ops::Range<u64>) {
    let entries = numbers.flat_map(look_up);
    for receipt in futures_util::future::join_all(entries.map(|entry| log.append(&entry))).await {
        let _ = receipt.unwrap();
    }
}

/// How far the index is behind while so many records a second are written for ten seconds, and after a burst.
async fn lag(dir: &Path, rate: u64) {
    let (log, index) = open(dir);
    let begun = Instant::now();
    let mut worst = 0;
    for tick in 0..100 {
        append(&log, tick * rate / 20..(tick + 1) * rate / 20).await;
        worst = worst.max(index.lag());
        let wanted = Duration::from_millis(100 * (tick + 1));
        tokio::time::sleep(wanted.saturating_sub(begun.elapsed())).await;
    }
    let took = begun.elapsed();
    println!("index at {rate}/s for {took:.1?}: at most {worst} records behind ({} ms)", worst * 1000 / rate);
    let burst = Instant::now();
    append(&log, 1_000_000..1_025_000).await;
    let written = burst.elapsed();
    index.caught_up();
    let later = burst.elapsed().saturating_sub(written);
    println!("burst of 50000 records: durable after {written:.2?}, in the index {later:.2?} later");
}

/// So many look-ups exported in each form.
async fn export(dir: &Path, rows: u64) {
    let (log, index) = open(dir);
    for begin in (0..rows).step_by(2_000) {
        append(&log, begin..rows.min(begin + 2_000)).await;
    }
    index.caught_up();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let config = ConfigFiles::read(&root.join("demo"), Some(&root)).unwrap().parse().unwrap().0;
    let keys = Arc::new(Keys::open(dir.join("keys"), master()).unwrap());
    let auditor = Auditor::open(&dir.join("index.sqlite"), (dir, keys), key(), &config).unwrap();
    for format in Format::ALL {
        let begun = Instant::now();
        let written = auditor.export(&Query::look_ups(), (format, false), &mut std::io::sink()).unwrap();
        println!("export of {written} look-ups as {}: {:.2?}", format.as_str(), begun.elapsed());
    }
    log.close().await;
}
