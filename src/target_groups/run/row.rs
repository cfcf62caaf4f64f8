//! One citizen's row of a list, and what the audit is told of it.

use std::collections::BTreeSet;

use aws_lc_rs::digest;

use super::cut::Told;
use super::find::{Question, World};
use super::household::Built;
use super::population::Case;
use crate::access::{ClassSet, DecidedRecord, ListDecision};
use crate::audit::{self, AuditedSource, ListEntry, Pseudonym, ShownItem};
use crate::config::{FieldClass, Reveal};
use crate::target_groups::diff::{self, Difference, ReasonMark};
use crate::target_groups::rules::{FactAt, Match};
use crate::target_groups::{Change, Code, Day, Household, Kinship, ListedCitizen};

/// Said of who has left the list.
const ENDED: &str = "Står ikke længere på listen.";
/// Said of who may have left it.
const UNVERIFIED: &str = "Stod på listen sidst. Det kan ikke bekræftes nu, fordi en kilde ikke er læst helt.";

/// Highest level of a case whose unit may be named: above it the name tells what the case is about.
const NAMED_LEVEL_MAX: u8 = 1;

/// One case behind a match.
struct Behind<'a> {
    /// Whose.
    at: usize,
    kinship: Kinship,
    case: &'a Case,
    /// What of it is told.
    classes: ClassSet,
}

/// One citizen whom the rule fits.
pub(super) struct Hit<'a> {
    pub(super) at: usize,
    reason: String,
    mark: ReasonMark,
    /// Every case behind the match.
    behind: Vec<Behind<'a>>,
    sources: BTreeSet<Code>,
    /// Of every case behind the match, whether the list reveals them or not: departments, then units.
    places: (BTreeSet<Code>, BTreeSet<Code>),
    born: Option<Day>,
}

impl Hit<'_> {
    pub(super) fn matched(&self, citizen: Pseudonym) -> diff::Match {
        diff::Match { citizen, reason: self.mark, sources: self.sources.clone() }
    }

    pub(super) fn places(&self) -> &(BTreeSet<Code>, BTreeSet<Code>) {
        &self.places
    }
}

/// An entry for the audit, and which decisions stand in it.
pub(super) struct Entry {
    /// Without its decisions.
    pub(super) told: ListEntry,
    pub(super) decisions: Vec<ListDecision>,
    /// What is told of the citizen, too.
    pub(super) tells_person: bool,
}

/// Writes rows. Threads share it.
pub(super) struct Rows<'a> {
    pub(super) question: &'a Question<'a>,
    pub(super) world: &'a World<'a>,
    pub(super) told: &'a Told,
}

