//! What a citizen's consents open and close at one moment, for the answer that is being made now.

use std::collections::BTreeMap;

use glasplade_adapters::contract::{danish_day, danish_time_zone};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::{Citizen, Codes, Event, Giver, History, Signature, State, Terms};
use crate::access::ConsentGround;
use crate::config::ConsentRules;

/// Everything that consents say at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// What they open.
    pub grounds: Vec<ConsentGround>,
    /// What was refused: told to those whom it names, so that nobody asks again and again.
    pub refusals: Vec<Refused>,
    /// [DK] barnets eget nej: closes what custodians have opened. Nothing of it is among `grounds` any more; it is told apart
    /// for a rule that forbids.
    pub vetoes: Vec<Refused>,
    /// Grows with every event about the citizen; 0 while there is none.
    pub revision: u64,
    /// Before this moment the same events and the same facts give the same.
    pub until: Timestamp,
}

/// A no that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The consent that was refused.
    pub id: Uuid,
    /// Units and departments that would have given.
    pub from: Vec<String>,
    /// Units and departments that would have got.
    pub to: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// The Danish day of the answer.
    pub on: Date,
}

impl Refused {
    /// It names this unit, or its department, among those who would have got something: they are told.
    pub fn is_told_to(&self, unit: Option<&str>, department: Option<&str>) -> bool {
        self.to.iter().any(|code| Some(code.as_str()) == unit || Some(code.as_str()) == department)
    }
}

/// What a decision about consents rests on besides the events.
#[derive(Debug, Clone, Copy)]
pub(super) struct Basis<'a> {
    pub(super) citizen: Option<&'a Citizen>,
    pub(super) rules: &'a ConsentRules,
    pub(super) codes: &'a Codes,
    pub(super) now: Timestamp,
}

/// A no, with the moment of the answer.
struct No<'a> {
    terms: &'a Terms,
    at: Timestamp,
    refused: Refused,
    is_veto: bool,
}

/// A yes that is in force, with the moment from which it is, and the answers it rests on.
struct Yes<'a> {
    id: Uuid,
    terms: &'a Terms,
    since: Timestamp,
    history: History<'a>,
}

/// What these events, in the order in which they were recorded, give. Pure.
pub(super) fn in_force(events: &[Event], revision: u64, basis: Basis<'_>) -> InForce {
    let consents = by_consent(events);
    let (mut yes, mut no) = (Vec::new(), Vec::new());
    for (id, events) in &consents {
        let history = History(events);
        let Some(terms) = history.terms() else { continue };
        let standing = history.standing(basis.citizen, basis.rules, basis.now);
        if let Some(since) = standing.in_force_since {
            yes.push(Yes { id: *id, terms, since, history });
        }
        if standing.state == State::Refused {
            let counted = history.no().filter_map(|answer| counted(*id, terms, answer, basis));
            no.extend(counted.max_by_key(|one| one.at));
        }
    }
    let grounds: Vec<ConsentGround> = yes.iter().flat_map(|one| grounds(one, &no, basis)).collect();
    let ends = yes.iter().map(|one| one.terms.valid_to);
    let until = ends.chain([next_midnight(basis.now)]).min().unwrap_or(basis.now);
    let standing = no.into_iter().filter(|one| !is_answered_since(one, &yes, basis));
    let (vetoes, refusals) = standing.partition::<Vec<_>, _>(|one| one.is_veto);
    let told = |all: Vec<No<'_>>| all.into_iter().map(|one| one.refused).collect();
    InForce { grounds, refusals: told(refusals), vetoes: told(vetoes), revision, until }
}

/// The events of each consent, consents in the order of their ids.
pub(super) fn by_consent(events: &[Event]) -> BTreeMap<Uuid, Vec<Event>> {
    let mut consents: BTreeMap<Uuid, Vec<Event>> = BTreeMap::new();
    for event in events {
        consents.entry(event.consent).or_default().push(event.clone());
    }
    consents
}

