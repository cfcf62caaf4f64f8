//! The file: kept by every process, by transaction, forever.

use uuid::Uuid;

use super::{event, given, of, terms};
use crate::audit::testing::Scratch;
use crate::consents::ledger::{ConsentLedger, RequestKey};
use crate::consents::{Event, Giver, What};
use crate::store::LedgerError;
use crate::testing::now;

fn yes(consent: u128) -> Event {
    event(consent, given(&[Giver::Citizen], now()))
}

fn key(text: &str) -> RequestKey {
    RequestKey { key: text.to_owned(), request: format!("request {text}") }
}

#[test]
fn what_one_process_commits_the_next_answer_of_another_reads() {
    let scratch = Scratch::new();
    let path = scratch.path().join("consents.db");
    let (one, other) =
        (ConsentLedger::open(&path).expect("a file"), ConsentLedger::open(&path).expect("the same file"));
    assert!(other.is_empty().expect("readable"));
    one.append(&[yes(1)], None, &[], |_| None).expect("a commit");
    let (events, revision) = other.of_citizen(&[super::me()]).expect("readable");
    assert_eq!((events, revision), (vec![yes(1)], 1));
    other.append(&[event(1, What::CaseEnded)], None, &[], |_| None).expect("a commit of the other");
    assert_eq!(one.of_consent(Uuid::from_u128(1)).expect("readable").len(), 2);
    assert_eq!(one.revision(&[super::me()]).expect("readable"), 2);
    assert_eq!(one.revision(&[of(9)]).expect("readable"), 0);
    assert_eq!(one.revision(&[]).expect("readable"), 0, "nobody has no numbers");
    assert_eq!(one.of_case("2026-1").expect("readable").len(), 2);
    assert!(one.of_case("2026-2").expect("readable").is_empty());
}

#[test]
fn all_numbers_of_a_citizen_are_read_at_once() {
    let scratch = Scratch::new();
    let ledger = ConsentLedger::open(&scratch.path().join("consents.db")).expect("a file");
    let former = Event { citizen: of(8), ..yes(1) };
    ledger.append(&[former.clone(), yes(2)], None, &[], |_| None).expect("a commit");
    assert_eq!(ledger.of_citizen(&[super::me(), of(8)]).expect("readable"), (vec![former, yes(2)], 2));
    assert_eq!(ledger.of_citizen(&[super::me()]).expect("readable").0.len(), 1);
}

#[test]
fn two_events_are_kept_together_or_not_at_all() {
    let scratch = Scratch::new();
    let path = scratch.path().join("consents.db");
    let ledger = ConsentLedger::open(&path).expect("a file");
    // The second contradicts the first: the same id.
    assert!(ledger.append(&[yes(1), yes(1)], None, &[], |_| None).is_err());
    drop(ledger);
    assert!(ConsentLedger::open(&path).expect("the same file").is_empty().expect("readable"));
}

#[test]
fn a_process_that_dies_half_way_leaves_nothing() {
    let scratch = Scratch::new();
    let path = scratch.path().join("consents.db");
    drop(ConsentLedger::open(&path).expect("a file"));
    let mut dying = rusqlite::Connection::open(&path).expect("another process");
    {
        let change = dying.transaction().expect("a transaction");
        let insert = "INSERT INTO consent_event (id, consent, citizen, body) VALUES ('1', '1', 'x', 'no event')";
        change.execute(insert, []).expect("a row");
        // Never committed.
        std::mem::drop(change);
    }
    drop(dying);
    let ledger = ConsentLedger::open(&path).expect("the same file");
    assert!(ledger.is_empty().expect("readable"));
    ledger.append(&[yes(1)], None, &[], |_| None).expect("the next commit works");
}

#[test]
fn one_key_is_one_consent() {
    let scratch = Scratch::new();
    let ledger = ConsentLedger::open(&scratch.path().join("consents.db")).expect("a file");
    ledger.append(&[yes(1)], Some(&key("a")), &[], |_| None).expect("a commit");
    assert!(ledger.append(&[yes(2)], Some(&key("a")), &[], |_| None).is_err(), "the other process was faster");
    assert_eq!(ledger.of_request("a").expect("readable"), Some((Uuid::from_u128(1), "request a".to_owned())));
    assert_eq!(ledger.of_request("b").expect("readable"), None);
    assert!(ledger.of_consent(Uuid::from_u128(2)).expect("readable").is_empty());
}

#[test]
fn a_row_that_cannot_be_read_fails_the_reading_and_is_not_repeated() {
    let scratch = Scratch::new();
    let path = scratch.path().join("consents.db");
    let ledger = ConsentLedger::open(&path).expect("a file");
    let other = rusqlite::Connection::open(&path).expect("somebody's tool");
    let insert = "INSERT INTO consent_event (id, consent, citizen, body) VALUES ('1', '1', ?1, 'a secret')";
    other.execute(insert, [super::me().to_string()]).expect("a row");
    let error = ledger.of_citizen(&[super::me()]).expect_err("what was withdrawn in it would be open otherwise");
    assert!(matches!(error, LedgerError::Database(_)) && !error.to_string().contains("secret"), "{error}");
    assert!(other.execute("UPDATE consent_event SET body = 'x'", []).is_err(), "nothing is changed");
    assert!(other.execute("DELETE FROM consent_event", []).is_err(), "nothing is removed");
}

#[test]
fn no_personal_number_stands_in_an_event() {
    let text =
        serde_json::to_string(&event(1, What::Given(Box::new(terms(&[super::custodian(2)], now()))))).expect("JSON");
    assert!(!text.contains(crate::testing::number(2).expose()) && !text.contains(crate::testing::number(1).expose()));
}

#[test]
fn a_withdrawal_behind_a_thousand_events_of_its_case_is_read_with_its_consent() {
    let scratch = Scratch::new();
    let ledger = ConsentLedger::open(&scratch.path().join("consents.db")).expect("a file");
    let mut events: Vec<Event> = (1..=1_100).map(yes).collect();
    events.push(event(1_000, What::CaseEnded));
    ledger.append(&events, None, &[], |_| None).expect("a commit");
    let read = ledger.of_case("2026-1").expect("readable");
    assert!(read.contains(events.last().expect("the end")) && read.contains(&events[999]), "the newest, each whole");
    assert!(!read.contains(&events[0]), "so many at most");
}
