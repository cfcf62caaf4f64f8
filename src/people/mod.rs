//! The people behind the numbers. [DK] borgere.

mod alias_file;
mod alias_links;
mod aliases;

pub use alias_file::AliasFileError;
pub use aliases::{AliasBook, AliasSettings};
