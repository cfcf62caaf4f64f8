//! That the index says what the log says: at work, after a restart, and when it is lost.

use std::fs;
use std::path::Path;

use futures_util::future::join_all;
use glasplade_adapters::contract::danish_day;
use jiff::SignedDuration;
use rusqlite::Connection;

use super::*;
use crate::audit::circumstances::Bar;
use crate::audit::entry::{AuditEntry, AuditedDecision, Phase};
use crate::audit::testing::{self, Scratch};

fn log(scratch: &Scratch) -> AuditLog {
    AuditLog::open(scratch.settings(), &testing::clock()).expect("the log opens")
}

fn index(scratch: &Scratch, log: &AuditLog) -> AuditIndex {
    AuditIndex::open(&scratch.index(), log).expect("the index opens")
}

async fn append(log: &AuditLog, entries: impl IntoIterator<Item = AuditEntry>) {
    let receipts = join_all(entries.into_iter().map(|entry| log.append(entry))).await;
    assert!(receipts.iter().all(Result::is_ok));
}

fn seqs(index: &AuditIndex, query: &Query) -> Vec<u64> {
    assert!(index.caught_up());
    index.search(query).expect("a search").iter().map(|found| found.seq).collect()
}

fn sql(path: &Path, sql: &str) {
    Connection::open(path).and_then(|connection| connection.execute_batch(sql)).expect("the file is a database");
}

fn all() -> Query {
    Query { limit: Query::LIMIT_MAX, ..Query::default() }
}

#[tokio::test]
async fn every_part_of_a_query_must_fit_and_the_newest_comes_first() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let index = index(&scratch, &log);
    let mut other = testing::full_entry(2);
    other.citizen = Some(testing::citizen(1));
    (other.also_known_as, other.bars) = (Vec::new(), vec!["oneself".into()]);
    other.purpose = Some("visitation".into());
    other.decision = Some(AuditedDecision { policy_hash: None, outcome: "emergency".into() });
    append(&log, [testing::full_entry(1), other, testing::entry(3), testing::full_entry(4)]).await;
    let at = |number| Some(testing::moment() + SignedDuration::from_secs(number));
    let text = |text: &str| Some(text.to_owned());
    for (query, wanted) in [
        (Query::default(), &[4, 3, 2, 1][..]),
        (Query { limit: 2, ..Query::default() }, &[4, 3]),
        (Query { citizen: Some(testing::citizen(9999)), ..Query::default() }, &[4, 1]),
        (Query { citizen: Some(testing::citizen(8888)), ..Query::default() }, &[4, 1]),
        (Query { citizen: Some(testing::citizen(2)), ..Query::default() }, &[]),
        (Query { bar: Some(Bar::Colleague), ..Query::default() }, &[4, 1]),
        (Query { bar: Some(Bar::Oneself), unit: text("JSY-RUS"), ..Query::default() }, &[2]),
        (Query { bar: Some(Bar::Household), ..Query::default() }, &[]),
        (Query { employee: text("az12345"), ..Query::default() }, &[4, 2, 1]),
        (Query { employee: text("az12345' OR 1=1 --"), ..Query::default() }, &[]),
        (Query { unit: text("JSY-RUS"), to: at(4), ..Query::default() }, &[2, 1]),
        (Query { purpose: text("visitation"), ..Query::default() }, &[2]),
        (Query { outcome: text("emergency"), ..Query::default() }, &[2]),
        (Query { phase: Some(Phase::Started), ..Query::default() }, &[3]),
        (Query { from: at(2), to: at(4), ..Query::default() }, &[3, 2]),
    ] {
        assert_eq!(seqs(&index, &query), wanted);
    }
    assert_eq!(index.lag(), 0);
}

