//! One person's numbers, followed as the register says them now: from a replaced number to the one in force, and back to
//! former ones that it once told of.

use std::sync::Arc;

use futures_util::future::join_all;
use glasplade_adapters::contract::{CprNumber, PersonFacts, Protection, SourceErrorKind};

use super::{People, PersonOutcome};
use crate::sources::Wish;

/// How many times a replaced number is followed to the one in force.
const REPLACEMENTS_MAX: usize = 3;

/// How many former numbers one person may have. A register that says the same number in force of more people is wrong
/// about somebody, and nobody is joined.
const FORMERS_MAX: usize = 3;

/// The numbers of one person.
#[derive(Debug)]
pub(super) struct Numbers {
    /// How the register answered, about the number asked for first.
    pub(super) outcomes: Vec<PersonOutcome>,
    /// What it told, the number in force last.
    pub(super) facts: Vec<Arc<PersonFacts>>,
    pub(super) in_force: CprNumber,
    /// Every number but the one asked for.
    pub(super) others: Vec<CprNumber>,
    /// The register has said all there is to say: each number was answered, and the one in force is a person (or nobody has
    /// the number asked for).
    pub(super) is_whole: bool,
    has_facts_in_force: bool,
}

impl Numbers {
    /// [DK] navne- og adressebeskyttelse: set under any number, it is set; open it is only by the number in force.
    pub(super) fn protection(&self) -> Protection {
        let in_force = self.facts.last().filter(|_| self.has_facts_in_force).map(|facts| facts.protection);
        if self.facts.iter().any(|facts| facts.protection == Protection::Protected) {
            return Protection::Protected;
        }
        in_force.unwrap_or(Protection::Unknown)
    }
}

impl People {
    /// All numbers of whoever has `asked`.
    pub(super) async fn numbers_of(self: &Arc<Self>, asked: &CprNumber, wish: &Wish) -> Numbers {
        let mut numbers = Numbers {
            outcomes: Vec::with_capacity(1),
            facts: Vec::with_capacity(1),
            in_force: *asked,
            others: Vec::new(),
            is_whole: true,
            has_facts_in_force: false,
        };
        let mut replaced = Vec::new();
        loop {
            let outcome = self.obtain(&numbers.in_force, wish).await;
            let facts = outcome.facts().cloned();
            numbers.is_whole &= outcome.has_answered();
            numbers.has_facts_in_force = facts.is_some();
            numbers.outcomes.push(outcome);
            let Some(facts) = facts else { break };
            let next = facts.in_force;
            numbers.facts.push(facts);
            if next == numbers.in_force {
                break;
            }
            if next == *asked || numbers.others.contains(&next) || numbers.others.len() == REPLACEMENTS_MAX {
                return Numbers::confused(numbers.outcomes, asked);
            }
            replaced.push((numbers.in_force, next));
            numbers.others.push(next);
            numbers.in_force = next;
        }
        // Replaced by a number that is nobody: the register has not caught up, and its word about the person is missing.
        numbers.is_whole &= numbers.has_facts_in_force || numbers.others.is_empty();
        for (former, next) in replaced {
            self.aliases.learn(former, next, self.clock.now());
        }
        self.add_formers(&mut numbers, asked, wish).await;
        numbers
    }

    /// Former numbers that the register once told of, asked for again: what it does not say any more is forgotten, and
    /// what it cannot say now joins nothing.
    async fn add_formers(self: &Arc<Self>, numbers: &mut Numbers, asked: &CprNumber, wish: &Wish) {
        let known: Vec<CprNumber> = self.aliases.formers(&numbers.in_force);
        let is_new = |former: &&CprNumber| *former != asked && !numbers.others.contains(former);
        let formers: Vec<CprNumber> = known.iter().filter(is_new).copied().collect();
        if formers.len() > FORMERS_MAX {
            tracing::error!(
                numbers = formers.len(),
                "the register gives more people one number in force; none is joined"
            );
            return;
        }
        let outcomes = join_all(formers.iter().map(|former| self.obtain(former, wish))).await;
        for (former, outcome) in formers.into_iter().zip(outcomes) {
            // One of several replacements may name the next one, and not the last.
            let is_theirs = |number: &CprNumber| *number == numbers.in_force || known.contains(number);
            match &outcome {
                PersonOutcome::Answered { .. } => match outcome.facts() {
                    Some(facts) if is_theirs(&facts.in_force) && facts.in_force != former => {
                        numbers.facts.insert(0, Arc::clone(facts));
                        numbers.others.push(former);
                    }
                    _ => self.aliases.forget(&former),
                },
                PersonOutcome::Failed { .. } | PersonOutcome::NotConsulted => numbers.is_whole = false,
            }
            numbers.outcomes.push(outcome);
        }
    }
}

impl Numbers {
    /// Numbers that replace each other in a ring, or without an end, name nobody: nothing is joined, nothing is believed.
    fn confused(mut outcomes: Vec<PersonOutcome>, asked: &CprNumber) -> Self {
        tracing::error!(numbers = outcomes.len(), "the register replaces numbers in a ring or without an end");
        outcomes.push(PersonOutcome::Failed { kind: SourceErrorKind::Malformed });
        Self {
            outcomes,
            facts: Vec::new(),
            in_force: *asked,
            others: Vec::new(),
            is_whole: false,
            has_facts_in_force: false,
        }
    }
}
