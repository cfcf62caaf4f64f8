//! `access.toml`: purposes, roles and categories. Closed until named; unconfirmed means off.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Confirmation, ConsentRules, LegalBasisRow, StatuteRow, holds_on};
use crate::audit::Bar;

/// `access.toml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessFile {
    /// [DK] hjemler.
    #[serde(default)]
    pub legal_basis: Vec<LegalBasisRow>,
    /// [DK] formål.
    #[serde(default)]
    pub purpose: Vec<PurposeRow>,
    /// [DK] lovregler.
    #[serde(default)]
    pub statute: Vec<StatuteRow>,
    /// [DK] roller.
    #[serde(default)]
    pub role: Vec<RoleRow>,
    /// [DK] kategorier.
    #[serde(default)]
    pub category: Vec<CategoryRow>,
    /// [DK] samtykke: whose it is, and for how long.
    #[serde(default)]
    pub consents: ConsentRules,
}

impl AccessFile {
    /// The legal bases that a purpose names, in its order.
    pub fn bases_of<'a>(&'a self, purpose: &'a PurposeRow) -> impl Iterator<Item = &'a LegalBasisRow> {
        purpose.basis.iter().filter_map(|id| self.legal_basis.iter().find(|row| row.id == *id))
    }

    /// The purpose may be stated on this day: it is on, and so is everything that it rests on.
    pub fn is_purpose_on(&self, purpose: &PurposeRow, today: Date) -> bool {
        purpose.is_on(today) && self.bases_of(purpose).all(|basis| basis.is_on(today))
    }

    /// What an item shown by this purpose is shown as, on this day: the purpose is on, and so is the statute.
    pub fn statutes_of(&self, purpose: &str, today: Date) -> impl Iterator<Item = &StatuteRow> {
        let is_on = self.purpose.iter().any(|row| row.code == purpose && self.is_purpose_on(row, today));
        let may = move |statute: &&StatuteRow| is_on && statute.is_on(today) && self.rests_on(statute, today);
        self.statute.iter().filter(move |statute| statute.purposes.iter().any(|code| code == purpose)).filter(may)
    }

    /// Its legal basis counts on this day.
    fn rests_on(&self, statute: &StatuteRow, today: Date) -> bool {
        self.legal_basis.iter().any(|row| Some(&row.id) == statute.basis.as_ref() && row.is_on(today))
    }
}

/// What a purpose opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Serves {
    /// The overview of a citizen.
    #[default]
    Overview,
    /// The audit, no case content.
    Audit,
    /// A citizen's extract.
    Insight,
    /// The service's own operation.
    Operation,
    /// Lists for a named receiver.
    Lists,
    /// Counts without citizens.
    Counts,
}

/// Whether a request under a purpose must name the caller's own case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseReference {
    /// A case reference, or a written reason of at least 20 characters where there is no case yet.
    OrReason,
    /// A written reason of at least 20 characters.
    Reason,
    /// Nothing.
    None,
}

/// [DK] formål.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PurposeRow {
    /// `own_case`.
    pub code: String,
    /// Danish name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Ids of its legal bases.
    pub basis: Vec<String>,
    /// What it opens; only a purpose that serves the overview may be stated for one.
    #[serde(default)]
    pub serves: Serves,
    /// Roles that may state it.
    pub roles: Vec<String>,
    /// Grounds on which it may show something: `own_case`, `law`, `consent`, `emergency`, `category`, and
    /// `category_without_relation` (existence is told without a case with the citizen, too).
    #[serde(default)]
    pub opens: Vec<String>,
    /// What must be named.
    pub case_reference: CaseReference,
    /// The municipality's switch.
    pub enabled: bool,
    /// Off without a confirmation, whatever `enabled` says. Only purposes that rest on the authority's own task and show
    /// nothing beyond own cases may do without.
    #[serde(default = "yes")]
    pub needs_confirmation: bool,
    /// Who confirmed it.
    #[serde(default)]
    pub confirmation: Option<Confirmation>,
    /// First day.
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<Date>,
    /// What came after it.
    #[serde(default)]
    pub succeeded_by: Option<String>,
}

fn yes() -> bool {
    true
}

impl PurposeRow {
    /// It is switched on, confirmed, and of this day. What it rests on is another question, see
    /// [`AccessFile::is_purpose_on`].
    pub fn is_on(&self, today: Date) -> bool {
        let is_confirmed = self.confirmation.as_ref().is_some_and(|confirmation| confirmation.holds_on(today));
        self.enabled && (is_confirmed || !self.needs_confirmation) && holds_on(self.valid_from, self.valid_to, today)
    }
}