impl<'a> Rows<'a> {
    /// What a match tells.
    pub(super) fn hit(&self, at: usize, found: &Match, built: Built) -> Hit<'a> {
        let (rule, population) = (self.question.rule, self.world.population);
        let mut behind = Vec::new();
        let mut told = Match { facts: Vec::with_capacity(found.facts.len()) };
        for place in &found.facts {
            let Some((whose, case)) = built.case(population, *place) else { continue };
            let kinship = built.household.members[place.member].kinship;
            let classes = self.classes(whose, case);
            if !classes.is_empty() {
                told.facts.push(*place);
            }
            behind.push(Behind { at: whose, kinship, case, classes });
        }
        let Built { household, .. } = built;
        let born = household.members.first().and_then(|citizen| citizen.born);
        let born = born.filter(|_| rule.reveals(Reveal::Age) && self.told.of_citizen.contains(FieldClass::Person));
        let household = cut_household(household, &told, &behind, born);
        let reason = rule.reason(&told, &household, Day::of(self.question.as_of), self.world.names);
        let mark = self.world.reasons.mark(rule.code(), &reason);
        let codes = || behind.iter().flat_map(|one| one.case.sources()).map(|id| population.code(id));
        let needs = rule.needs();
        let register = self.world.known.register.clone().filter(|_| needs.household || needs.birth);
        let sources = codes().chain(register).collect();
        let set = |one: &Behind<'_>| &population.sets[one.case.set as usize];
        let departments = behind.iter().filter_map(|one| set(one).department).map(|id| population.code(id)).collect();
        let units = behind.iter().filter_map(|one| set(one).unit).map(|id| population.code(id)).collect();
        Hit { at, reason, mark, behind, sources, places: (departments, units), born }
    }

    /// What the row tells of a case: what may be told, as far as the rule reveals it.
    fn classes(&self, at: usize, case: &Case) -> ClassSet {
        let rule = self.question.rule;
        let may = self.told.classes(at, case);
        let tells_core = [Reveal::Dates, Reveal::Sources, Reveal::Duration].iter().any(|what| rule.reveals(*what));
        let mut told = ClassSet::of(&[FieldClass::Existence]);
        if tells_core && may.contains(FieldClass::Core) {
            told = told.with(FieldClass::Core);
        } else if rule.reveals(Reveal::Sources) {
            // The reason would name the source.
            return ClassSet::default();
        }
        let level = self.world.population.sets[case.set as usize].level;
        let names_unit = rule.reveals(Reveal::Departments) && level <= NAMED_LEVEL_MAX;
        if names_unit && may.contains(FieldClass::Contact) { told.with(FieldClass::Contact) } else { told }
    }

    /// The row.
    pub(super) fn citizen(&self, one: &Difference, hit: Option<&Hit<'_>>) -> ListedCitizen {
        let mut row = ListedCitizen {
            pseudonym: one.citizen.to_string(),
            number: None,
            change: one.change,
            reason: if one.change == Change::Ended { ENDED } else { UNVERIFIED }.to_owned(),
            age_years: None,
            departments: Vec::new(),
            units: Vec::new(),
            since: None,
            facts: 0,
        };
        let at = hit.map(|hit| hit.at).or_else(|| self.world.population.at.get(&one.citizen).copied());
        let person = at.map(|at| &self.world.population.people[at]);
        row.number = self
            .question
            .numbers
            .zip(person)
            .and_then(|(seal, person)| person.number.as_ref().and_then(|number| seal.open(&person.who, number)));
        let Some(hit) = hit else { return row };
        let (rule, population) = (self.question.rule, self.world.population);
        row.reason.clone_from(&hit.reason);
        row.age_years = hit.born.and_then(|born| age_years(born, self.question.as_of));
        let told = || hit.behind.iter().filter(|one| !one.classes.is_empty());
        let set = |one: &Behind<'_>| &population.sets[one.case.set as usize];
        if rule.reveals(Reveal::Departments) {
            let codes: BTreeSet<Code> =
                told().filter_map(|one| set(one).department).map(|id| population.code(id)).collect();
            row.departments = codes.into_iter().collect();
            let named = told().filter(|one| one.classes.contains(FieldClass::Contact));
            let units: BTreeSet<Code> = named.filter_map(|one| set(one).unit).map(|id| population.code(id)).collect();
            row.units = units.into_iter().collect();
        }
        if rule.reveals(Reveal::Dates) {
            let dated = told().filter(|one| one.classes.contains(FieldClass::Core));
            row.since = dated.filter_map(|one| one.case.opened).min().and_then(Day::date);
        }
        if [Reveal::Departments, Reveal::Dates, Reveal::Sources].iter().any(|what| rule.reveals(*what)) {
            row.facts = u32::try_from(told().count()).unwrap_or(u32::MAX);
        }
        row
    }

    /// What the audit is told: one entry for the citizen, and one for each of the family whose case stands in the reason.
    pub(super) fn entries(&self, one: &Difference, hit: Option<&Hit<'_>>) -> Vec<Entry> {
        let cases = hit.map(|hit| &*hit.behind).unwrap_or_default();
        let mut whose: BTreeSet<(Kinship, usize)> = BTreeSet::new();
        whose.extend(cases.iter().filter(|one| !one.classes.is_empty()).map(|one| (one.kinship, one.at)));
        whose.retain(|(kinship, _)| *kinship != Kinship::Oneself);
        let of = |kinship: Kinship, at: Option<usize>| {
            let is_theirs = |one: &&Behind<'_>| {
                one.kinship == kinship && at.is_none_or(|at| one.at == at) && !one.classes.is_empty()
            };
            cases.iter().filter(is_theirs).collect::<Vec<_>>()
        };
        let own = self.entry(one.citizen, one.change, &of(Kinship::Oneself, None), hit);
        let family = whose.into_iter().map(|(kinship, at)| {
            let who = self.world.population.people[at].who;
            let mut entry = self.entry(who, one.change, &of(kinship, Some(at)), None);
            entry.told.relation = Some(relation(kinship).to_owned());
            entry
        });
        std::iter::once(own).chain(family).collect()
    }

    fn entry(&self, citizen: Pseudonym, change: Change, cases: &[&Behind<'_>], hit: Option<&Hit<'_>>) -> Entry {
        let (decisions, places) = self.told.decisions(cases.iter().map(|one| one.case));
        let tells_person = hit.is_some_and(|hit| hit.born.is_some());
        let codes = |classes: ClassSet| classes.iter().map(|class| class.code().to_owned()).collect();
        let of_case = cases.iter().zip(places).map(|(one, place)| ShownItem {
            item: item_id(&citizen, one.case),
            classes: codes(one.classes),
            basis: self.told.basis.clone(),
            own: None,
            decided: Some(place),
        });
        let of_citizen = tells_person.then(|| ShownItem {
            item: "citizen".to_owned(),
            classes: codes(ClassSet::of(&[FieldClass::Person])),
            basis: self.told.basis.clone(),
            own: None,
            decided: None,
        });
        let sources: BTreeSet<Code> =
            cases.iter().flat_map(|one| one.case.sources()).map(|id| self.world.population.code(id)).collect();
        let source = |id: &Code| AuditedSource {
            id: id.to_string(),
            state: if self.world.known.complete.contains(id) { "complete" } else { "incomplete" }.to_owned(),
            ..AuditedSource::default()
        };
        let told = ListEntry {
            citizen,
            relation: None,
            shown: of_citizen.into_iter().chain(of_case).collect(),
            decided: DecidedRecord::default(),
            sources: sources.iter().map(source).collect(),
            change: change.code(),
        };
        Entry { told, decisions, tells_person }
    }
}

