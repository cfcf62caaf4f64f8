//! The rows of a population file (NDJSON, one [`Line`] a line). `README.md` beside the fakes documents each field.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::RegisterFacts;

/// One line of a population file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Line {
    /// A unit.
    Unit(UnitRow),
    /// A member of staff.
    Staff(Staff),
    /// A citizen.
    Person(Person),
    /// An earlier number of a citizen.
    Alias(Alias),
    /// People at one address.
    Household(Household),
    /// A case or effort in one source.
    Case(Box<CaseRow>),
}

/// [DK] enhed. Units come before the staff and cases that name them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitRow {
    /// `JVS-JOB`.
    pub code: String,
    /// `Jobrådgivning`.
    pub name: String,
    /// `JVS`.
    pub department: String,
    /// The unit's UUID in Fasit, the index, OIO and the staff directory.
    pub uuid: Uuid,
    /// The unit's number in SBSYS (`Ansaettelsessted.Id`) and DUBU (`orgEnhedId`).
    pub number: u32,
    /// Switchboard number.
    #[serde(default)]
    pub phone: Option<String>,
    /// Shared mailbox.
    #[serde(default)]
    pub mailbox: Option<String>,
    /// The units above it in the staff directory, nearest first. They hold no cases and have no row of their own.
    #[serde(default)]
    pub above: Vec<UnitAbove>,
}

/// [DK] overordnet enhed: a driftsområde, a magistratsafdeling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitAbove {
    /// Its UUID in the staff directory.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
}

/// [DK] medarbejder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    /// AZ-ident, lower case: `az10001`.
    pub id: String,
    /// The user's UUID in the staff directory and the index.
    pub uuid: Uuid,
    /// Row number in SBSYS and DUBU.
    pub number: u32,
    /// The name, properly spelled.
    pub name: String,
    /// How single sources spell it: `{"fasit": "Prøve, Karen"}`.
    #[serde(default)]
    pub spellings: BTreeMap<String, String>,
    /// Unit code.
    pub unit: String,
    /// Job title.
    #[serde(default)]
    pub title: Option<String>,
    /// E-mail.
    #[serde(default)]
    pub email: Option<String>,
    /// Direct number.
    #[serde(default)]
    pub phone: Option<String>,
    /// Mobile.
    #[serde(default)]
    pub mobile: Option<String>,
    /// Passivated in the directory.
    #[serde(default)]
    pub left: bool,
    /// The employee's own number, where the employee is a citizen of the population too.
    #[serde(default)]
    pub cpr: Option<String>,
    /// Stand-in's AZ-ident.
    #[serde(default)]
    pub stand_in: Option<String>,
    /// Leader's AZ-ident.
    #[serde(default)]
    pub leader: Option<String>,
    /// Oddities of the staff directory, by names that its README lists.
    #[serde(default)]
    pub quirks: BTreeMap<String, serde_json::Value>,
}

/// [DK] borger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Ten digits; may be a replacement number (day + 60).
    pub cpr: String,
    /// Given names.
    pub given_name: String,
    /// Surname.
    pub family_name: String,
    /// Birthday.
    pub born: Date,
    /// K or M in the register.
    pub sex: Sex,
    /// Day of death.
    #[serde(default)]
    pub died: Option<Date>,
    /// Name and address protection; absent means that the register does not say.
    #[serde(default)]
    pub protected: Option<bool>,
    /// Municipality code, 751 for Aarhus.
    #[serde(default = "aarhus")]
    pub municipality: u16,
    /// Register status: 1 lives here, 70 disappeared, 80 emigrated, 90 dead …
    #[serde(default = "resident")]
    pub status: u8,
    /// U, G, F, E, P, O, L, D as the register has it.
    #[serde(default)]
    pub civil_status: Option<String>,
    /// Number of the spouse; of the former one, for somebody divorced.
    #[serde(default)]
    pub spouse: Option<String>,
    /// Numbers of the children.
    #[serde(default)]
    pub children: Vec<String>,
    /// Numbers of those who have custody of this child.
    #[serde(default)]
    pub custody: Vec<String>,
    /// What the register says beyond the ordinary.
    #[serde(default, skip_serializing_if = "RegisterFacts::is_ordinary")]
    pub register: RegisterFacts,
}

fn aarhus() -> u16 {
    751
}

fn resident() -> u8 {
    1
}

impl Person {
    /// Given name and surname.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }
}

/// Register sex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sex {
    /// Kvinde.
    K,
    /// Mand.
    M,
}

/// An earlier number, which sources may still file cases under.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// The number in force.
    pub cpr: String,
    /// The earlier one.
    pub former: String,
}

