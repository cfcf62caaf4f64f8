//! The source systems as the house sees them: which exist, how one is asked within its limits, what is remembered.
//!
//! A source that fails is a row in the answer; nothing here returns an error to the caller of the overview.

mod cache;
mod deadline;
pub(crate) mod flights;
mod gather;
mod guard;
mod health;
pub(crate) mod line;
mod listing;
mod outcome;
mod registry;
mod slice;
#[cfg(all(test, feature = "fakes"))]
mod tests;

pub use cache::Freshness;
pub(crate) use cache::is_younger;
pub use deadline::Deadline;
pub use gather::{Gathering, Wish};
pub(crate) use health::Health;
pub use health::{HealthView, LastState, ToldView};
pub use line::BreakerState;
pub(crate) use line::{Swap, Window};
pub use outcome::{First, SourceOutcome};
pub use registry::{Source, Sources, build};
pub use slice::Slice;
