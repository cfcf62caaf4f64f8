//! [DK] borgeren: who the citizen is, as the civil register says it. A register that does not answer opens nothing.
//!
//! Two numbers are one person only because the register says so, and a flag of protection that is not known counts as set.

mod aliases;
mod identity;
mod register;

pub use aliases::AliasBook;
pub(crate) use identity::age;
pub use identity::{Identity, Kin, KnownNumber, Relative, RelativeKind};
pub use register::{People, PersonOutcome, build};
