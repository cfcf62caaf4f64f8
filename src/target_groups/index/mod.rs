//! [DK] målgruppeindeks: case facts of citizens with an open case, and nothing else. No title, no name, no text that a person wrote.
//!
//! One row a citizen, packed, found by the keyed pseudonym; the number lies in it under a key of its own, and a citizen is deleted by
//! one row. An unchanged case writes nothing.

mod changing;
mod codes;
mod error;
mod fact;
mod fresh;
mod keys;
mod marks;
mod reading;
mod row;
mod seal;
mod store;
mod tables;
#[cfg(test)]
mod tests;

pub use changing::Changing;
pub use codes::{CodeId, Codes};
pub use error::IndexError;
pub use fact::{IndexedFact, Standing};
pub use keys::{FactKey, JoinKey, KeyMaker};
pub use reading::Reading;
pub use row::{BrokenRow, CitizenRow, Kin, RegisterTold};
pub use seal::{NumberSeal, Sealed};
pub use store::TargetIndex;

pub(in crate::target_groups) use fresh::{FreshIndex, Old, OldCitizen};
pub(in crate::target_groups) use seal::Nonces;
