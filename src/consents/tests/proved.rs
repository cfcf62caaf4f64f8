//! The ledger beside the log: whatever is done to the file is found.

use rusqlite::Connection;
use uuid::Uuid;

use super::{event, given, of};
use crate::audit::testing::Scratch;
use crate::audit::{AuditEntry, Phase, fresh_entry_id};
use crate::consents::commit::audited;
use crate::consents::ledger::ConsentLedger;
use crate::consents::{ConsentsOfThen, Event, Giver, LedgerFinding, LoggedConsents, What};
use crate::testing::now;

fn entry(event: &Event, what: &str) -> AuditEntry {
    let id = fresh_entry_id(now());
    AuditEntry { event: Some(audited(event, what)), ..AuditEntry::new(id, id, Phase::Recorded, now(), "consents") }
}

/// What is found after this was done to a file of two events, each with its entry.
fn found(done: &str) -> Vec<LedgerFinding> {
    let (yes, end) = (event(1, given(&[Giver::Citizen], now())), event(1, What::CaseEnded));
    let scratch = Scratch::new();
    let path = scratch.path().join("consents.db");
    let ledger = ConsentLedger::open(&path).expect("a file");
    ledger.append(&[yes.clone(), end.clone()], None, &[], |_| None).expect("a commit");
    drop(ledger);
    let tool = Connection::open(&path).expect("somebody's tool");
    tool.execute_batch("DROP TRIGGER consent_event_no_update; DROP TRIGGER consent_event_no_delete;")
        .expect("taken off");
    tool.execute_batch(done).expect("done");
    let mut logged = LoggedConsents::default();
    for entry in [entry(&yes, "consent_given"), entry(&end, "consent_case_ended")] {
        logged.take(Some(&entry));
    }
    logged.compare(&ConsentsOfThen::open(&path).expect("the file")).expect("readable")
}

#[test]
fn an_event_that_is_removed_added_or_changed_in_the_ledger_is_found() {
    assert_eq!(found(""), []);
    let consent = Uuid::from_u128(1);
    let removed = found("DELETE FROM consent_event WHERE seq = 2");
    assert!(matches!(removed[..], [LedgerFinding::ConsentEventMissing { consent: one, .. }] if one == consent));
    let other = of(9);
    for change in [
        "body = replace(body, 'benefit', 'health')".to_owned(),
        "body = 'no event'".to_owned(),
        format!("citizen = '{other}'"),
        "consent = '00000000-0000-0000-0000-000000000009'".to_owned(),
        "case_ref = '2026-9'".to_owned(),
    ] {
        let changed = found(&format!("UPDATE consent_event SET {change} WHERE seq = 1"));
        assert!(matches!(changed[..], [LedgerFinding::ConsentEventChanged { .. }]), "{change}: {changed:?}");
    }
    let new = event(2, given(&[Giver::Citizen], now()));
    let body = serde_json::to_string(&new).expect("JSON");
    let added = found(&format!(
        "INSERT INTO consent_event (id, consent, citizen, case_ref, body) VALUES ('{}', '{}', '{}', '2026-1', '{body}')",
        new.id, new.consent, new.citizen
    ));
    assert!(matches!(added[..], [LedgerFinding::ConsentEventAdded { event: one, .. }] if one == new.id), "{added:?}");
    let garbled = found("INSERT INTO consent_event (id, consent, citizen, body) VALUES ('1', '1', 'x', 'no event')");
    assert_eq!(garbled, [LedgerFinding::ConsentRowUnreadable { place: 3 }]);
}

#[test]
fn what_did_not_come_about_is_not_missed_and_what_was_forgotten_is_not_asked_for() {
    let scratch = Scratch::new();
    let path = scratch.path().join("consents.db");
    let (yes, end) = (event(1, given(&[Giver::Citizen], now())), event(1, What::CaseEnded));
    let ledger = ConsentLedger::open(&path).expect("a file");
    ledger.append(std::slice::from_ref(&yes), None, &[], |_| None).expect("a commit");
    let consents = ConsentsOfThen::open(&path).expect("the file");
    let mut logged = LoggedConsents::default();
    for entry in [entry(&yes, "consent_given"), entry(&end, "consent_case_ended"), entry(&end, "consent_not_recorded")]
    {
        logged.take(Some(&entry));
    }
    assert_eq!(logged.compare(&consents).expect("readable"), []);
    let mut forgotten = LoggedConsents::default();
    forgotten.take(None);
    assert_eq!(forgotten.compare(&consents).expect("readable"), []);
}
