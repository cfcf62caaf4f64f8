//! One citizen's row: the sealed number, what the civil register told, the facts.

use serde::{Deserialize, Serialize};

use super::{IndexedFact, Sealed};
use crate::audit::Pseudonym;
use crate::target_groups::{Day, Kinship};

/// One citizen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CitizenRow {
    /// The CPR number, under the index's own key.
    pub number: Sealed,
    /// What the civil register told last.
    pub register: Option<RegisterTold>,
    /// Facts, by key; each once.
    pub facts: Vec<IndexedFact>,
}

/// What the civil register told of a citizen, as far as rules ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterTold {
    /// Day on which it was read.
    pub on: Day,
    /// Birth date, where it is certain.
    pub born: Option<Day>,
    /// [DK] død, udrejst: no longer anybody to offer an effort to.
    pub has_left: bool,
    /// [DK] navne- og adressebeskyttelse, or not known. Such a citizen is on no list.
    pub is_protected: bool,
    /// Family: spouse, children under 18, parents of a minor.
    pub kin: Vec<Kin>,
}

/// A relative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Kin {
    /// What they are to the citizen.
    pub kinship: Kinship,
    /// Who.
    #[serde(with = "pseudonym_bytes")]
    pub who: Pseudonym,
}

/// Why a row's bytes are not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read a row of the target groups' index: its bytes are not a row of this format")]
pub struct BrokenRow;

impl CitizenRow {
    /// A citizen of whom nothing is known yet.
    pub fn new(number: Sealed) -> Self {
        Self { number, register: None, facts: Vec::new() }
    }

    /// Takes a fact in the place of what was known of the same case of the same source. Tells whether that changed anything.
    pub fn take(&mut self, fact: IndexedFact) -> bool {
        match self.facts.binary_search_by_key(&fact.key, |known| known.key) {
            Ok(at) if self.facts[at] == fact => false,
            Ok(at) => {
                self.facts[at] = fact;
                true
            }
            Err(at) => {
                self.facts.insert(at, fact);
                true
            }
        }
    }

    /// Drops the facts that `goes` names. Tells whether there were any.
    pub fn drop_facts(&mut self, goes: impl Fn(&IndexedFact) -> bool) -> bool {
        let before = self.facts.len();
        self.facts.retain(|fact| !goes(fact));
        self.facts.len() < before
    }

    /// The row as it lies on disk.
    #[expect(clippy::missing_panics_doc, reason = "nothing in a row can refuse")]
    pub fn bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("a row has no map of unknown length and no part that refuses")
    }

    /// Appends the bytes of a row whose facts are bytes already, by key and each once.
    pub(in crate::target_groups) fn push<'a>(
        bytes: &mut Vec<u8>,
        number: &Sealed,
        register: Option<&RegisterTold>,
        facts: impl ExactSizeIterator<Item = &'a [u8]>,
    ) {
        let head = postcard::to_extend(&(number, register, facts.len()), std::mem::take(bytes));
        *bytes = head.expect("a row has no map of unknown length and no part that refuses");
        facts.for_each(|fact| bytes.extend_from_slice(fact));
    }

    /// The row out of its bytes.
    ///
    /// # Errors
    /// [`BrokenRow`].
    pub fn read(bytes: &[u8]) -> Result<Self, BrokenRow> {
        match postcard::take_from_bytes::<Self>(bytes) {
            Ok((row, [])) => Ok(row),
            _ => Err(BrokenRow),
        }
    }
}

/// Sixteen bytes, where the text that other records write would take 32.
mod pseudonym_bytes {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

    use crate::audit::Pseudonym;

    pub(super) fn serialize<S: Serializer>(who: &Pseudonym, serializer: S) -> Result<S::Ok, S::Error> {
        who.bytes().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pseudonym, D::Error> {
        let bytes = <[u8; 16]>::deserialize(deserializer)?;
        Pseudonym::from_bytes(&bytes).ok_or_else(|| D::Error::custom("16 bytes are a pseudonym"))
    }
}
