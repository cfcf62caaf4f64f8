//! A candidate's household as a rule sees it, and the way back from each fact in it to the case that it is.

use std::collections::BTreeMap;

use super::population::{Case, Person, Population};
use crate::audit::Pseudonym;
use crate::target_groups::index::CodeId;
use crate::target_groups::rules::FactAt;
use crate::target_groups::{Code, Fact, Household, Kinship, Member};

/// Codes as one thread holds them: a count that two threads share is slower than the rule.
pub(super) struct Texts<'a> {
    population: &'a Population,
    /// By number.
    known: Vec<Option<Code>>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(population: &'a Population) -> Self {
        Self { population, known: Vec::new() }
    }

    fn of(&mut self, id: CodeId) -> Code {
        let at = usize::from(id.0);
        if at >= self.known.len() {
            self.known.resize(at + 1, None);
        }
        let text = || self.population.codes.text(id).map_or("", |code| &**code);
        Code::clone(self.known[at].get_or_insert_with(|| Code::from(text())))
    }
}

/// Which cases and which people a household is built of.
pub(super) struct Lens<'a> {
    /// This case of the person at this place is in it.
    pub(super) case: &'a (dyn Fn(usize, &Case) -> bool + Sync),
    /// Somebody of the family is in it.
    pub(super) relative: &'a (dyn Fn(usize, &Person) -> bool + Sync),
    /// Former pseudonyms, and those in force.
    pub(super) aliases: &'a BTreeMap<Pseudonym, Pseudonym>,
    /// The rule looks at the family.
    pub(super) needs_household: bool,
}

/// One household.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) household: Household,
    /// By member: the place of the person, where they are in the index, and the place of each case.
    from: Vec<(Option<usize>, Vec<usize>)>,
}

impl Built {
    /// The household of the citizen at this place.
    pub(super) fn of(population: &Population, at: usize, lens: &Lens<'_>, texts: &mut Texts<'_>) -> Self {
        let citizen = &population.people[at];
        let mut built = Self {
            household: Household { members: Vec::with_capacity(1), is_known: false },
            from: Vec::with_capacity(1),
        };
        built.add(Kinship::Oneself, Some((at, citizen)), lens, texts);
        if lens.needs_household {
            built.household.is_known = citizen.register != super::population::Register::Silent;
            for kin in &citizen.kin {
                let who = in_force(lens.aliases, kin.who);
                let relative = population.at.get(&who).map(|at| (*at, &population.people[*at]));
                if relative.is_some_and(|(other, person)| other == at || !(lens.relative)(other, person)) {
                    continue;
                }
                built.add(kin.kinship, relative, lens, texts);
            }
        }
        built
    }

    fn add(&mut self, kinship: Kinship, person: Option<(usize, &Person)>, lens: &Lens<'_>, texts: &mut Texts<'_>) {
        let mut places = Vec::new();
        let mut facts = Vec::new();
        if let Some((at, person)) = person {
            for (place, case) in person.cases.iter().enumerate().filter(|(_, case)| (lens.case)(at, case)) {
                places.push(place);
                facts.push(fact(case, texts));
            }
        }
        let born = person.and_then(|(_, person)| person.born);
        self.household.members.push(Member { kinship, born, facts, benefits: None });
        self.from.push((person.map(|(at, _)| at), places));
    }

    /// The case behind a fact: whose, and which.
    pub(super) fn case<'p>(&self, population: &'p Population, found: FactAt) -> Option<(usize, &'p Case)> {
        let (person, places) = self.from.get(found.member)?;
        let at = (*person)?;
        Some((at, population.people[at].cases.get(*places.get(found.fact)?)?))
    }
}

/// The pseudonym in force of somebody whose number changed.
pub(super) fn in_force(aliases: &BTreeMap<Pseudonym, Pseudonym>, who: Pseudonym) -> Pseudonym {
    let mut at = who;
    // Aliases that go in a circle lead nowhere.
    for _ in 0..aliases.len() {
        match aliases.get(&at) {
            Some(next) => at = *next,
            None => return at,
        }
    }
    at
}

fn fact(case: &Case, texts: &mut Texts<'_>) -> Fact {
    let population = texts.population;
    let attributes = &population.sets[case.set as usize];
    let (department, unit) = (attributes.department, attributes.unit);
    Fact {
        source: texts.of(case.source),
        department: department.map(|id| texts.of(id)),
        unit: unit.map(|id| texts.of(id)),
        category: texts.of(case.category),
        kind: case.kind.map(|id| texts.of(id)),
        phase: case.phase,
        opened: case.opened,
        closed: case.closed,
    }
}
