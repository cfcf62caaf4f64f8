//! What the auditor's command line takes, and what it prints, beside a log at work.

use clap::Parser as _;
use serde_json::Value;

use super::*;
use crate::audit::testing::{self, Scratch};
use crate::audit::{AuditIndex, AuditLog};
use crate::command::Command;

fn arguments(scratch: &Scratch, rest: &[&str]) -> SearchArguments {
    #[derive(Debug, clap::Parser)]
    struct Only {
        #[command(flatten)]
        arguments: SearchArguments,
    }
    let dir = scratch.path().display().to_string();
    let line = ["search", "--dir", &dir].into_iter().chain(rest.iter().copied());
    Only::try_parse_from(line).expect("a good line").arguments
}

fn seqs(scratch: &Scratch, rest: &[&str]) -> Vec<u64> {
    let found = found(&arguments(scratch, rest), &mut io::empty()).expect("an index");
    found.iter().map(|found| found.seq).collect()
}

/// A log with three entries, its index, and both at work.
async fn at_work() -> (Scratch, AuditLog, AuditIndex) {
    let scratch = Scratch::new();
    let log = AuditLog::open(scratch.settings(), &testing::clock()).expect("the log opens");
    let index = AuditIndex::open(&scratch.index(), &log).expect("the index opens");
    for entry in [testing::full_entry(1), testing::entry(2), testing::full_entry(3)] {
        let _ = log.append(entry).await.expect("the disk is fine");
    }
    assert!(index.caught_up());
    (scratch, log, index)
}

#[tokio::test]
async fn it_reads_beside_a_service_at_work_the_newest_first() {
    let (scratch, _log, _index) = at_work().await;
    assert_eq!(seqs(&scratch, &[]), [3, 2, 1]);
    assert_eq!(seqs(&scratch, &["--limit", "1"]), [3]);
    assert_eq!(seqs(&scratch, &["--employee", "AZ12345"]), [3, 1]);
    assert_eq!(seqs(&scratch, &["--bar", "colleague"]), [3, 1]);
    assert_eq!(seqs(&scratch, &["--bar", "oneself"]), [] as [u64; 0]);
    assert_eq!(seqs(&scratch, &["--from", "2026-01-02T03:04:07Z", "--to", "2026-01-02T03:04:08Z"]), [2]);
}

#[tokio::test]
async fn a_line_is_json_with_what_stands_in_the_index() {
    let (scratch, _log, _index) = at_work().await;
    let found = found(&arguments(&scratch, &["--limit", "1"]), &mut io::empty()).expect("an index");
    let told: Value = serde_json::from_str(&line(&found[0])).expect("JSON");
    assert_eq!((told["seq"].as_u64(), told["phase"].as_str()), (Some(3), Some("completed")));
    assert_eq!((told["relation"].as_str(), told["bars"][0].as_str()), (Some("child"), Some("colleague")));
    assert_eq!((told["protected_reason"].as_str(), told["household"].as_bool()), (Some("Brev i dag"), Some(true)));
    assert_eq!(told["citizen"], Value::from(testing::citizen(9999).to_string()));
}

#[test]
fn the_number_comes_from_standard_input_and_is_never_repeated() {
    let key = PseudonymKey::new(&[7; 32]).expect("32 bytes");
    for text in ["0101019999", "010101-9999\n", " 0101019999 \r\n"] {
        assert_eq!(citizen(&key, &mut text.as_bytes()), Ok(testing::citizen(9999)));
    }
    for text in ["", "0101019999 0202029999", &"0101019999".repeat(100), "010101999x"] {
        let failure = citizen(&key, &mut text.as_bytes()).expect_err("no number");
        assert!(!failure.contains("010101"), "{failure}");
    }
}

#[test]
fn a_number_needs_a_key_and_a_bar_must_be_one() {
    let parse = |line: &[&str]| Command::try_parse_from([&["glasplade", "audit", "search"], line].concat());
    assert!(parse(&["--dir", "x"]).is_ok());
    assert!(parse(&["--dir", "x", "--citizen-stdin", "--config", "config"]).is_ok());
    for wrong in
        [&["--dir", "x", "--citizen-stdin"][..], &["--dir", "x", "--bar", "x"], &["--dir", "x", "--limit", "0"], &[]]
    {
        assert!(parse(wrong).is_err());
    }
}
