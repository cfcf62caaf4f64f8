//! What is kept of a run for the next one: pseudonyms, marks of reasons, and which sources stood behind each. Nothing else.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ReasonMark, Run};
use crate::audit::Pseudonym;
use crate::target_groups::Code;

/// The list as the next run needs it. As JSON some 80 bytes a citizen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    version: u16,
    run: String,
    rule: Code,
    receiver: Code,
    as_of: Date,
    /// Ascending; citizens name them by their place.
    sources: Vec<Code>,
    /// Ascending by pseudonym.
    citizens: Vec<KeptCitizen>,
}

/// One citizen on the list, an array of four in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCitizen(Pseudonym, ReasonMark, Vec<u16>, bool);

impl KeptCitizen {
    /// Who.
    pub fn citizen(&self) -> Pseudonym {
        self.0
    }

    /// Why, when they were last found.
    pub fn reason(&self) -> ReasonMark {
        self.1
    }

    /// They were not found by the run that kept this, and it could not know that they had left.
    pub fn is_unverified(&self) -> bool {
        self.3
    }
}

/// What was kept cannot be compared with. Whoever has it has no run before; nobody may be told as ended by that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// Another version of this program wrote it.
    #[error("read the run before: it has version {0}, and {version} is wanted", version = Kept::VERSION)]
    Version(u16),
    /// It is not what any version writes.
    #[error("read the run before: it is damaged")]
    Damaged,
}

impl Kept {
    /// Raised when the record changes its meaning.
    pub const VERSION: u16 = 1;

    /// What is kept of `run`, whose list is `citizens`: why, behind what, and whether they are unverified.
    pub(super) fn of(run: &Run, citizens: &BTreeMap<Pseudonym, (ReasonMark, BTreeSet<Code>, bool)>) -> Self {
        let sources: BTreeSet<Code> = citizens.values().flat_map(|(_, sources, _)| sources.iter().cloned()).collect();
        let places: BTreeMap<&Code, u16> = sources.iter().zip(0..).collect();
        let citizens = citizens.iter().map(|(citizen, (reason, sources, is_unverified))| {
            let places = sources.iter().filter_map(|source| places.get(source).copied()).collect();
            KeptCitizen(*citizen, *reason, places, *is_unverified)
        });
        Self {
            version: Self::VERSION,
            run: run.run.clone(),
            rule: Code::clone(&run.rule),
            receiver: Code::clone(&run.receiver),
            as_of: run.as_of,
            citizens: citizens.collect(),
            sources: sources.into_iter().collect(),
        }
    }

    /// As it is stored.
    ///
    /// # Panics
    /// Never: text, numbers and arrays are JSON.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("text, numbers and arrays are JSON")
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`NotKept`] for everything else.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotKept> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u16,
        }
        let Versioned { version } = serde_json::from_slice(bytes).map_err(|_| NotKept::Damaged)?;
        if version != Self::VERSION {
            return Err(NotKept::Version(version));
        }
        let kept: Self = serde_json::from_slice(bytes).map_err(|_| NotKept::Damaged)?;
        let names_sources = |places: &[u16]| {
            places.is_sorted_by(|one, next| one < next)
                && places.last().is_none_or(|last| usize::from(*last) < kept.sources.len())
        };
        let is_whole = kept.sources.is_sorted_by(|one, next| one < next)
            && kept.citizens.is_sorted_by(|one, next| one.0 < next.0)
            && kept.citizens.iter().all(|citizen| names_sources(&citizen.2));
        if is_whole { Ok(kept) } else { Err(NotKept::Damaged) }
    }

    /// Whether this is the list of this rule for this receiver.
    pub fn is_of(&self, rule: &str, receiver: &str) -> bool {
        &*self.rule == rule && &*self.receiver == receiver
    }

    /// The id of the run that kept this.
    pub fn run(&self) -> &str {
        &self.run
    }

    /// The day of that run.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// Everybody on the list, by pseudonym.
    pub fn citizens(&self) -> &[KeptCitizen] {
        &self.citizens
    }

    /// The sources behind a citizen's match.
    pub fn sources_of<'a>(&'a self, citizen: &'a KeptCitizen) -> impl Iterator<Item = &'a Code> {
        citizen.2.iter().filter_map(|place| self.sources.get(usize::from(*place)))
    }

    pub(super) fn each(&self) -> impl Iterator<Item = (Pseudonym, ReasonMark, impl Iterator<Item = &Code>)> {
        self.citizens.iter().map(|citizen| (citizen.0, citizen.1, self.sources_of(citizen)))
    }
}
