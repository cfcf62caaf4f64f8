//! What a citizen or an auditor reads instead of a code: the names of purposes, units, departments and sources.

use std::collections::HashMap;

use crate::config::Config;

/// Names by code, Danish. A code without a name is told as it is.
#[derive(Debug, Default)]
pub struct Names {
    purposes: HashMap<String, String>,
    units: HashMap<String, String>,
    departments: HashMap<String, String>,
    sources: HashMap<String, String>,
    rules: HashMap<String, String>,
    bases: HashMap<String, String>,
}

impl Names {
    /// The names of this configuration.
    pub fn new(config: &Config) -> Self {
        let (departments, rules) = (&config.departments, config.target_groups.rules.iter());
        Self {
            purposes: config.access.purpose.iter().map(|row| (row.code.clone(), row.name.clone())).collect(),
            units: departments.unit.iter().map(|row| (row.code.clone(), row.name.clone())).collect(),
            departments: departments.department.iter().map(|row| (row.code.clone(), row.name.clone())).collect(),
            sources: config.sources.source.iter().map(|row| (row.id.to_string(), row.name.clone())).collect(),
            rules: rules.map(|rule| (rule.code().to_string(), rule.file().name.clone())).collect(),
            bases: config.access.legal_basis.iter().map(|row| (row.id.clone(), row.name.clone())).collect(),
        }
    }

    /// [DK] formål.
    pub fn purpose<'a>(&'a self, code: &'a str) -> &'a str {
        self.purposes.get(code).map_or(code, String::as_str)
    }

    /// [DK] enhed.
    pub fn unit<'a>(&'a self, code: &'a str) -> &'a str {
        self.units.get(code).map_or(code, String::as_str)
    }

    /// [DK] forvaltning.
    pub fn department<'a>(&'a self, code: &'a str) -> &'a str {
        self.departments.get(code).map_or(code, String::as_str)
    }

    /// A source system.
    pub fn source<'a>(&'a self, id: &'a str) -> &'a str {
        self.sources.get(id).map_or(id, String::as_str)
    }

    /// [DK] målgrupperegel.
    pub fn rule<'a>(&'a self, code: &'a str) -> &'a str {
        self.rules.get(code).map_or(code, String::as_str)
    }

    /// [DK] hjemmel.
    pub fn basis<'a>(&'a self, id: &'a str) -> &'a str {
        self.bases.get(id).map_or(id, String::as_str)
    }
}
