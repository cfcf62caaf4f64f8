//! What only the demo has. Never part of a shipped build.

pub mod handles;
pub mod issuer;
