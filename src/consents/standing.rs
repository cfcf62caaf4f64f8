//! Where a consent stands at a moment: computed from its events, the register and the time, never stored. Pure.

use glasplade_adapters::contract::{PersonStatus, danish_day};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::whose::decides_alone;
use super::{Citizen, Event, Giver, Holding, Party, Signature, Terms, Wanted, What};
use crate::audit::Pseudonym;
use crate::config::ConsentRules;

/// [DK] samtykkets tilstand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Asked for, or not yet answered by everybody who must.
    Requested,
    /// Everybody who must has said yes.
    Given,
    /// Somebody whose answer counts said no.
    Refused,
    /// [DK] tilbagekaldt.
    Withdrawn,
    /// [DK] udløbet.
    Expired,
    /// [DK] bortfaldet: what it rested on is gone.
    Lapsed,
    /// Another stands in its place.
    Superseded,
}

impl State {
    /// The word in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Given => "given",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Lapsed => "lapsed",
            Self::Superseded => "superseded",
        }
    }

    /// An answer can still be added.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Given)
    }
}

/// Why a consent is not in force although somebody said yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// The register does not answer, or does not know the citizen: what rests on custody or guardianship is not in force.
    RegisterSilent,
    /// Somebody who said yes has custody no longer.
    CustodyEnded,
    /// The guardian who said yes is one no longer.
    GuardianshipEnded,
    /// The young person has grown up.
    GrownUp,
    /// The citizen is dead.
    Dead,
    /// The citizen has moved out of the municipality, or abroad.
    MovedAway,
    /// The case is over.
    CaseEnded,
}

/// Where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: State,
    /// From when it has been given; `None` while it is not in force.
    pub in_force_since: Option<Timestamp>,
    /// Why it is not.
    pub why_not: Option<WhyNot>,
    /// Who must still say yes.
    pub still_wanted: Vec<Party>,
}

impl Standing {
    fn of(state: State) -> Self {
        Self { state, in_force_since: None, why_not: None, still_wanted: Vec::new() }
    }

    fn lapsed(why_not: WhyNot) -> Self {
        Self { why_not: Some(why_not), ..Self::of(State::Lapsed) }
    }

    /// It opens what it says.
    pub fn is_in_force(&self) -> bool {
        self.in_force_since.is_some()
    }
}

/// All events of one consent, in any order.
#[derive(Debug, Clone, Copy)]
pub struct History<'a>(pub &'a [Event]);

