//! How a source answered, in words that the overview can show.

use glasplade_adapters::contract::{SourceErrorKind, SourceId};
use jiff::Timestamp;

/// The seven states of a source, in every answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// Read for this answer.
    Fresh,
    /// Read a moment ago.
    Cached,
    /// Read earlier; the source does not answer now.
    Stale,
    /// It does not answer, or not to us.
    Unavailable,
    /// It did not answer in time.
    TimedOut,
    /// It answered something that cannot be used, in whole or in part.
    Invalid,
    /// It was not asked.
    NotConsulted,
}

impl SourceState {
    /// The state of a source that gave nothing.
    pub fn of_failure(kind: SourceErrorKind) -> Self {
        match kind {
            SourceErrorKind::TimedOut => Self::TimedOut,
            SourceErrorKind::Malformed | SourceErrorKind::WrongCitizen => Self::Invalid,
            _ => Self::Unavailable,
        }
    }

    /// The code in the answer and the audit.
    pub fn code(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Cached => "cached",
            Self::Stale => "stale",
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timed_out",
            Self::Invalid => "invalid",
            Self::NotConsulted => "not_consulted",
        }
    }
}

/// How one source answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceStatus {
    /// The source.
    pub id: SourceId,
    /// Its state.
    pub state: SourceState,
    /// When what is shown was read.
    pub as_of: Option<Timestamp>,
    /// When the source was first asked about this citizen, while an answer that shows nothing tells this and not `as_of`.
    pub asked: Option<Timestamp>,
    /// Why it is not fresh.
    pub failure: Option<SourceErrorKind>,
    /// Rows that could not be read.
    pub unreadable: u32,
    /// Rows about another citizen that were dropped.
    pub wrong_citizen: u32,
    /// The source had more rows than the limit.
    pub cut_short: bool,
    /// Rows that it gave; for the audit, never shown.
    pub rows: usize,
}

impl SourceStatus {
    /// A source that was not asked.
    pub fn not_consulted(id: SourceId) -> Self {
        Self {
            id,
            state: SourceState::NotConsulted,
            as_of: None,
            asked: None,
            failure: None,
            unreadable: 0,
            wrong_citizen: 0,
            cut_short: false,
            rows: 0,
        }
    }

    /// One status of two answers by the same source: the worse state, the older reading, both counts.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        const GOOD_FIRST: [SourceState; 7] = [
            SourceState::NotConsulted,
            SourceState::Cached,
            SourceState::Fresh,
            SourceState::Stale,
            SourceState::TimedOut,
            SourceState::Unavailable,
            SourceState::Invalid,
        ];
        let rank = |status: &Self| GOOD_FIRST.iter().position(|state| *state == status.state);
        let older = |one: Option<Timestamp>, two: Option<Timestamp>| one.into_iter().chain(two).min();
        let (worse, better) = if rank(&other) > rank(&self) { (other, self) } else { (self, other) };
        Self {
            as_of: older(worse.as_of, better.as_of),
            asked: older(worse.asked, better.asked),
            failure: worse.failure.or(better.failure),
            unreadable: worse.unreadable + better.unreadable,
            wrong_citizen: worse.wrong_citizen + better.wrong_citizen,
            cut_short: worse.cut_short || better.cut_short,
            rows: worse.rows + better.rows,
            ..worse
        }
    }

    /// The state as somebody is told it who sees nothing of the citizen.
    ///
    /// A source that was asked not long ago is `cached` since then, whatever it says this time: a number that nobody has is
    /// answered from memory, so whoever's rows are not kept must look the same while the source is slow, down, or wrong.
    /// Before that, an older reading hides nothing of the failure: how old it may be depends on the rows. That some rows could
    /// not be read would tell that there are rows, and "fresh" would tell a caseworker whose own case is among them that there
    /// is none: it is told like a source that does not answer. A source that answers about another citizen is told of.
    #[must_use]
    pub fn without_rows(&self) -> Self {
        let silent = Self::not_consulted(self.id.clone());
        if self.asked.is_some() {
            return Self { state: SourceState::Cached, as_of: self.asked, asked: self.asked, ..silent };
        }
        let failed = |kind| Self { state: SourceState::of_failure(kind), failure: Some(kind), ..silent };
        match (self.state, self.failure) {
            (SourceState::Stale, Some(kind)) => failed(kind),
            (SourceState::Invalid, None) if self.wrong_citizen == 0 => failed(SourceErrorKind::Unavailable),
            _ => Self { rows: 0, ..self.clone() },
        }
    }

    /// Its rows are there, fresh or not.
    pub fn has_answered(&self) -> bool {
        self.as_of.is_some()
    }
}
