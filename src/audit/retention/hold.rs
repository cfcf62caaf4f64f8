//! A legal hold: the entries about one citizen, or by one employee, outlive their day. [DK] sletteforbud
//!
//! A key covers a whole day, so a hold keeps the keys of single records instead: before the day's key goes, the keys of the
//! records under hold are taken out of it and kept in the hold's own file, sealed under the master secret. The records stay
//! where they are, under the leaves that were signed, and everybody else's are forgotten on their day.

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::audit::Pseudonym;
use crate::audit::entry::AuditEntry;
use crate::audit::hex;
use crate::audit::keys::{GONE, Keys, KeysError, RecordKey, shred, write_durably};

const PREFIX: &str = "hold-";
/// Held by whoever changes a hold, so that no change is lost.
const LOCK: &str = "holds.lock";

/// Whose entries are kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Those about this citizen, under any of these numbers.
    Citizen(Vec<Pseudonym>),
    /// Those by this employee.
    Employee(String),
}

impl Subject {
    /// The word in records: which kind, never who.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Citizen(_) => "citizen",
            Self::Employee(_) => "employee",
        }
    }

    /// Whether the entry is one of theirs.
    pub fn fits(&self, entry: &AuditEntry) -> bool {
        match self {
            Self::Citizen(names) => {
                entry.citizen.iter().chain(&entry.also_known_as).any(|citizen| names.contains(citizen))
            }
            Self::Employee(employee) => entry.caller.as_ref().is_some_and(|caller| caller.employee == *employee),
        }
    }
}

/// Names nobody.
impl fmt::Debug for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Subject::{}(***)", self.kind())
    }
}

/// One hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its name.
    pub id: Uuid,
    /// Whose entries.
    pub subject: Subject,
    /// Why: a reference to the matter, never a name or a number.
    pub reference: String,
    /// Since when.
    pub set_at: Timestamp,
    /// The log tells that it was set.
    pub set_recorded: bool,
    /// Until when; nothing while it holds.
    pub lifted_at: Option<Timestamp>,
    /// The keys of the records that it has kept, in hexadecimal, by their numbers.
    #[serde(default)]
    kept: HashMap<u64, String>,
}

impl Hold {
    /// A hold from now on.
    pub fn new(id: Uuid, subject: Subject, reference: String, now: Timestamp) -> Self {
        let kept = HashMap::new();
        Self { id, subject, reference, set_at: now, set_recorded: false, lifted_at: None, kept }
    }

    /// How many records it has kept beyond their day.
    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn keep(&mut self, seq: u64, key: &RecordKey) {
        self.kept.insert(seq, crate::hex(&key.0));
    }

    fn name(&self) -> String {
        format!("{PREFIX}{}", self.id)
    }
}

/// Every hold in the folder of keys.
#[derive(Debug, Clone, Default)]
pub struct Holds(pub Vec<Hold>);

impl Holds {
    /// Reads them, in the order of their names.
    ///
    /// # Errors
    /// [`KeysError`]; a hold that does not open stops everything, because what it protects would be forgotten.
    pub fn read(keys: &Keys) -> Result<Self, KeysError> {
        let mut holds = Vec::new();
        for file in keys.folder().read_dir()? {
            let name = file?.file_name();
            let Some(name) = name.to_str().filter(|name| {
                name.starts_with(PREFIX) && Path::new(name).extension().is_none_or(|kind| kind != "new" && kind != GONE)
            }) else {
                continue;
            };
            let foreign = || KeysError::Foreign(name.to_owned());
            let bytes = keys.master().unwrap(name, &fs::read(keys.folder().join(name))?).ok_or_else(foreign)?;
            holds.push(serde_json::from_slice::<Hold>(&bytes).map_err(|_| foreign())?);
        }
        holds.sort_unstable_by_key(|hold| hold.id);
        Ok(Self(holds))
    }

    /// Changes the holds as `change` says, while nobody else does, and tells what it told.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn change<T>(keys: &Keys, change: impl FnOnce(&mut Vec<Hold>) -> T) -> Result<T, KeysError> {
        let mut locked = LockedHolds::take(keys)?;
        let told = change(&mut locked.holds);
        locked.save()?;
        Ok(told)
    }

    /// Those that hold.
    pub fn active(&self) -> impl Iterator<Item = &Hold> {
        self.0.iter().filter(|hold| hold.lifted_at.is_none())
    }

    /// The keys of every record that is kept beyond its day.
    pub(crate) fn record_keys(&self) -> HashMap<u64, RecordKey> {
        let kept = self.active().flat_map(|hold| &hold.kept);
        kept.filter_map(|(seq, key)| Some((*seq, RecordKey(hex::decode(key.as_bytes())?)))).collect()
    }
}

/// The holds, while nobody else may change them.
#[derive(Debug)]
pub(super) struct LockedHolds<'a> {
    /// As they are to be.
    pub(super) holds: Vec<Hold>,
    keys: &'a Keys,
    saved: Vec<Hold>,
    lock: File,
}

impl Drop for LockedHolds<'_> {
    /// Said, not left to the closing of the file: a process that is being started holds a copy of it for a moment.
    fn drop(&mut self) {
        // It goes with the file at the latest.
        let _ = self.lock.unlock();
    }
}

impl<'a> LockedHolds<'a> {
    /// Waits for whoever changes them now.
    pub(super) fn take(keys: &'a Keys) -> Result<Self, KeysError> {
        let lock = File::options().create(true).append(true).open(keys.folder().join(LOCK))?;
        lock.lock()?;
        let saved = Holds::read(keys)?.0;
        Ok(Self { holds: saved.clone(), keys, saved, lock })
    }

    /// Makes them durable as they are; a hold that was taken out is destroyed with the keys that it kept.
    pub(super) fn save(&mut self) -> Result<(), KeysError> {
        for hold in self.holds.iter().filter(|hold| !self.saved.contains(hold)) {
            let bytes = serde_json::to_vec(hold).map_err(io::Error::from)?;
            let name = hold.name();
            write_durably(&self.keys.folder().join(&name), &self.keys.master().wrap(&name, &bytes))?;
        }
        for gone in self.saved.iter().filter(|hold| !self.holds.iter().any(|kept| kept.id == hold.id)) {
            shred(&self.keys.folder().join(gone.name()))?;
        }
        self.saved.clone_from(&self.holds);
        self.keys.hold(Holds(self.holds.clone()).record_keys());
        Ok(())
    }
}
