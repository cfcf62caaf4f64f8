//! Telemetry: one JSON line per event on stderr. Fixed sentences, values as fields, no personal data in either.

mod setup;

pub use setup::{SetupError, start};
