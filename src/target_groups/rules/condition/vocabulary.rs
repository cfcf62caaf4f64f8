//! The words of a condition: what a citizen, a member of the household and a case have, and of which kind it is.

/// Of what an attribute is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// `citizen`.
    Citizen,
    /// One of `household`.
    Member,
    /// One of `facts`.
    Fact,
}

/// What an attribute is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attribute {
    Number(Number),
    Code(CodeOf),
    Opened,
    Closed,
    IsActive,
    Facts,
}

/// A number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Number {
    AgeYears,
    AgeMonths,
    Departments,
    Categories,
    BenefitYears,
    BenefitMonths,
    BenefitDays,
    ActiveDays,
}

impl Number {
    /// More facts make it larger: only `>=` and `>` keep a match when a fact comes along.
    pub(super) fn grows(self) -> bool {
        !matches!(self, Self::AgeYears | Self::AgeMonths | Self::ActiveDays)
    }

    /// Computed from periods on benefits.
    pub(super) fn is_of_benefits(self) -> bool {
        matches!(self, Self::BenefitYears | Self::BenefitMonths | Self::BenefitDays)
    }

    /// The largest number that it may be compared with.
    pub(super) fn max(self) -> i64 {
        match self {
            Self::AgeYears | Self::BenefitYears => 150,
            Self::AgeMonths | Self::BenefitMonths => 1_800,
            Self::Departments | Self::Categories => i64::try_from(COUNT_MAX).unwrap_or(0),
            Self::BenefitDays | Self::ActiveDays => 55_000,
        }
    }
}

/// Most departments or categories that are told apart.
pub(super) const COUNT_MAX: usize = 16;

/// A code, by what it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum CodeOf {
    Source,
    Department,
    Unit,
    Category,
    Kind,
    Kinship,
}

impl CodeOf {
    /// As a condition writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Department => "department",
            Self::Unit => "unit",
            Self::Category => "category",
            Self::Kind => "kind",
            Self::Kinship => "kinship",
        }
    }

    /// Where its codes stand.
    pub(super) fn stands_in(self) -> &'static str {
        match self {
            Self::Source => "sources.toml",
            Self::Department | Self::Unit => "departments.toml",
            Self::Category => "access.toml",
            Self::Kind => "kinds.toml",
            Self::Kinship => "\"spouse\", \"child\" and \"parent\"",
        }
    }
}

const OF_PERSON: [(&str, Attribute); 5] = [
    ("age_years", Attribute::Number(Number::AgeYears)),
    ("age_months", Attribute::Number(Number::AgeMonths)),
    ("departments", Attribute::Number(Number::Departments)),
    ("categories", Attribute::Number(Number::Categories)),
    ("facts", Attribute::Facts),
];

const OF_CITIZEN: [(&str, Attribute); 3] = [
    ("benefit_years", Attribute::Number(Number::BenefitYears)),
    ("benefit_months", Attribute::Number(Number::BenefitMonths)),
    ("benefit_days", Attribute::Number(Number::BenefitDays)),
];

const OF_MEMBER: [(&str, Attribute); 1] = [("kinship", Attribute::Code(CodeOf::Kinship))];

const OF_FACT: [(&str, Attribute); 9] = [
    ("source", Attribute::Code(CodeOf::Source)),
    ("department", Attribute::Code(CodeOf::Department)),
    ("unit", Attribute::Code(CodeOf::Unit)),
    ("category", Attribute::Code(CodeOf::Category)),
    ("kind", Attribute::Code(CodeOf::Kind)),
    ("is_active", Attribute::IsActive),
    ("opened", Attribute::Opened),
    ("closed", Attribute::Closed),
    ("active_days", Attribute::Number(Number::ActiveDays)),
];

impl Subject {
    /// Everything that it has.
    pub(super) fn attributes(self) -> impl Iterator<Item = (&'static str, Attribute)> {
        let (first, second): (&[_], &[_]) = match self {
            Self::Citizen => (&OF_PERSON, &OF_CITIZEN),
            Self::Member => (&OF_PERSON, &OF_MEMBER),
            Self::Fact => (&OF_FACT, &[]),
        };
        first.iter().chain(second).copied()
    }

    /// What people call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Citizen => "the citizen",
            Self::Member => "a member of the household",
            Self::Fact => "a case",
        }
    }
}
