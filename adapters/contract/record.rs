//! One case or effort as one source tells it, in canonical words. Metadata only: never a document's body or a note's text.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CprNumber, PersonId, SourceId, Status, danish_day};

/// One fact row from one source.
///
/// Every field that a vendor may leave out is an `Option`; there is no empty string. Days are Danish calendar days.
/// The order of rows means nothing but is the same everywhere: by source and id first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// The configured source that told it.
    pub source: SourceId,
    /// The row's own id in that source. One source never tells one case under two ids.
    pub native_id: Arc<str>,
    /// Case or effort.
    pub kind: RecordKind,
    /// Whom the answer itself says it is about; the house compares it with the citizen asked for.
    pub about: About,
    /// The citizen's part in it.
    pub party_role: PartyRole,
    /// What it may be joined on with other sources' rows.
    pub keys: JoinKeys,
    /// [DK] sagsnummer, as the source writes it.
    pub number: Option<String>,
    /// [DK] titel: the one that the public may see. A secret title never gets here.
    pub title: Option<String>,
    /// [DK] status.
    pub status: Status,
    /// [DK] oprettet, opstået, bevilget fra. May lie in the future.
    pub opened: Option<Date>,
    /// [DK] afsluttet, ophørt. May lie in the future.
    pub closed: Option<Date>,
    /// [DK] senest ændret.
    pub last_changed: Option<Timestamp>,
    /// [DK] næste frist.
    pub deadline: Option<Date>,
    /// [DK] ansvarlig enhed.
    pub unit: Option<Unit>,
    /// [DK] sagsaktører: who works on it.
    pub actors: Vec<Actor>,
    /// [DK] KLE-emne og handlingsfacet.
    pub kle: Option<Kle>,
    /// [DK] hjemmel: the source's free text, untouched.
    pub law: Option<String>,
    /// What the source itself calls this kind of case, for the matchers in configuration.
    pub case_type: CaseType,
    /// [DK] følsomhed, where the source states one.
    pub sensitivity: Option<Sensitivity>,
    /// [DK] sikkerhedsprofil: when not empty, only these units and users may see it.
    pub screened_to: Vec<Uuid>,
    /// [DK] sagsrelationer.
    pub relations: Vec<Relation>,
    /// [DK] samtykker that the source holds about this row.
    pub consents: Vec<ConsentRef>,
    /// [DK] link til fagsystemet, built from configuration, never from a source's own data.
    pub link: Option<String>,
    /// What an operator should know about the row's quality.
    pub flags: Vec<QualityFlag>,
}

/// Case or effort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// [DK] sag.
    Case,
    /// [DK] indsats: an effort that is delivered.
    PlannedIntervention,
}

/// Whom a row says it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// The row names these people as its parties.
    Stated(Vec<PersonId>),
    /// The row names nobody; it was read by an internal id which the adapter got for the citizen asked for.
    Unstated,
}

impl Record {
    /// Gives back what was reserved while it was read and is not used: a record lies in memory for hours.
    pub fn shrink_to_fit(&mut self) {
        if let About::Stated(people) = &mut self.about {
            people.shrink_to_fit();
        }
        self.keys.numbers.shrink_to_fit();
        self.status.raw.shrink_to_fit();
        self.screened_to.shrink_to_fit();
        self.relations.shrink_to_fit();
        self.consents.shrink_to_fit();
        self.flags.shrink_to_fit();
        self.actors.shrink_to_fit();
        for actor in &mut self.actors {
            let Actor { native_id, employee_id, name, email, phone, mobile, .. } = actor;
            [native_id, employee_id, name, email, phone, mobile].into_iter().flatten().for_each(String::shrink_to_fit);
        }
        let Self { number, title, law, link, .. } = self;
        [number, title, law, link].into_iter().flatten().for_each(String::shrink_to_fit);
    }

    /// Its last day, where that can be one: an end before the first day is a mistake at the source, and no evidence that the case is
    /// over.
    pub fn last_day(&self) -> Option<Date> {
        Self::last_day_of(self.opened, self.closed)
    }

    /// The same, of these two days.
    pub fn last_day_of(opened: Option<Date>, closed: Option<Date>) -> Option<Date> {
        closed.filter(|closed| opened.is_none_or(|opened| *closed >= opened))
    }

    /// The latest day of which it tells that something happened: its end, else its last change, else its beginning. For how long a
    /// case that is over stays visible is counted from here.
    pub fn latest_day(&self) -> Option<Date> {
        self.last_day().or_else(|| self.last_changed.map(danish_day)).or(self.opened)
    }
}

impl About {
    /// The row names these numbers of the civil register.
    pub fn numbers(numbers: impl IntoIterator<Item = CprNumber>) -> Self {
        Self::Stated(numbers.into_iter().map(PersonId::Cpr).collect())
    }

    /// Whether the row can be about `citizen`: it names nobody, or the citizen by a number that is one person's. A
    /// replacement number of the health sector (eCPR) is somebody else until the register says otherwise.
    pub fn may_be(&self, citizen: &CprNumber) -> bool {
        match self {
            Self::Stated(people) => people.iter().any(|person| person.joins(&PersonId::Cpr(*citizen))),
            Self::Unstated => true,
        }
    }
}

/// [DK] sagspartens rolle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyRole {
    /// [DK] primær part.
    Primary,
    /// [DK] sekundær part.
    Secondary,
    /// [DK] ydelsesmodtager.
    BenefitRecipient,
    /// The source does not say.
    Unknown,
}

