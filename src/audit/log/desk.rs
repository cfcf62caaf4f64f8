//! Group commit: who hands entries in, how they become durable together, and who is told. It starts no thread and reads no clock:
//! `shuttled` compiles it a second time, over a scheduler that tries the orders in which things can happen.

use std::io;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};
use tracing::{error, info};

use super::{DirectoryLock, Progress, Receipt, Unwritable};
use crate::audit::segment::{Plain, Writer};

#[derive(Debug)]
pub(super) enum Job {
    Append { entry: Plain, done: Option<oneshot::Sender<Result<Receipt, Unwritable>>> },
    Close,
}

/// How much becomes durable by one sync.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// So many entries at most.
    pub(super) entries_max: usize,
    /// A group is closed once it holds so many bytes.
    pub(super) bytes_max: usize,
}

/// Where entries are handed in.
#[derive(Debug, Clone)]
pub(super) struct Queue(mpsc::Sender<Job>);

impl Queue {
    /// With room for so many, at least one; and the end at which the writer sits.
    pub(super) fn of(entries_max: usize) -> (Self, mpsc::Receiver<Job>) {
        let (queue, jobs) = mpsc::channel(entries_max.max(1));
        (Self(queue), jobs)
    }

    /// Resolves once the entry is durable, or will never be. Waits for a place when the queue is full.
    pub(super) async fn append(&self, entry: Plain) -> Result<Receipt, Unwritable> {
        let (done, durable) = oneshot::channel();
        self.0.send(Job::Append { entry, done: Some(done) }).await.map_err(|_| Unwritable::Closed)?;
        durable.await.unwrap_or(Err(Unwritable::Closed))
    }

    /// Hands the entry in and does not wait; whether it was taken.
    pub(super) fn append_detached(&self, entry: Plain) -> bool {
        self.0.try_send(Job::Append { entry, done: None }).is_ok()
    }

    /// What was handed in before is still written, and nothing after it.
    pub(super) async fn close(&self) {
        // An error means that the writer is gone, and its hold on the directory with it.
        let _ = self.0.send(Job::Close).await;
    }
}

/// What the writer holds. The fields go in this order: the directory is free before anyone hears of it.
pub(super) struct Desk {
    writer: Writer,
    pub(super) jobs: mpsc::Receiver<Job>,
    progress: Arc<Progress>,
    limits: Limits,
    failing: bool,
    _lock: Arc<DirectoryLock>,
    _alive: watch::Sender<()>,
}

impl Drop for Desk {
    /// Also when the writer panics: a follower must not wait for records that never come.
    fn drop(&mut self) {
        self.progress.close();
    }
}

/// Entries that become durable together, in the order in which they came.
#[derive(Default)]
pub(super) struct Group {
    pub(super) entries: Vec<Plain>,
    waiting: Vec<Option<oneshot::Sender<Result<Receipt, Unwritable>>>>,
    bytes: usize,
}

impl Desk {
    pub(super) fn new(
        writer: Writer,
        jobs: mpsc::Receiver<Job>,
        progress: Arc<Progress>,
        limits: Limits,
        (lock, alive): (Arc<DirectoryLock>, watch::Sender<()>),
    ) -> Self {
        Self { writer, jobs, progress, limits, failing: false, _lock: lock, _alive: alive }
    }

    /// Works until the log is closed or nobody holds it. `next` waits for a job, in the way of the thread that this is.
    pub(super) fn work(mut self, mut next: impl FnMut(&mut mpsc::Receiver<Job>) -> Option<Job>) {
        while let Some(job) = next(&mut self.jobs) {
            let group = self.gather(job);
            if !group.entries.is_empty() {
                self.write(group);
            }
        }
    }

    /// The next group, which begins with `job`.
    pub(super) fn gather(&mut self, job: Job) -> Group {
        let mut group = Group::default();
        self.take(job, &mut group);
        // No timer: the group is whatever came while the last sync ran.
        while group.entries.len() < self.limits.entries_max && group.bytes < self.limits.bytes_max {
            let Ok(job) = self.jobs.try_recv() else { break };
            self.take(job, &mut group);
        }
        group
    }

    fn take(&mut self, job: Job, group: &mut Group) {
        match job {
            Job::Append { entry, done } => {
                group.bytes += entry.json.len();
                group.entries.push(entry);
                group.waiting.push(done);
            }
            Job::Close => self.jobs.close(), // what is queued still comes
        }
    }

    fn write(&mut self, group: Group) {
        let first = self.put(&group);
        self.answer(first, group);
    }

    /// Makes the group durable, and gives the number of its first record.
    pub(super) fn put(&mut self, group: &Group) -> Result<u64, Unwritable> {
        let written = self.writer.write(group.entries.iter()).map_err(|failure| failure.kind());
        if written.is_ok() {
            self.progress.reach(self.writer.position());
        }
        self.tell(written.err());
        written.map_err(Unwritable::Disk)
    }

    /// Tells everybody who waits for the group, and then those who follow the log: somebody waits for an answer, and nobody for
    /// them.
    pub(super) fn answer(&self, first: Result<u64, Unwritable>, group: Group) {
        for (seq, done) in (first.unwrap_or_default()..).zip(group.waiting) {
            if let Some(done) = done {
                // Whoever asked may have gone; the record stays.
                let _ = done.send(first.map(|_| Receipt { seq }));
            }
        }
        self.progress.tell();
    }

    /// Says once that the disk refuses, and once that it takes entries again.
    fn tell(&mut self, failure: Option<io::ErrorKind>) {
        match (failure, self.failing) {
            (Some(kind), false) => error!(?kind, "the audit log is not writable; nothing is answered"),
            (None, true) => info!("the audit log is writable again"),
            _ => {}
        }
        self.failing = failure.is_some();
    }
}
