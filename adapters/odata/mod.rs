//! The `OData` style that DUBU and Modulus Social share: one core, and a [`Vocabulary`] per system.
//!
//! The core writes the question, pages through the answer, sees an expired session and turns rows into records. What a
//! system calls its fields stands in its own `wire.rs` and nowhere here.

#[cfg(feature = "fakes")]
pub(crate) mod fake;
mod fields;
mod query;
mod record;
mod session;
#[cfg(all(test, feature = "fakes"))]
mod tests;
mod time;
mod vocabulary;

pub(crate) use fields::text_or_number;
pub(crate) use query::{Expansion, Query, any_of};
pub(crate) use session::CookieSession;
pub(crate) use time::{day, moment};
pub(crate) use vocabulary::{Caseworker, Citizen, Coded, Deadline, Vocabulary};
