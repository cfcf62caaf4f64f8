//! That a replay which could read nothing, or not all, never says that all is well.

use std::fs;

use clap::Parser as _;
use jiff::civil::date;

use super::*;
use crate::audit::keys::RetentionClass;
use crate::audit::testing::{self, Scratch};
use crate::audit::{AuditLog, Entries};

#[derive(Debug, clap::Parser)]
struct Replaying {
    #[command(flatten)]
    arguments: ReplayArguments,
}

/// Three looked-up citizens (without decisions, which is a finding each) and the start of the service.
async fn log() -> Scratch {
    let scratch = Scratch::new();
    let log = AuditLog::open(scratch.settings(), &testing::clock()).expect("the log opens");
    for entry in [testing::entry(1), testing::full_entry(2), testing::full_entry(3), testing::full_entry(4)] {
        let _receipt = log.append(&entry).await.expect("the disk is fine");
    }
    log.close().await;
    fs::write(scratch.path().join("master"), [3; 32]).expect("a secret");
    scratch
}

fn arguments(scratch: &Scratch, rest: &[&str]) -> ReplayArguments {
    let dir = scratch.log().to_str().expect("UTF-8").to_owned();
    let master = format!("file:{}", scratch.path().join("master").to_str().expect("UTF-8"));
    let line = ["replay", "--dir", &dir, "--master-key", &master].into_iter().chain(rest.iter().copied());
    Replaying::try_parse_from(line).expect("a good line").arguments
}

fn wanted(today: Date) -> Wanted {
    Wanted { from: None, to: None, today, retention: Retention::default() }
}

fn replayed(scratch: &Scratch, wanted: &Wanted) -> (Result<Counted, Failure>, String) {
    let entries = Entries::of(&scratch.log(), std::sync::Arc::new(scratch.keys())).expect("a log");
    let mut printed = Vec::new();
    let replay = Replay::new(&scratch.log(), ConsentsOfThen::unchecked());
    let counted = print(wanted, entries, replay, &mut printed);
    (counted, String::from_utf8(printed).expect("UTF-8"))
}

#[tokio::test]
async fn only_the_time_that_was_asked_for_is_counted() {
    let scratch = log().await;
    let at = |second: u64| Some(testing::entry(second).at);
    let asked = Wanted { from: at(2), to: at(4), ..wanted(date(2026, 1, 3)) };
    let counted = replayed(&scratch, &asked).0.expect("read");
    assert_eq!((counted.records, counted.differences, counted.forgotten), (2, 2, 0));
}

#[tokio::test]
async fn an_entry_that_does_not_open_before_its_day_is_a_difference_and_after_it_forgotten() {
    let scratch = log().await;
    let access = KeyId { day: date(2026, 1, 2), class: RetentionClass::Access };
    fs::remove_file(scratch.log().join("keys").join(access.to_string())).expect("the key is there");
    let (counted, printed) = replayed(&scratch, &wanted(date(2026, 12, 1)));
    let counted = counted.expect("read");
    assert_eq!((counted.records, counted.differences, counted.forgotten), (4, 3, 3));
    assert!(printed.contains(r#""finding":"key_missing","key":"2026-01-02-access""#), "{printed}");
    let counted = replayed(&scratch, &wanted(date(2027, 3, 1))).0.expect("read");
    assert_eq!((counted.differences, counted.forgotten), (0, 3), "destroyed on its day");
}

#[tokio::test]
async fn a_replay_that_opened_nothing_is_an_error_and_makes_no_folder() {
    let scratch = log().await;
    let keys = scratch.log().join("keys");
    for key in scratch.keys().ids().expect("the folder of keys") {
        fs::remove_file(keys.join(key.to_string())).expect("the key is there");
    }
    let failure = replayed(&scratch, &wanted(date(2027, 3, 1))).0.expect_err("nothing opened");
    assert!(failure.contains("none of the 4 records"), "{failure}");
    let elsewhere = scratch.path().join("elsewhere");
    let other = ["--keys", elsewhere.to_str().expect("UTF-8")];
    assert!(try_replay(&arguments(&scratch, &other)).is_err());
    assert!(!elsewhere.exists(), "who reads makes no folder");
    assert_eq!(replay(&arguments(&scratch, &other)), ExitCode::from(UNREADABLE));
}

#[tokio::test]
async fn the_exit_code_says_whether_something_differs() {
    let scratch = log().await;
    assert_eq!(replay(&arguments(&scratch, &[])), ExitCode::from(DIFFERENT));
    let start = ["--to", "2026-01-02T03:04:07Z"];
    assert_eq!(replay(&arguments(&scratch, &start)), ExitCode::SUCCESS);
    fs::remove_dir_all(scratch.log().join("keys")).expect("the keys are there");
    assert_eq!(replay(&arguments(&scratch, &start)), ExitCode::from(UNREADABLE));
}
