//! The codes that configuration knows: a condition that names another would never match, and nobody would notice.

use std::collections::BTreeSet;

use super::vocabulary::CodeOf;

/// Every code that a condition may name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownCodes {
    /// Sources, by id.
    pub sources: BTreeSet<String>,
    /// Departments.
    pub departments: BTreeSet<String>,
    /// Units.
    pub units: BTreeSet<String>,
    /// Categories.
    pub categories: BTreeSet<String>,
    /// Kinds of cases.
    pub kinds: BTreeSet<String>,
}

impl KnownCodes {
    pub(super) fn has(&self, of: CodeOf, code: &str) -> bool {
        match of {
            CodeOf::Source => self.sources.contains(code),
            CodeOf::Department => self.departments.contains(code),
            CodeOf::Unit => self.units.contains(code),
            CodeOf::Category => self.categories.contains(code),
            CodeOf::Kind => self.kinds.contains(code),
            CodeOf::Kinship => super::values::kinship(code).is_some(),
        }
    }
}
