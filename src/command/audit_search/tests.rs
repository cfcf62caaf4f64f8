//! What the auditor's command line takes, and what it prints, beside a log at work.

use std::sync::Arc;

use clap::Parser as _;

use super::*;
use crate::audit::testing::{self, Scratch};
use crate::audit::{AuditIndex, AuditLog, IndexSettings, PseudonymKey};
use crate::command::Command;

fn key() -> Arc<PseudonymKey> {
    Arc::new(PseudonymKey::new(&[7; 32]).expect("32 bytes"))
}

#[derive(Debug, clap::Parser)]
struct Searching {
    #[command(flatten)]
    arguments: SearchArguments,
}

fn arguments(rest: &[&str]) -> SearchArguments {
    let line = ["search", "--dir", "unused"].into_iter().chain(rest.iter().copied());
    Searching::try_parse_from(line).expect("a good line").arguments
}

/// A log with three entries, its index, and both at work.
async fn at_work() -> (Scratch, AuditLog, AuditIndex, Auditor) {
    let scratch = Scratch::new();
    let log = AuditLog::open(scratch.settings(), &testing::clock()).expect("the log opens");
    let index = AuditIndex::open(&scratch.index(), &log, IndexSettings::new(key())).expect("the index opens");
    for entry in [testing::full_entry(1), testing::entry(2), testing::full_entry(3)] {
        let _ = log.append(&entry).await.expect("the disk is fine");
    }
    assert!(index.caught_up());
    let config = crate::testing::config();
    let auditor =
        Auditor::open(&scratch.index(), (log.directory(), Arc::clone(log.keys())), key(), &config).expect("an index");
    (scratch, log, index, auditor)
}

fn searched(auditor: &Auditor, rest: &[&str], input: &str) -> Result<Page, Failure> {
    found(auditor, &asked(auditor, &arguments(rest), &mut input.as_bytes())?.query)
}

fn seqs(auditor: &Auditor, rest: &[&str], input: &str) -> Vec<Vec<u64>> {
    let found = searched(auditor, rest, input).expect("an answer");
    found.look_ups.into_iter().map(|one| one.entries).collect()
}

#[tokio::test]
async fn it_reads_beside_a_service_at_work_the_newest_first() {
    let (_scratch, _log, _index, auditor) = at_work().await;
    assert_eq!(seqs(&auditor, &[], ""), [[3], [1]], "the start of the service is no look-up");
    assert_eq!(seqs(&auditor, &["--limit", "1"], ""), [[3]]);
    assert_eq!(seqs(&auditor, &["--employee", "AZ12345"], ""), [[3], [1]]);
    assert_eq!(seqs(&auditor, &["--flag", "colleague", "--flag", "protected"], ""), [[3], [1]]);
    assert!(seqs(&auditor, &["--flag", "oneself"], "").is_empty());
    let within = ["--from", "2026-01-02T03:04:08Z", "--to", "2026-01-02T03:04:09Z"];
    assert_eq!(seqs(&auditor, &within, ""), [[3]]);
}

#[tokio::test]
async fn other_kinds_are_found_by_name_and_a_page_leads_to_the_next() {
    let (_scratch, _log, _index, auditor) = at_work().await;
    assert_eq!(seqs(&auditor, &["--kind", "service"], ""), [[2]]);
    let first = searched(&auditor, &["--limit", "1"], "").expect("an answer");
    let next = first.next.expect("there is more");
    assert_eq!(seqs(&auditor, &["--limit", "1", "--cursor", &next], ""), [[1]]);
    assert!(searched(&auditor, &["--cursor", "0101019999"], "").is_err());
}

#[tokio::test]
async fn the_number_comes_from_standard_input_and_is_never_repeated() {
    let (_scratch, _log, _index, auditor) = at_work().await;
    for text in ["0101019999", "010101-9999\n", " 0101018888 \r\n"] {
        assert_eq!(seqs(&auditor, &["--citizen-stdin"], text), [[3], [1]], "also by the other number");
    }
    assert!(seqs(&auditor, &["--citizen-stdin"], "0101017777").is_empty());
    for text in ["", "0101019999 0202029999", &"0101019999".repeat(100), "010101999x"] {
        let failure = searched(&auditor, &["--citizen-stdin"], text).expect_err("no number");
        assert!(!failure.contains("010101"), "{failure}");
    }
}

#[test]
fn what_cannot_be_asked_is_told_before_anything_is_read() {
    let parse = |line: &[&str]| Command::try_parse_from([&["glasplade", "audit"], line].concat());
    assert!(parse(&["search", "--dir", "x", "--citizen-stdin", "--config", "config"]).is_ok());
    assert!(parse(&["alarms", "--dir", "x", "--state", "open"]).is_ok());
    let wrong = [
        &["search", "--dir", "x", "--flag", "x"][..],
        &["search", "--dir", "x", "--limit", "0"],
        &["search", "--dir", "x", "--repeats", "1"],
        &["search"],
        &["alarms", "--dir", "x", "--kind", "x"],
        &["sample", "--dir", "x", "--from", "2026-01-01T00:00:00Z", "--to", "2026-02-01T00:00:00Z"],
    ];
    for line in wrong {
        assert!(parse(line).is_err(), "{line:?}");
    }
}
