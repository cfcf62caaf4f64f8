//! The room's tests: who answers on which day, what events add up to, what is kept, what is taken.

mod asked;
mod in_force;
mod ledger;
mod proved;
mod room;
mod states;
mod then;
mod whose;

use std::sync::LazyLock;

use glasplade_adapters::contract::{
    CprNumber, Custody, CustodyHolder, Guardianship, PersonFacts, RegisterDate, danish_time_zone,
};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::{AtRecording, Citizen, Event, Form, Giver, Recorder, Signature, Terms, What};
use crate::access::ClassSet;
use crate::audit::Pseudonym;
use crate::config::{ConsentRules, FieldClass};
use crate::testing::{self, config, number, person, pseudonyms};

/// Four people beside the citizen.
const MOTHER: u16 = 2;
const FATHER: u16 = 3;
const GUARDIAN: u16 = 4;
const STRANGER: u16 = 5;

fn rules() -> ConsentRules {
    static RULES: LazyLock<ConsentRules> = LazyLock::new(|| config().access.consents);
    RULES.clone()
}

fn of(who: u16) -> Pseudonym {
    pseudonyms().of(&number(who))
}

fn me() -> Pseudonym {
    of(1)
}

/// Noon in Denmark.
fn noon(day: Date) -> Timestamp {
    day.at(12, 0, 0, 0).to_zoned(danish_time_zone().clone()).expect("a day").timestamp()
}

/// Midnight in Denmark, when the day begins.
fn midnight(day: Date) -> Timestamp {
    day.to_zoned(danish_time_zone().clone()).expect("a day").timestamp()
}

/// Somebody born on this day, whom nobody else decides for.
fn born(day: Date) -> PersonFacts {
    let address = Some(testing::address("1"));
    PersonFacts { born: Some(RegisterDate { day, uncertain: false }), address, ..person(number(1)) }
}

/// The same with these people in custody.
fn in_custody(facts: PersonFacts, holders: &[(u16, CustodyHolder)]) -> PersonFacts {
    let custody = |(who, holder): &(u16, CustodyHolder)| Custody {
        holder: *holder,
        person: Some(number(*who)),
        since: None,
        until: None,
    };
    PersonFacts { custody: holders.iter().map(custody).collect(), ..facts }
}

fn of_both(facts: PersonFacts) -> PersonFacts {
    in_custody(facts, &[(MOTHER, CustodyHolder::Mother), (FATHER, CustodyHolder::Father)])
}

fn with_guardian(facts: PersonFacts) -> PersonFacts {
    let guardian: Option<CprNumber> = Some(number(GUARDIAN));
    PersonFacts { guardianship: Some(Guardianship { guardian, full: None, since: None, until: None }), ..facts }
}

fn citizen(facts: &PersonFacts) -> Citizen {
    Citizen::of(facts, &pseudonyms()).expect("a living number")
}

fn custodian(who: u16) -> Giver {
    Giver::Custodian { person: of(who) }
}

fn guardian(who: u16, scope: &[&str]) -> Giver {
    Giver::Guardian { person: of(who), scope: scope.iter().map(|code| (*code).to_owned()).collect() }
}

fn signed(by: &[Giver], at: Timestamp) -> Signature {
    Signature {
        by: by.to_vec(),
        form: Form::Oral,
        evidence: Some("NOTE-1".to_owned()),
        text_version: "samtykke-1".to_owned(),
        language: "da".to_owned(),
        interpreter: false,
        at,
    }
}

/// Benefits from one unit to another, for a year.
fn terms(by: &[Giver], at: Timestamp) -> Terms {
    Terms {
        case_ref: "2026-1".to_owned(),
        purpose: "coordination".to_owned(),
        from: vec!["JSY-YDELSE".to_owned()],
        to: vec!["UUJ-KOORD".to_owned()],
        categories: vec!["benefit".to_owned()],
        classes: ClassSet::OF_AN_ITEM.with(FieldClass::Person),
        valid_to: at + jiff::SignedDuration::from_hours(24 * 365),
        signature: signed(by, at),
        at_recording: AtRecording::default(),
    }
}

/// An event of the consent with this number.
fn event(consent: u128, what: What) -> Event {
    Event {
        id: Uuid::from_u128(consent << 64 | u128::from(rand_like(&what))),
        consent: Uuid::from_u128(consent),
        citizen: me(),
        recorded_at: testing::now(),
        recorded_by: Recorder { employee: "az10001".to_owned(), unit: "UUJ-KOORD".to_owned(), department: None },
        what,
    }
}

/// The same event has the same id, and different ones have others.
fn rand_like(what: &What) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(what).expect("an event is JSON").hash(&mut hasher);
    hasher.finish()
}

fn given(by: &[Giver], at: Timestamp) -> What {
    What::Given(Box::new(terms(by, at)))
}

/// A grown-up's birthday.
const ADULT: Date = date(1988, 3, 9);
