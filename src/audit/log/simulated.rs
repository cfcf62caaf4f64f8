//! The writer as a task of a simulated host: the same groups, the same order, on a disk whose time is simulated.
//!
//! Only the writer decides when an answer may leave. The tree and the index follow in threads of their own, as ever: nobody who
//! asks for an overview waits for them.

use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::Clock;

use super::{AuditError, AuditLog, AuditSettings, Desk};
use crate::audit::segment::Disk;
use crate::audit::tlog::LocalShelf;

/// A disk that takes its time, as the simulation says.
pub trait SimulatedDisk: Disk {
    /// So long a sync takes before the bytes are safe, and so long after that until it is told.
    fn pace(&self) -> (Duration, Duration);

    /// Where a log that is opened now writes.
    fn mount(&self) -> Arc<dyn Disk>;
}

impl AuditLog {
    /// [`AuditLog::open`] in a simulation. Must be called on a simulated host, whose crash ends the writer with everything else.
    #[expect(clippy::disallowed_methods, reason = "the writer's thread, in a world that has none")]
    pub(super) fn open_simulated(
        disk: &Arc<dyn SimulatedDisk>,
        settings: AuditSettings,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, AuditError> {
        let pace = Arc::clone(disk);
        Self::open_with(disk.mount(), Arc::new(LocalShelf), settings, clock, |desk| {
            tokio::spawn(desk.work_in_simulation(pace));
            Ok(None)
        })
    }
}

impl Desk {
    /// [`Desk::work`], with simulated time for each sync.
    #[expect(clippy::disallowed_methods, reason = "the disk takes its time")]
    async fn work_in_simulation(mut self, disk: Arc<dyn SimulatedDisk>) {
        while let Some(job) = self.jobs.recv().await {
            let group = self.gather(job);
            if group.entries.is_empty() {
                continue;
            }
            let (before, after) = disk.pace();
            tokio::time::sleep(before).await;
            let first = self.put(&group);
            tokio::time::sleep(after).await;
            self.answer(first, group);
        }
    }
}
