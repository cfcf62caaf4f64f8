//! A population in memory, indexed as the fakes ask for it.

use std::collections::HashMap;

use jiff::Timestamp;

use super::invented::Invented;
use super::situations::situations;
use super::staff::staff;
use super::units::units;
use super::{Alias, CaseRow, Household, Line, Person, Staff, UnitRow};

/// A population that all fakes share.
#[derive(Debug, Default)]
pub struct World {
    persons: Vec<Person>,
    aliases: Vec<Alias>,
    households: Vec<Household>,
    staff: Vec<Staff>,
    units: Vec<UnitRow>,
    cases: Vec<CaseRow>,
    person_at: HashMap<String, usize>,
    staff_at: HashMap<String, usize>,
    unit_at: HashMap<String, usize>,
    in_force: HashMap<String, String>,
    cases_of: HashMap<(String, String), Vec<usize>>,
    home_at: HashMap<String, usize>,
    parents_at: HashMap<String, Vec<usize>>,
}

/// A population line names something that is not there, or is not a line at all.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// Not JSON, an unknown field, a wrong type.
    #[error("read line {line} of the population: {what}")]
    Unreadable {
        /// From 1.
        line: usize,
        /// Which field, in words.
        what: String,
    },
    /// A unit, member of staff or citizen that no line describes.
    #[error("place line {line} of the population: its {what} is not described by any line before it")]
    Unknown {
        /// From 1.
        line: usize,
        /// What is missing.
        what: &'static str,
    },
    /// The file itself could not be read or written.
    #[error("read or write the population at line {line}: {reason}")]
    File {
        /// From 1.
        line: usize,
        /// The machine's reason, in words.
        reason: std::io::ErrorKind,
    },
}

/// A change of today is made at nine o'clock, and the town may be invented before: nothing is registered in time to come.
fn registered_by(now: Timestamp, line: Line) -> Line {
    match line {
        Line::Case(mut case) => {
            case.changed = case.changed.map(|changed| changed.min(now));
            Line::Case(case)
        }
        other => other,
    }
}

impl World {
    /// Builds a population from its lines.
    pub fn from_lines(lines: impl IntoIterator<Item = Line>) -> Self {
        let mut world = Self::default();
        for line in lines {
            world.add(line);
        }
        world
    }

    /// The demo's population: units, staff, the twelve situations, and invented citizens around them.
    ///
    /// `citizens` counts everybody; the twelve situations and their relatives are always there, so a smaller number
    /// gives them alone.
    pub fn invent(seed: u64, citizens: usize, now: Timestamp) -> Self {
        let named = situations(now);
        let people = named.iter().filter(|line| matches!(line, Line::Person(_))).count();
        let town = units().into_iter().map(Line::Unit).chain(staff().into_iter().map(Line::Staff));
        let lines = town.chain(named).chain(Invented::new(seed, citizens.saturating_sub(people), now));
        Self::from_lines(lines.map(|line| registered_by(now, line)))
    }

    pub(super) fn add(&mut self, line: Line) {
        match line {
            Line::Unit(unit) => {
                self.unit_at.insert(unit.code.clone(), self.units.len());
                self.units.push(unit);
            }
            Line::Staff(staff) => {
                self.staff_at.insert(staff.id.clone(), self.staff.len());
                self.staff.push(staff);
            }
            Line::Person(person) => {
                self.person_at.insert(person.cpr.clone(), self.persons.len());
                for child in &person.children {
                    self.parents_at.entry(child.clone()).or_default().push(self.persons.len());
                }
                self.persons.push(person);
            }
            Line::Alias(alias) => {
                self.in_force.insert(alias.former.clone(), alias.cpr.clone());
                self.aliases.push(alias);
            }
            Line::Household(household) => {
                for member in &household.members {
                    self.home_at.entry(member.clone()).or_insert(self.households.len());
                }
                self.households.push(household);
            }
            Line::Case(case) => {
                let key = (case.source.clone(), case.citizen.clone());
                self.cases_of.entry(key).or_default().push(self.cases.len());
                self.cases.push(*case);
            }
        }
    }

    /// A citizen by number (in force or earlier).
    pub fn person(&self, cpr: &str) -> Option<&Person> {
        let in_force = self.in_force.get(cpr).map_or(cpr, String::as_str);
        self.person_at.get(in_force).map(|at| &self.persons[*at])
    }

    /// All citizens.
    pub fn persons(&self) -> &[Person] {
        &self.persons
    }

    /// All earlier numbers.
    pub fn aliases(&self) -> &[Alias] {
        &self.aliases
    }

    /// All households.
    pub fn households(&self) -> &[Household] {
        &self.households
    }

    /// Where a citizen lives, by the number in force: the first household that names them.
    pub fn household_of(&self, cpr: &str) -> Option<&Household> {
        self.home_at.get(cpr).map(|at| &self.households[*at])
    }

    /// Whoever names this number among their children, in the order of the file.
    pub fn parents_of(&self, cpr: &str) -> impl Iterator<Item = &Person> {
        self.parents_at.get(cpr).into_iter().flatten().map(|at| &self.persons[*at])
    }

    /// A member of staff by AZ-ident.
    pub fn staff_member(&self, id: &str) -> Option<&Staff> {
        self.staff_at.get(id).map(|at| &self.staff[*at])
    }

    /// All staff.
    pub fn staff(&self) -> &[Staff] {
        &self.staff
    }

    /// A unit by code.
    pub fn unit(&self, code: &str) -> Option<&UnitRow> {
        self.unit_at.get(code).map(|at| &self.units[*at])
    }

    /// All units.
    pub fn units(&self) -> &[UnitRow] {
        &self.units
    }

    /// The rows that `source` files under exactly this number.
    pub fn cases_of<'a>(&'a self, source: &str, cpr: &str) -> impl Iterator<Item = &'a CaseRow> {
        let key = (source.to_owned(), cpr.to_owned());
        self.cases_of.get(&key).into_iter().flatten().map(|at| &self.cases[*at])
    }

    /// All rows of all sources.
    pub fn cases(&self) -> &[CaseRow] {
        &self.cases
    }

    /// Somebody else with rows in `source`: whom the fault "another citizen" answers about. A look-alike with the same
    /// name first.
    pub fn somebody_else(&self, cpr: &str, source: &str) -> Option<&str> {
        // The person register has no cases, and knows everybody.
        let holds_cases = self.cases.iter().any(|case| case.source == source);
        let has_rows =
            |other: &&Person| other.cpr != cpr && (!holds_cases || self.cases_of(source, &other.cpr).next().is_some());
        let name = self.person(cpr).map(Person::full_name);
        let look_alike = self.persons.iter().filter(has_rows).find(|other| Some(other.full_name()) == name);
        look_alike.or_else(|| self.persons.iter().find(has_rows)).map(|other| other.cpr.as_str())
    }

    /// How a source spells an employee's name.
    pub fn spelled<'a>(&self, staff: &'a Staff, source: &str) -> &'a str {
        staff.spellings.get(source).map_or(staff.name.as_str(), String::as_str)
    }
}
