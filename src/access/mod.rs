//! [DK] adgang: who calls, and what they may see. Pure but for the token's keys, which come from the issuer.

mod caller;
pub mod token;

pub use caller::{Caller, EmployeeId, KlePrefix};
