//! [DK] udsøgningsresultat: what one run of one rule tells its receiver, in a fixed order, whatever the format.

use glasplade_adapters::contract::CprNumber;
use jiff::Timestamp;
use jiff::civil::Date;

use super::Code;

/// One run's list. Same index, same rule, same day: same report, byte for byte, but for `made_at` and `run`.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The run's id, a UUID as text.
    pub run: String,
    /// Code of the rule.
    pub rule: Code,
    /// The rule's Danish name.
    pub name: String,
    /// SHA-256 of rule and approval as they stood, hexadecimal.
    pub rule_hash: String,
    /// The day for which ages and periods are computed.
    pub as_of: Date,
    /// When the run was made.
    pub made_at: Timestamp,
    /// The legal basis, by its id.
    pub legal_basis: String,
    /// Code of the receiving unit.
    pub receiver: Code,
    /// Who is on the list, and who has left it since the run before, by pseudonym.
    pub citizens: Vec<ListedCitizen>,
    /// What was incomplete, and what that may hide.
    pub gaps: Vec<Gap>,
}

/// One citizen on the list, or one who has left it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedCitizen {
    /// Keyed pseudonym, hexadecimal, the same in every run.
    pub pseudonym: String,
    /// The number, only where it was asked for by a role that may.
    pub number: Option<CprNumber>,
    /// Against the run before.
    pub change: Change,
    /// Why, in one Danish sentence, as far as the receiver may be told.
    pub reason: String,
    /// Whole years, where the rule shows it and the register has told it.
    pub age_years: Option<u16>,
    /// Departments of the facts behind the match, by code, sorted; empty where the rule does not show them.
    pub departments: Vec<Code>,
    /// Units of the facts behind the match, by code, sorted; empty where the rule does not show them.
    pub units: Vec<Code>,
    /// First day of the first fact behind the match, where the rule shows dates.
    pub since: Option<Date>,
    /// How many facts stand behind the match; 0 where the rule does not show it.
    pub facts: u32,
}

/// A citizen's place on the list against the run before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// [DK] ny.
    New,
    /// [DK] uændret: on the list before, for the same reason.
    Still,
    /// [DK] ændret: on the list before, for another reason.
    Changed,
    /// [DK] ophørt: on the list before, and every source that could say otherwise was complete.
    Ended,
    /// [DK] ikke bekræftet: on the list before, not found now, and a source that could say otherwise was not complete.
    Unverified,
}

impl Change {
    /// All, in the order in which a report counts them.
    pub const ALL: [Self; 5] = [Self::New, Self::Still, Self::Changed, Self::Ended, Self::Unverified];

    /// The code in files and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Still => "still",
            Self::Changed => "changed",
            Self::Ended => "ended",
            Self::Unverified => "unverified",
        }
    }

    /// The word that people read.
    pub fn danish(self) -> &'static str {
        match self {
            Self::New => "ny",
            Self::Still => "uændret",
            Self::Changed => "ændret",
            Self::Ended => "ophørt",
            Self::Unverified => "ikke bekræftet",
        }
    }
}

/// Something that the run could not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What is missing.
    pub kind: GapKind,
    /// The source, where one is behind it.
    pub source: Option<Code>,
    /// One Danish sentence: what was not known, and what it may hide.
    pub text: String,
}

/// What kind of thing was missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GapKind {
    /// A source has not been read whole since the time that the rule asks for.
    SourceIncomplete,
    /// A source had rows that could not be read.
    RowsUnreadable,
    /// No source tells a fact that the rule asks for.
    FactWithoutSource,
}

impl GapKind {
    /// The code in files and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::SourceIncomplete => "source_incomplete",
            Self::RowsUnreadable => "rows_unreadable",
            Self::FactWithoutSource => "fact_without_source",
        }
    }
}