/// How a role's relation to a case is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OwnCase {
    /// The caller in person, or the caller's unit.
    PersonOrUnit,
    /// The caller in person only.
    Person,
    /// Never.
    Never,
}

/// [DK] rolle.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a right of its own in the municipality's file")]
pub struct RoleRow {
    /// `caseworker`.
    pub code: String,
    /// Danish name.
    pub name: String,
    /// How own cases are found.
    pub own_case: OwnCase,
    /// Highest level of an own case, 0–3.
    pub level_max: u8,
    /// Own cases of these kinds' roles only (`provider`); empty means all.
    #[serde(default)]
    pub kind_roles: Vec<super::KindRole>,
    /// Categories with a level of their own instead of `level_max`.
    #[serde(default)]
    pub category_level_max: std::collections::BTreeMap<String, u8>,
    /// Categories that the role never sees.
    #[serde(default)]
    pub categories_never: Vec<String>,
    /// An own effort shows that its granting case exists, and the people on it.
    #[serde(default)]
    pub sees_granting_case: bool,
    /// Nothing at all is told about a citizen with whom the caller has no case.
    #[serde(default)]
    pub relation_required: bool,
    /// Classes of the citizen's own facts that are shown where the caller has a case with the citizen: `person`,
    /// `household`. An address is never among them, see `address`.
    #[serde(default)]
    pub citizen: Vec<super::FieldClass>,
    /// What a written reason opens of the citizen's address, and of a protected name.
    #[serde(default)]
    pub address: AddressRight,
    /// The role sees how the source systems do. The counts tell how much was asked: whoever reads them before and after a
    /// look-up of their own learns what was asked about somebody they may not see.
    #[serde(default)]
    pub sees_source_health: bool,
    /// Where configuration tells others that an item exists, this role is told.
    #[serde(default)]
    pub told_of_existence: bool,
    /// Highest level that a consent or a statute opens for this role, 0–3; without it neither opens anything.
    #[serde(default)]
    pub consent_level_max: Option<u8>,
    /// Highest level of a case that puts a citizen on a list for this role, 0–3; without it nothing does. It opens no overview.
    #[serde(default)]
    pub list_level_max: Option<u8>,
    /// [DK] nødadgang: the role may open an emergency.
    #[serde(default)]
    pub opens_emergencies: bool,
    /// Categories of level 3 that an emergency opens for this role all the same.
    #[serde(default)]
    pub emergency_beyond: Vec<String>,
    /// [DK] leder: the role judges emergencies of its own staff.
    #[serde(default)]
    pub judges_emergencies: bool,
    /// [DK] samtykkeregistrator: the role records consents of its own unit.
    #[serde(default)]
    pub records_consents: bool,
    /// [DK] revisor: the role searches the audit.
    #[serde(default)]
    pub audits: bool,
    /// [DK] indsigtsmedarbejder: the role prepares and releases a citizen's extract.
    #[serde(default)]
    pub releases_insight: bool,
    /// [DK] målgruppeansvarlig: the role runs the rules of target groups that name it.
    #[serde(default)]
    pub runs_target_groups: bool,
    /// [DK] ledelse: the role sees how many are on lists, over time.
    #[serde(default)]
    pub sees_target_group_counts: bool,
    /// Bars that do not hold for this role.
    #[serde(default)]
    pub bars_lifted: Vec<Bar>,
}

/// What a written reason opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddressRight {
    /// Nothing.
    #[default]
    Never,
    /// The address of a citizen without name and address protection.
    Unprotected,
    /// The name and address of a protected citizen, too, where the caller in person works on a case of theirs.
    Protected,
}

/// What is told of an item that may not be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExistenceMode {
    /// Nothing, no count, no trace.
    Nothing,
    /// That something exists, and the authority.
    Existence,
    /// Existence, department, switchboard or shared mailbox.
    Contact,
}

/// [DK] kategori.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryRow {
    /// `employment`.
    pub code: String,
    /// Danish name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// 0–3; a source may raise an item's level, never lower it.
    pub level: u8,
    /// What others are told.
    pub existence: ExistenceMode,
    /// Departments and units that are told of its existence although `existence` says nothing.
    #[serde(default)]
    pub existence_to: Vec<String>,
    /// Departments (owners) that have narrowed `existence` to nothing.
    #[serde(default)]
    pub nothing_from: Vec<String>,
    /// KLE main groups that stand for it where a source gives no KLE.
    #[serde(default)]
    pub kle: Vec<String>,
    /// First day on which kinds are put into it. Old cases keep the category that they are put into, so that the end of one never
    /// makes them less sensitive; what may be shown of them is their level, not these days.
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<Date>,
    /// What came after it.
    #[serde(default)]
    pub succeeded_by: Option<String>,
}
