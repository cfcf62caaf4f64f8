//! What [`super::progress`] waits with. `log/shuttled.rs` has the same names from a scheduler of its own.

pub(super) use std::sync::atomic::{AtomicBool, Ordering};
pub(super) use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
