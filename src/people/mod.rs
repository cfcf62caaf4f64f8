//! [DK] borgeren: who the citizen is, as the civil register says it. A register that does not answer opens nothing.
//!
//! Two numbers are one person only because the register says so, and a flag of protection that is not known counts as set.

mod alias_file;
mod alias_links;
mod aliases;
mod identity;
mod numbers;
mod register;
#[cfg(all(test, feature = "fakes"))]
mod tests;

pub use alias_file::AliasFileError;
pub use aliases::{AliasBook, AliasSettings};
pub use identity::{Identity, Kin, KnownNumber, Relative};
pub(crate) use identity::{age, live_together};
pub use register::{People, PersonOutcome, build};