/// [DK] bopælssamling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Household {
    /// Members' numbers.
    pub members: Vec<String>,
    /// Road.
    pub road: String,
    /// House number with letter.
    pub house_number: String,
    /// Floor.
    #[serde(default)]
    pub floor: Option<String>,
    /// Door.
    #[serde(default)]
    pub door: Option<String>,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub town: String,
    /// The address' UUID.
    pub address_uuid: Uuid,
    /// [DK] vejkode; 9900–9999 is no fixed address. Absent is one made from road and postal code.
    #[serde(default)]
    pub road_code: Option<u16>,
    /// First day of the people there at this address; absent is not told.
    #[serde(default)]
    pub since: Option<Date>,
}

/// Case or effort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// [DK] sag.
    #[default]
    Case,
    /// [DK] indsats (`oio` only).
    Intervention,
}

/// The citizen's part in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// [DK] primær part.
    #[default]
    Primary,
    /// [DK] sekundær part.
    Secondary,
    /// [DK] ydelsesmodtager.
    BenefitRecipient,
}

/// Where a case stands; each fake says it in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Opstået.
    Opened,
    /// Oplyst.
    Informed,
    /// Afgjort.
    Decided,
    /// Aktiv.
    #[default]
    Active,
    /// Udført.
    Performed,
    /// Afsluttet.
    Closed,
    /// Annulleret (DUBU has no such state; a fake without it uses its nearest and says so).
    Void,
}

/// One step of a status history (the index keeps them all, unsorted).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusStep {
    /// The state.
    pub progress: Progress,
    /// First moment.
    pub from: Timestamp,
    /// First moment no longer; absent is forever.
    #[serde(default)]
    pub to: Option<Timestamp>,
}

/// A case or effort as one source holds it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CaseRow {
    /// `sbsys`, `fasit`, `dubu`, `case_index` or `oio`.
    pub source: String,
    /// The row's UUID in that source.
    pub id: Uuid,
    /// The row's number in sources that count (SBSYS `Id`, DUBU `id`).
    pub serial: u64,
    /// Case or effort.
    pub kind: RowKind,
    /// The citizen's number, as this source has it (an alias, perhaps).
    pub citizen: String,
    /// The citizen's part.
    pub party: Party,
    /// [DK] sagsnummer.
    pub number: Option<String>,
    /// A user key that differs from the number (the index).
    pub user_key: Option<String>,
    /// Title that the public may see.
    pub title: Option<String>,
    /// Title that the public may not see (the index); it must never come out of an adapter.
    pub secret_title: Option<String>,
    /// State now.
    pub progress: Progress,
    /// The source's own status code or text instead of the usual one: an unknown Fasit status `7`, say.
    pub raw_status: Option<String>,
    /// Local status text (the index' `Sagsstatus`).
    pub status_text: Option<String>,
    /// History (the index); empty makes a one-step history from `progress` and `opened`.
    pub history: Vec<StatusStep>,
    /// First day; may lie in the future.
    pub opened: Option<Date>,
    /// Last day; may lie in the future.
    pub closed: Option<Date>,
    /// Last change.
    pub changed: Option<Timestamp>,
    /// Next deadline.
    pub deadline: Option<Date>,
    /// Unit code.
    pub unit: Option<String>,
    /// Primary caseworker's AZ-ident.
    pub caseworker: Option<String>,
    /// First day of the primary caseworker, where the source tells.
    pub caseworker_since: Option<Date>,
    /// The primary caseworker is this unit instead of a person (the index).
    pub caseworker_unit: Option<String>,
    /// Other caseworkers' AZ-idents.
    pub others: Vec<String>,
    /// Coordinator's AZ-ident.
    pub coordinator: Option<String>,
    /// [DK] KLE-emne.
    pub kle: Option<String>,
    /// Its title.
    pub kle_title: Option<String>,
    /// [DK] handlingsfacet.
    pub facet: Option<String>,
    /// The number has left the register.
    pub kle_retired: bool,
    /// Law text, free.
    pub law: Option<String>,
    /// What the source calls the kind: SBSYS template id, Fasit target group number, DUBU `sagstype`, OIO class.
    pub type_code: Option<String>,
    /// Its name.
    pub type_name: Option<String>,
    /// Its UUID, where the source has one.
    pub type_id: Option<Uuid>,
    /// Sensitivity 0–3 (the index), or protected/sensitive (SBSYS, DUBU: 3).
    pub level: Option<u8>,
    /// Units and users that alone may see it (the index).
    pub screened_to: Vec<Uuid>,
    /// The master system, for a row of the index: a source's name or a system of its own such as `ky`.
    pub master: Option<String>,
    /// UUID of the case that granted this effort.
    pub granted_by: Option<Uuid>,
    /// UUIDs of consents that the source holds about this effort (`oio`).
    pub consents: Vec<Uuid>,
    /// UUID of the case that this one is part of.
    pub part_of: Option<Uuid>,
    /// UUID of a related case.
    pub related: Option<Uuid>,
    /// [DK] tvang (DUBU).
    pub coercion: bool,
    /// Oddities of one wire format, by names that the fake's README lists.
    pub quirks: BTreeMap<String, serde_json::Value>,
}
