//! A decision made again: by the place in the ledger up to which it was read, and by the citizen's whole history.

use std::path::PathBuf;

use uuid::Uuid;

use super::{event, given, me, terms};
use crate::access::ConsentGround;
use crate::audit::testing::Scratch;
use crate::audit::{ConsentsThen as _, Then};
use crate::consents::ledger::ConsentLedger;
use crate::consents::{AtRecording, ConsentsOfThen, Event, Form, Giver, What, Who, Withdrawal};
use crate::testing::now;

/// What the first consent opened.
fn ground() -> ConsentGround {
    let terms = terms(&[Giver::Citizen], now());
    ConsentGround {
        id: Uuid::from_u128(1),
        purpose: terms.purpose,
        case_ref: terms.case_ref,
        from: terms.from,
        to: terms.to,
        categories: terms.categories,
        classes: terms.classes,
        valid_from: now(),
        valid_to: terms.valid_to,
    }
}

fn ledger(scratch: &Scratch, events: &[Event]) -> PathBuf {
    let path = scratch.path().join("consents.db");
    ConsentLedger::open(&path).expect("a file").append(events, None, &[], |_| None).expect("a commit");
    path
}

/// Whether it stood when the ledger had been read up to each of these places, all within one second.
fn stood<const N: usize>(end: What, consent: u128) -> [bool; N] {
    let scratch = Scratch::new();
    let path = ledger(&scratch, &[event(1, given(&[Giver::Citizen], now())), event(consent, end)]);
    let consents = ConsentsOfThen::open(&path).expect("the file");
    let numbers = [me()];
    let then = |place| Then { numbers: &numbers, place, second: now().as_second() };
    std::array::from_fn(|place| consents.stood(&ground(), then(place as u64)))
}

#[test]
fn an_answer_just_before_an_end_is_no_difference_and_one_after_it_in_the_same_second_is() {
    let withdrawal = Withdrawal { by: Who::Citizen, form: Form::Oral, evidence: None };
    let no = || terms(&[Giver::Citizen], now()).signature;
    for end in [
        What::Withdrawn(withdrawal),
        What::CaseEnded,
        What::Superseded { by: Uuid::from_u128(9) },
        What::Declined(no()),
    ] {
        let word = end.word();
        assert_eq!(stood(end, 1), [false, true, false], "{word}");
    }
    assert_eq!(stood(What::Joined(no()), 1), [false, true, true]);
}

#[test]
fn a_no_in_another_consent_counts_where_it_closes_the_same() {
    let refused = |was_adult, change: fn(&mut crate::consents::Terms)| {
        let mut terms = terms(&[Giver::Citizen], now());
        terms.at_recording = AtRecording { was_adult, ..AtRecording::default() };
        change(&mut terms);
        What::Refused(Box::new(terms))
    };
    assert_eq!(stood(refused(Some(true), |_| {}), 2), [false, true, false]);
    assert_eq!(stood(refused(Some(true), |one| one.to = vec!["VJH-MYND".to_owned()]), 2), [false, true, true]);
    assert_eq!(stood(refused(None, |_| {}), 2), [false, true, true], "whether it counted was for the register to say");
}
