//! The auditor's search: a copy of what the log says, in `SQLite`. The log is the truth; this file may be deleted at any time.

mod follow;
mod search;
mod store;

pub use follow::{AuditIndex, IndexError};
pub use search::{AuditSearch, Found, Query};
