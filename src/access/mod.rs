//! [DK] adgang: who calls, and what they may see. Pure given its inputs: a caller, a question, configuration and the time.
//!
//! Two of the six steps of the access rules stand here: own case (by person or unit), and what an item's category allows
//! others to be told. Consent, statutes, emergency and the bars for oneself and one's household slot into `policy.rs`
//! without touching another room.

mod caller;
mod grant;
mod policy;
mod question;
mod refusal;
#[cfg(test)]
mod tests;
pub mod token;

pub use caller::{Caller, EmployeeId, KlePrefix};
pub use grant::{Access, AccessGrant, Decision, ItemPolicy};
pub use policy::{Basis, ClassSet, ItemAttributes, Shown};
pub use question::{Criterion, Question, REASON_CHARACTERS_MIN};
pub use refusal::Refusal;
