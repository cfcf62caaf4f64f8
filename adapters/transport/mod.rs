//! The only door out. Bounded in bytes, parallel calls and time; no redirects, no proxies, no retries, nothing of a call logged.

mod authorities;
pub mod collector;
pub mod connection;
pub mod fence;
pub mod json;
mod letters;
pub mod limits;
pub mod secret;
pub mod session;
#[cfg(feature = "simulation")]
pub mod simulated;
pub mod soap;
mod wire;
pub mod xml;

pub use collector::{Collector, CollectorSettings, NotTaken};
pub use connection::{Answer, Body, Call, Connection, ConnectionSettings};
pub use limits::Limits;
pub use secret::{Secret, SecretError};
pub use session::{Held, Session};
