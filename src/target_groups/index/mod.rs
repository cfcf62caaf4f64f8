//! [DK] målgruppeindeks: case facts of citizens with an open case, and nothing else. No title, no name, no text that a person wrote.
//!
//! One row a citizen, packed, found by the keyed pseudonym; the number lies in it under a key of its own, and a citizen is deleted by
//! one row. An unchanged case writes nothing.

mod codes;
mod fact;
mod keys;
mod row;
mod seal;
mod store;

pub use codes::{CodeId, Codes};
pub use fact::{IndexedFact, Standing};
pub use keys::{FactKey, JoinKey, KeyMaker};
pub use row::{CitizenRow, Kin, RegisterTold};
pub use seal::{NumberSeal, Sealed};
pub use store::{Changing, IndexError, Reading, TargetIndex};