impl<'a> History<'a> {
    /// What it is about; `None` where its first event is missing.
    pub fn terms(self) -> Option<&'a Terms> {
        self.0.iter().find_map(|event| event.what.terms())
    }

    /// The answers that were a yes.
    pub fn yes(self) -> impl Iterator<Item = &'a Signature> {
        self.0.iter().filter(|event| event.what.is_yes()).filter_map(|event| event.what.signature())
    }

    /// The answers that were a no.
    pub fn no(self) -> impl Iterator<Item = &'a Signature> {
        self.0.iter().filter(|event| event.what.is_no()).filter_map(|event| event.what.signature())
    }

    fn has(self, is: fn(&What) -> bool) -> bool {
        self.0.iter().any(|event| is(&event.what))
    }

    /// Where it stands at `now`; `citizen` is `None` while the register has no word.
    pub fn standing(self, citizen: Option<&Citizen>, rules: &ConsentRules, now: Timestamp) -> Standing {
        let Some(terms) = self.terms() else { return Standing::of(State::Requested) };
        // What somebody did comes first, the strictest of it: an order of events must not bring back what was taken back.
        if self.has(|what| matches!(what, What::Withdrawn(_))) {
            return Standing::of(State::Withdrawn);
        }
        if self.has(|what| matches!(what, What::Superseded { .. })) {
            return Standing::of(State::Superseded);
        }
        if self.no().next().is_some() {
            return Standing::of(State::Refused);
        }
        if self.has(|what| matches!(what, What::CaseEnded)) {
            return Standing::lapsed(WhyNot::CaseEnded);
        }
        if now >= terms.valid_to {
            return Standing::of(State::Expired);
        }
        match citizen {
            Some(citizen) => self.by_the_register(terms, citizen, rules, now),
            None => self.without_the_register(terms, now),
        }
    }

    /// An adult's own word, given as an adult, rests on nothing that the register could take away; everything else does.
    fn without_the_register(self, terms: &Terms, now: Timestamp) -> Standing {
        let Some(given) = self.yes().map(|one| one.at).max() else { return Standing::of(State::Requested) };
        let is_own = |giver: &Giver| matches!(giver, Giver::Citizen | Giver::Representative { .. });
        let by_an_adult = terms.at_recording.was_adult == Some(true) && self.yes().any(|one| one.by.iter().any(is_own));
        let in_force_since = (by_an_adult && given <= now).then_some(given);
        let why_not = in_force_since.is_none().then_some(WhyNot::RegisterSilent);
        Standing { in_force_since, why_not, ..Standing::of(State::Given) }
    }

    fn by_the_register(self, terms: &Terms, citizen: &Citizen, rules: &ConsentRules, now: Timestamp) -> Standing {
        let today = danish_day(now);
        match citizen.status {
            PersonStatus::Dead => return Standing::lapsed(WhyNot::Dead),
            PersonStatus::Emigrated | PersonStatus::ResidentGreenland => return Standing::lapsed(WhyNot::MovedAway),
            _ => {}
        }
        // Somebody whose acting municipality this is without living in it has not moved.
        if citizen.lives_in(rules.municipality) == Some(false) && terms.at_recording.lived_here != Some(false) {
            return Standing::lapsed(WhyNot::MovedAway);
        }
        let (Some(age), Some(wanted)) = (citizen.age(today), citizen.wanted(&terms.categories, rules, today)) else {
            return self.without_the_register(terms, now);
        };
        if age >= rules.adult_age && self.yes().any(|one| rested_on_custody(one, terms, citizen, rules)) {
            return Standing::lapsed(WhyNot::GrownUp);
        }
        if let Some(why_not) = self.who_answers_no_longer(citizen, &wanted, today) {
            return Standing::lapsed(why_not);
        }
        let has_said_yes = |party: &Party| self.yes().any(|one| is_signed(party, one, terms, citizen, rules));
        let still_wanted: Vec<Party> = match wanted {
            Wanted::Any(any) if any.iter().any(has_said_yes) => Vec::new(),
            Wanted::Any(_) => vec![Party::Citizen],
            Wanted::All(all) if all.is_empty() => {
                return Standing { why_not: Some(WhyNot::CustodyEnded), ..Standing::of(State::Requested) };
            }
            Wanted::All(all) => all.into_iter().filter(|party| !has_said_yes(party)).collect(),
        };
        if !still_wanted.is_empty() {
            return Standing { still_wanted, ..Standing::of(State::Requested) };
        }
        let given = self.yes().map(|one| one.at).max().filter(|given| *given <= now);
        Standing { in_force_since: given, ..Standing::of(State::Given) }
    }

    /// A yes of somebody who has custody no longer, or is guardian no longer, takes the consent along.
    fn who_answers_no_longer(self, citizen: &Citizen, wanted: &Wanted, today: Date) -> Option<WhyNot> {
        let holds = |one: &Holding, person: &Pseudonym| one.person == Some(*person) && one.holds(today);
        let is_enough_alone =
            |giver: &Giver| matches!((wanted, giver), (Wanted::Any(_), Giver::Citizen | Giver::Representative { .. }));
        let givers = || self.yes().flat_map(|one| &one.by);
        if givers().any(is_enough_alone) {
            return None;
        }
        givers().find_map(|giver| match giver {
            Giver::Custodian { person } if !citizen.custody.iter().any(|one| holds(one, person)) => {
                Some(WhyNot::CustodyEnded)
            }
            Giver::Guardian { person, .. } if !citizen.guardian.iter().any(|one| holds(one, person)) => {
                Some(WhyNot::GuardianshipEnded)
            }
            _ => None,
        })
    }
}

/// The party said yes in this answer, and could on that day.
fn is_signed(party: &Party, one: &Signature, terms: &Terms, citizen: &Citizen, rules: &ConsentRules) -> bool {
    let day = danish_day(one.at);
    let counts = |giver: &&Giver| party.is(giver) && citizen.may_answer(giver, &terms.categories, rules, day);
    one.by.iter().any(|giver| counts(&giver))
}

/// The answer was given while the citizen was not grown up, and needed more than the citizen.
fn rested_on_custody(one: &Signature, terms: &Terms, citizen: &Citizen, rules: &ConsentRules) -> bool {
    let age = citizen.age(danish_day(one.at));
    age.is_none_or(|age| age < rules.adult_age && !decides_alone(age, &terms.categories, rules))
}