/// What a row may be joined on. Joins are strict: the UUID, or a trimmed case number within one system.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct JoinKeys {
    /// The case's UUID.
    pub uuid: Option<Uuid>,
    /// Case numbers, trimmed, as they stand.
    pub numbers: Vec<String>,
    /// The system that owns the case, where a joint index tells it.
    pub master: Option<MasterSystem>,
}

/// [DK] mastersystem: the system that owns the case, as a joint index names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MasterSystem {
    /// The IT system's UUID; configuration maps it to a source.
    pub id: Option<Uuid>,
    /// [DK] systemnavn.
    pub name: Option<String>,
}

/// [DK] enhed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unit {
    /// The unit's id in the source.
    pub id: Option<String>,
    /// The unit's name in the source.
    pub name: Option<String>,
}

/// [DK] sagsaktør.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Actor {
    /// What the actor does on this case.
    pub role: ActorRole,
    /// A person or a unit.
    pub kind: ActorKind,
    /// The actor's id in the source (a row id or a UUID).
    pub native_id: Option<String>,
    /// [DK] medarbejder-id (AZ-ident), lower case.
    pub employee_id: Option<String>,
    /// Name as the source spells it.
    pub name: Option<String>,
    /// E-mail, lower case.
    pub email: Option<String>,
    /// Direct number.
    pub phone: Option<String>,
    /// Mobile number.
    pub mobile: Option<String>,
    /// The actor's own unit.
    pub unit: Option<Unit>,
    /// First day in the role.
    pub since: Option<Date>,
    /// First day no longer in the role; an ended relation gives no access.
    pub until: Option<Date>,
}

impl Actor {
    /// A person in `role` about whom nothing else is known yet.
    pub fn person(role: ActorRole) -> Self {
        Self {
            role,
            kind: ActorKind::Person,
            native_id: None,
            employee_id: None,
            name: None,
            email: None,
            phone: None,
            mobile: None,
            unit: None,
            since: None,
            until: None,
        }
    }

    /// A unit in `role`.
    pub fn unit(role: ActorRole, unit: Unit) -> Self {
        Self { kind: ActorKind::Unit, name: unit.name.clone(), unit: Some(unit), ..Self::person(role) }
    }
}

/// What an actor does on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorRole {
    /// [DK] koordinator, tovholder.
    Coordinator,
    /// [DK] primær sagsbehandler.
    Primary,
    /// [DK] udfører.
    Provider,
    /// [DK] andre behandlere, sekundær sagsbehandler.
    Other,
    /// [DK] ansvarlig enhed.
    Responsible,
}

/// A person or a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// [DK] medarbejder.
    Person,
    /// [DK] enhed.
    Unit,
}

/// [DK] KLE: subject and facet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kle {
    /// [DK] emne, `NN.NN.NN` (shorter for a group).
    pub subject: String,
    /// [DK] emnets titel, where the source gives it.
    pub title: Option<String>,
    /// [DK] handlingsfacet, `G01`; letters beyond ASCII occur.
    pub facet: Option<String>,
    /// [DK] udgået: the number is no longer in the register; old cases keep it.
    pub retired: bool,
}

/// What the source calls this kind of case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseType {
    /// A type code or id, as text.
    pub code: Option<String>,
    /// A type name.
    pub name: Option<String>,
    /// A template's id or name (SBSYS).
    pub template: Option<String>,
}

/// [DK] følsomhed, the four levels of SF1470.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// 0 `IKKE_FORTROLIGE_DATA`.
    NotConfidential,
    /// 1 `FORTROLIGE_PERSONOPLYSNINGER`.
    Confidential,
    /// 2 `FOELSOMME_PERSONOPLYSNINGER`.
    Sensitive,
    /// 3 `VIP_SAGER`: screened to named staff.
    Screened,
}

impl Sensitivity {
    /// 0–3.
    pub fn level(self) -> u8 {
        self as u8
    }

    /// The level's name; every number above 3 is the highest.
    pub fn from_level(level: u8) -> Self {
        match level {
            0 => Self::NotConfidential,
            1 => Self::Confidential,
            2 => Self::Sensitive,
            _ => Self::Screened,
        }
    }
}

/// [DK] sagsrelation: where this row points.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    /// What the other case is to this one.
    pub kind: RelationKind,
    /// The other case's UUID.
    pub uuid: Option<Uuid>,
    /// The other case's number, in the same system as this row.
    pub number: Option<String>,
}

/// [DK] samtykke: a consent that a case system holds, by reference alone. What it says, and for whom, the reference does not
/// tell: it opens nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConsentRef {
    /// The consent's own id in that system: a UUID or a URN.
    pub reference: String,
}

/// What another case is to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// [DK] bevilget i: the authority case that granted this effort.
    GrantedBy,
    /// [DK] oversag.
    PartOf,
    /// Another relation.
    Related,
}

/// What is odd about a row, for the operator and the reader; the row is shown all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QualityFlag {
    /// The source's status is not in our table.
    UnknownStatus,
    /// It ends before it begins.
    EndsBeforeStart,
    /// A time could not be read and is left out.
    UnreadableTime,
    /// The status history has no state for now.
    NoStatusNow,
    /// The answer does not say whom it is about.
    CitizenNotStated,
    /// What the source tells beside the row did not come: a fact that is missing here may be there.
    DetailsMissing,
}
