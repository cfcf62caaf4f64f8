//! Telemetry: what an operator sees. Lines on stderr as JSON, figures for Prometheus, and traces, figures and lines by OTLP
//! where a collector is configured. Fixed sentences, values as fields, and no personal data in any of it.
//!
//! Nothing here may slow or block an answer: what is recorded goes into a bounded queue, and what does not fit is dropped
//! and counted.

mod credentials;
mod diagnosis;
mod expiry;
mod export;
mod figures;
mod listener;
mod meters;
mod observed;
mod otlp;
mod prometheus;
mod queue;
mod setup;
#[cfg(test)]
mod tests;
mod trace;

pub(crate) use credentials::{Credential, Credentials};
pub(crate) use diagnosis::{Diagnosis, Turn, diagnose};
pub use expiry::Expiry;
pub use figures::{FIGURES, Figure, Kind};
pub(crate) use listener::router as metrics_router;
pub use meters::Meters;
pub(crate) use meters::SourceMeter;
pub(crate) use observed::observe;
pub(crate) use setup::Fates;
pub use setup::{Exporting, Recording, SetupError, Telemetry, recording, start};
pub(crate) use trace::{known_method, outgoing, request_span, trace_id_of};
