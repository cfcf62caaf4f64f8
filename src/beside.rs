//! Work that waits for the disk goes on beside the tasks that answer.

use tokio::task::JoinError;

/// Does `work` on a thread of the blocking pool. In a simulated world, which has no threads, it is done at once: when a thread ends is
/// decided by nobody's seed.
///
/// # Errors
/// When the work panics.
pub(crate) async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    #[cfg(feature = "simulation")]
    if glasplade_adapters::transport::simulated::is_here() {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work).await
}
