//! An operator's word that a source may tell far less than before. It stands in the index from the moment at which it counts until the
//! audit has it: who reads sources holds no audit, and a service at work holds the only one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Shrank;
use crate::access::EmployeeId;
use crate::target_groups::index::{IndexError, Reading};

/// The kind of state under which words lie in the index until they are on record.
pub(in crate::target_groups) const ACCEPTED: &str = "accepted_shrinking";

/// An operator says that a source may tell far less than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepts {
    /// Id of the source.
    pub source: String,
    /// Who says so, where somebody gave a name.
    pub by: Option<EmployeeId>,
}

/// That it was said, and what went with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::target_groups) struct Accepted {
    /// Id of the source.
    pub(in crate::target_groups) source: String,
    /// When.
    pub(in crate::target_groups) at: Timestamp,
    /// The employee, where somebody gave a name.
    pub(in crate::target_groups) by: Option<String>,
    /// What the source had, and no longer tells.
    pub(in crate::target_groups) shrank: Shrank,
}

impl Accepted {
    pub(in crate::target_groups) fn new(accepts: &Accepts, shrank: Shrank, at: Timestamp) -> Self {
        let by = accepts.by.as_ref().map(|by| by.as_str().to_owned());
        Self { source: accepts.source.clone(), at, by, shrank }
    }

    /// All that are not on record yet, by their ids.
    pub(in crate::target_groups) fn all(index: &Reading<'_>) -> Result<Vec<(String, Self)>, IndexError> {
        let names = index.names(ACCEPTED)?.into_iter();
        let all = names.map(|name| Ok(index.state(ACCEPTED, &name)?.map(|accepted| (name, accepted))));
        all.filter_map(Result::transpose).collect()
    }
}