/// A no counts while whoever said it could say it: the citizen from the age of the rules, somebody with custody while they
/// have it. What the register cannot say counts: a no opens nothing.
fn counted<'a>(id: Uuid, terms: &'a Terms, answer: &Signature, basis: Basis<'_>) -> Option<No<'a>> {
    let (Basis { citizen, rules, codes, now }, today) = (basis, danish_day(basis.now));
    let then = danish_day(answer.at);
    let is_minor = citizen.and_then(|citizen| citizen.age(today)).is_some_and(|age| age < rules.adult_age);
    let counts = |giver: &&Giver| no_counts(giver, &terms.categories, citizen, rules, (then, today));
    let givers: Vec<&Giver> = answer.by.iter().filter(counts).collect();
    // A case's end or a grown-up child's old custody: nobody's no any more.
    if givers.is_empty() || answer.at > now {
        return None;
    }
    let is_veto = is_minor && givers.iter().any(|giver| matches!(giver, Giver::Citizen));
    let refused = Refused {
        id,
        from: codes.followed(&terms.from),
        to: codes.followed(&terms.to),
        categories: terms.categories.clone(),
        on: then,
    };
    Some(No { terms, at: answer.at, refused, is_veto })
}

/// This giver's no, said on the first day, counts on the second.
pub(super) fn no_counts(
    giver: &Giver,
    categories: &[String],
    citizen: Option<&Citizen>,
    rules: &ConsentRules,
    (then, today): (Date, Date),
) -> bool {
    let is_party = |age: u8| {
        let from = |code: &String| rules.ages_of(code).and_then(|row| row.party_age);
        categories.iter().filter_map(from).any(|from| age >= from)
    };
    match giver {
        Giver::Citizen => {
            citizen.and_then(|citizen| citizen.age(then)).is_none_or(|age| age >= rules.own_voice_age || is_party(age))
        }
        Giver::Representative { .. } => true,
        Giver::Custodian { .. } | Giver::Guardian { .. } => {
            citizen.is_none_or(|citizen| citizen.may_answer(giver, categories, rules, today))
        }
    }
}

/// The no closes this: the same category, between the same units, and said later than the yes. A child's own no closes a yes
/// of any day in which the child has no part.
fn closes(no: &No<'_>, yes: &Yes<'_>, to: &str, category: &str, basis: Basis<'_>) -> bool {
    let codes = basis.codes;
    let is_same = no.terms.categories.iter().any(|one| one == category)
        && no.refused.to.iter().any(|code| codes.relates(code, to))
        && no.refused.from.iter().any(|code| yes.terms.from.iter().any(|other| codes.relates(code, other)));
    let own_yes = yes.history.yes().filter(|one| one.by.contains(&Giver::Citizen)).map(|one| one.at).max();
    let said = if no.is_veto { own_yes } else { Some(yes.since) };
    is_same && said.is_none_or(|said| said <= no.at)
}

/// What a yes still opens: one ground for every set of categories that is left.
fn grounds(yes: &Yes<'_>, no: &[No<'_>], basis: Basis<'_>) -> Vec<ConsentGround> {
    let mut left: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for to in basis.codes.followed(&yes.terms.to) {
        let is_open = |category: &&String| !no.iter().any(|one| closes(one, yes, &to, category, basis));
        let categories: Vec<String> = yes.terms.categories.iter().filter(is_open).cloned().collect();
        left.entry(categories).or_default().push(to);
    }
    left.retain(|categories, _| !categories.is_empty());
    let ground = |(categories, to)| ConsentGround {
        id: yes.id,
        purpose: yes.terms.purpose.clone(),
        case_ref: yes.terms.case_ref.clone(),
        from: basis.codes.followed(&yes.terms.from),
        to,
        categories,
        classes: yes.terms.classes,
        valid_from: yes.since,
        valid_to: yes.terms.valid_to,
    };
    left.into_iter().map(ground).collect()
}

/// A yes that came later says otherwise about all of it: nobody needs to be told of the no any more.
fn is_answered_since(no: &No<'_>, yes: &[Yes<'_>], basis: Basis<'_>) -> bool {
    let covered = |to: &String, category: &String| {
        yes.iter().any(|one| {
            one.terms.to.contains(to)
                && one.terms.categories.contains(category)
                && no.terms.from.iter().all(|from| one.terms.from.contains(from))
                && !closes(no, one, to, category, basis)
        })
    };
    no.terms.to.iter().all(|to| no.terms.categories.iter().all(|category| covered(to, category)))
}

/// Ages, custody and departments change at midnight in Denmark.
fn next_midnight(now: Timestamp) -> Timestamp {
    let tomorrow = danish_day(now).tomorrow().ok().and_then(|day| day.to_zoned(danish_time_zone().clone()).ok());
    tomorrow.map_or(now, |zoned| zoned.timestamp())
}
