//! What every adapter promises, by subject.

pub(crate) mod answers;
mod diff;
mod failures;
mod limits;
mod page;
mod privacy;
mod wire;

use crate::promise::Promise;

/// Every promise, in reading order.
pub(crate) fn all() -> impl Iterator<Item = &'static Promise> {
    [answers::PROMISES, failures::PROMISES, limits::PROMISES, privacy::PROMISES, wire::PROMISES].into_iter().flatten()
}
