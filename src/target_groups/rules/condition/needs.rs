//! Which facts a condition asks for: what the index must keep, and what must have been told before a run can be whole.

use std::collections::BTreeSet;

use super::plan::{DayOf, List, Slot, Test};
use super::vocabulary::{CodeOf, Number};
use crate::target_groups::Code;

/// The facts that a rule asks for; everything else need not be kept for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column or a source of its own")]
pub struct Needs {
    /// Who is family, from the person register.
    pub household: bool,
    /// Birth dates, from the person register.
    pub birth: bool,
    /// Periods on benefits.
    pub benefits: bool,
    /// Cases that are over, too.
    pub closed_facts: bool,
    /// Owner departments.
    pub departments: bool,
    /// Owner units.
    pub units: bool,
    /// Kinds of cases.
    pub kinds: bool,
    /// First and last days.
    pub days: bool,
    /// Only cases of these categories can matter; `None` when any can.
    pub categories: Option<BTreeSet<Code>>,
}

impl Needs {
    /// What both ask for.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            household: self.household || other.household,
            birth: self.birth || other.birth,
            benefits: self.benefits || other.benefits,
            closed_facts: self.closed_facts || other.closed_facts,
            departments: self.departments || other.departments,
            units: self.units || other.units,
            kinds: self.kinds || other.kinds,
            days: self.days || other.days,
            categories: self
                .categories
                .zip(other.categories)
                .map(|(left, right)| left.union(&right).cloned().collect()),
        }
    }

    /// Of a whole condition.
    pub(super) fn of(test: &Test) -> Self {
        let mut needs = Self { categories: Some(BTreeSet::new()), ..Self::default() };
        needs.collect(test);
        needs
    }

    fn collect(&mut self, test: &Test) {
        match test {
            Test::All(tests) | Test::Any(tests) => tests.iter().for_each(|test| self.collect(test)),
            Test::AtLeast { list, slot, test, .. } => {
                if *list == List::Household {
                    self.household = true;
                } else {
                    self.facts(&Certain::of(test, *slot));
                }
                self.collect(test);
            }
            Test::Number { number, .. } => self.number(*number),
            Test::Code { of, .. } | Test::SameCode { of, .. } => match of {
                CodeOf::Department => self.departments = true,
                CodeOf::Unit => self.units = true,
                CodeOf::Kind => self.kinds = true,
                CodeOf::Source | CodeOf::Category | CodeOf::Kinship => {}
            },
            Test::Day { left, right, .. } => {
                let is_of_case = |day: &DayOf| matches!(day, DayOf::Opened(_) | DayOf::Closed(_));
                self.days |= is_of_case(left) || is_of_case(right);
            }
            Test::Kinship { .. } | Test::IsActive { .. } => {}
        }
    }

    fn number(&mut self, number: Number) {
        match number {
            Number::AgeYears | Number::AgeMonths => self.birth = true,
            Number::Departments | Number::Categories => {
                self.departments |= number == Number::Departments;
                self.facts(&Certain { is_active: true, categories: None });
            }
            Number::BenefitYears | Number::BenefitMonths | Number::BenefitDays => self.benefits = true,
            Number::ActiveDays => self.days = true,
        }
    }

    /// A list of cases is looked through, of which those that count are certain to be so.
    fn facts(&mut self, certain: &Certain) {
        self.closed_facts |= !certain.is_active;
        let both = self.categories.take().zip(certain.categories.clone());
        self.categories = both.map(|(known, more)| &known | &more);
    }
}

/// What is certain of the case at a slot wherever a test holds.
struct Certain {
    is_active: bool,
    categories: Option<BTreeSet<Code>>,
}

impl Certain {
    fn of(test: &Test, at: Slot) -> Self {
        let nothing = Self { is_active: false, categories: None };
        match test {
            Test::All(tests) => tests.iter().map(|test| Self::of(test, at)).fold(nothing, Self::with),
            Test::Any(tests) => tests.iter().map(|test| Self::of(test, at)).reduce(Self::or).unwrap_or(nothing),
            // At least one of the list passes, and what it takes for that is certain.
            Test::AtLeast { test, .. } => Self::of(test, at),
            Test::IsActive { slot, is: true } if *slot == at => Self { is_active: true, ..nothing },
            Test::Code { slot, of: CodeOf::Category, is: true, codes } if *slot == at => {
                Self { categories: Some(codes.iter().cloned().collect()), ..nothing }
            }
            _ => nothing,
        }
    }

    fn with(self, other: Self) -> Self {
        let categories = match (self.categories, other.categories) {
            (Some(left), Some(right)) => Some(&left & &right),
            (left, right) => left.or(right),
        };
        Self { is_active: self.is_active || other.is_active, categories }
    }

    fn or(self, other: Self) -> Self {
        let categories = self.categories.zip(other.categories).map(|(left, right)| &left | &right);
        Self { is_active: self.is_active && other.is_active, categories }
    }
}
