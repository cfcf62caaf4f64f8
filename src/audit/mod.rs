//! What was asked, by whom, about whom, why, and what was shown: written down before anything is handed over. [DK] logning.
//!
//! Reading order: [`AuditEntry`] (one record), [`Leaf`] (what an outsider may know of it), [`segment`] (how records lie on
//! disk), [`keys`] (under what they are sealed), [`AuditLog`] (durable before it answers), [`tree`] and [`tlog`] (why no record
//! can be changed unseen), [`verify()`] (offline proof), [`retention`] (how it is forgotten) and [`AuditIndex`] (the auditor's
//! search).

pub mod keys;
pub mod retention;
pub mod segment;
pub mod tlog;
pub mod tree;

mod asked;
mod attempt;
mod circumstances;
mod disclosing;
mod entry;
pub(crate) mod hex;
pub(crate) mod index;
mod leaf;
mod listing;
mod log;
mod policies;
mod progress;
mod pseudonym;
mod read;
mod replay;
mod sync;
#[cfg(test)]
pub(crate) mod testing;
mod verify;

pub use asked::{AskedHere, NotRecorded};
pub use attempt::{Attempt, Audit, Request};
pub use circumstances::{Bar, Circumstances, Kinship};
pub use disclosing::{Contents, Disclosure, Part, disclose_all};
pub use entry::{
    AuditEntry, AuditedCaller, AuditedDecision, AuditedEmergency, AuditedEvent, AuditedSource, Criterion, Phase,
    ShownItem, entry_id, fresh_entry_id,
};
#[cfg(feature = "fakes")]
pub use index::invent as invent_index;
pub use index::{
    Alarm, AlarmKind, AlarmQuery, AlarmState, AuditIndex, AuditSearch, Cursor, EntryReader, Flag, Flags, Found,
    IndexError, IndexSettings, Kind, ListedError, Norms, OfficeHours, Place, Prepared, Query, State, write_listed,
};
pub use leaf::Leaf;
pub(crate) use listing::LISTED;
pub use listing::{ListAsked, ListAttempt, ListEntry};
#[cfg(feature = "simulation")]
pub use log::SimulatedDisk;
pub use log::{AuditError, AuditLog, AuditSettings, Hand, Receipt, Unwritable};
pub use policies::{ArchiveError, archive, load as load_policies};
pub use pseudonym::{KeyTooShort, NotAPseudonym, Pseudonym, PseudonymKey};
pub use read::{Entries, Record};
pub use replay::{ConsentsThen, Finding, Replay, Then};
pub use verify::{Broken, Flaw, Trust, Verified, verify};
