//! What is kept between runs, and by whom a list is made.

use jiff::SignedDuration;
use jiff::civil::date;
use uuid::Uuid;

use super::{Town, citizen, told};
use crate::audit::testing::Scratch;
use crate::target_groups::run::{ListName, NotTaken, RunLedger, RunRow};
use crate::testing::now;

fn name() -> ListName {
    ListName { rule: "cross_department".to_owned(), receiver: "UUJ-KOORD".to_owned() }
}

fn row(run: u128, slot: Option<jiff::civil::Date>) -> RunRow {
    let town =
        Town::new([(1, citizen(vec![told("fasit", "1", "employment", "JVS"), told("sbsys", "2", "benefit", "JSY")]))]);
    let found = town.run("cross_department", None);
    RunRow { run: Uuid::from_u128(run), made_at: now(), slot, counted: found.counted, kept: found.kept }
}

#[test]
fn one_process_makes_a_list_at_a_time_and_a_dead_one_holds_it_for_a_quarter_of_an_hour() {
    let scratch = Scratch::new();
    let path = scratch.path().join("runs.sqlite");
    let (one, other) = (RunLedger::open(&path).expect("a file"), RunLedger::open(&path).expect("the same file"));
    one.begin(&name(), Uuid::from_u128(1), now()).expect("free");
    let busy = other.begin(&name(), Uuid::from_u128(2), now()).expect_err("taken");
    assert!(matches!(busy, NotTaken::Busy));
    let another = ListName { receiver: "UUJ-SOC".to_owned(), ..name() };
    other.begin(&another, Uuid::from_u128(3), now()).expect("another list");
    let later = now() + SignedDuration::from_mins(16);
    other.begin(&name(), Uuid::from_u128(2), later).expect("the first is dead");
    assert!(matches!(one.keep(&name(), &row(1, None)).expect_err("it is the other's"), NotTaken::Busy));
    other.keep(&name(), &row(2, None)).expect("kept");
    assert_eq!(one.before(&name()).expect("read").expect("kept").expect("whole").run(), Uuid::from_u128(7).to_string());
    assert_eq!(one.counts(&name()).expect("read").len(), 1);
    one.begin(&name(), Uuid::from_u128(4), later).expect("free again");
    one.let_go(&name(), Uuid::from_u128(4)).expect("let go of");
    other.begin(&name(), Uuid::from_u128(5), later).expect("free again");
}

#[test]
fn a_run_that_is_not_kept_leaves_the_one_before() {
    let ledger = RunLedger::in_memory().expect("memory");
    ledger.begin(&name(), Uuid::from_u128(1), now()).expect("free");
    assert!(ledger.before(&name()).expect("read").is_none());
    ledger.let_go(&name(), Uuid::from_u128(1)).expect("let go of");
    assert!(ledger.before(&name()).expect("read").is_none());
    assert!(ledger.counts(&name()).expect("read").is_empty());
}

#[test]
fn a_day_of_the_schedule_is_run_for_once_and_pseudonyms_go_while_counts_stay() {
    let ledger = RunLedger::in_memory().expect("memory");
    let day = date(2026, 11, 23);
    ledger.begin(&name(), Uuid::from_u128(1), now()).expect("free");
    ledger.keep(&name(), &row(1, Some(day))).expect("kept");
    assert_eq!(ledger.last_slot(&name()).expect("read"), Some(day));
    ledger.begin(&name(), Uuid::from_u128(2), now()).expect("free");
    assert!(ledger.keep(&name(), &row(2, Some(day))).is_err(), "the same day twice");
    assert_eq!(ledger.forget_lists(now()).expect("forgotten"), 0, "not before its time");
    assert_eq!(ledger.forget_lists(now() + SignedDuration::from_secs(1)).expect("forgotten"), 1);
    assert!(ledger.before(&name()).expect("read").is_none());
    assert_eq!(ledger.counts(&name()).expect("read").len(), 1);
}
