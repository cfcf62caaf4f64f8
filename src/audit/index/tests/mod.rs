//! That the index says what the log says, answers by its indexes alone, and holds nobody in clear.

mod alarms;
mod follows;
mod forgets;
mod questions;
mod whole;

use std::path::Path;
use std::sync::Arc;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use uuid::Uuid;

use super::store::{Mark, Row, Store};
use super::*;
use crate::audit::circumstances::Bar;
use crate::audit::entry::{AuditEntry, AuditedCaller, AuditedEvent, Criterion, Phase, ShownItem};
use crate::audit::keys::{KeyId, RetentionClass};
use crate::audit::log::AuditLog;
use crate::audit::pseudonym::{Pseudonym, PseudonymKey};
use crate::audit::segment::SegmentName;
use crate::audit::testing::{self, Scratch};

fn key() -> Arc<PseudonymKey> {
    Arc::new(PseudonymKey::new(&[7; 32]).expect("32 bytes"))
}

fn log(scratch: &Scratch) -> AuditLog {
    AuditLog::open(scratch.settings(), &testing::clock()).expect("the log opens")
}

fn index(scratch: &Scratch, log: &AuditLog) -> AuditIndex {
    index_with(scratch, log, |_| {})
}

fn index_with(scratch: &Scratch, log: &AuditLog, change: impl FnOnce(&mut IndexSettings)) -> AuditIndex {
    let mut settings = IndexSettings::new(key());
    change(&mut settings);
    AuditIndex::open(&scratch.index(), log, settings).expect("the index opens")
}

async fn append(log: &AuditLog, entries: impl IntoIterator<Item = AuditEntry>) {
    let receipts = join_all(entries.into_iter().map(|entry| log.append(&entry))).await;
    assert!(receipts.iter().all(Result::is_ok));
}

/// As the index reads it from the log, sealed under the key of this day of November.
fn row(seq: u64, day: i8, class: RetentionClass, entry: &AuditEntry) -> Row {
    let mark = Mark { seq, hash: String::new(), segment: SegmentName { first_seq: 1 }, start: seq * 100 };
    let entry = serde_json::to_vec(entry).and_then(|json| serde_json::from_slice(&json)).expect("an entry");
    Row { mark, key: Some(KeyId { day: jiff::civil::date(2026, 11, day), class }), entry: Some(entry) }
}

/// The first entries of what fits.
fn seqs(index: &AuditIndex, query: &Query) -> Vec<u64> {
    assert!(index.caught_up());
    index.search(query).expect("a search").iter().map(|found| found.places[0].seq).collect()
}

fn sql(path: &Path, sql: &str) {
    Connection::open(path).and_then(|connection| connection.execute_batch(sql)).expect("the file is a database");
}

fn all() -> Query {
    Query { limit: Query::LIMIT_MAX, ..Query::default() }
}

/// A Tuesday morning in Denmark.
fn morning() -> Timestamp {
    "2026-11-24T09:00:00+01:00".parse().expect("a moment")
}

/// A look-up by `employee` about `citizen`, so many seconds after nine: its first entry.
fn intended(number: u32, employee: &str, citizen: u16) -> AuditEntry {
    let at = morning() + SignedDuration::from_secs(number.into());
    let attempt = Uuid::from_u128(0xa000 + u128::from(number));
    let id = Uuid::from_u128(0xe000 + u128::from(number));
    AuditEntry {
        caller: Some(AuditedCaller {
            employee: employee.into(),
            unit: Some("JVS-JOB".into()),
            department: Some("JVS".into()),
            ..AuditedCaller::default()
        }),
        purpose: Some("own_case".into()),
        citizen: Some(testing::citizen(citizen)),
        criterion: Some(Criterion::Cpr),
        ..AuditEntry::new(id, attempt, Phase::Intended, at, "POST /v1/overviews")
    }
}

/// Its answer, a second later, with one item on this basis.
fn completed(intended: &AuditEntry, basis: Option<&str>) -> AuditEntry {
    let shown = basis.map(|basis| ShownItem {
        item: "i".into(),
        classes: vec!["core".into()],
        basis: basis.into(),
        own: (basis == "own_case").then(|| "unit".into()),
        decided: None,
    });
    AuditEntry {
        id: Uuid::from_u128(intended.id.as_u128() | 1 << 64),
        phase: Phase::Completed,
        at: intended.at + SignedDuration::from_secs(1),
        shown: shown.into_iter().collect(),
        status: Some(200),
        ..intended.clone()
    }
}

fn recorded(number: u32, employee: &str, what: &str) -> AuditEntry {
    let event = AuditedEvent { what: what.into(), ..AuditedEvent::default() };
    AuditEntry { phase: Phase::Recorded, event: Some(event), criterion: None, ..intended(number, employee, 1) }
}

fn by(flag: Flag) -> Query {
    Query { flags: vec![flag], ..Query::default() }
}

fn about(citizen: u16) -> Query {
    Query { citizen: Some(testing::citizen(citizen)), ..Query::default() }
}

fn employee(id: &str) -> Pseudonym {
    key().of_employee(id)
}
