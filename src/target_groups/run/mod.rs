//! [DK] udsøgning: one rule run for one receiver. Cut first, then match: the rule sees what the receiver may be told, and nothing else.
//!
//! Reading order: [`Population`] (the index, read once and joined), [`Completeness`] (what could be known), [`find()`] (the whole run,
//! pure), [`RunLedger`] (what is kept between runs), [`Objections`], [`due`] (when a rule runs by itself), [`TargetRuns`] (the room that
//! lends all this its clock, its disk and the audit).

mod accepted;
mod asked;
mod background;
mod completeness;
mod cut;
mod find;
mod household;
mod ledger;
mod objecting;
mod objection;
mod on_lists;
mod population;
mod room;
mod row;
mod schedule;
mod standing;
#[cfg(test)]
mod tests;
mod working;

pub use accepted::record_accepted;
pub use asked::{Asked, By, NotRun};
pub use background::run_scheduled;
pub use completeness::{Completeness, SourceState};
pub use find::{Found, Question, World, find};
pub use ledger::{ListName, NotTaken, RunLedger, RunRow};
pub use objecting::{ObjectionAsked, ObjectionView, ObjectionsView};
pub use objection::{Event as ObjectionEvent, Objections, What as ObjectionWhat};
pub use population::{Population, Sight};
pub use room::{Lent, TargetRuns};
pub use schedule::{due, moment};
pub use standing::{DryRunView, ReceiverView, RuleView, RulesView};
pub use working::{Keeping, Ran};
