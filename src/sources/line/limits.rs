//! The limits of a line, which may be others at the next call.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use glasplade_adapters::transport::Limits;

use crate::config::GuardSettings;

/// A change that is made ready, and cannot fail any more.
pub(crate) type Swap = Box<dyn FnOnce() + Send>;

/// Something that is replaced as a whole while it is used; whoever has it keeps it until done.
#[derive(Debug)]
pub(crate) struct Current<T>(RwLock<Arc<T>>);

impl<T> Current<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(RwLock::new(Arc::new(value)))
    }

    /// As it is now.
    pub(crate) fn now(&self) -> Arc<T> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whoever looks from now on sees this.
    pub(crate) fn replace(&self, value: T) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(value);
    }
}

/// What the line itself keeps of a source's limits; the adapter's connection keeps the others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LineLimits {
    /// For one call, second tries with it.
    pub(super) timeout: Duration,
    pub(super) concurrency_max: usize,
    pub(super) guard: GuardSettings,
}

impl LineLimits {
    /// Those of a configured system.
    pub(crate) fn of(limits: &Limits, guard: GuardSettings) -> Self {
        let timeout = Duration::from_millis(limits.fetch_timeout_ms);
        Self { timeout, concurrency_max: limits.concurrency_max, guard }
    }
}
