//! How one source answered: a failure is an answer, too.

use std::sync::Arc;

use glasplade_adapters::contract::{SourceErrorKind, SourceId};
use jiff::Timestamp;

use super::{Freshness, Slice};
use crate::overview::{SourceState, SourceStatus};

/// How one source answered.
#[derive(Debug, Clone)]
pub enum SourceOutcome {
    /// Rows, with how fresh they are.
    Answered {
        /// The rows.
        slice: Arc<Slice>,
        /// How fresh.
        freshness: Freshness,
        /// When the source was first asked, as long as an answer that shows nothing says so.
        asked: Option<Timestamp>,
    },
    /// None, and whose turn it is.
    Failed {
        /// Whose turn it is.
        kind: SourceErrorKind,
        /// When the source was first asked, as long as an answer that shows nothing says so.
        asked: Option<Timestamp>,
    },
    /// It was not asked: it can hold nothing that this caller may see.
    NotConsulted,
}

impl SourceOutcome {
    /// Whatever it was asked, it has told: an older answer counts, since what is kept was whole.
    pub fn is_usable(&self) -> bool {
        match self {
            Self::NotConsulted => true,
            Self::Failed { .. } => false,
            Self::Answered { slice, .. } => slice.is_whole(),
        }
    }

    /// The outcome as the answer tells it.
    pub fn status(&self, id: &SourceId) -> SourceStatus {
        match self {
            Self::NotConsulted => SourceStatus::not_consulted(id.clone()),
            Self::Failed { kind, asked } => {
                let (state, failure) = (SourceState::of_failure(*kind), Some(*kind));
                SourceStatus { state, failure, asked: *asked, ..SourceStatus::not_consulted(id.clone()) }
            }
            Self::Answered { slice, freshness, asked } => {
                let (state, failure) = match freshness {
                    _ if !slice.is_whole() => (SourceState::Invalid, None),
                    Freshness::Fresh => (SourceState::Fresh, None),
                    Freshness::Cached => (SourceState::Cached, None),
                    Freshness::Stale(kind) => (SourceState::Stale, Some(*kind)),
                };
                SourceStatus {
                    id: id.clone(),
                    state,
                    as_of: Some(slice.as_of),
                    asked: *asked,
                    failure,
                    unreadable: slice.unreadable,
                    wrong_citizen: slice.wrong_citizen,
                    cut_short: slice.cut_short,
                    rows: slice.records.len(),
                }
            }
        }
    }
}
