//! The keys under which entries are sealed: one a Danish day and retention class. To forget a day is to destroy its key.
//!
//! ```text
//! keys/2026-11-22-access      the day's key, wrapped under a key derived from the master secret
//! keys/hold-<id>              a legal hold: whom it is about, and the keys of the records that it keeps
//! keys/asked-<id>             a question that was asked on the machine, until it is on record
//! ```
//!
//! The folder belongs outside the backups of everything else: a key that lies in a backup has not been destroyed.

mod class;
mod folder;
mod master;
mod sealing;

pub use class::{KeyId, RetentionClass};
pub use folder::{Keys, KeysError};
pub use master::{MasterKey, MasterTooShort};
pub use sealing::KeyMark;

pub(crate) use folder::{GONE, shred, write_durably};
pub(crate) use sealing::{RecordKey, SEAL_BYTES};
