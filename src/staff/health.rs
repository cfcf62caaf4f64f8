//! What an operator sees of the directory: how it answered last, in the same words as of a source.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use glasplade_adapters::contract::{SourceError, SourceErrorKind};
use jiff::Timestamp;

use crate::sources::{HealthView, LastState};

/// Counts since start.
#[derive(Debug, Default)]
pub(super) struct Health {
    asked: AtomicU64,
    answered: AtomicU64,
    failed: AtomicU64,
    retried: AtomicU64,
    unreadable: AtomicU64,
    last: Mutex<Last>,
}

#[derive(Debug, Default, Clone)]
struct Last {
    answered_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
    failure: Option<(SourceErrorKind, &'static str, String)>,
}

impl Health {
    pub(super) fn asked(&self) {
        self.asked.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn retried(&self) {
        self.retried.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn answered(&self, unreadable: u32, at: Timestamp) {
        self.answered.fetch_add(1, Ordering::Relaxed);
        self.unreadable.fetch_add(u64::from(unreadable), Ordering::Relaxed);
        self.last.lock().unwrap_or_else(PoisonError::into_inner).answered_at = Some(at);
    }

    pub(super) fn failed(&self, error: &SourceError, at: Timestamp) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.failed_at = Some(at);
        last.failure = Some((error.kind, error.operation, error.detail.to_string()));
    }

    /// The counts as they are now. What concerns cases and citizens is zero.
    pub(super) fn view(&self) -> HealthView {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let state = match (last.answered_at, last.failed_at) {
            (None, None) => LastState::Unknown,
            (answered, Some(failed)) if answered.is_none_or(|answered| answered < failed) => LastState::Failing,
            _ => LastState::Answering,
        };
        let failure = last.failure.filter(|_| state == LastState::Failing);
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        HealthView {
            last: state,
            answered_at: last.answered_at,
            failed_at: last.failed_at,
            failure: failure.as_ref().map(|(kind, _, _)| *kind),
            failed_operation: failure.as_ref().map(|(_, operation, _)| *operation),
            failure_detail: failure.map(|(_, _, detail)| detail),
            asked: count(&self.asked),
            answered: count(&self.answered),
            failed: count(&self.failed),
            retried: count(&self.retried),
            unreadable_rows: count(&self.unreadable),
            wrong_citizen_rows: 0,
            unclassified_rows: 0,
            unassigned_rows: 0,
        }
    }
}
