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
}

impl Names {
    /// The names of this configuration.
    pub fn new(config: &Config) -> Self {
        let departments = &config.departments;
        Self {
            purposes: config.access.purpose.iter().map(|row| (row.code.clone(), row.name.clone())).collect(),
            units: departments.unit.iter().map(|row| (row.code.clone(), row.name.clone())).collect(),
            departments: departments.department.iter().map(|row| (row.code.clone(), row.name.clone())).collect(),
            sources: config.sources.source.iter().map(|row| (row.id.to_string(), row.name.clone())).collect(),
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
}
