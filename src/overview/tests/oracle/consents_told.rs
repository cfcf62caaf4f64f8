//! A world's consents as the room of consents keeps and judges them: what is in force is the room's word, not the oracle's.

use glasplade_adapters::contract::{
    Custody as Holding, CustodyHolder, Guardianship, PersonFacts, PersonStatus, danish_day,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::consent_state::age;
use super::world::{Consent, Custody, Signer, World};
use crate::access::ConsentGround;
use crate::config::ConsentRules;
use crate::consents::{
    AtRecording, Citizen, Event, Form, Giver, History, Recorder, Signature, State, Terms, What, Who, Withdrawal,
};
use crate::testing::{self, number, pseudonyms};

/// Three people beside the citizen.
const MOTHER: u16 = 12;
const FATHER: u16 = 13;
const GUARDIAN: u16 = 14;

/// What the register says of who decides for the citizen.
pub(super) fn speak_for(facts: &mut PersonFacts, citizen: &super::world::Citizen) {
    let holders: &[(u16, CustodyHolder)] = match citizen.custody {
        Custody::Nobody => &[],
        Custody::One => &[(MOTHER, CustodyHolder::Mother)],
        Custody::Joint => &[(MOTHER, CustodyHolder::Mother), (FATHER, CustodyHolder::Father)],
    };
    let holding = |(who, holder): &(u16, CustodyHolder)| Holding {
        holder: *holder,
        person: Some(number(*who)),
        since: None,
        until: None,
    };
    facts.custody = holders.iter().map(holding).collect();
    let guardian = Guardianship { guardian: Some(number(GUARDIAN)), full: None, since: None, until: None };
    facts.guardianship = citizen.guardian.then_some(guardian);
    if citizen.is_gone {
        facts.status = PersonStatus::Dead;
    }
}

/// The consent as a ground, when the room says that it is in force. What only its end says no to is handed over all the same,
/// so that the policies must look at the clock.
pub(super) fn ground(
    world: &World,
    consent: &Consent,
    facts: Option<&PersonFacts>,
    rules: &ConsentRules,
) -> (bool, Option<ConsentGround>) {
    let events = events(world, consent);
    let citizen = facts.and_then(|facts| Citizen::of(facts, &pseudonyms()));
    let standing = History(&events).standing(citizen.as_ref(), rules, world.now);
    let last = consent.signed.iter().map(|(_, at)| *at).filter(|at| *at <= world.now).max();
    let since = standing.in_force_since.or(last.filter(|_| standing.state == State::Expired));
    let ground = since.map(|since| ConsentGround {
        id: Uuid::from_u128(u128::from(consent.id)),
        purpose: consent.purpose.code().to_owned(),
        case_ref: consent.case_ref.to_owned(),
        from: super::real::texts(&consent.from),
        to: super::real::texts(&consent.to),
        categories: super::real::texts(&consent.categories),
        classes: super::real::classes(consent.classes),
        valid_from: since,
        valid_to: consent.valid_to,
    });
    (standing.is_in_force(), ground)
}

/// What has been recorded by now.
fn events(world: &World, consent: &Consent) -> Vec<Event> {
    let has_come = |moment: Option<Timestamp>| moment.filter(|moment| *moment <= world.now);
    let terms = |by: Vec<Giver>, at: Timestamp| Box::new(terms(world, consent, by, at));
    let mut whats = Vec::new();
    for (signer, at) in consent.signed.iter().filter(|(_, at)| *at <= world.now) {
        let by = vec![giver(consent, *signer)];
        let is_first = whats.is_empty();
        whats.push(if is_first { What::Given(terms(by, *at)) } else { What::Joined(signature(by, *at)) });
    }
    if whats.is_empty() {
        whats.push(What::Requested(terms(Vec::new(), world.now)));
    }
    if let Some(at) = has_come(consent.refused) {
        whats.push(What::Declined(signature(vec![Giver::Citizen], at)));
    }
    if has_come(consent.withdrawn).is_some() {
        whats.push(What::Withdrawn(Withdrawal { by: Who::Citizen, form: Form::Oral, evidence: None }));
    }
    if has_come(consent.superseded).is_some() {
        whats.push(What::Superseded { by: Uuid::from_u128(99) });
    }
    if has_come(consent.case_ended).is_some() {
        whats.push(What::CaseEnded);
    }
    let event = |(at, what)| Event {
        id: Uuid::from_u128(at as u128),
        consent: Uuid::from_u128(u128::from(consent.id)),
        citizen: pseudonyms().of(&testing::citizen()),
        recorded_at: world.now,
        recorded_by: Recorder { employee: "az10001".to_owned(), unit: "UUJ-KOORD".to_owned(), department: None },
        what,
    };
    whats.into_iter().enumerate().map(event).collect()
}

fn terms(world: &World, consent: &Consent, by: Vec<Giver>, at: Timestamp) -> Terms {
    Terms {
        case_ref: consent.case_ref.to_owned(),
        purpose: consent.purpose.code().to_owned(),
        from: super::real::texts(&consent.from),
        to: super::real::texts(&consent.to),
        categories: super::real::texts(&consent.categories),
        classes: super::real::classes(consent.classes),
        valid_to: consent.valid_to,
        signature: signature(by, at),
        at_recording: AtRecording {
            was_adult: Some(age(&world.citizen, danish_day(at)) >= 18),
            lived_here: Some(true),
        },
    }
}

fn giver(consent: &Consent, signer: Signer) -> Giver {
    let of = |who: u16| pseudonyms().of(&number(who));
    match signer {
        Signer::Citizen => Giver::Citizen,
        Signer::Mother => Giver::Custodian { person: of(MOTHER) },
        Signer::Father => Giver::Custodian { person: of(FATHER) },
        Signer::Guardian => {
            let scope = if consent.is_in_scope { super::real::texts(&consent.categories) } else { Vec::new() };
            Giver::Guardian { person: of(GUARDIAN), scope }
        }
    }
}

fn signature(by: Vec<Giver>, at: Timestamp) -> Signature {
    Signature {
        by,
        form: Form::Oral,
        evidence: Some("NOTE-1".to_owned()),
        text_version: "samtykke-1".to_owned(),
        language: "da".to_owned(),
        interpreter: false,
        at,
    }
}
