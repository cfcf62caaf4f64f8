//! Why nothing was recorded: what the registrar, or we, must change. Our own words; nothing that was sent is repeated.

use super::State;
use crate::access::Refusal;
use crate::store::LedgerError;

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum NotRecorded {
    /// The request does not fit the rules.
    #[error("record a consent: {}", .0.sentence())]
    Unfit(Unfit),
    /// The same key came with another request.
    #[error("record a consent: the key was used for another request")]
    KeyUsedOtherwise,
    /// There is no such consent that this unit may know of.
    #[error("find the consent")]
    Unknown,
    /// The consent takes no answer any more.
    #[error("add to the consent: it is {}", .0.as_str())]
    NotOpen(State),
    /// No ledger is configured.
    #[error("record a consent: no ledger is configured")]
    NotConfigured,
    /// The ledger cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The audit cannot be written.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What about a request does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// The token names no unit.
    NoUnit,
    /// The registrar's own unit is neither among those who give nor among those who get.
    NotOwnUnit,
    /// A text holds what looks like a personal number.
    PersonalNumber(&'static str),
    /// A text is missing, too long, or has control characters.
    Text(&'static str),
    /// A list is empty, too long, or has something twice.
    List(&'static str),
    /// "All relevant information": too many categories, or all of them, or a whole authority.
    General,
    /// A category that nobody has described.
    CategoryUnknown,
    /// A category to which nobody can consent: level 3, or what is not classified.
    CategoryClosed,
    /// A field class that is none, or is not about a case.
    FieldClass,
    /// A unit or department that does not exist, or was not in force on the day.
    UnitUnknown,
    /// A unit gives to itself.
    SameUnit,
    /// A purpose that rests on no consent, or is not switched on.
    Purpose,
    /// The answer lies ahead.
    GivenLater,
    /// It would be valid for too long, or not at all.
    ValidTo,
    /// Nobody, or too many, are named as giving the answer.
    Givers,
    /// The register does not name whoever gave the answer.
    GiverUnknown,
    /// Whoever gave the answer could not on that day.
    GiverMayNotAnswer,
    /// Whoever gave the answer has given it before.
    AlreadyAnswered,
    /// A no is taken back, or replaced, without the word of everybody who said it.
    NotTheRefuser,
    /// A no is taken back without saying whose it is.
    RefusalNeedsCitizen,
}

impl Unfit {
    /// The code of the problem.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoUnit | Self::NotOwnUnit => "not-own-unit",
            Self::PersonalNumber(_) => "personal-number-in-text",
            Self::Text(_) => "invalid-text",
            Self::List(_) => "invalid-list",
            Self::General => "general-consent",
            Self::CategoryUnknown => "category-unknown",
            Self::CategoryClosed => "category-closed",
            Self::FieldClass => "field-class-unknown",
            Self::UnitUnknown => "unit-unknown",
            Self::SameUnit => "same-unit",
            Self::Purpose => "purpose-without-consent",
            Self::GivenLater => "given-later",
            Self::ValidTo => "valid-to",
            Self::Givers => "givers",
            Self::GiverUnknown => "giver-unknown",
            Self::GiverMayNotAnswer => "giver-may-not-answer",
            Self::AlreadyAnswered => "already-answered",
            Self::NotTheRefuser => "not-the-refuser",
            Self::RefusalNeedsCitizen => "refusal-needs-citizen",
        }
    }

    /// What to change.
    pub fn sentence(self) -> String {
        let fixed = match self {
            Self::NoUnit => "Consents are those of a unit: the access token must name the caller's.",
            Self::NotOwnUnit => "The caller's own unit, or its department, must stand in `from` or `to`.",
            Self::PersonalNumber(field) => return format!("`{field}` is kept: write it without a personal number."),
            Self::Text(field) => {
                return format!("`{field}` must be there, with at most 128 characters and no control characters.");
            }
            Self::List(field) => return format!("`{field}` must name at least one, each once, and not more than 64."),
            Self::General => {
                "A consent names the kinds of facts and from whom: fewer `categories`, and departments or units in `from` and `to`, not a whole authority."
            }
            Self::CategoryUnknown => {
                "Each of `categories` must be the code of a category that the municipality has described."
            }
            Self::CategoryClosed => "A category of level 3, or what is not classified, opens by no consent.",
            Self::FieldClass => {
                "Each of `field_classes` must be one of `existence`, `contact`, `core`, `people`, `subject`, `deadline`, `amount`, `provider`, `relation`, `link`, `person`."
            }
            Self::UnitUnknown => {
                "Each of `from` and `to` must be the code of a unit or department that existed on the day of the answer."
            }
            Self::SameUnit => "A unit that stands in `from` cannot stand in `to`, nor a part of it.",
            Self::Purpose => {
                "`purpose` must be one that rests on a consent and is switched on, such as `coordination`."
            }
            Self::GivenLater => "`given_at` must not lie ahead.",
            Self::ValidTo => {
                "`valid_to` is the last day: after the day of the answer, and within the longest validity (12 months unless the municipality says less)."
            }
            Self::Givers => "`by` names who gave the answer: one to four, or nobody where the citizen was only asked.",
            Self::GiverUnknown => {
                "By what they are to the citizen, only the civil register can name them: send the person's `cpr` instead, or the `handle` of the caller's own look-up of the citizen."
            }
            Self::GiverMayNotAnswer => {
                "By the civil register, whoever gave the answer could not speak for the citizen about this on that day."
            }
            Self::AlreadyAnswered => "Whoever gave the answer has given it before; a change of mind is a withdrawal.",
            Self::NotTheRefuser => {
                "A no is taken back, or followed by another answer, by everybody who said it: name them in `by`."
            }
            Self::RefusalNeedsCitizen => {
                "To take back a no opens something: send the citizen's `cpr` or `handle`, too."
            }
        };
        fixed.to_owned()
    }
}

impl From<Unfit> for NotRecorded {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit(unfit)
    }
}
