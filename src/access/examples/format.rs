//! The form of a file of examples.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// Attributes by name, as the schema names them.
pub(super) type Attributes = Map<String, Value>;

/// The whole file: four kinds of named bases, and the examples.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Examples {
    pub(super) caller: BTreeMap<String, Base>,
    pub(super) item: BTreeMap<String, Base>,
    pub(super) citizen: BTreeMap<String, Base>,
    pub(super) context: BTreeMap<String, Base>,
    pub(super) example: Vec<Example>,
}

/// A named set of attributes, or the changes to another.
#[derive(Debug, Deserialize)]
pub(super) struct Base {
    /// The base that this one changes; that one changes none itself.
    pub(super) like: Option<String>,
    #[serde(flatten)]
    pub(super) attributes: Attributes,
}

/// One situation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Example {
    /// A sentence that a lawyer can judge.
    pub(super) situation: String,
    /// The policy that it is about, by its `@id`.
    pub(super) policy: String,
    pub(super) caller: String,
    /// Exactly one of `item` and `citizen`.
    pub(super) item: Option<String>,
    pub(super) citizen: Option<String>,
    pub(super) context: String,
    #[serde(default)]
    pub(super) caller_with: Attributes,
    #[serde(default)]
    pub(super) item_with: Attributes,
    #[serde(default)]
    pub(super) citizen_with: Attributes,
    #[serde(default)]
    pub(super) context_with: Attributes,
    /// Attributes that are taken away, as `context.case_ref`.
    #[serde(default)]
    pub(super) without: Vec<String>,
    pub(super) expect: Expected,
    /// Field classes that are asked about, each by itself.
    pub(super) classes: Vec<String>,
}

/// The answer that is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Expected {
    Allow,
    Deny,
}
