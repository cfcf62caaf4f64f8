//! What was decided in one answer, and on what: kept by the audit, so that each decision can be made again.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::ClassSet;
use super::engine::{AskedInput, Asking, CitizenInput, Engine, GroundInput, ItemInput, PrincipalInput};

/// The distinct decisions of one answer, with everything that they rested on. No title, name or number is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidedAnswer {
    /// What all had in common.
    pub asked: AskedInput,
    /// The caller in each role.
    pub roles: Vec<PrincipalInput>,
    /// The grounds that there were, in their order.
    pub grounds: Vec<GroundInput>,
    /// The caller had to do with the citizen.
    pub has_relation: bool,
    /// Each distinct set of attributes: shown and withheld.
    pub items: Vec<DecidedItem>,
    /// The citizen's own facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citizen: Vec<DecidedCitizen>,
    /// The place in the ledger of consents up to which the citizen's were read: what was recorded behind it was not known.
    #[serde(default)]
    pub consents_at: u64,
}

/// [`DecidedAnswer`] as it goes on record: shared by every entry that tells of it, and written as JSON once, however often the answer
/// is given.
#[derive(Clone, Default)]
pub struct DecidedRecord(Arc<Kept>);

#[derive(Default)]
struct Kept {
    answer: DecidedAnswer,
    json: OnceLock<Box<RawValue>>,
}

impl DecidedRecord {
    /// As JSON.
    fn json(&self) -> &RawValue {
        let write = || to_raw_value(&self.0.answer).expect("what was decided holds nothing that JSON cannot");
        self.0.json.get_or_init(write)
    }
}

impl From<DecidedAnswer> for DecidedRecord {
    fn from(answer: DecidedAnswer) -> Self {
        Self(Arc::new(Kept { answer, json: OnceLock::new() }))
    }
}

impl Deref for DecidedRecord {
    type Target = DecidedAnswer;

    fn deref(&self) -> &DecidedAnswer {
        &self.0.answer
    }
}

impl fmt::Debug for DecidedRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.answer.fmt(formatter)
    }
}

impl PartialEq for DecidedRecord {
    fn eq(&self, other: &Self) -> bool {
        self.0.answer == other.0.answer
    }
}

impl Eq for DecidedRecord {}

impl Serialize for DecidedRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DecidedRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        DecidedAnswer::deserialize(deserializer).map(Self::from)
    }
}

/// One distinct set of attributes and what it opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidedItem {
    /// The attributes.
    pub input: ItemInput,
    /// Position of the role, position of the ground, classes.
    pub opened: Vec<(usize, usize, ClassSet)>,
    /// What its category let the caller know; `None` when that was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<ClassSet>,
}

/// One question about the citizen's own facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidedCitizen {
    /// Position of the role.
    pub role: usize,
    /// Position of the ground.
    pub ground: usize,
    /// The attributes.
    pub input: CitizenInput,
    /// What was opened.
    pub classes: ClassSet,
}

/// A decision that comes out otherwise when it is made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// `item` or `citizen`, and its position in the record.
    pub of: &'static str,
    /// Position in the record.
    pub at: usize,
    /// What the record says: role, ground, classes.
    pub recorded: Vec<(usize, usize, ClassSet)>,
    /// What the policies say.
    pub replayed: Vec<(usize, usize, ClassSet)>,
}

impl DecidedAnswer {
    /// Makes every decision again under these policies and lists what differs.
    pub fn replay(&self, engine: &Engine) -> Vec<Difference> {
        let asking = Asking::new(engine, self.roles.clone(), self.asked.clone(), self.grounds.clone());
        let items = self.items.iter().enumerate().filter_map(|(at, item)| self.replay_item(&asking, at, item));
        let citizen = self.citizen.iter().enumerate().filter_map(|(at, one)| {
            let is_known = one.role < self.roles.len() && one.ground < self.grounds.len();
            let classes = if is_known { asking.citizen(one.role, one.ground, &one.input) } else { ClassSet::default() };
            let differs = classes != one.classes || !is_known;
            differs.then(|| Difference {
                of: "citizen",
                at,
                recorded: vec![(one.role, one.ground, one.classes)],
                replayed: vec![(one.role, one.ground, classes)],
            })
        });
        items.chain(citizen).collect()
    }

    fn replay_item(&self, asking: &Asking<'_>, at: usize, item: &DecidedItem) -> Option<Difference> {
        let granted = item.input.grants_own_effort;
        let opened = asking.item(&item.input, false, |ground| match ground {
            GroundInput::Category => false,
            GroundInput::GrantingCase => granted,
            _ => true,
        });
        let mut replayed: Vec<_> = opened.iter().map(|one| (one.role, one.ground, one.classes)).collect();
        let mut recorded = item.opened.clone();
        if let Some(told) = item.told {
            let is_category = |ground: &GroundInput| *ground == GroundInput::Category;
            let opened = asking.item(&item.input, self.has_relation, is_category);
            let classes = opened.iter().fold(ClassSet::default(), |all, one| all.and(one.classes));
            recorded.push((usize::MAX, usize::MAX, told));
            replayed.push((usize::MAX, usize::MAX, classes));
        }
        (recorded != replayed).then_some(Difference { of: "item", at, recorded, replayed })
    }
}
