//! How the case systems speak: the contract that every adapter keeps, the only door out, and one folder per source system.
//!
//! Reading order: [`contract`] (what an adapter promises), [`transport`] (how a call leaves the house), [`register`]
//! (which adapters exist), then any one folder. This package serves no HTTP, caches nothing and decides no access.

#[cfg(feature = "fakes")]
pub mod attacks;
#[cfg(feature = "fakes")]
pub mod bulk;
pub mod contract;
#[cfg(feature = "fakes")]
pub mod fake;
pub mod register;
pub mod transport;

mod case_index;
mod dubu;
mod fasit;
mod listing;
mod odata;
mod oio;
mod page_words;
mod persons;
mod sbsys;
mod staff_directory;
mod sts;
