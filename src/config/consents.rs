//! `[consents]` of `access.toml` (whose a consent is, and for how long) and of `glasplade.toml` (where the ledger lies).

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

/// `[consents]` of `access.toml`. [DK] samtykkeregler. Ages are whole years; each rule is a reading that the municipality
/// confirms.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConsentRules {
    /// Purposes that a consent may serve, by code. Without any, none is taken.
    pub purposes: Vec<String>,
    /// From this age the citizen decides alone, and what custodians said lapses.
    pub adult_age: u8,
    /// From this age the young person must agree beside those with custody.
    pub own_voice_age: u8,
    /// Longest validity, in months.
    pub valid_months_max: u8,
    /// Most categories that one consent may name: more is a general consent.
    pub categories_max: usize,
    /// [DK] kommunekode of this municipality: who moves out of it takes the consent away. Without it nobody moves.
    pub municipality: Option<u16>,
    /// Categories with ages of their own.
    pub age_rule: Vec<AgeRuleRow>,
}

impl Default for ConsentRules {
    fn default() -> Self {
        Self {
            purposes: Vec::new(),
            adult_age: 18,
            own_voice_age: 15,
            valid_months_max: 12,
            categories_max: 10,
            municipality: None,
            age_rule: Vec::new(),
        }
    }
}

/// Ages of one category.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgeRuleRow {
    /// The category.
    pub category: String,
    /// [DK] partsstatus: from this age the child's own no closes what custodians have opened.
    #[serde(default)]
    pub party_age: Option<u8>,
    /// From this age the young person decides alone.
    #[serde(default)]
    pub alone_from: Option<u8>,
}

impl ConsentRules {
    /// The ages of a category, where it has some of its own.
    pub fn ages_of(&self, category: &str) -> Option<&AgeRuleRow> {
        self.age_rule.iter().find(|row| row.category == category)
    }
}

/// `[consents]` of `glasplade.toml`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConsentSettings {
    /// The ledger's file; every replica opens the same one. Without it no consent can be recorded, and none opens anything.
    pub file: Option<PathBuf>,
}
