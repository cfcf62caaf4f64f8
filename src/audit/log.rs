//! The audit log: an entry is handed in, and the answer comes when it is on disk. Without it, nothing may be shown.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use aws_lc_rs::digest;
use glasplade_adapters::contract::{Clock, danish_day};
use tokio::sync::watch;
use tracing::warn;

use self::desk::{Desk, Limits, Queue};
use super::entry::{AuditEntry, Phase, fresh_entry_id};
use super::keys::{KeyId, Keys, KeysError, MasterKey, RetentionClass};
use super::progress::Progress;
use super::segment::{Broken, Disk, ENTRY_BYTES_MAX, Flaw, LocalDisk, Plain, Tail, Writer};
use super::tlog::{Keeper, KeeperSettings, LocalShelf, Shelf, Signer, Verifier};

/// Where the log lies, its secrets and its limits.
#[derive(Debug, Clone)]
pub struct AuditSettings {
    /// The directory of the segments. Nothing else may write there.
    pub directory: PathBuf,
    /// The folder of the keys under which entries are sealed.
    pub keys: PathBuf,
    /// What the keys are wrapped under.
    pub master: Arc<MasterKey>,
    /// Who signs checkpoints, and the name of the log.
    pub signer: Arc<Signer>,
    /// The public halves of the keys that signed before this one.
    pub previous_signers: Vec<Verifier>,
    /// So long passes at least between two checkpoints; one is at most twice as old.
    pub checkpoint_interval: Duration,
    /// A segment is followed by a new one before it grows past this many bytes.
    pub segment_bytes_max: u64,
    /// So many entries may wait for the disk; further callers wait for a place.
    pub queue_entries_max: usize,
    /// So many entries become durable by one sync at most.
    pub group_entries_max: usize,
    /// A group is closed once it holds so many bytes.
    pub group_bytes_max: usize,
}

impl AuditSettings {
    /// The usual limits: segments of 64 MiB, 4,096 entries waiting, 1,024 entries or 1 MiB by one sync, two checkpoints a
    /// second. The keys lie beside the segments, in the folder `keys`.
    pub fn new(directory: impl Into<PathBuf>, master: Arc<MasterKey>, signer: Arc<Signer>) -> Self {
        let directory = directory.into();
        Self {
            keys: directory.join("keys"),
            directory,
            master,
            signer,
            previous_signers: Vec::new(),
            checkpoint_interval: Duration::from_millis(500),
            segment_bytes_max: 64 * 1024 * 1024,
            queue_entries_max: 4096,
            group_entries_max: 1024,
            group_bytes_max: 1024 * 1024,
        }
    }
}

/// Why the log could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The directory could not be made, read or written.
    #[error("use the audit directory")]
    Directory(#[source] io::Error),
    /// Another process writes this log.
    #[error("lock the audit directory: another process writes there")]
    Locked,
    /// The folder of keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The log is not what was written. A person must look before anything is added.
    #[error("go on with the audit log")]
    Broken(#[from] Broken),
    /// The writer could not be started.
    #[error("start the audit writer")]
    Writer(#[source] io::Error),
}

/// The entry is not on disk, so what it tells of must not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// The disk refused. Later entries are refused too, until it takes one.
    #[error("write the audit entry: {0}")]
    Disk(io::ErrorKind),
    /// The log is closed, or its writer is gone.
    #[error("write the audit entry: the log is closed")]
    Closed,
    /// The entry is larger than a record may be.
    #[error("write the audit entry: it is too large")]
    TooLarge,
}

/// The entry is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Receipt {
    /// The number of the record.
    pub seq: u64,
}

/// The append-only log of one directory. Cheap to clone; all clones write through one thread.
///
/// **Invariant:** a [`Receipt`] exists only for a record that survives a power cut.
#[derive(Debug, Clone)]
pub struct AuditLog {
    queue: Queue,
    progress: Arc<Progress>,
    directory: Arc<Path>,
    keys: Arc<Keys>,
    signer: Arc<Signer>,
    /// Carry nothing; they end with the writer and with the keeper of the tree.
    ended: [watch::Receiver<()>; 2],
    /// After the queue: whoever lets go of the log last waits until both have ended.
    _threads: Arc<Threads>,
}

/// The writer and the keeper of the tree.
#[derive(Debug)]
struct Threads(Vec<JoinHandle<()>>);

impl Drop for Threads {
    /// Nobody writes in the directory once the log is gone.
    fn drop(&mut self) {
        for thread in self.0.drain(..) {
            // A panic of a thread was told where it happened.
            let _ = thread.join();
        }
    }
}

/// Who writes the log.
#[derive(Debug, Clone, Default)]
pub enum Hand {
    /// A thread of its own, on the machine's disk.
    #[default]
    Thread,
    /// A task of the simulated host, on a simulated disk.
    #[cfg(feature = "simulation")]
    Task(Arc<dyn SimulatedDisk>),
}

