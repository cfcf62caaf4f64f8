//! [DK] medarbejderkatalog: who an employee is and where to call, remembered by employee. Nothing here is about a citizen.
//!
//! Never in the way of an answer: what is known is given at once, what is missing is waited for shortly, and a fetch goes on
//! for the next answer.

mod directory;
mod fetch;
mod known;
mod memory;
#[cfg(all(test, feature = "fakes"))]
mod tests;

pub use directory::{Staff, build};
pub use known::{Entry, Known};
