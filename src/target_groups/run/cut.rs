//! The cut: what the receiving unit may be told of each case, decided once for each distinct set of attributes.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use super::population::{Attributes, Case, Population};
use crate::access::{ClassSet, DecidedAnswer, ItemAttributes, ListDecision, ListPermit, ListPolicy};
use crate::audit::Pseudonym;
use crate::config::FieldClass;

/// What may be told of every case of a population. A thread holds it beside others.
#[derive(Debug)]
pub(super) struct Told {
    /// By set of attributes.
    classes: Vec<ClassSet>,
    /// What is told of the cases of those who work here.
    of_employees: HashMap<u32, ClassSet>,
    employees: HashSet<usize>,
    /// By set of attributes.
    decisions: Vec<ListDecision>,
    /// What may be told of a citizen of whom a case is told.
    pub(super) of_citizen: ClassSet,
    /// On what it is told.
    pub(super) basis: String,
}

impl Told {
    /// Of this case of the citizen at this place.
    pub(super) fn classes(&self, at: usize, case: &Case) -> ClassSet {
        if self.employees.contains(&at) {
            return self.of_employees.get(&case.set).copied().unwrap_or_default();
        }
        self.classes[case.set as usize]
    }

    /// The receiver may know that the case exists.
    pub(super) fn is_told(&self, at: usize, case: &Case) -> bool {
        self.classes(at, case).contains(FieldClass::Existence)
    }

    /// The decisions on these cases, each once in the order of their first, and the place of each case's.
    pub(super) fn decisions<'c>(&self, cases: impl Iterator<Item = &'c Case>) -> (Vec<ListDecision>, Vec<usize>) {
        let mut all: Vec<ListDecision> = Vec::new();
        let mut places = Vec::new();
        for case in cases {
            let decision = self.decisions[case.set as usize];
            let place = all.iter().position(|known| *known == decision).unwrap_or(all.len());
            if place == all.len() {
                all.push(decision);
            }
            places.push(place);
        }
        (all, places)
    }

    /// The citizen at this place works here.
    pub(super) fn is_employee(&self, at: usize) -> bool {
        self.employees.contains(&at)
    }
}

/// The decisions behind it.
#[derive(Debug)]
pub(super) struct Cut<'a> {
    permit: &'a ListPermit,
    now: Timestamp,
    policy: ListPolicy<'a>,
}

impl<'a> Cut<'a> {
    /// Decides for this population at this moment.
    pub(super) fn of(
        permit: &'a ListPermit,
        population: &Population,
        employees: &HashSet<Pseudonym>,
        now: Timestamp,
    ) -> (Self, Told) {
        let mut policy = permit.policy(now, false);
        let decide = |attributes: &Attributes| policy.decide(&asked(attributes, population));
        let decisions: Vec<ListDecision> = population.sets.iter().map(decide).collect();
        let classes = decisions.iter().map(|decision| policy.told(*decision)).collect();
        let of_citizen = policy.citizen();
        let employees: HashSet<usize> = employees.iter().filter_map(|who| population.at.get(who).copied()).collect();
        let cases = employees.iter().flat_map(|at| &population.people[*at].cases);
        let sets: BTreeSet<u32> = cases.map(|case| case.set).collect();
        let mut strict = permit.policy(now, true);
        let of_employees = sets.into_iter().map(|set| {
            let decision = strict.decide(&asked(&population.sets[set as usize], population));
            (set, strict.told(decision))
        });
        let of_employees = of_employees.collect();
        let told = Told { classes, of_employees, employees, decisions, of_citizen, basis: permit.basis() };
        (Self { permit, now, policy }, told)
    }

    /// The receiver could know that the case exists, if all were known that could make it stricter.
    pub(super) fn would_be_told(&self, case: &Case, population: &Population) -> bool {
        let attributes = Attributes { strictness_unknown: false, ..population.sets[case.set as usize].clone() };
        let mut policy = self.permit.policy(self.now, false);
        let decision = policy.decide(&asked(&attributes, population));
        policy.told(decision).contains(FieldClass::Existence)
    }

    /// These decisions, for the audit.
    pub(super) fn record_of(&self, decisions: &[ListDecision], of_citizen: bool) -> DecidedAnswer {
        self.policy.record_of(decisions, of_citizen)
    }

    /// All that was decided, for the audit.
    pub(super) fn record(&self) -> DecidedAnswer {
        self.policy.record()
    }
}

fn asked<'a>(attributes: &Attributes, population: &'a Population) -> ItemAttributes<'a> {
    let text = |id| population.codes.text(id).map(|code| &**code);
    ItemAttributes {
        // A category that has no code is none, and a case without any is closed.
        categories: attributes.categories.iter().filter_map(|id| text(*id)).collect(),
        level: attributes.level,
        kind_role: attributes.role,
        kle: None,
        owner_unit: attributes.unit.and_then(text),
        owner_department: attributes.department.and_then(text),
        is_screened: attributes.is_screened,
        // The index keeps nobody's name: a screened case is open to nobody.
        screened_to: Vec::new(),
        caller_is_actor: false,
        caller_is_party: false,
        owner_row_decides: attributes.owner_row_decides,
        is_active: attributes.is_active,
        grants_own_effort: false,
        strictness_unknown: attributes.strictness_unknown,
    }
}
