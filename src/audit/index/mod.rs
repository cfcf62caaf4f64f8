//! The auditor's index: what can be asked of the log in a second, in `SQLite`, without a citizen, an employee or a reason in
//! clear. The log is the truth; this file may be deleted at any time.
//!
//! Reading order: [`tables`] (what is kept), [`fold`] (what an entry adds), [`alarm`] (what somebody must hear of),
//! [`store`] (the one hand that writes), [`follow`] (the thread that keeps up), [`query`] and [`search`] (the questions).

mod alarm;
mod flag;
mod fold;
mod follow;
mod forget;
mod hours;
#[cfg(feature = "fakes")]
mod invent;
mod listed;
mod names;
mod often;
mod pace;
mod place;
mod query;
mod search;
mod settings;
mod store;
mod tables;
mod told;

pub use alarm::{AlarmKind, AlarmState};
pub use flag::{Flag, Flags, Kind, State};
pub(crate) use fold::{ALARM_FOLLOWED_UP, EXTRACT_PREPARED, EXTRACT_RELEASED};
pub use follow::{AuditIndex, IndexError};
pub use hours::OfficeHours;
#[cfg(feature = "fakes")]
pub use invent::invent;
pub use listed::{ListedError, write_listed};
pub use place::{EntryReader, Place};
pub use query::{Cursor, Query};
pub use search::{AuditSearch, Found};
pub use settings::{IndexSettings, Norms};
pub use told::{Alarm, AlarmQuery, Prepared};

#[cfg(test)]
mod tests;
