//! `kinds.toml`: what kind of case a row is, by ordered rules: source type first, then law, then KLE.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `kinds.toml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindsFile {
    /// Case kinds.
    #[serde(default)]
    pub kind: Vec<KindRow>,
    /// Rules, ordered within each tier.
    #[serde(default)]
    pub rule: Vec<RuleRow>,
}

/// Authority or provider is a role, set by configuration.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum KindRole {
    /// [DK] myndighed.
    Authority,
    /// [DK] udfører.
    Provider,
    /// [DK] ydelse.
    Benefit,
    /// Not known.
    Unclassified,
}

impl KindRole {
    /// The role as configuration and policies write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Provider => "provider",
            Self::Benefit => "benefit",
            Self::Unclassified => "unclassified",
        }
    }
}

/// One kind of case.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindRow {
    /// `substance_101`.
    pub code: String,
    /// Danish name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Default role.
    pub role: KindRole,
    /// Category code of `access.toml`.
    pub category: String,
    /// First day of the law behind it.
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// Last day of the law behind it; old cases keep the kind.
    #[serde(default)]
    pub valid_to: Option<Date>,
}

/// One rule; every condition that it states must hold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleRow {
    /// The kind that it tells.
    pub kind: String,
    /// Role instead of the kind's default.
    #[serde(default)]
    pub role: Option<KindRole>,
    /// Adapter kind.
    #[serde(default)]
    pub source_kind: Option<String>,
    /// `case` or `planned_intervention`.
    #[serde(default)]
    pub record: Option<glasplade_adapters::contract::RecordKind>,
    /// Exact type codes.
    #[serde(default)]
    pub type_code: Vec<String>,
    /// Type names, whatever the case of the letters.
    #[serde(default)]
    pub type_name: Vec<String>,
    /// Template names, whatever the case of the letters.
    #[serde(default)]
    pub template: Vec<String>,
    /// Law texts that contain one of these as whole words.
    #[serde(default)]
    pub law: Vec<String>,
    /// KLE subjects that begin with one of these, at a segment's border.
    #[serde(default)]
    pub kle: Vec<String>,
    /// Cases opened on this day or later.
    #[serde(default)]
    pub opened_from: Option<Date>,
    /// Cases opened on this day or before.
    #[serde(default)]
    pub opened_until: Option<Date>,
}
