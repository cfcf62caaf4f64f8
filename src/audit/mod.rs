//! What was asked, by whom, about whom, why, and what was shown: written down before anything is handed over. [DK] logning.
//!
//! Reading order: [`AuditEntry`] (one record), [`chain`] (why no record can be changed unseen), [`segment`] (how records lie
//! on disk), [`AuditLog`] (durable before it answers), [`verify()`] (offline proof) and [`AuditIndex`] (the auditor's search).

pub mod chain;
pub mod segment;

mod attempt;
mod circumstances;
mod disclosing;
mod entry;
pub(crate) mod hex;
mod index;
mod log;
mod policies;
mod progress;
mod pseudonym;
mod read;
mod replay;
#[cfg(test)]
pub(crate) mod testing;
mod verify;

pub use attempt::{Attempt, Audit, Request};
pub use circumstances::{Bar, Circumstances, Kinship};
pub use disclosing::{Disclosure, Part, disclose_all};
pub use entry::{
    AuditEntry, AuditedCaller, AuditedDecision, AuditedEmergency, AuditedEvent, AuditedSource, Criterion, Phase,
    ShownItem, entry_id, fresh_entry_id,
};
pub use index::{AuditIndex, AuditSearch, Found, IndexError, Query};
pub use log::{AuditError, AuditLog, AuditSettings, Receipt, Unwritable};
pub use policies::{ArchiveError, archive, load as load_policies};
pub use pseudonym::{KeyTooShort, NotAPseudonym, Pseudonym, PseudonymKey};
pub use read::Entries;
pub use replay::{ConsentsThen, Finding, Replay};
pub use verify::{Broken, Verified, verify};
