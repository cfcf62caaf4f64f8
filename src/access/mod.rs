//! [DK] adgang: who calls, and what they may see. Pure given its inputs: a caller, a question, configuration and the time.
//!
//! Three of the six steps of the access rules stand here: the bars for oneself, one's household and colleagues
//! (`standing.rs`), own case by person or unit, and what an item's category allows others to be told (`policy.rs`).
//! Consent, statutes and emergency slot in without touching another room.

mod caller;
mod grant;
mod ground;
mod operation;
mod policy;
mod question;
mod refusal;
mod standing;
#[cfg(test)]
mod tests;
pub mod token;

pub use caller::{Caller, EmployeeId, KlePrefix};
pub use grant::{Access, AccessGrant, Decision, ItemPolicy};
pub use ground::{ConsentGround, EmergencyGround, Grounds};
pub use operation::{Operation, Right};
pub use policy::{Basis, CitizenAttributes, ClassSet, ItemAttributes, OwnRole, Shown};
pub(crate) use question::holds_personal_number;
pub use question::{Criterion, Question, REASON_CHARACTERS_MIN};
pub use refusal::Refusal;
pub use standing::{CallerFacts, Reach, Standing};
