//! [DK] regler: what a municipality has written and approved, and whom it fits. Pure: the same household, rule and day give the
//! same answer and the same words.
//!
//! Reading order: [`Condition`] (the language, checked), [`Rule`] (a file of `config/target-groups/`), [`Standing`] (whether it
//! may run on a day, and on what), [`Names`] (the words of a reason).

mod approval;
mod benefits;
mod condition;
mod days;
mod reason;
mod rule;
#[cfg(test)]
mod tests;

pub use approval::{Approved, Off, Standing, approved, standings};
pub use condition::{Condition, FactAt, KnownCodes, Match, Needs, Refusal};
pub use reason::Names;
pub use rule::Rule;

use super::Day;

/// Whole years on a day, as rules count them; none before birth.
pub(crate) fn age_years(born: Day, as_of: Day) -> Option<u16> {
    u16::try_from(days::age_months(born, as_of)? / 12).ok()
}
