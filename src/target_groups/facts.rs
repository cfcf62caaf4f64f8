//! What a rule sees: one citizen's household, each with the case facts that the receiver may be told. No name, no title, no number.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A code of the configuration or of a source: category, department, unit, kind, source. Shared, since few stand in millions of
/// facts.
pub type Code = Arc<str>;

/// A Danish calendar day, as days since 1970-01-01: two bytes less than a date, and compared at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

impl Day {
    /// The day of `date`.
    #[expect(clippy::missing_panics_doc, reason = "every date of jiff's range is a span of days away from 1970")]
    pub fn of(date: Date) -> Self {
        // As a span it would be calendar arithmetic, for each fact of an index.
        let hours = date.duration_since(Date::constant(1970, 1, 1)).as_hours();
        Self(i32::try_from(hours / 24).expect("two dates of jiff's range are a span of days apart"))
    }

    /// As a date; `None` outside the calendar's range.
    pub fn date(self) -> Option<Date> {
        Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(self.0).ok()?).ok()
    }
}

/// [DK] sagsfaktum: one case or effort of one citizen. Rows of several sources about one case are one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The source whose row decides.
    pub source: Code,
    /// [DK] forvaltning that owns it, where a matcher knows.
    pub department: Option<Code>,
    /// [DK] enhed that owns it, where a matcher knows.
    pub unit: Option<Code>,
    /// [DK] kategori.
    pub category: Code,
    /// The kind of case, where a rule of `kinds.toml` is certain.
    pub kind: Option<Code>,
    /// Running, to begin, or over.
    pub phase: FactPhase,
    /// First day, where the source tells it.
    pub opened: Option<Day>,
    /// Last day, where it is over and the source tells it.
    pub closed: Option<Day>,
}

/// Where a fact stands on the day of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactPhase {
    /// Running.
    Active,
    /// Begins on a day to come.
    Future,
    /// Over, and kept because an approved rule asks for it.
    Closed,
}

/// [DK] ydelsesperiode: one period on one benefit, both days included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BenefitPeriod {
    /// Code of the benefit: `cash_benefit`, `education_benefit` …
    pub benefit: Code,
    /// First day.
    pub from: Day,
    /// Last day; none while it runs.
    pub until: Option<Day>,
}

/// What one person is to the citizen whom the rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kinship {
    /// The citizen.
    Oneself,
    /// [DK] ægtefælle, partner.
    Spouse,
    /// [DK] barn.
    Child,
    /// [DK] forælder.
    Parent,
}

/// One person of a household, as far as the receiver may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// What they are to the citizen.
    pub kinship: Kinship,
    /// Birth date, where the person register has told it.
    pub born: Option<Day>,
    /// Their cases and efforts, by source, then first day.
    pub facts: Vec<Fact>,
    /// Their periods on benefits; `None` when no source tells of any person's.
    pub benefits: Option<Vec<BenefitPeriod>>,
}

/// [DK] husstand: the citizen first, then those of their household whom the person register knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Household {
    /// Never empty; the first is the citizen.
    pub members: Vec<Member>,
    /// Whether the person register has told who is family. Without it only the citizen is a member, and nobody knows whether there
    /// are others.
    pub is_known: bool,
}
