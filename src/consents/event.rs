//! What happened to a consent, as it is kept: events that are only ever added. [DK] samtykkehændelse.
//!
//! No number, no name and no citizen's words stand in one: the citizen and who speaks for the citizen are pseudonyms.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{Caller, ClassSet};
use crate::audit::Pseudonym;

/// One event of one consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// This event (UUID version 7).
    pub id: Uuid,
    /// The consent (UUID version 7).
    pub consent: Uuid,
    /// Whose it is, by the number under which it was recorded.
    pub citizen: Pseudonym,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// By whom.
    pub recorded_by: Recorder,
    /// What happened.
    pub what: What,
}

/// The employee who recorded an event, as the token said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorder {
    /// [DK] medarbejder-ident.
    pub employee: String,
    /// [DK] enhed.
    pub unit: String,
    /// [DK] forvaltning.
    pub department: Option<String>,
}

impl Recorder {
    /// The caller, if the token names a unit: consents are those of one's own unit.
    pub fn of(caller: &Caller) -> Option<Self> {
        let unit = caller.unit()?.to_owned();
        let (employee, department) = (caller.employee().as_str().to_owned(), caller.department().map(str::to_owned));
        Some(Self { employee, unit, department })
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The citizen was asked, and has not answered.
    Requested(Box<Terms>),
    /// Somebody who speaks for the citizen, or the citizen, said yes; whether that is enough is computed.
    Given(Box<Terms>),
    /// Somebody said no.
    Refused(Box<Terms>),
    /// One more said yes.
    Joined(Signature),
    /// One more said no.
    Declined(Signature),
    /// It was taken back. Nothing brings it back.
    Withdrawn(Withdrawal),
    /// The case that it served is over.
    CaseEnded,
    /// Another consent stands in its place.
    Superseded {
        /// The other one.
        by: Uuid,
    },
}

impl What {
    /// The word in the audit and in a history.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Requested(_) => "requested",
            Self::Given(_) => "given",
            Self::Refused(_) => "refused",
            Self::Joined(_) => "joined",
            Self::Declined(_) => "declined",
            Self::Withdrawn(_) => "withdrawn",
            Self::CaseEnded => "case_ended",
            Self::Superseded { .. } => "superseded",
        }
    }

    /// What was asked for, in the first event of a consent.
    pub fn terms(&self) -> Option<&Terms> {
        match self {
            Self::Requested(terms) | Self::Given(terms) | Self::Refused(terms) => Some(terms),
            _ => None,
        }
    }

    /// Who answered what, and how.
    pub fn signature(&self) -> Option<&Signature> {
        match self {
            Self::Joined(signature) | Self::Declined(signature) => Some(signature),
            _ => self.terms().map(|terms| &terms.signature),
        }
    }

    /// The answer in it is a yes.
    pub fn is_yes(&self) -> bool {
        matches!(self, Self::Given(_) | Self::Joined(_))
    }

    /// The answer in it is a no.
    pub fn is_no(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Declined(_))
    }
}

/// What a consent is about: which facts, from whom, to whom, for which case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The case that it serves.
    pub case_ref: String,
    /// [DK] formål, by code.
    pub purpose: String,
    /// Units and departments that give, by code, as they were on the day.
    pub from: Vec<String>,
    /// Units and departments that get.
    pub to: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Field classes.
    pub classes: ClassSet,
    /// First moment after it.
    pub valid_to: Timestamp,
    /// The answer, or, where there is none yet, how and when it was asked for.
    pub signature: Signature,
    /// What the register said when it was recorded.
    pub at_recording: AtRecording,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Who answered; nobody where it was only asked for.
    pub by: Vec<Giver>,
    /// How.
    pub form: Form,
    /// The document or note where it is filed, in the case system.
    pub evidence: Option<String>,
    /// The text that the citizen was told.
    pub text_version: String,
    /// In which language: `da`.
    pub language: String,
    /// Through an interpreter.
    pub interpreter: bool,
    /// When the answer was given; when it was asked for, where there is none.
    pub at: Timestamp,
}

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Giver {
    /// The citizen.
    Citizen,
    /// [DK] forældremyndighedens indehaver.
    Custodian {
        /// Who.
        person: Pseudonym,
    },
    /// [DK] værge.
    Guardian {
        /// Who.
        person: Pseudonym,
        /// The categories that the guardianship covers.
        scope: Vec<String>,
    },
    /// [DK] fuldmægtig, by a power of attorney.
    Representative {
        /// The document.
        document: String,
    },
}

impl Giver {
    /// The word for who it is.
    pub fn who(&self) -> Who {
        match self {
            Self::Citizen => Who::Citizen,
            Self::Custodian { .. } => Who::Custodian,
            Self::Guardian { .. } => Who::Guardian,
            Self::Representative { .. } => Who::Representative,
        }
    }
}

/// Who somebody is to the citizen, without saying who.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The citizen.
    Citizen,
    /// [DK] forældremyndighedens indehaver.
    Custodian,
    /// [DK] værge.
    Guardian,
    /// [DK] fuldmægtig.
    Representative,
}

impl Who {
    /// The word in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::Custodian => "custodian",
            Self::Guardian => "guardian",
            Self::Representative => "representative",
        }
    }
}

/// How an answer was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// [DK] skriftligt.
    Written,
    /// [DK] mundtligt.
    Oral,
    /// [DK] digitalt.
    Digital,
}

/// How and by whom it was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Who took it back.
    pub by: Who,
    /// How.
    pub form: Form,
    /// Where that is filed.
    pub evidence: Option<String>,
}

/// What the register said on the day when a consent was recorded: for the days on which it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AtRecording {
    /// The citizen was grown up when the answer was given.
    pub was_adult: Option<bool>,
    /// The citizen lived in this municipality.
    pub lived_here: Option<bool>,
}
