//! [DK] målgrupper: who has cases across departments, who is new on the list, who has left it, and why.
//!
//! Sources are listed page by page into an index of case facts; reviewed rules are matched against what the receiving unit may be
//! told, and each run is compared with the one before. A list is a disclosure: what the receiver may not be told cannot put
//! anybody on it.

pub mod build;
pub mod diff;
pub mod history;
pub mod index;
pub mod lists;
pub mod poll;
pub mod rules;
pub mod run;

mod facts;
mod report;

pub use facts::{BenefitPeriod, Code, Day, Fact, FactPhase, Household, Kinship, Member};
pub use report::{Change, Gap, GapKind, ListedCitizen, Report};
