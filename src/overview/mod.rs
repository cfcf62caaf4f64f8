//! One citizen, one overview: rows are joined, decided, cut and written. Pure: no IO, no clock, no randomness.

mod actors;
mod call_first;
mod citizen;
mod classify;
mod join;
mod law_text;
mod merge;
mod model;
mod redact;
mod redacted;
mod render;
mod source_state;
#[cfg(test)]
mod tests;
pub mod view;
mod visibility;

pub use classify::{Classifier, Owner};
pub(crate) use join::{JoinRow, groups as join_groups, number_owner};
pub use merge::merge;
pub use model::{Merged, MergedItem, Phase};
pub use redact::{Setting, redact};
pub use redacted::{OnList, Redacted};
pub(crate) use render::Plate;
pub(crate) use render::danish_date;
pub(crate) use render::{FamilyMember, FamilyPart, render_event};
pub use render::{PartialView, Rendered, Wording};
pub use source_state::{SourceState, SourceStatus};
pub use visibility::VisibilityTable;
