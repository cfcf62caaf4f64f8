//! Households to vary. Everybody is invented; nobody has a name.

use jiff::civil::{Date, date};

use crate::target_groups::rules::KnownCodes;
use crate::target_groups::{BenefitPeriod, Code, Day, Fact, FactPhase, Household, Kinship, Member};

/// The day of these tests.
pub(crate) const TODAY: Date = date(2026, 11, 21);

pub(crate) fn today() -> Day {
    Day::of(TODAY)
}

/// A running case of this category, and nothing else known of it.
pub(crate) fn case(category: &str) -> Fact {
    Fact {
        source: Code::from("sbsys"),
        department: None,
        unit: None,
        category: Code::from(category),
        kind: None,
        phase: FactPhase::Active,
        opened: None,
        closed: None,
    }
}

/// What a case may have besides.
pub(crate) trait Vary {
    fn told_by(self, source: &str) -> Self;
    fn of(self, department: &str) -> Self;
    fn since(self, day: Date) -> Self;
    fn closed_on(self, day: Date) -> Self;
    fn to_come(self) -> Self;
}

impl Vary for Fact {
    fn told_by(mut self, source: &str) -> Self {
        self.source = Code::from(source);
        self
    }

    fn of(mut self, department: &str) -> Self {
        self.department = Some(Code::from(department));
        self
    }

    fn since(mut self, day: Date) -> Self {
        self.opened = Some(Day::of(day));
        self
    }

    fn closed_on(mut self, day: Date) -> Self {
        (self.phase, self.closed) = (FactPhase::Closed, Some(Day::of(day)));
        self
    }

    fn to_come(mut self) -> Self {
        self.phase = FactPhase::Future;
        self
    }
}

pub(crate) fn person(kinship: Kinship, born: Option<Date>, facts: Vec<Fact>) -> Member {
    Member { kinship, born: born.map(Day::of), facts, benefits: None }
}

pub(crate) fn citizen(born: Option<Date>, facts: Vec<Fact>) -> Member {
    person(Kinship::Oneself, born, facts)
}

pub(crate) fn period(benefit: &str, from: Date, until: Option<Date>) -> BenefitPeriod {
    BenefitPeriod { benefit: Code::from(benefit), from: Day::of(from), until: until.map(Day::of) }
}

/// A citizen whose household nobody knows.
pub(crate) fn alone(citizen: Member) -> Household {
    Household { members: vec![citizen], is_known: false }
}

pub(crate) fn family(members: Vec<Member>) -> Household {
    Household { members, is_known: true }
}

/// A small configuration.
pub(crate) fn known() -> KnownCodes {
    let codes = |all: &[&str]| all.iter().map(|code| (*code).to_owned()).collect();
    KnownCodes {
        sources: codes(&["sbsys", "fasit", "dubu"]),
        departments: codes(&["UUJ", "JSY", "BFF"]),
        units: codes(&["UUJ-SOC", "JSY-RUS"]),
        categories: codes(&["employment", "benefit", "child", "homelessness"]),
        kinds: codes(&["job_plan", "cash_benefit", "education_benefit"]),
    }
}

/// The benefits of conditions that count some.
pub(crate) fn benefits() -> Vec<Code> {
    vec![Code::from("cash_benefit"), Code::from("education_benefit")]
}
