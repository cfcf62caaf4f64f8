//! Where the lines go.

use tracing_subscriber::EnvFilter;

/// Telemetry could not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The filter is not one.
    #[error("read the setting `service.log_filter`")]
    Filter,
    /// Something else writes already.
    #[error("start telemetry twice")]
    Twice,
}

/// Writes every event that `filter` lets through to stderr, as JSON.
///
/// # Errors
/// [`SetupError`].
pub fn start(filter: &str) -> Result<(), SetupError> {
    let filter = EnvFilter::try_new(filter).map_err(|_| SetupError::Filter)?;
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_current_span(true)
        .with_span_list(false)
        .try_init()
        .map_err(|_| SetupError::Twice)
}
