//! Whose answer counts on a day: the citizen's, the custodians', a guardian's. Pure; the ages are configuration.

use glasplade_adapters::contract::{CustodyHolder, PersonFacts, PersonStatus};
use jiff::civil::Date;

use super::Giver;
use crate::audit::{Pseudonym, PseudonymKey};
use crate::config::ConsentRules;

/// What the register says of the citizen, as far as it matters for consents. By pseudonym.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citizen {
    pub(super) born: Option<Date>,
    pub(super) status: PersonStatus,
    pub(super) municipality: Option<u16>,
    pub(super) custody: Vec<Holding>,
    pub(super) guardian: Option<Holding>,
}

/// [DK] forældremyndighed or værgemål of one person over the citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Who, where the register has the number.
    pub person: Option<Pseudonym>,
    /// As what; a guardian has none.
    pub holder: Option<CustodyHolder>,
    /// First day.
    pub since: Option<Date>,
    /// First day no longer.
    pub until: Option<Date>,
}

impl Holding {
    pub(super) fn holds(&self, day: Date) -> bool {
        self.since.is_none_or(|since| since <= day) && self.until.is_none_or(|until| until > day)
    }
}

/// Whose answer is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// The citizen.
    Citizen,
    /// Whoever has a power of attorney.
    Representative,
    /// [DK] værge.
    Guardian(Option<Pseudonym>),
    /// Somebody with custody.
    Custodian(CustodyHolder, Option<Pseudonym>),
}

/// Whose answers make a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Any one of them.
    Any(Vec<Party>),
    /// Every one of them; nobody at all means that it cannot be given.
    All(Vec<Party>),
}

impl Citizen {
    /// The citizen as the register tells it; `None` where it has no word on a living person's number.
    pub fn of(facts: &PersonFacts, key: &PseudonymKey) -> Option<Self> {
        if matches!(facts.status, PersonStatus::Replaced | PersonStatus::Unknown) {
            return None;
        }
        let custody = facts.custody.iter().map(|one| Holding {
            person: one.person.as_ref().map(|number| key.of(number)),
            holder: Some(one.holder),
            since: one.since,
            until: one.until,
        });
        let guardian = facts.guardianship.as_ref().map(|one| Holding {
            person: one.guardian.as_ref().map(|number| key.of(number)),
            holder: None,
            since: one.since,
            until: one.until,
        });
        Some(Self {
            born: facts.born.map(|born| born.day),
            status: facts.status,
            municipality: facts.address.as_ref().and_then(|address| address.municipality),
            custody: custody.collect(),
            guardian,
        })
    }

    /// Whole years on `day`. Who is born on 29 February is a year older on 1 March.
    pub fn age(&self, day: Date) -> Option<u8> {
        let born = self.born?;
        let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
        u8::try_from(day.year() - born.year() - i16::from(!had_birthday)).ok()
    }

    /// Whether the citizen lives in this municipality, as far as that is known.
    pub fn lives_in(&self, municipality: Option<u16>) -> Option<bool> {
        Some(self.municipality? == municipality?)
    }

    fn custodians(&self, day: Date) -> Vec<Party> {
        let mut all: Vec<Party> = Vec::new();
        for one in self.custody.iter().filter(|one| one.holds(day)) {
            let party = Party::Custodian(one.holder.unwrap_or(CustodyHolder::Other), one.person);
            let is_known =
                |known: &Party| matches!(known, Party::Custodian(_, Some(person)) if Some(*person) == one.person);
            if !all.iter().any(is_known) {
                all.push(party);
            }
        }
        // An orphan has a guardian instead.
        if all.is_empty() {
            all.extend(self.guardian_on(day));
        }
        all
    }

    /// Who has custody on `day` as this, where the register has the number.
    pub(super) fn custodian_as(&self, holder: CustodyHolder, day: Date) -> Option<Pseudonym> {
        self.custody.iter().filter(|one| one.holder == Some(holder) && one.holds(day)).find_map(|one| one.person)
    }

    /// The guardian on `day`, where the register has the number.
    pub(super) fn guardian_person(&self, day: Date) -> Option<Pseudonym> {
        self.guardian.as_ref().filter(|one| one.holds(day)).and_then(|one| one.person)
    }

    fn guardian_on(&self, day: Date) -> Option<Party> {
        self.guardian.as_ref().filter(|one| one.holds(day)).map(|one| Party::Guardian(one.person))
    }

    /// Whose answers about these categories make a consent on `day`; `None` where the birthday is not known.
    pub fn wanted(&self, categories: &[String], rules: &ConsentRules, day: Date) -> Option<Wanted> {
        let age = self.age(day)?;
        if age >= rules.adult_age {
            let mut any = vec![Party::Citizen, Party::Representative];
            any.extend(self.guardian_on(day));
            return Some(Wanted::Any(any));
        }
        if decides_alone(age, categories, rules) {
            return Some(Wanted::All(vec![Party::Citizen]));
        }
        let mut all = self.custodians(day);
        // Nobody with custody: a child alone cannot give it.
        if age >= rules.own_voice_age && !all.is_empty() {
            all.insert(0, Party::Citizen);
        }
        Some(Wanted::All(all))
    }

    /// This giver could answer for the citizen about these categories on `day`.
    pub fn may_answer(&self, giver: &Giver, categories: &[String], rules: &ConsentRules, day: Date) -> bool {
        let age = self.age(day);
        let holds = |one: &Holding, person: &Pseudonym| one.person == Some(*person) && one.holds(day);
        match giver {
            Giver::Citizen => age.is_some_and(|age| age >= rules.own_voice_age),
            Giver::Custodian { person } => {
                age.is_some_and(|age| age < rules.adult_age) && self.custody.iter().any(|one| holds(one, person))
            }
            Giver::Guardian { person, scope } => {
                self.guardian.iter().any(|one| holds(one, person))
                    && categories.iter().all(|category| scope.contains(category))
            }
            Giver::Representative { .. } => age.is_some_and(|age| age >= rules.adult_age),
        }
    }
}

/// A minor of this age decides alone about every one of these categories.
pub(super) fn decides_alone(age: u8, categories: &[String], rules: &ConsentRules) -> bool {
    let alone =
        |category: &String| rules.ages_of(category).and_then(|row| row.alone_from).is_some_and(|from| age >= from);
    !categories.is_empty() && categories.iter().all(alone)
}

impl Party {
    /// The giver is this party.
    pub(super) fn is(&self, giver: &Giver) -> bool {
        match (self, giver) {
            (Self::Citizen, Giver::Citizen) | (Self::Representative, Giver::Representative { .. }) => true,
            (Self::Guardian(Some(wanted)), Giver::Guardian { person, .. })
            | (Self::Custodian(_, Some(wanted)), Giver::Custodian { person }) => wanted == person,
            _ => false,
        }
    }
}
