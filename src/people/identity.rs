//! One citizen's numbers and relatives, as far as the register says them today.

use std::sync::Arc;

use futures_util::future::join_all;
use glasplade_adapters::contract::{CprNumber, PersonFacts, PersonStatus, Protection, SourceId};
use jiff::civil::Date;

use super::{People, PersonOutcome};
use crate::access::AccessGrant;
use crate::audit::{Kinship, Pseudonym};
use crate::overview::SourceStatus;
use crate::sources::Wish;

/// How many times a replaced number is followed to the one in force.
const REPLACEMENTS_MAX: usize = 3;

/// Who the citizen is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// How the register answered: about the number asked for, and about the person's other numbers where it named some.
    outcomes: Vec<PersonOutcome>,
    facts: Option<Arc<PersonFacts>>,
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
        let asked = *grant.citizen();
        if self.id().is_none() || !grant.may_consult_any() {
            return Identity::without_register(*grant.pseudonym());
        }
        let mut outcomes = vec![self.obtain(&asked, wish).await];
        let mut others = Vec::new();
        let mut current = outcomes[0].facts().cloned();
        let mut in_force = asked;
        while let Some(next) = current.as_ref().map(|facts| facts.in_force).filter(|next| *next != in_force) {
            if others.contains(&next) || next == asked || others.len() == REPLACEMENTS_MAX {
                break; // numbers that replace each other in a ring name nobody
            }
            self.aliases.learn(in_force, next, self.clock.now());
            others.push(next);
            in_force = next;
            let outcome = self.obtain(&next, wish).await;
            current = outcome.facts().cloned();
            outcomes.push(outcome);
        }
        let formers = self.formers_of(&in_force, &asked, &others, wish).await;
        for (former, outcome) in formers {
            others.extend(outcome.facts().filter(|facts| facts.in_force == in_force).map(|_| former));
            outcomes.push(outcome);
        }
        let known = |number: CprNumber| KnownNumber { number, pseudonym: self.pseudonyms.of(&number) };
        let others: Vec<KnownNumber> = others.into_iter().map(known).collect();
        // A number that was replaced may tell next to nothing about the person; the one in force decides.
        let facts = current;
        let has_answered = outcomes.iter().all(PersonOutcome::has_answered);
        let own = std::iter::once(*grant.pseudonym()).chain(others.iter().map(|one| one.pseudonym)).collect();
        let relatives = has_answered.then(|| match &facts {
            Some(facts) => close_to(facts).map(|number| self.pseudonyms.of(number)).collect(),
            None => Vec::new(),
        });
        Identity { outcomes, facts, in_force: self.pseudonyms.of(&in_force), others, kin: Kin { own, relatives } }
    }

    /// The strictest protection of the family at the citizen's address; those of whom the register says nothing count as
    /// unknown, since they may live there.
    pub async fn protection_at_home(self: &Arc<Self>, identity: &Identity, wish: &Wish) -> Protection {
        let Some(citizen) = identity.facts() else { return Protection::Unknown };
        let mut family: Vec<CprNumber> = close_to(citizen).copied().collect();
        family.sort();
        family.dedup();
        let outcomes = join_all(family.iter().map(|number| self.obtain(number, wish))).await;
        let of = |outcome: &PersonOutcome| match outcome.facts() {
            Some(facts) if live_together(citizen, facts) == Some(false) => Protection::Open,
            Some(facts) => facts.protection,
            None => Protection::Unknown,
        };
        outcomes.iter().map(of).fold(Protection::Open, Protection::strictest)
    }

    /// Former numbers that the register once told of, asked for again: what it does not say any more is forgotten, and
    /// what it cannot say now joins nothing.
    async fn formers_of(
        self: &Arc<Self>,
        in_force: &CprNumber,
        asked: &CprNumber,
        followed: &[CprNumber],
        wish: &Wish,
    ) -> Vec<(CprNumber, PersonOutcome)> {
        let formers = self.aliases.formers(in_force).into_iter();
        let formers = formers.filter(|former| former != asked && !followed.contains(former));
        let answers = formers.map(|former| async move {
            let outcome = self.obtain(&former, wish).await;
            let is_over = match &outcome {
                PersonOutcome::Answered { .. } => outcome.facts().is_none_or(|facts| facts.in_force != *in_force),
                PersonOutcome::Failed { .. } | PersonOutcome::NotConsulted => false,
            };
            if is_over {
                self.aliases.forget(&former);
            }
            (former, outcome)
        });
        join_all(answers).await
    }
}

/// [DK] samme adresse: certainly the same, by the register.
pub(crate) fn live_together(one: &PersonFacts, two: &PersonFacts) -> Option<bool> {
    Some(one.address.as_ref()?.is_same(two.address.as_ref()?))
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
        let kin = Kin { own: vec![citizen], relatives: None };
        Self { outcomes: vec![PersonOutcome::NotConsulted], facts: None, in_force: citizen, others: Vec::new(), kin }
    }

    /// There is no register to ask, so that nobody's household can ever be known: that closes nothing, and the check of
    /// the configuration says so.
    pub fn without_register(citizen: Pseudonym) -> Self {
        let unknown = Self::unknown(citizen);
        Self { kin: Kin { relatives: Some(Vec::new()), ..unknown.kin }, ..unknown }
    }

    /// The citizen's facts, where the register knows the citizen and answered.
    pub fn facts(&self) -> Option<&PersonFacts> {
        self.facts.as_deref()
    }

    /// [DK] navne- og adressebeskyttelse; not known counts as protected.
    pub fn protection(&self) -> Protection {
        self.facts.as_ref().map_or(Protection::Unknown, |facts| facts.protection)
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
