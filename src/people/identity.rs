//! One citizen's numbers and relatives, as far as the register says them today.

use std::sync::Arc;

use futures_util::future::join_all;
use glasplade_adapters::contract::{CprNumber, PersonFacts, PersonStatus, Protection, SourceErrorKind, SourceId};
use jiff::civil::Date;

use super::{People, PersonOutcome};
use crate::access::{AccessGrant, RecordPermit};
use crate::audit::{Kinship, Pseudonym};
use crate::overview::{SourceState, SourceStatus};
use crate::sources::Wish;

/// Nobody has more relatives in the register; an entry with more is not believed.
const RELATIVES_MAX: usize = 50;

/// Who the citizen is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// How the register answered: about the number asked for, and about the person's other numbers where it named some.
    outcomes: Vec<PersonOutcome>,
    /// What the register tells of the number in force, or of the last one that it could tell of.
    facts: Option<Arc<PersonFacts>>,
    protection: Protection,
    /// Everybody whom the register names beside the citizen.
    close: Vec<CprNumber>,
    /// The number in force; the one asked for where the register names no other.
    in_force: Pseudonym,
    others: Vec<KnownNumber>,
    kin: Kin,
}

/// Another number of the citizen, which the register has said is the same person.
///
/// **Invariant:** only this room makes one, so that no source's word, and no likeness, joins two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownNumber {
    number: CprNumber,
    pseudonym: Pseudonym,
}

impl KnownNumber {
    /// The number, for the sources.
    pub fn number(&self) -> &CprNumber {
        &self.number
    }

    /// Its pseudonym.
    pub fn pseudonym(&self) -> &Pseudonym {
        &self.pseudonym
    }
}

/// The citizen and the people close to them, by pseudonym: what the bars for oneself and one's household rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kin {
    /// The citizen's own numbers.
    pub own: Vec<Pseudonym>,
    /// [DK] nære pårørende: spouse (the former one, too), children, parents, those with custody, a guardian; `None` while
    /// the register does not answer.
    pub relatives: Option<Vec<Pseudonym>>,
}

/// One relative whom the register names by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relative {
    /// What they are to the citizen.
    pub kind: Kinship,
    /// Their number.
    pub number: CprNumber,
}

impl People {
    /// Who the grant's citizen is. The register is asked whenever any source may be, whoever the citizen is.
    pub async fn identify(self: &Arc<Self>, grant: &AccessGrant, wish: &Wish) -> Identity {
        if self.id().is_none() || !grant.may_consult_any() {
            return Identity::without_register(*grant.pseudonym());
        }
        self.identity(grant.citizen(), *grant.pseudonym(), wish).await
    }

    /// Who the citizen is about whom something is recorded.
    pub async fn identify_for_record(self: &Arc<Self>, permit: &RecordPermit, wish: &Wish) -> Identity {
        if self.id().is_none() {
            return Identity::without_register(*permit.pseudonym());
        }
        self.identity(permit.citizen(), *permit.pseudonym(), wish).await
    }

    /// Who a citizen of the target groups' index is. What is taken from it are facts that approved rules ask for, under a
    /// pseudonym; nobody is shown anything.
    pub(crate) async fn identify_for_index(self: &Arc<Self>, citizen: &CprNumber, wish: &Wish) -> Identity {
        let pseudonym = self.pseudonyms.of(citizen);
        if self.id().is_none() {
            return Identity::without_register(pseudonym);
        }
        self.identity(citizen, pseudonym, wish).await
    }

    async fn identity(self: &Arc<Self>, citizen: &CprNumber, pseudonym: Pseudonym, wish: &Wish) -> Identity {
        let numbers = self.numbers_of(citizen, wish).await;
        let known = |number: &CprNumber| KnownNumber { number: *number, pseudonym: self.pseudonyms.of(number) };
        let others: Vec<KnownNumber> = numbers.others.iter().map(known).collect();
        let mut close: Vec<CprNumber> = numbers.facts.iter().flat_map(|facts| close_to(facts)).copied().collect();
        close.sort();
        close.dedup();
        let is_told = numbers.is_whole && close.len() <= RELATIVES_MAX;
        if close.len() > RELATIVES_MAX {
            tracing::error!(
                relatives = close.len(),
                "the register names more relatives than anybody has; none is believed"
            );
            close.clear();
        }
        let own = std::iter::once(pseudonym).chain(others.iter().map(|one| one.pseudonym)).collect();
        let relatives = is_told.then(|| close.iter().map(|number| self.pseudonyms.of(number)).collect());
        Identity {
            protection: numbers.protection(),
            facts: numbers.facts.last().cloned(),
            in_force: self.pseudonyms.of(&numbers.in_force),
            outcomes: numbers.outcomes,
            others,
            close,
            kin: Kin { own, relatives },
        }
    }

    /// The strictest protection of those of the family who may live at the citizen's address: only who certainly lives
    /// elsewhere does not count.
    pub async fn protection_at_home(self: &Arc<Self>, identity: &Identity, wish: &Wish) -> Protection {
        let (Some(citizen), Some(_)) = (identity.facts(), &identity.kin.relatives) else { return Protection::Unknown };
        let outcomes = join_all(identity.close.iter().map(|number| self.obtain(number, wish))).await;
        let of = |outcome: &PersonOutcome| match outcome.facts() {
            Some(facts) if live_together(citizen, facts) == Some(false) => Protection::Open,
            Some(facts) => facts.protection,
            None => Protection::Unknown,
        };
        outcomes.iter().map(of).fold(Protection::Open, Protection::strictest)
    }
}

