//! How long entries are kept, and what stands against forgetting them. [DK] sletning, sletteforbud
//!
//! [`Retention`] (the settings), [`due`] (which keys must go today: pure), [`Holds`] (whom a legal hold is about, and which
//! records it has kept), [`expire`] (the one run a day).

mod expire;
mod hold;
mod plan;

pub use expire::{ExpireError, Expired, expire};
pub use hold::{Hold, Holds, Subject};
pub use plan::{Retention, due, kept_from};

#[cfg(test)]
mod tests;
