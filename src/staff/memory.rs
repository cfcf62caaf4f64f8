//! What the directory said about employees, in memory, by employee. Hours, not minutes: it is not about citizens.
//!
//! Freshness is our own clock over the moment of reading; moka only bounds the memory.

use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{SourceErrorKind, StaffKey, StaffMember};
use jiff::Timestamp;

use crate::config::CacheAges;
use crate::sources::is_younger;

/// What is kept of one employee; nobody when the directory said that it knows none.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) member: Option<Arc<StaffMember>>,
    pub(super) read_at: Timestamp,
}

/// How an employee is remembered.
#[derive(Debug, Clone)]
pub(super) enum Remembered {
    /// Used, nothing is asked.
    Fresh(Kept),
    /// Used, and read anew.
    Aged(Kept),
    /// To be read.
    Missing,
    /// It could not be read a moment ago; nothing is asked.
    Failed(SourceErrorKind),
}

#[derive(Debug)]
pub(super) struct Memory {
    kept: moka::future::Cache<StaffKey, Kept>,
    failed: moka::future::Cache<StaffKey, (SourceErrorKind, Timestamp)>,
    ages: CacheAges,
}

/// After a failure the same employee is not asked for again before this, in seconds: a directory that does not answer
/// costs the answers nothing.
const RETRY_AFTER_S: u32 = 10;

/// That an employee is unknown is believed for this part of the time in which an entry is fresh: somebody may be new.
const UNKNOWN_PART: u32 = 10;

/// An employee stands under two keys, the id and the user.
const KEYS_PER_EMPLOYEE: u64 = 2;

impl Memory {
    pub(super) fn new(ages: CacheAges, entries_max: u64) -> Self {
        let keys_max = entries_max.saturating_mul(KEYS_PER_EMPLOYEE);
        let kept = moka::future::Cache::builder()
            .max_capacity(keys_max)
            .weigher(|_: &StaffKey, kept: &Kept| if kept.member.is_some() { 1 } else { 2 })
            // A bound on top of our own ages, so that nothing outlives its use in memory.
            .time_to_live(Duration::from_secs(ages.fresh_s.max(ages.stale_s).max(1).into()))
            .build();
        let failed = moka::future::Cache::builder()
            .max_capacity(keys_max)
            .time_to_live(Duration::from_secs(RETRY_AFTER_S.into()))
            .build();
        Self { kept, failed, ages }
    }

    /// How `key` is remembered `now`.
    pub(super) async fn recall(&self, key: &StaffKey, now: Timestamp) -> Remembered {
        let kept = self.kept.get(key).await;
        let fresh_s = match &kept {
            Some(Kept { member: None, .. }) => self.ages.fresh_s / UNKNOWN_PART,
            _ => self.ages.fresh_s,
        };
        if let Some(kept) = kept.as_ref().filter(|kept| is_younger(kept.read_at, now, fresh_s)) {
            return Remembered::Fresh(kept.clone());
        }
        if let Some(kept) = kept.filter(|kept| self.may_be_stale(kept, now)) {
            return Remembered::Aged(kept);
        }
        self.failure(key, now).await.map_or(Remembered::Missing, Remembered::Failed)
    }

    /// Why `key` could not be read, if that was a moment ago.
    pub(super) async fn failure(&self, key: &StaffKey, now: Timestamp) -> Option<SourceErrorKind> {
        let (kind, at) = self.failed.get(key).await?;
        is_younger(at, now, RETRY_AFTER_S).then_some(kind)
    }

    /// Keeps what was read.
    pub(super) async fn keep(&self, key: StaffKey, kept: Kept) {
        self.failed.invalidate(&key).await;
        self.kept.insert(key, kept).await;
    }

    /// Keeps that it could not be read.
    pub(super) async fn keep_failure(&self, key: StaffKey, kind: SourceErrorKind, at: Timestamp) {
        self.failed.insert(key, (kind, at)).await;
    }

    /// Only what the directory knew is used when it is old: that it knew nobody is not.
    fn may_be_stale(&self, kept: &Kept, now: Timestamp) -> bool {
        kept.member.is_some() && is_younger(kept.read_at, now, self.ages.stale_s)
    }
}
