//! `sources.toml`: one `[[source]]` per configured system.

use glasplade_adapters::contract::SourceId;
use glasplade_adapters::transport::ConnectionSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CacheAges, GuardSettings, ListingRow, NightWindow};

/// `sources.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourcesFile {
    /// The systems, in the order in which the answer lists them.
    #[serde(default)]
    pub source: Vec<SourceRow>,
    /// [DK] personregister: who a citizen is. Without it, no name is shown and every protection flag is unknown.
    #[serde(default)]
    pub person_register: Option<PersonRegisterRow>,
    /// [DK] medarbejderkatalog: who an employee is and where to call. Without it, only what the sources say is shown.
    #[serde(default)]
    pub staff_directory: Option<StaffDirectoryRow>,
}

/// The civil register.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonRegisterRow {
    /// Its id in the answer's list of sources.
    pub id: SourceId,
    /// The adapter.
    pub kind: String,
    /// What caseworkers call it.
    pub name: String,
    /// Whom a caseworker calls when it does not answer.
    pub contact: String,
    /// How long its facts are used. The replica behind the service changes once a night.
    #[serde(default = "register_ages")]
    pub ages: CacheAges,
    /// [DK] natvindue: the citizens of the target groups' index are asked about within these times of day alone.
    #[serde(default)]
    pub between: Option<NightWindow>,
    /// Citizens of the target groups' index asked about within a minute at most; 0 for no limit but the reading's share.
    #[serde(default)]
    pub per_minute_max: u32,
    /// Address and limits.
    pub connection: ConnectionSettings,
    /// When it is left alone, and how many extra calls it may get.
    #[serde(default)]
    pub guard: GuardSettings,
    /// The adapter's own settings, see its README.
    #[serde(default)]
    pub settings: serde_json::Value,
}

fn register_ages() -> CacheAges {
    CacheAges { fresh_s: 600, stale_s: 14_400 }
}

/// The staff directory.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffDirectoryRow {
    /// Its id in the answer's list of sources.
    pub id: SourceId,
    /// The adapter.
    pub kind: String,
    /// What caseworkers call it.
    pub name: String,
    /// Whom a caseworker calls when it does not answer.
    pub contact: String,
    /// How long an employee's entry is used: fresh without asking again, stale while a refresh runs in the background or
    /// the directory does not answer.
    #[serde(default = "directory_ages")]
    pub ages: CacheAges,
    /// How long an answer waits for employees who are not in memory, in milliseconds; never past its deadline. Those who
    /// are still missing then are marked `contact_pending`.
    #[serde(default = "directory_wait_ms")]
    pub wait_ms: u64,
    /// Employees in memory at most.
    #[serde(default = "directory_entries_max")]
    pub entries_max: u64,
    /// Address and limits.
    pub connection: ConnectionSettings,
    /// When it is left alone, and how many extra calls it may get.
    #[serde(default)]
    pub guard: GuardSettings,
    /// The adapter's own settings, see its README.
    #[serde(default)]
    pub settings: serde_json::Value,
}

fn directory_ages() -> CacheAges {
    CacheAges { fresh_s: 14_400, stale_s: 604_800 }
}

fn directory_wait_ms() -> u64 {
    300
}

fn directory_entries_max() -> u64 {
    50_000
}

/// One configured system. A second instance of a known kind is one more of these.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceRow {
    /// The instance: `sbsys`, `sbsys-health`.
    pub id: SourceId,
    /// The adapter.
    pub kind: String,
    /// What caseworkers call it.
    pub name: String,
    /// Whom a caseworker calls when it does not answer.
    pub contact: String,
    /// The groups of the overview that it can fill.
    pub groups: Vec<GroupCode>,
    /// Categories that it can hold; a caller to whom none of them can be shown does not cause a call.
    pub categories: Vec<String>,
    /// How the joint index names this system: the master system's UUID or name.
    #[serde(default)]
    pub index_system_ids: Vec<String>,
    /// It may tell that another source's case is more sensitive than that source says (a joint index). In a stream, rows
    /// that it could raise wait for it.
    #[serde(default)]
    pub raises_sensitivity: bool,
    /// The ids by which it names caseworkers are the staff directory's UUIDs of users (the joint index).
    #[serde(default)]
    pub names_directory_users: bool,
    /// Closed cases stay visible for this many days.
    #[serde(default = "closed_window_days")]
    pub closed_window_days: u16,
    /// How it is read for target groups.
    #[serde(default)]
    pub listing: ListingRow,
    /// Address and limits.
    pub connection: ConnectionSettings,
    /// When it is left alone, and how many extra calls it may get.
    #[serde(default)]
    pub guard: GuardSettings,
    /// The adapter's own settings, see its README.
    #[serde(default)]
    pub settings: serde_json::Value,
}

fn closed_window_days() -> u16 {
    180
}

/// [DK] kuvertmodellens fire grupper.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum GroupCode {
    /// Myndigheder i MSB.
    Authority,
    /// Udførere i MSB.
    Provider,
    /// Andre offentlige indsatser.
    OtherPublic,
    /// Privat netværk, civilsamfund, arbejdsgiver.
    PrivateNetwork,
}
