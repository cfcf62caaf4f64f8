//! The questions of an auditor: who looked, at whom, why, what was shown, and what must be explained. [DK] revision.
//!
//! Reading order: [`Criteria`] (a question as it is asked), [`Auditor`] (who answers it, for the route and the command line
//! alike), [`LookUp`] (one look-up with its entries folded), [`sample`], [`extract`], [`export`] and [`alarms`].
//!
//! The index finds, the log tells: nothing here holds a citizen's number, and what is read is read for the rows shown. This
//! room writes nothing; whoever asks puts the question on record first.

pub mod alarms;
pub mod export;
pub mod extract;
pub mod sample;

mod criteria;
mod cursor;
mod desk;
mod log_tree;
mod look_up;
mod names;
mod told;
mod transparency;

pub use criteria::{Asked, Criteria, Unfit};
pub use desk::{Auditor, Page, Unanswered};
pub use log_tree::LogTree;
pub use look_up::{LookUp, Shown, SourceAsked};
pub use names::Names;
pub use transparency::{Transparency, Unproven};
