//! What an operator sees of a source: how it answered last, and what was odd. No citizen in it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use glasplade_adapters::contract::{SourceError, SourceErrorKind};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Slice;
use super::line::BreakerState;
use crate::telemetry::SourceMeter;

/// Counts since start.
#[derive(Debug, Default)]
pub(crate) struct Health {
    asked: AtomicU64,
    answered: AtomicU64,
    failed: AtomicU64,
    retried: AtomicU64,
    hedged: AtomicU64,
    spared: AtomicU64,
    unreadable_rows: AtomicU64,
    wrong_citizen_rows: AtomicU64,
    unclassified_rows: AtomicU64,
    unassigned_rows: AtomicU64,
    received_bytes: AtomicU64,
    told: Told,
    last: Mutex<Last>,
    /// What measures times, once the service is wired.
    meter: OnceLock<SourceMeter>,
}

/// What overviews got.
#[derive(Debug, Default)]
struct Told {
    fresh: AtomicU64,
    cached: AtomicU64,
    stale: AtomicU64,
    nothing: AtomicU64,
}

#[derive(Debug, Default, Clone)]
struct Last {
    answered_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
    failure: Option<(SourceErrorKind, &'static str, String)>,
}

/// How a source answered last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LastState {
    /// Not asked since start.
    Unknown,
    /// It answered.
    Answering,
    /// It did not.
    Failing,
}

/// What overviews got from a source, counted since start. The staff directory answers by the employee, and is not counted here.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub struct ToldView {
    /// Read for the answer.
    pub fresh: u64,
    /// From memory.
    pub cached: u64,
    /// From memory, the source not answering.
    pub stale: u64,
    /// Nothing, the source not answering.
    pub nothing: u64,
}

/// A source's health, for the operator.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HealthView {
    /// How it answered last.
    pub last: LastState,
    /// When it last answered.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
    /// When it last failed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub failed_at: Option<Timestamp>,
    /// Whose turn it was.
    #[schema(value_type = Option<String>, example = "unavailable")]
    pub failure: Option<SourceErrorKind>,
    /// The read operation that failed.
    pub failed_operation: Option<&'static str>,
    /// Where and what, in our own words.
    pub failure_detail: Option<String>,
    /// Look-ups made since start.
    pub asked: u64,
    /// Of these, answered.
    pub answered: u64,
    /// Of these, failed.
    pub failed: u64,
    /// Second tries.
    pub retried: u64,
    /// Second calls beside one that took long.
    pub hedged: u64,
    /// Look-ups that were not made, because the source had failed too often just before.
    pub spared: u64,
    /// Whether it is asked at all: after too many failures it is left alone for some seconds, then tried with one call.
    pub breaker: BreakerState,
    /// Rows that could not be read.
    pub unreadable_rows: u64,
    /// Rows about another citizen than the one asked for: an alarm.
    pub wrong_citizen_rows: u64,
    /// Rows whose kind no rule knows.
    pub unclassified_rows: u64,
    /// Rows that no matcher gives to a department.
    pub unassigned_rows: u64,
    /// Bytes of bodies read.
    pub received_bytes: u64,
    /// What overviews got.
    pub told: ToldView,
}

impl Health {
    /// Times are measured from now on.
    pub(crate) fn measured_by(&self, meter: SourceMeter) {
        // Wired once; a second meter would be a second service on this line, and there is none.
        let _ = self.meter.set(meter);
    }

    /// A look-up has ended: how long it took, what it read, and what came of it.
    pub(crate) fn took(&self, time: Duration, bytes: u64, outcome: &'static str) {
        self.received_bytes.fetch_add(bytes, Ordering::Relaxed);
        if let Some(meter) = self.meter.get() {
            meter.took(time, outcome);
        }
    }

    /// An overview got something that was read for it.
    pub(crate) fn told_fresh(&self) {
        self.told.fresh.fetch_add(1, Ordering::Relaxed);
    }

    /// An overview got something from memory.
    pub(crate) fn told_cached(&self) {
        self.told.cached.fetch_add(1, Ordering::Relaxed);
    }

    /// An overview got something this old, the source not answering.
    pub(crate) fn told_stale(&self, age: Duration) {
        self.told.stale.fetch_add(1, Ordering::Relaxed);
        if let Some(meter) = self.meter.get() {
            meter.stale(age);
        }
    }

    /// An overview got nothing.
    pub(crate) fn told_nothing(&self) {
        self.told.nothing.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn asked(&self) {
        self.asked.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn retried(&self) {
        self.retried.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn hedged(&self) {
        self.hedged.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn spared(&self) {
        self.spared.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn answered(&self, slice: &Slice, unclassified: u64, unassigned: u64) {
        self.answered.fetch_add(1, Ordering::Relaxed);
        self.unreadable_rows.fetch_add(u64::from(slice.unreadable), Ordering::Relaxed);
        self.wrong_citizen_rows.fetch_add(u64::from(slice.wrong_citizen), Ordering::Relaxed);
        self.unclassified_rows.fetch_add(unclassified, Ordering::Relaxed);
        self.unassigned_rows.fetch_add(unassigned, Ordering::Relaxed);
        self.last.lock().unwrap_or_else(PoisonError::into_inner).answered_at = Some(slice.as_of);
    }

    /// The register answered.
    pub(crate) fn answered_at(&self, moment: Timestamp) {
        self.answered_in_part(0, moment);
    }

    /// The directory answered, but for so many employees.
    pub(crate) fn answered_in_part(&self, unreadable: u32, moment: Timestamp) {
        self.answered.fetch_add(1, Ordering::Relaxed);
        self.unreadable_rows.fetch_add(u64::from(unreadable), Ordering::Relaxed);
        self.last.lock().unwrap_or_else(PoisonError::into_inner).answered_at = Some(moment);
    }

    /// An answer was about somebody else.
    pub(crate) fn wrong_citizen(&self) {
        self.wrong_citizen_rows.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn failed(&self, error: &SourceError, at: Timestamp) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.failed_at = Some(at);
        last.failure = Some((error.kind, error.operation, error.detail.to_string()));
    }

    /// The counts as they are now; how the breaker stands is the line's to say.
    pub(crate) fn view(&self) -> HealthView {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let state = match (last.answered_at, last.failed_at) {
            (None, None) => LastState::Unknown,
            (answered, Some(failed)) if answered.is_none_or(|answered| answered < failed) => LastState::Failing,
            _ => LastState::Answering,
        };
        let is_failing = state == LastState::Failing;
        let failure = last.failure.filter(|_| is_failing);
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
            hedged: count(&self.hedged),
            spared: count(&self.spared),
            breaker: BreakerState::default(),
            unreadable_rows: count(&self.unreadable_rows),
            wrong_citizen_rows: count(&self.wrong_citizen_rows),
            unclassified_rows: count(&self.unclassified_rows),
            unassigned_rows: count(&self.unassigned_rows),
            received_bytes: count(&self.received_bytes),
            told: ToldView {
                fresh: count(&self.told.fresh),
                cached: count(&self.told.cached),
                stale: count(&self.told.stale),
                nothing: count(&self.told.nothing),
            },
        }
    }
}
