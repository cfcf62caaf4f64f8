//! How far a build is, for whoever watches: numbers, and no citizen.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use serde::Serialize;

use super::BuildError;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BuildStep {
    /// The files are read.
    Reading,
    /// The fresh index is written.
    Writing,
}

/// How far a build is. Shared with the threads that build.
#[derive(Debug, Default)]
pub struct BuildProgress {
    step: AtomicU8,
    pub(super) bytes_total: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) rows: AtomicU64,
    pub(super) citizens: AtomicU64,
    is_stopped: AtomicBool,
}

impl BuildProgress {
    /// What is being done.
    pub fn step(&self) -> BuildStep {
        if self.step.load(Ordering::Relaxed) == 0 { BuildStep::Reading } else { BuildStep::Writing }
    }

    /// Bytes of the files that have been read, and bytes of all.
    pub fn bytes(&self) -> (u64, u64) {
        (self.bytes.load(Ordering::Relaxed), self.bytes_total.load(Ordering::Relaxed))
    }

    /// Rows that have been read.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Citizens in the fresh index.
    pub fn citizens(&self) -> u64 {
        self.citizens.load(Ordering::Relaxed)
    }

    /// Asks the threads to stop; the index stays as it was.
    pub fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn go_on(&self) -> Result<(), BuildError> {
        if self.is_stopped.load(Ordering::Relaxed) { Err(BuildError::Stopped) } else { Ok(()) }
    }

    pub(super) fn writes(&self) {
        self.step.store(1, Ordering::Relaxed);
        self.citizens.store(0, Ordering::Relaxed);
    }
}
