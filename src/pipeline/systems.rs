//! Every system that the path asks, and how it does: for the operator.

use glasplade_adapters::contract::SourceId;

use super::Pipeline;
use crate::config::Language;
use crate::sources::HealthView;
use crate::telemetry::{Credential, Diagnosis, diagnose};

/// One system and how it does.
#[derive(Debug, Clone)]
pub struct SystemHealth {
    /// Its id.
    pub id: SourceId,
    /// What caseworkers call it.
    pub name: String,
    /// How it does.
    pub health: HealthView,
}

impl SystemHealth {
    /// What is wrong with it, and whose turn it is. `credentials` are everybody's.
    pub(crate) fn diagnosed(&self, credentials: &[Credential], language: Language) -> Diagnosis {
        let own: Vec<&Credential> = credentials.iter().filter(|one| one.source.as_ref() == Some(&self.id)).collect();
        diagnose(&self.name, &self.health, &own, language)
    }
}

impl Pipeline {
    /// The sources in their order, the register, the directory.
    pub fn systems(&self) -> Vec<SystemHealth> {
        let system = |id: &SourceId, name: &str, health| SystemHealth { id: id.clone(), name: name.to_owned(), health };
        let sources = self.sources.iter().map(|source| system(&source.id, &source.name, source.health()));
        let register = self.people.health().map(|(id, name, health)| system(id, name, health));
        let directory = self.staff.directory().zip(self.staff.health());
        let directory = directory.map(|((id, name), health)| system(id, name, health));
        sources.chain(register).chain(directory).collect()
    }
}