/// The household as the reason may tell it: no birth date but one that is told, no day of a case whose days are not.
fn cut_household(mut household: Household, told: &Match, behind: &[Behind<'_>], born: Option<Day>) -> Household {
    for (place, member) in household.members.iter_mut().enumerate() {
        member.born = born.filter(|_| place == 0);
        let tells_core = behind.iter().any(|one| one.classes.contains(FieldClass::Core));
        member.benefits = member.benefits.take().filter(|_| tells_core);
    }
    let shown = behind.iter().filter(|one| !one.classes.is_empty());
    for (FactAt { member, fact }, one) in told.facts.iter().zip(shown) {
        if !one.classes.contains(FieldClass::Core) {
            let fact = &mut household.members[*member].facts[*fact];
            (fact.opened, fact.closed) = (None, None);
        }
    }
    household
}

/// An id that stays the same from run to run and tells nothing: the pseudonym and the key in it are keyed.
fn item_id(citizen: &Pseudonym, case: &Case) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(citizen.to_string().as_bytes());
    context.update(&case.key.0.to_be_bytes());
    crate::hex(&context.finish().as_ref()[..12])
}

fn relation(kinship: Kinship) -> &'static str {
    match kinship {
        Kinship::Spouse => audit::Kinship::Spouse,
        Kinship::Child | Kinship::Oneself => audit::Kinship::Child,
        Kinship::Parent => audit::Kinship::Parent,
    }
    .as_str()
}

/// Whole years on the day; none where that is no age.
fn age_years(born: Day, as_of: jiff::civil::Date) -> Option<u16> {
    crate::target_groups::rules::age_years(born, Day::of(as_of))
}
