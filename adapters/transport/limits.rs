//! How much one source may cost us. Every limit has a unit and a default.

use serde::{Deserialize, Serialize};

/// Limits of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Longest answer body that is read, in bytes; more is [`crate::contract::SourceErrorKind::Malformed`].
    pub body_bytes_max: usize,
    /// Exchanges under way at once.
    pub concurrency_max: usize,
    /// Longest time for one connection to be made, in milliseconds.
    pub connect_timeout_ms: u64,
    /// Longest time for one look-up (all its exchanges), in milliseconds; the request's own deadline may be sooner.
    pub fetch_timeout_ms: u64,
    /// Most rows that one look-up takes from the source; more is marked in the answer as cut short.
    pub rows_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 8 * 1024 * 1024,
            concurrency_max: 16,
            connect_timeout_ms: 500,
            fetch_timeout_ms: 2_500,
            rows_max: 2_000,
        }
    }
}
