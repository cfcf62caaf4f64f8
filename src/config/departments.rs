//! `departments.toml`: departments, units, and the ordered matchers that say whose case a row is.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::holds_on;

/// `departments.toml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DepartmentsFile {
    /// Departments, dated.
    #[serde(default)]
    pub department: Vec<DepartmentRow>,
    /// Units.
    #[serde(default)]
    pub unit: Vec<UnitRow>,
    /// Ordered: the first that fits decides; none means `unassigned`.
    #[serde(default, rename = "match")]
    pub matchers: Vec<MatchRow>,
}

/// [DK] driftsområde, magistratsafdeling.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DepartmentRow {
    /// `JSY`.
    pub code: String,
    /// Danish name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// [DK] magistratsafdeling or other authority that it belongs to: `MSB`.
    pub authority: String,
    /// Number that anybody may be told: a switchboard or shared mailbox under the neutral name.
    #[serde(default)]
    pub contact: Option<String>,
    /// First day.
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<Date>,
    /// What came after it.
    #[serde(default)]
    pub succeeded_by: Option<String>,
    /// Consents that name it hold for what came after it, too. Left out, they do not: nobody agreed to that.
    #[serde(default)]
    pub consents_follow: bool,
}

impl DepartmentRow {
    /// It exists on this day.
    pub fn is_on(&self, today: Date) -> bool {
        holds_on(self.valid_from, self.valid_to, today)
    }
}

/// [DK] enhed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitRow {
    /// `JSY-RUS`, as the caller's token names it.
    pub code: String,
    /// Name.
    pub name: String,
    /// Department code.
    pub department: String,
    /// UUID in the staff directory: for cases that are screened to units, and for the units of employees.
    #[serde(default)]
    pub org_uuid: Option<Uuid>,
    /// Categories that the unit works with; an empty list means none that could be told from its name. Left out, nobody
    /// has said, and the unit is shown like one that works with sensitive cases: under its department's neutral name.
    #[serde(default)]
    pub categories: Option<Vec<String>>,
    /// [DK] koordinerende enhed: who is primary on a running case of this unit is whom to call first.
    #[serde(default)]
    pub coordinates: bool,
    /// Unit number.
    #[serde(default)]
    pub phone: Option<String>,
    /// Shared mailbox.
    #[serde(default)]
    pub mailbox: Option<String>,
    /// [DK] leder: the AZ-ident of who judges the unit's emergencies where the staff directory names no leader.
    #[serde(default)]
    pub leader: Option<String>,
    /// First day.
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<Date>,
    /// What came after it.
    #[serde(default)]
    pub succeeded_by: Option<String>,
    /// Consents that name it count for its successor, too.
    #[serde(default)]
    pub consents_follow: bool,
}

impl UnitRow {
    /// It exists on this day.
    pub fn is_on(&self, today: Date) -> bool {
        holds_on(self.valid_from, self.valid_to, today)
    }
}

/// One matcher; every condition that it states must hold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchRow {
    /// Rows of this source.
    #[serde(default)]
    pub source: Option<String>,
    /// Rows whose unit has one of these ids in the source.
    #[serde(default)]
    pub unit_id: Vec<String>,
    /// Rows whose master system has one of these UUIDs or names.
    #[serde(default)]
    pub master_system: Vec<String>,
    /// Rows whose KLE subject begins with one of these, at a segment's border.
    #[serde(default)]
    pub kle: Vec<String>,
    /// The owner is this unit (and its department).
    #[serde(default)]
    pub unit: Option<String>,
    /// The owner is this department, unit unknown.
    #[serde(default)]
    pub department: Option<String>,
}
