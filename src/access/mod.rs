//! [DK] adgang: who calls, and what they may see. Pure given its inputs: a caller, a question, configuration and the time.
//!
//! Reading order: [`Caller`], [`Question`], [`Access`] (the permit), `rules.rs` (configuration and facts become inputs),
//! [`engine`] (the policies decide), [`ItemPolicy`] (one answer's decisions) and [`DecidedAnswer`] (what the audit keeps of
//! them). The policies themselves stand in `config/access/`.

mod basis;
mod caller;
mod classes;
mod decided;
mod emergency;
pub mod engine;
pub mod examples;
mod grant;
mod ground;
mod in_force;
mod item_policy;
mod listing;
mod operation;
mod question;
mod record;
mod refusal;
mod rules;
mod standing;
#[cfg(test)]
mod tests;
pub mod token;

pub use basis::{Basis, Fields, Shown};
pub use caller::{Caller, EmployeeId, KlePrefix};
pub use classes::ClassSet;
pub use decided::{DecidedAnswer, DecidedCitizen, DecidedItem, DecidedRecord, Difference};
pub use emergency::{EMERGENCY_PURPOSE, EmergencyAsked, EmergencyCode};
pub use grant::{Access, AccessGrant, Decision};
pub use ground::{ConsentGround, EmergencyGround, Grounds, StatuteGround};
pub use in_force::{InForce, PoliciesRefused, PolicyTexts, PolicyWatch};
pub use item_policy::{Decided, ItemPolicy};
pub use listing::{ListDecision, ListPermit, ListPolicy};
pub use operation::{Operation, Right};
pub(crate) use question::holds_personal_number;
pub use question::{Criterion, Question, REASON_CHARACTERS_MIN};
pub use record::RecordPermit;
pub use refusal::Refusal;
pub use rules::{CitizenAttributes, ItemAttributes, OwnRole};
pub use standing::{CallerFacts, Standing};