#[tokio::test]
async fn what_is_found_is_what_was_written() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let index = index(&scratch, &log);
    append(&log, [testing::entry(1), testing::full_entry(2)]).await;
    assert!(index.caught_up());
    let found = index.search(&Query::default()).expect("a search").remove(0);
    let entry = testing::full_entry(2);
    let caller = entry.caller.clone().expect("set");
    assert_eq!((found.at, found.phase, found.attempt), (entry.at, entry.phase, entry.attempt));
    assert_eq!((found.employee.as_deref(), &found.unit), (Some(caller.employee.as_str()), &caller.unit));
    assert_eq!((&found.department, &found.roles), (&caller.department, &caller.roles));
    assert_eq!((&found.purpose, found.citizen), (&entry.purpose, entry.citizen));
    assert_eq!((&found.case_ref, &found.trace_id), (&entry.case_ref, &entry.trace_id));
    assert_eq!((found.outcome.as_deref(), found.status), (Some("granted"), Some(200)));
    assert_eq!((&found.relation, &found.bars), (&entry.relation, &entry.bars));
    assert_eq!(found.entry(log.directory(), log.keys()).expect("the log is there"), Some(entry));
    assert_eq!(format!("{found:?}"), "Found { seq: 2, phase: Completed, .. }");
    let beside = AuditSearch::open(&scratch.index()).expect("a second reader");
    assert_eq!(beside.search(&Query::default()).expect("a search").len(), 2);
}

/// An entry about `citizen`, who has these other numbers.
fn about(number: u64, citizen: u16, others: &[u16]) -> AuditEntry {
    let others = others.iter().copied().map(testing::citizen).collect();
    AuditEntry { citizen: Some(testing::citizen(citizen)), also_known_as: others, ..testing::entry(number) }
}

#[tokio::test]
async fn a_citizen_is_found_by_every_number_in_both_directions_and_again_after_a_rebuild() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let first = index(&scratch, &log);
    // 1 became 2, 2 became 3; what was looked up before anybody knew is found, too. 5 is somebody else.
    append(&log, [about(1, 1, &[]), about(2, 2, &[1]), about(3, 3, &[2]), about(4, 5, &[]), about(5, 3, &[])]).await;
    let by = |citizen| Query { citizen: Some(testing::citizen(citizen)), ..Query::default() };
    for number in [1, 2, 3] {
        assert_eq!(seqs(&first, &by(number)), [5, 3, 2, 1], "by number {number}");
    }
    assert_eq!(seqs(&first, &by(5)), [4]);
    drop(first);
    fs::remove_file(scratch.index()).expect("the index is there");
    let rebuilt = index(&scratch, &log);
    for number in [1, 2, 3] {
        assert_eq!(seqs(&rebuilt, &by(number)), [5, 3, 2, 1], "by number {number}, rebuilt");
    }
    assert_eq!(seqs(&rebuilt, &by(5)), [4]);
}