impl AuditLog {
    /// Opens the log, cuts records that a crash tore (and says so in the log), and starts the writer. Blocks on the disk.
    ///
    /// # Errors
    /// [`AuditError::Locked`] when another process has it; [`AuditError::Broken`] when its end was changed.
    pub fn open(settings: AuditSettings, clock: &Arc<dyn Clock>) -> Result<Self, AuditError> {
        Self::open_on(Arc::new(LocalDisk), settings, clock)
    }

    /// [`AuditLog::open`] with this hand to write.
    ///
    /// # Errors
    /// As [`AuditLog::open`].
    pub fn open_by(hand: &Hand, settings: AuditSettings, clock: &Arc<dyn Clock>) -> Result<Self, AuditError> {
        match hand {
            Hand::Thread => Self::open(settings, clock),
            #[cfg(feature = "simulation")]
            Hand::Task(disk) => Self::open_simulated(disk, settings, clock),
        }
    }

    /// [`AuditLog::open`] on another disk: the seam for tests in which the disk fails.
    ///
    /// # Errors
    /// As [`AuditLog::open`].
    pub fn open_on(disk: Arc<dyn Disk>, settings: AuditSettings, clock: &Arc<dyn Clock>) -> Result<Self, AuditError> {
        Self::open_over(disk, Arc::new(LocalShelf), settings, clock)
    }

    /// [`AuditLog::open_on`] with another place for the tree, too.
    pub(crate) fn open_over(
        disk: Arc<dyn Disk>,
        shelf: Arc<dyn Shelf>,
        settings: AuditSettings,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, AuditError> {
        Self::open_with(disk, shelf, settings, clock, |desk| {
            let work = move || desk.work(|jobs| jobs.blocking_recv());
            let writer = thread::Builder::new().name("audit-writer".into()).spawn(work);
            writer.map(Some).map_err(AuditError::Writer)
        })
    }

    /// Opens the log and has `begin` set the writer to work, as a thread or otherwise.
    fn open_with(
        disk: Arc<dyn Disk>,
        shelf: Arc<dyn Shelf>,
        settings: AuditSettings,
        clock: &Arc<dyn Clock>,
        begin: impl FnOnce(Desk) -> Result<Option<JoinHandle<()>>, AuditError>,
    ) -> Result<Self, AuditError> {
        let lock = Arc::new(lock(&settings.directory)?);
        let keys = Arc::new(Keys::open(&settings.keys, Arc::clone(&settings.master))?);
        let tail = Tail::find(&settings.directory)?;
        let directory = settings.directory.clone();
        let mut writer = Writer::after(&tail, disk, Arc::clone(&keys), directory.clone(), settings.segment_bytes_max);
        // Before anything is added: what is there must fit what was signed.
        let signer = Arc::clone(&settings.signer);
        let tree = KeeperSettings {
            directory,
            signer: Arc::clone(&signer),
            previous: settings.previous_signers,
            interval: settings.checkpoint_interval,
        };
        let mut keeper = Keeper::new(tree, shelf, Arc::clone(&keys), Arc::clone(clock), tail.last_seq);
        let reached = keeper.reach(writer.position()).map_err(|broken| match broken.what {
            Flaw::Unreadable(kind) => AuditError::Directory(kind.into()),
            _ => AuditError::Broken(broken),
        })?;
        repair(&mut writer, &tail, &settings.directory, clock).map_err(AuditError::Directory)?;
        let progress = Arc::new(Progress::at(writer.position(), reached));
        let directory = Arc::from(settings.directory.as_path());
        let (queue, jobs) = Queue::of(settings.queue_entries_max);
        let (alive, writer_ended) = watch::channel(());
        let (tree_alive, tree_ended) = watch::channel(());
        let (follow, tree_lock) = (Arc::clone(&progress), Arc::clone(&lock));
        let limits = Limits { entries_max: settings.group_entries_max, bytes_max: settings.group_bytes_max };
        let writing = Desk::new(writer, jobs, Arc::clone(&progress), limits, (lock, alive));
        let mut threads = Threads(begin(writing)?.into_iter().collect());
        let work = move || {
            // They go in this order: the directory is free before anyone hears of it.
            let (_alive, _lock) = (tree_alive, tree_lock);
            keeper.work(&follow);
        };
        threads.0.push(thread::Builder::new().name("audit-tree".into()).spawn(work).map_err(AuditError::Writer)?);
        let ended = [writer_ended, tree_ended];
        Ok(Self { queue, progress, directory, keys, signer, ended, _threads: Arc::new(threads) })
    }

    /// Writes the entry; resolves once it is durable. Waits for a place when the queue is full.
    ///
    /// Dropping the future does not take the entry back.
    ///
    /// # Errors
    /// [`Unwritable`]: then what the entry tells of must not happen.
    pub fn append<'a>(
        &'a self,
        entry: &AuditEntry,
    ) -> impl Future<Output = Result<Receipt, Unwritable>> + Send + use<'a> {
        self.append_with(entry, &[])
    }

    /// The same with further members of the entry, which are JSON already; the entry itself has none of them.
    pub(super) fn append_with<'a>(
        &'a self,
        entry: &AuditEntry,
        members: &[u8],
    ) -> impl Future<Output = Result<Receipt, Unwritable>> + Send + use<'a> {
        // Written before anything is awaited: whoever waits holds the text, and not the entry a second and a third time.
        let plain = encode(entry, members);
        async move { self.queue.append(plain?).await }
    }

    /// Hands the entry in and does not wait: for the `Drop` of an attempt that was abandoned. Best effort; the entry that
    /// opened the attempt is durable already.
    pub fn append_detached(&self, entry: &AuditEntry) {
        let phase = entry.phase.as_str();
        let sent = encode(entry, &[]).is_ok_and(|entry| self.queue.append_detached(entry));
        if !sent {
            warn!(audit.phase = phase, "an audit entry was not taken");
        }
    }

    /// Writes and signs what was handed in before, then lets go of the directory. Later entries are [`Unwritable::Closed`].
    pub async fn close(&self) {
        self.queue.close().await;
        for ended in &self.ended {
            let _ = ended.clone().changed().await;
        }
    }

    /// The number of the last durable record; 0 when there is none.
    pub fn durable_seq(&self) -> u64 {
        self.progress.durable().seq
    }

    /// The size of the last checkpoint: so many records are signed.
    pub fn signed_seq(&self) -> u64 {
        self.progress.signed()
    }

    /// Waits until all that is durable now is signed; `false` when the tree cannot get there. Blocks.
    pub fn signed_up(&self) -> bool {
        self.progress.wait_signed()
    }

    /// The keys under which its entries are sealed.
    pub fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    /// The public half of the key that signs its checkpoints.
    pub fn verifier(&self) -> Verifier {
        self.signer.verifier()
    }

    /// Where the segments lie.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }
}

