//! Rows of several sources as one citizen's items, before anybody's rights are looked at.

use std::sync::Arc;

use glasplade_adapters::contract::{CaseStatus, Record};
use jiff::civil::Date;

/// Everything that the sources told about one citizen, joined.
///
/// **Invariant:** it cannot be serialized; [`super::redact`] is its only exit.
///
/// ```compile_fail,E0277
/// # fn leak(merged: &glasplade::overview::Merged) {
/// serde_json::to_string(merged);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Merged {
    /// One per case or effort, in no particular order of importance (that is decided after the cut), but always the same.
    pub items: Vec<MergedItem>,
    /// Rows that name anonymous treatment: dropped, counted, reported to the operator.
    pub anonymous_dropped: usize,
    /// Rows about somebody else that reached the merge although the border drops them; always zero.
    pub strangers_dropped: usize,
}

/// One case or effort, as all its provenances tell it.
#[derive(Debug, Clone, PartialEq)]
pub struct MergedItem {
    /// The provenances: the owning system's row first, the others in the order of the configured sources.
    pub rows: Vec<Arc<Record>>,
    /// The first row is one of the system that owns the case. Without it access is never widened.
    pub owner_row_decides: bool,
}

impl MergedItem {
    /// The row that decides.
    pub fn deciding(&self) -> &Record {
        &self.rows[0]
    }

    /// Where it stands on `today`, by the row that decides.
    pub fn phase(&self, today: Date) -> Phase {
        Phase::of(self.deciding(), today)
    }
}

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Running.
    Active,
    /// Begins on a day to come.
    Future,
    /// Over.
    Closed,
    /// Made by mistake or cancelled: never shown as closed.
    Void,
}

impl Phase {
    /// Where a row stands on `today`. An end that lies ahead is not an end yet, one before the beginning is
    /// none; an unknown status counts as active.
    pub fn of(record: &Record, today: Date) -> Self {
        Self::by(record.status.normal, record.opened, record.last_day(), today)
    }

    /// The same, by the only facts of a row that it goes by; the last day is [`Record::last_day`].
    pub fn by(status: CaseStatus, opened: Option<Date>, last_day: Option<Date>, today: Date) -> Self {
        match status {
            CaseStatus::Void => Self::Void,
            CaseStatus::Closed => Self::Closed,
            _ if last_day.is_some_and(|last| last < today) => Self::Closed,
            _ if opened.is_some_and(|opened| opened > today) => Self::Future,
            _ => Self::Active,
        }
    }

    /// Running or about to begin.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Active | Self::Future)
    }
}