#[tokio::test]
async fn it_follows_over_segments_and_batches() {
    let scratch = Scratch::new();
    let mut settings = scratch.settings();
    (settings.segment_bytes_max, settings.group_entries_max) = (20_000, 40);
    let log = AuditLog::open(settings, &testing::clock()).expect("the log opens");
    let early = index(&scratch, &log);
    append(&log, (1..=2500).map(testing::full_entry)).await;
    assert_eq!(seqs(&early, &all()), (1..=2500).rev().collect::<Vec<_>>());
    drop(early);
    assert!(scratch.segments().len() > 10);
    fs::remove_file(scratch.index()).expect("the index is there");
    assert_eq!(seqs(&index(&scratch, &log), &all()), (1..=2500).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn after_a_restart_it_goes_on_from_its_own_mark() {
    let scratch = Scratch::new();
    let first = log(&scratch);
    append(&first, (1..=5).map(testing::entry)).await;
    assert_eq!(seqs(&index(&scratch, &first), &all()), [5, 4, 3, 2, 1]);
    append(&first, (6..=7).map(testing::entry)).await;
    first.close().await;
    // A row that is gone shows that what lies before the mark is not read again.
    sql(&scratch.index(), "DELETE FROM record WHERE seq = 2");
    let second = log(&scratch);
    append(&second, (8..=9).map(testing::entry)).await;
    assert_eq!(seqs(&index(&scratch, &second), &all()), [9, 8, 7, 6, 5, 4, 3, 1]);
}

#[tokio::test]
async fn it_finishes_after_the_log_was_closed() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    append(&log, (1..=5).map(testing::entry)).await;
    log.close().await;
    let index = index(&scratch, &log);
    assert_eq!(seqs(&index, &all()).len(), 5);
    assert_eq!(index.lag(), 0);
}

#[tokio::test]
async fn an_index_of_another_log_or_version_is_made_anew() {
    let (scratch, other) = (Scratch::new(), Scratch::new());
    let (one, two) = (log(&scratch), log(&other));
    append(&one, (1..=5).map(testing::entry)).await;
    append(&two, (11..=13).map(testing::entry)).await;
    assert_eq!(seqs(&index(&scratch, &one), &all()).len(), 5);
    let moved = AuditIndex::open(&scratch.index(), &two).expect("the index opens");
    assert_eq!(seqs(&moved, &all()), [3, 2, 1]);
    assert_eq!(moved.search(&all()).expect("a search")[0].at, testing::entry(13).at);
    drop(moved);
    sql(&scratch.index(), "PRAGMA user_version = 99; DELETE FROM record");
    assert_eq!(seqs(&AuditIndex::open(&scratch.index(), &two).expect("the index opens"), &all()), [3, 2, 1]);
}

#[tokio::test]
async fn a_file_that_is_no_index_is_left_alone() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    sql(&scratch.index(), "CREATE TABLE consent (id INTEGER)");
    let before = fs::read(scratch.index()).expect("the file is there");
    assert!(matches!(AuditIndex::open(&scratch.index(), &log), Err(IndexError::NotOurs)));
    assert_eq!(fs::read(scratch.index()).expect("the file is there"), before);
}

#[tokio::test]
async fn a_changed_record_is_not_taken_in_and_the_lag_shows_it() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    append(&log, (1..=3).map(testing::entry)).await;
    assert!(log.signed_up());
    let path = scratch.segments().remove(0);
    let mut bytes = fs::read(&path).expect("the segment is there");
    bytes[200] ^= 1;
    fs::write(&path, &bytes).expect("the segment is writable");
    let index = index(&scratch, &log);
    assert!(!index.caught_up());
    assert_eq!(index.lag(), 3);
    append(&log, [testing::entry(4)]).await;
}

#[tokio::test]
async fn what_is_past_its_time_is_forgotten_but_for_what_is_held_and_does_not_come_back() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    let index = index(&scratch, &log);
    append(&log, [testing::full_entry(1), testing::full_entry(2), testing::entry(3)]).await;
    let tomorrow = danish_day(testing::moment()).tomorrow().expect("a day");
    assert_eq!(seqs(&index, &all()), [3, 2, 1]);
    index.forget(danish_day(testing::moment()), RetentionClass::Access, &[]).expect("nothing is that old");
    assert_eq!(seqs(&index, &all()), [3, 2, 1]);
    index.forget(tomorrow, RetentionClass::Access, &[2]).expect("forgotten");
    assert_eq!(seqs(&index, &all()), [3, 2], "another class stays, and so does what is held");
    assert_eq!(seqs(&index, &Query { bar: Some(Bar::Colleague), ..Query::default() }), [2]);
    index.forget(tomorrow, RetentionClass::Access, &[]).expect("forgotten");
    assert_eq!(seqs(&index, &all()), [3]);
    drop(index);
    let names: i64 = Connection::open(scratch.index())
        .and_then(|file| file.query_row("SELECT count(*) FROM same_person", [], |row| row.get(0)))
        .expect("the file is a database");
    assert_eq!(names, 0, "nor is anybody known to be the same person");
    let id = crate::audit::keys::KeyId { day: danish_day(testing::moment()), class: RetentionClass::Access };
    log.keys().destroy(id).expect("the key is destroyed");
    fs::remove_file(scratch.index()).expect("the index is there");
    let rebuilt = AuditIndex::open(&scratch.index(), &log).expect("the index opens");
    assert_eq!(seqs(&rebuilt, &all()), [3], "a record whose key is gone is not found again");
}
