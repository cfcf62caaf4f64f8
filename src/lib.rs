//! A read-only glass plate: every case and effort around one citizen, live from the case systems.

pub mod access;
#[cfg(feature = "fakes")]
pub mod demo;
