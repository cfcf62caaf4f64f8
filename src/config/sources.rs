//! `sources.toml`: one `[[source]]` per configured system.

use glasplade_adapters::contract::SourceId;
use glasplade_adapters::transport::ConnectionSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `sources.toml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourcesFile {
    /// The systems, in the order in which the answer lists them.
    #[serde(default)]
    pub source: Vec<SourceRow>,
}

/// One configured system. A second instance of a known kind is one more of these.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
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
    /// Closed cases stay visible for this many days.
    #[serde(default = "closed_window_days")]
    pub closed_window_days: u16,
    /// Address and limits.
    pub connection: ConnectionSettings,
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