/// The directory is this process's for as long as this lives.
#[derive(Debug)]
struct DirectoryLock(File);

impl Drop for DirectoryLock {
    /// Said, not left to the closing of the file: a process that is being started holds a copy of it for a moment.
    fn drop(&mut self) {
        // It goes with the file at the latest.
        let _ = self.0.unlock();
    }
}

fn lock(directory: &Path) -> Result<DirectoryLock, AuditError> {
    make_private(directory).map_err(AuditError::Directory)?;
    let mut options = File::options();
    let file = options.create(true).append(true).open(directory.join("audit.lock")).map_err(AuditError::Directory)?;
    match file.try_lock() {
        Ok(()) => Ok(DirectoryLock(file)),
        Err(TryLockError::WouldBlock) => Err(AuditError::Locked),
        Err(TryLockError::Error(error)) => Err(AuditError::Directory(error)),
    }
}

/// Makes the directory, for nobody but the service.
fn make_private(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Makes the end of the log whole. What a crash tore is put aside, not thrown away, and the log says that it was.
fn repair(writer: &mut Writer, tail: &Tail, directory: &Path, clock: &Arc<dyn Clock>) -> io::Result<()> {
    let Some(torn) = &tail.torn else { return writer.ready() };
    let hash = crate::hex(digest::digest(&digest::SHA256, torn).as_ref());
    let aside = directory.join(format!("audit-{:020}-{}.torn", tail.last_seq + 1, &hash[..16]));
    fs::write(&aside, torn)?;
    File::open(&aside)?.sync_all()?;
    writer.ready()?;
    let now = clock.now();
    let id = fresh_entry_id(now);
    let mut entry = AuditEntry::new(id, id, Phase::Repaired, now, "audit");
    entry.reason = Some(format!("cut {} bytes of torn records, sha256 {hash}", torn.len()));
    let plain = encode(&entry, &[]).map_err(|_| io::ErrorKind::InvalidData)?;
    writer.write([&plain].into_iter())?;
    warn!(audit.seq = tail.last_seq + 1, bytes = torn.len(), "torn audit records were cut");
    Ok(())
}

fn encode(entry: &AuditEntry, members: &[u8]) -> Result<Plain, Unwritable> {
    // Most entries are shorter: then the text is never moved while it grows.
    let mut json = Vec::with_capacity(2048 + members.len());
    serde_json::to_writer(&mut json, entry).map_err(|_| Unwritable::TooLarge)?;
    if !members.is_empty() {
        // Behind those that always stand.
        let closed = json.pop();
        json.push(b',');
        json.extend_from_slice(members);
        json.extend(closed);
    }
    if json.len() > ENTRY_BYTES_MAX {
        return Err(Unwritable::TooLarge);
    }
    let key = KeyId { day: danish_day(entry.at), class: RetentionClass::of(entry.phase) };
    Ok(Plain { key, at: entry.at, json })
}

mod desk;
#[cfg(test)]
mod shuttled;
#[cfg(feature = "simulation")]
mod simulated;
#[cfg(feature = "simulation")]
pub use simulated::SimulatedDisk;

#[cfg(test)]
mod tests;