/// [DK] samme adresse, as far as the register can say for certain.
pub(crate) fn live_together(one: &PersonFacts, two: &PersonFacts) -> Option<bool> {
    one.address.as_ref()?.is_same(two.address.as_ref()?)
}

/// Everybody whom the register names in this person's entry.
fn close_to(facts: &PersonFacts) -> impl Iterator<Item = &CprNumber> {
    let related = [&facts.spouse, &facts.mother, &facts.father];
    let related = related.into_iter().flatten().filter_map(|person| person.number());
    let custody = facts.custody.iter().filter_map(|custody| custody.person.as_ref());
    let guardian = facts.guardianship.iter().filter_map(|one| one.guardian.as_ref());
    related.chain(&facts.children).chain(custody).chain(guardian)
}

impl Identity {
    /// The register has not answered.
    pub fn unknown(citizen: Pseudonym) -> Self {
        Self {
            outcomes: vec![PersonOutcome::NotConsulted],
            facts: None,
            protection: Protection::Unknown,
            close: Vec::new(),
            in_force: citizen,
            others: Vec::new(),
            kin: Kin { own: vec![citizen], relatives: None },
        }
    }

    /// There is no register to ask, so that nobody's household can ever be known: that closes nothing, and the check of
    /// the configuration says so.
    pub fn without_register(citizen: Pseudonym) -> Self {
        let unknown = Self::unknown(citizen);
        Self { kin: Kin { relatives: Some(Vec::new()), ..unknown.kin }, ..unknown }
    }

    /// Somebody of whom the register has told these facts.
    #[cfg(test)]
    pub(crate) fn of_facts(facts: PersonFacts, citizen: Pseudonym) -> Self {
        let protection = facts.protection;
        Self { facts: Some(Arc::new(facts)), protection, ..Self::without_register(citizen) }
    }

    /// Told by the very same answers of the register, about the same numbers.
    pub fn is_same(&self, other: &Self) -> bool {
        self.outcomes.len() == other.outcomes.len()
            && self.outcomes.iter().zip(&other.outcomes).all(|(one, other)| one.is_same(other))
            && (self.in_force, &self.others, &self.kin, self.protection)
                == (other.in_force, &other.others, &other.kin, other.protection)
    }

    /// The citizen's facts, where the register knows the citizen and answered.
    pub fn facts(&self) -> Option<&PersonFacts> {
        self.facts.as_deref()
    }

    /// [DK] navne- og adressebeskyttelse; not known counts as protected.
    pub fn protection(&self) -> Protection {
        self.protection
    }

    /// Other numbers of the same person.
    pub fn others(&self) -> &[KnownNumber] {
        &self.others
    }

    /// The pseudonym of the number in force: the same whichever number was asked for.
    pub fn in_force(&self) -> &Pseudonym {
        &self.in_force
    }

    /// The citizen and the people close to them.
    pub fn kin(&self) -> &Kin {
        &self.kin
    }

    /// How the register answered, as the answer tells it: the worst of its answers, with the age of the oldest.
    pub fn status(&self, id: &SourceId) -> SourceStatus {
        let statuses = self.outcomes.iter().map(|outcome| outcome.status(id));
        statuses.reduce(SourceStatus::worst).unwrap_or_else(|| SourceStatus::not_consulted(id.clone()))
    }

    /// How the register answered about the number asked for, as somebody is told it who sees nothing. That there is another
    /// number, or an entry that cannot be read, would tell of a person: an answer that cannot be believed is told like none.
    pub fn status_without_person(&self, id: &SourceId) -> SourceStatus {
        let status = self.outcomes.first().map(|outcome| outcome.status(id));
        let status = status.unwrap_or_else(|| SourceStatus::not_consulted(id.clone())).without_rows();
        if status.state != SourceState::Invalid {
            return status;
        }
        let failure = Some(SourceErrorKind::Unavailable);
        SourceStatus { state: SourceState::Unavailable, failure, ..SourceStatus::not_consulted(id.clone()) }
    }

    /// Whom the family view shows beside the citizen: spouse, children, and the parents of somebody under 18.
    pub fn relatives(&self, today: Date) -> Vec<Relative> {
        let Some(facts) = self.facts() else { return Vec::new() };
        let is_married = matches!(
            facts.civil_status,
            Some(
                glasplade_adapters::contract::CivilStatus::Married
                    | glasplade_adapters::contract::CivilStatus::RegisteredPartner
            )
        );
        let spouse = facts.spouse.iter().filter(|_| is_married).filter_map(|spouse| spouse.number());
        let is_minor = age(facts, today).is_some_and(|age| age < 18);
        let parents = [&facts.mother, &facts.father].into_iter().flatten().filter_map(|parent| parent.number());
        let custody = facts.custody.iter().filter(|one| one.holds(today)).filter_map(|one| one.person.as_ref());
        let of = |kind: Kinship| move |number: &CprNumber| Relative { kind, number: *number };
        let mut relatives: Vec<Relative> = Vec::new();
        let parents = parents.chain(custody).filter(|_| is_minor).map(of(Kinship::Parent));
        let all = spouse.map(of(Kinship::Spouse)).chain(facts.children.iter().map(of(Kinship::Child)));
        for relative in all.chain(parents) {
            let is_new = relatives.iter().all(|known| known.number != relative.number);
            if is_new && relative.number != facts.number && relative.number != facts.in_force {
                relatives.push(relative);
            }
        }
        relatives
    }
}

/// Whole years on `today`; `None` for the dead, and where the birthday is not known.
pub(crate) fn age(facts: &PersonFacts, today: Date) -> Option<i16> {
    let born = facts.born.filter(|_| facts.status != PersonStatus::Dead)?.day;
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    Some(today.year() - born.year() - i16::from(!had_birthday)).filter(|age| *age >= 0)
}
