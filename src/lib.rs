//! **glasplade**, a glass plate: every existing case and effort around one citizen, read live from the case systems,
//! merged into one overview, cut to what the caller may see, and written down before it leaves.
//!
//! # Rooms
//!
//! Data flows one way, through rooms that each change its type:
//!
//! ```text
//! HTTP ──► Caller ──► AccessGrant ──► Attempt ──► [SourceOutcome] ──► Merged ──► Redacted ──► Disclosure ──► JSON
//!  http     access      access         audit          sources         overview    overview      audit        http
//! ```
//!
//! Reading order: [`pipeline`] (the whole path on one screen), [`access`], [`audit`], [`sources`], [`people`] (who the
//! citizen is), [`staff`] (who an employee is), [`overview`], [`http`].
//! [`config`] holds every setting; [`app`] is the only place that names every concrete type. How the case systems speak is
//! the package `glasplade-adapters`.
//!
//! # Invariants
//!
//! 1. There is no write towards a source, and only the operations on an adapter's declared read list leave the house.
//! 2. No data without an [`access::AccessGrant`]; only `access` makes one.
//! 3. No response body with citizen data except [`audit::Disclosure`]; only `audit` makes one, after the entry is durable.
//! 4. [`overview::Merged`] cannot be serialized; [`overview::redact`] is its only exit.
//! 5. Adapters know nothing of HTTP serving, caching, consent or each other.
//! 6. Adapters do not retry, sleep, spawn, log payloads or read the clock.
//! 7. A source that fails is a row in the answer: gathering has no error type.
//! 8. Merging, redaction, translation and the audit chain are pure.
//! 9. A CPR number has no `Display` and no `Serialize`, and never stands in a URL of ours.
//! 10. Everything has a limit, in configuration, with a unit.
//! 11. Routes, fields, configuration files and adapters are compared with their tables by tests.

pub mod access;
pub mod app;
pub mod audit;
pub mod auditor;
pub mod command;
pub mod config;
pub mod consents;
#[cfg(feature = "fakes")]
pub mod demo;
pub mod docs;
pub mod emergencies;
pub mod http;
pub mod overview;
pub mod people;
pub mod pipeline;
pub mod random;
pub mod sources;
pub mod staff;
pub mod staff_register;
pub mod store;
pub mod tables;
pub mod target_groups;
pub mod telemetry;
pub mod working_days;

mod beside;
#[cfg(test)]
mod testing;

/// Bytes as lower-case hexadecimal text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]));
    text
}
