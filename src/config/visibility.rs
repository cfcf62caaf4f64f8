//! `visibility.toml`: every field of an item belongs to exactly one field class; access decides classes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `visibility.toml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VisibilityFile {
    /// Field name, as the answer has it, to class. A field that is not named is never shown.
    pub item: BTreeMap<String, FieldClass>,
    /// The same for the citizen's own block.
    pub citizen: BTreeMap<String, FieldClass>,
    /// The same for the family view.
    pub family: BTreeMap<String, FieldClass>,
    /// What the view that is turned to the citizen leaves out.
    pub shared: SharedView,
}

/// [DK] fælles visning: fields that name third persons, or that are staff's own remarks. The family is always left out.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharedView {
    /// Fields of an item.
    pub leaves_out_of_item: Vec<String>,
    /// Fields of the citizen's own block.
    pub leaves_out_of_citizen: Vec<String>,
}

/// [DK] feltklasse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldClass {
    /// That the item exists.
    Existence,
    /// The unit's public name, switchboard or shared mailbox.
    Contact,
    /// Title, number, status, dates.
    Core,
    /// Named staff, direct phone, e-mail, role, since.
    People,
    /// KLE and law.
    Subject,
    /// Next deadline.
    Deadline,
    /// Benefit sums and payments.
    Amount,
    /// Who delivers.
    Provider,
    /// Effort to authority case.
    Relation,
    /// Jump to the source.
    Link,
    /// The citizen's name and age.
    Person,
    /// Others at the address.
    Household,
    /// The citizen's address.
    Address,
}

impl FieldClass {
    /// The class as configuration, policies and audit write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Existence => "existence",
            Self::Contact => "contact",
            Self::Core => "core",
            Self::People => "people",
            Self::Subject => "subject",
            Self::Deadline => "deadline",
            Self::Amount => "amount",
            Self::Provider => "provider",
            Self::Relation => "relation",
            Self::Link => "link",
            Self::Person => "person",
            Self::Household => "household",
            Self::Address => "address",
        }
    }

    /// All classes, in order.
    pub const ALL: [Self; 13] = [
        Self::Existence,
        Self::Contact,
        Self::Core,
        Self::People,
        Self::Subject,
        Self::Deadline,
        Self::Amount,
        Self::Provider,
        Self::Relation,
        Self::Link,
        Self::Person,
        Self::Household,
        Self::Address,
    ];
}
