//! A question that somebody asks the log on the machine itself, on its way into it.
//!
//! Only the service may write the log. So the question is left in the folder of keys, sealed under the master secret and
//! durable, before anything is told; the service puts it on record within a minute, or when it starts.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::{Keys, KeysError, shred, write_durably};
use super::{Audit, AuditedCaller, AuditedEvent, Pseudonym, Request};
use crate::access::Refusal;

const PREFIX: &str = "asked-";

/// What was asked, by whom, and about whom.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedHere {
    /// Its name, which the record carries: a question that is on record twice, after a crash between two steps, is one.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who, as the machine knows them.
    pub by: AuditedCaller,
    /// Which question, as over HTTP: `audit_searched` …
    pub what: String,
    /// About whom, where it is about one citizen.
    pub citizen: Option<Pseudonym>,
    /// Which criteria were used, never their values; persons as pseudonyms.
    pub facts: BTreeMap<String, String>,
}

/// Names nobody.
impl fmt::Debug for AskedHere {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AskedHere").field("what", &self.what).finish_non_exhaustive()
    }
}

impl AskedHere {
    /// Leaves it for the service, durable when this returns.
    ///
    /// # Errors
    /// When the folder of keys cannot be written: then nothing is to be told.
    pub fn leave(&self, keys: &Keys) -> Result<(), KeysError> {
        let name = self.name();
        let bytes = serde_json::to_vec(self).map_err(std::io::Error::from)?;
        Ok(write_durably(&keys.folder().join(&name), &keys.master().wrap(&name, &bytes))?)
    }

    /// Those that are left, oldest first, and the names of files that do not open: unreadable, changed, or of another secret.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn left(keys: &Keys) -> Result<(Vec<Self>, Vec<String>), KeysError> {
        let (mut left, mut foreign) = (Vec::new(), Vec::new());
        for file in keys.folder().read_dir()? {
            let name = file?.file_name();
            let is_ours = |name: &&str| name.starts_with(PREFIX) && Path::new(name).extension().is_none();
            let Some(name) = name.to_str().filter(is_ours) else { continue };
            let sealed = fs::read(keys.folder().join(name)).ok();
            let bytes = sealed.and_then(|sealed| keys.master().unwrap(name, &sealed));
            match bytes.and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok()) {
                Some(asked) if asked.name() == name => left.push(asked),
                _ => foreign.push(name.to_owned()),
            }
        }
        left.sort_unstable_by_key(|asked| (asked.at, asked.id));
        Ok((left, foreign))
    }

    fn name(&self) -> String {
        format!("{PREFIX}{}", self.id)
    }

    fn event(&self) -> AuditedEvent {
        let told = [("asked_at", self.at.to_string()), ("where", "machine".to_owned())];
        let told = told.into_iter().map(|(name, value)| (name.to_owned(), value));
        let facts = self.facts.clone().into_iter().chain(told).collect();
        AuditedEvent { what: self.what.clone(), id: Some(self.id), facts }
    }
}

/// A question that was asked on the machine is not on record.
#[derive(Debug, thiserror::Error)]
pub enum NotRecorded {
    /// The folder of keys cannot be read, or a question cannot be taken out of it.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The log takes nothing.
    #[error("{}", .0.code())]
    Log(Refusal),
}

impl Audit {
    /// Puts on record what was asked on the machine, and tells how many questions that were. One that does not open stays where
    /// it is, and is told of to the operator.
    ///
    /// # Errors
    /// [`NotRecorded`]; what is not on record is still left.
    pub async fn record_asked(&self) -> Result<usize, NotRecorded> {
        let keys = self.log().keys();
        let (left, foreign) = AskedHere::left(keys)?;
        if !foreign.is_empty() {
            tracing::error!(
                audit.questions = foreign.len(),
                "questions that were asked on the machine do not open: somebody changed them, or they are under another secret"
            );
        }
        for asked in &left {
            let request = Request { route: "audit", trace_id: Arc::from("-") };
            let recorded =
                self.record_by(&request, Some(asked.by.clone()), asked.citizen.as_ref(), asked.event()).await;
            recorded.map_err(NotRecorded::Log)?;
            shred(&keys.folder().join(asked.name())).map_err(KeysError::from)?;
        }
        Ok(left.len())
    }
}

#[cfg(test)]
mod tests;
