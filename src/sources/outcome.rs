//! How one source answered: a failure is an answer, too.

use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{SourceErrorKind, SourceId};
use jiff::Timestamp;

use super::{Freshness, Slice};
use crate::overview::{SourceState, SourceStatus};

/// A source's first answer about a citizen, of which alone somebody is told who sees nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct First {
    /// When it was read.
    pub asked: Timestamp,
    /// How long it took.
    pub took: Duration,
}

/// How one source answered.
#[derive(Debug, Clone)]
pub enum SourceOutcome {
    /// Rows, with how fresh they are.
    Answered {
        /// The rows.
        slice: Arc<Slice>,
        /// How fresh.
        freshness: Freshness,
        /// The first answer about this citizen, as long as an answer that shows nothing tells of that one.
        first: Option<First>,
        /// How long it took this time; nothing from memory.
        took: Duration,
    },
    /// None, and whose turn it is.
    Failed {
        /// Whose turn it is.
        kind: SourceErrorKind,
        /// The first answer about this citizen, as long as an answer that shows nothing tells of that one.
        first: Option<First>,
        /// How long it took this time; nothing from memory.
        took: Duration,
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

    /// The very same rows, as fresh, of the same first answer; in whatever time they came.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::NotConsulted, Self::NotConsulted) => true,
            (
                Self::Answered { slice, freshness, first, .. },
                Self::Answered { slice: other_slice, freshness: other_freshness, first: other_first, .. },
            ) => Arc::ptr_eq(slice, other_slice) && freshness == other_freshness && first == other_first,
            _ => false,
        }
    }

    /// The time ran out before it had told.
    pub fn ran_out_of_time(&self) -> bool {
        matches!(self, Self::Failed { kind: SourceErrorKind::TimedOut, .. })
    }

    /// How long the source took, as the time of an answer that shows nothing may depend on it: the first time, as long as that
    /// one is told of. `None` where it was not asked.
    pub fn took_without_rows(&self) -> Option<Duration> {
        match self {
            Self::NotConsulted => None,
            Self::Answered { first, took, .. } | Self::Failed { first, took, .. } => {
                Some(first.map_or(*took, |first| first.took))
            }
        }
    }

    /// The outcome as the answer tells it.
    pub fn status(&self, id: &SourceId) -> SourceStatus {
        match self {
            Self::NotConsulted => SourceStatus::not_consulted(id.clone()),
            Self::Failed { kind, first, .. } => {
                let (state, failure) = (SourceState::of_failure(*kind), Some(*kind));
                SourceStatus {
                    state,
                    failure,
                    asked: first.map(|first| first.asked),
                    ..SourceStatus::not_consulted(id.clone())
                }
            }
            Self::Answered { slice, freshness, first, .. } => {
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
                    asked: first.map(|first| first.asked),
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
