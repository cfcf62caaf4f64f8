//! What the civil register says of a person beyond the ordinary: facts that only the fake register tells.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Everything absent is the ordinary case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegisterFacts {
    /// First day of a status other than resident and dead: of disappearance, emigration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_since: Option<Date>,
    /// The birthday is uncertain.
    #[serde(skip_serializing_if = "is_ordinary")]
    pub born_uncertain: bool,
    /// The whole of [DK] adressebeskyttelse, instead of `protected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protection: Option<ProtectionRow>,
    /// A mother without a number; used when no person of the file is the mother.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mother: Option<NamedParent>,
    /// A father without a number; used when no person of the file is the father.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub father: Option<NamedParent>,
    /// [DK] delt bopæl: the child has a share in two homes since this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_residence: Option<Date>,
    /// [DK] værgemål.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardian: Option<GuardianRow>,
    /// How much an answer about the number in force holds.
    #[serde(skip_serializing_if = "is_ordinary")]
    pub answer: RegisterAnswer,
    /// How much an answer about an earlier number holds.
    #[serde(skip_serializing_if = "is_ordinary")]
    pub answer_to_former: RegisterAnswer,
}

impl RegisterFacts {
    /// There is nothing beyond the ordinary.
    pub(super) fn is_ordinary(&self) -> bool {
        is_ordinary(self)
    }
}

fn is_ordinary<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// [DK] adressebeskyttelse as the register writes it; each part may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProtectionRow {
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// First day no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// The flag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<bool>,
}

/// A parent whom the register has no number of; with neither name nor birthday, an empty element.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NamedParent {
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Birthday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub born: Option<Date>,
}

/// [DK] værge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardianRow {
    /// The guardian's number; absent for somebody whom the register only has by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The guardian's name, where there is no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The guardianship is full; absent is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full: Option<bool>,
    /// First day.
    pub since: Date,
}

/// How much of an answer is filled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisterAnswer {
    /// All that is known.
    #[default]
    Full,
    /// The numbers alone.
    Thin,
    /// Nothing at all, which the schema allows.
    Empty,
}
