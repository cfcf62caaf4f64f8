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
pub(crate) mod index;
mod log;
mod progress;
mod pseudonym;
#[cfg(test)]
pub(crate) mod testing;
mod verify;

pub use attempt::{Attempt, Audit, Request};
pub use circumstances::{Bar, Circumstances, Kinship};
pub use disclosing::{Disclosure, Part, disclose_all};
pub use entry::{
    AuditEntry, AuditedCaller, AuditedDecision, AuditedEvent, AuditedSource, Criterion, Phase, ShownItem, entry_id,
    fresh_entry_id,
};
#[cfg(feature = "fakes")]
pub use index::invent as invent_index;
pub use index::{
    Alarm, AlarmKind, AlarmQuery, AlarmState, AuditIndex, AuditSearch, Cursor, EntryReader, Flag, Flags, Found,
    IndexError, IndexSettings, KeyId, Kind, ListedError, Norms, OfficeHours, Place, Prepared, Query, State,
    write_listed,
};
pub use log::{AuditError, AuditLog, AuditSettings, Receipt, Unwritable};
pub use pseudonym::{KeyTooShort, NotAPseudonym, Pseudonym, PseudonymKey};
pub use verify::{Broken, Verified, verify};
