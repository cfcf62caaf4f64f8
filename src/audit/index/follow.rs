//! The thread that follows the log into the index, in batches, from where it stopped. It reads only what is durable.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::civil::Date;
use tracing::warn;

use super::alarm::Raised;
use super::listed::ListedError;
use super::place::known_to_the_tree;
use super::query::Query;
use super::search::{AuditSearch, Found};
use super::settings::IndexSettings;
use super::store::{Mark, Row, Store};
use crate::audit::keys::{Keys, RetentionClass};
use crate::audit::log::AuditLog;
use crate::audit::progress::Progress;
use crate::audit::segment::{Broken, Position, Reader, SegmentName, segments};

/// So many records are one transaction at most.
const BATCH_RECORDS_MAX: usize = 1000;

/// So long a batch gathers, unless it is full at once or somebody waits for it. A transaction of three records writes nearly as many
/// pages of two dozen indexes as one of a hundred; and a look-up that has just begun has the machine for itself.
const GATHER: Duration = Duration::from_millis(200);

/// Why the index could not be opened, filled or searched. The log does not suffer from it.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// `SQLite` refused.
    #[error("use the audit index")]
    Database(#[from] rusqlite::Error),
    /// The file is another one than an index of ours, so it is not touched.
    #[error("use the audit index: the file is not an index")]
    NotOurs,
    /// The log could not be read on.
    #[error("read the audit log into the index")]
    Log(#[from] Broken),
    /// The list of persons could not be read: nobody on it would be told of.
    #[error("follow the audit log: failed to {0}")]
    Listed(#[from] ListedError),
    /// The file or the directory of the log could not be read, or the thread could not be started.
    #[error("follow the audit log")]
    Follow(#[from] io::Error),
}

/// The search index of one log, kept up to date by its own thread.
#[derive(Debug)]
pub struct AuditIndex {
    search: AuditSearch,
    store: Arc<Mutex<Store>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    progress: Arc<Progress>,
    stop: AtomicBool,
    /// Somebody waits for what is durable now.
    hurry: AtomicBool,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Clone, Copy)]
struct State {
    indexed: u64,
    /// The last try failed, or the thread has ended.
    stuck: bool,
}

impl AuditIndex {
    /// Opens the index in the file `path` (made when missing, made anew when it is not of this log) and follows `log`.
    ///
    /// # Errors
    /// [`IndexError`] when the file, or the list of persons, cannot be used at all.
    pub fn open(path: &Path, log: &AuditLog, settings: IndexSettings) -> Result<Self, IndexError> {
        let mut store = Store::open(path, settings)?;
        let search = AuditSearch::open(path)?;
        let progress = log.progress();
        let cursor = Cursor::resume(&mut store, log.directory(), progress.durable().seq)?;
        let store = Arc::new(Mutex::new(store));
        let progress_seq = progress.durable().seq;
        let state = Mutex::new(State { indexed: cursor.seq, stuck: false });
        let shared = Arc::new(Shared {
            progress,
            stop: AtomicBool::new(false),
            hurry: AtomicBool::new(false),
            state,
            changed: Condvar::new(),
        });
        let follower = Follower {
            store: Arc::clone(&store),
            cursor,
            told_before: progress_seq,
            directory: log.directory().to_owned(),
            keys: Arc::clone(log.keys()),
            shared: Arc::clone(&shared),
            rows: Vec::new(),
        };
        let thread = thread::Builder::new().name("audit-index".into()).spawn(move || follower.work())?;
        Ok(Self { search, store, shared, thread: Some(thread) })
    }

    /// What asks the index.
    pub fn reader(&self) -> &AuditSearch {
        &self.search
    }

    /// The acts that fit. Blocks on the disk.
    ///
    /// # Errors
    /// [`IndexError::Database`].
    pub fn search(&self, query: &Query) -> Result<Vec<Found>, IndexError> {
        self.search.search(query)
    }

    /// Forgets the entries of this class from before this Danish day, but for the records that a legal hold has kept: their
    /// rows are overwritten. Blocks on the disk.
    ///
    /// # Errors
    /// [`IndexError::Database`]; then nothing is forgotten, and the call may be repeated.
    pub fn forget(&self, before: Date, class: RetentionClass, held: &[u64]) -> Result<(), IndexError> {
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.forget_before(before, class, held)?;
        Ok(())
    }

    /// How many durable records the index does not hold yet.
    pub fn lag(&self) -> u64 {
        let indexed = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).indexed;
        self.shared.progress.durable().seq.saturating_sub(indexed)
    }

    /// Waits until all that is durable now can be found; `false` when the index cannot get there. Blocks.
    pub fn caught_up(&self) -> bool {
        let wanted = self.shared.hurry_to();
        let state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |state: &mut State| state.indexed < wanted && !state.stuck;
        self.shared.changed.wait_while(state, waits).unwrap_or_else(PoisonError::into_inner).indexed >= wanted
    }
}

impl AuditIndex {
    /// [`AuditIndex::caught_up`], but for so long at most.
    ///
    /// # Errors
    /// How many durable records it does not hold.
    pub fn caught_up_within(&self, time: Duration) -> Result<(), u64> {
        let wanted = self.shared.hurry_to();
        let state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |state: &mut State| state.indexed < wanted && !state.stuck;
        let reached = self.shared.changed.wait_timeout_while(state, time, waits);
        match wanted.saturating_sub(reached.unwrap_or_else(PoisonError::into_inner).0.indexed) {
            0 => Ok(()),
            behind => Err(behind),
        }
    }
}

impl Drop for AuditIndex {
    /// Waits for the batch at work, so that the file is closed when the index is gone.
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.progress.wake();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was told where it happened.
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// Asks for what is durable now, without further gathering; gives its number.
    fn hurry_to(&self) -> u64 {
        let wanted = self.progress.durable().seq;
        if self.state.lock().unwrap_or_else(PoisonError::into_inner).indexed < wanted {
            self.hurry.store(true, Ordering::Release);
            self.progress.wake();
        }
        wanted
    }

    /// Gives the next batch time to gather.
    fn gather(&self) {
        let is_wanted = || self.stop.load(Ordering::Acquire) || self.hurry.load(Ordering::Acquire);
        self.progress.pause_unless(GATHER, is_wanted);
    }

    fn tell(&self, indexed: u64, stuck: bool) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State { indexed, stuck };
        self.changed.notify_all();
    }
}

/// Where to read on in the log.
#[derive(Debug, Clone, Copy)]
struct Cursor {
    segment: SegmentName,
    offset: u64,
    seq: u64,
}

impl Cursor {
    /// After the record that the mark names, if the log has it there; otherwise from the beginning, into an empty index.
    fn resume(store: &mut Store, directory: &Path, durable_seq: u64) -> Result<Self, IndexError> {
        if let Some(mark) = store.mark()? {
            if let Some(cursor) = Self::after_mark(&mark, directory).filter(|_| mark.seq <= durable_seq) {
                return Ok(cursor);
            }
            warn!("the audit index is not of this log; it is made anew");
            store.empty()?;
        }
        let segment = segments(directory)?.into_iter().next().unwrap_or(SegmentName { first_seq: 1 });
        Ok(Self::begin(segment))
    }

    fn begin(segment: SegmentName) -> Self {
        Self { segment, offset: 0, seq: segment.first_seq.saturating_sub(1) }
    }

    fn after_mark(mark: &Mark, directory: &Path) -> Option<Self> {
        let path = mark.segment.path(directory);
        let mut reader = Reader::open(&path, mark.start, u64::MAX, mark.seq).ok()?;
        let found = reader.read_next().ok()??.hash().to_string();
        (found == mark.hash).then(|| Self { segment: mark.segment, offset: reader.offset(), seq: mark.seq })
    }
}

struct Follower {
    store: Arc<Mutex<Store>>,
    cursor: Cursor,
    /// What was durable when the service began was told of by the one before.
    told_before: u64,
    directory: PathBuf,
    keys: Arc<Keys>,
    shared: Arc<Shared>,
    rows: Vec<Row>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.shared.tell(self.cursor.seq, true);
    }
}

impl Follower {
    /// Follows until the log is closed and all of it is here, or the index is dropped.
    fn work(mut self) {
        let mut seen = self.cursor.seq;
        // What came before it began has gathered.
        let mut has_gathered = true;
        while self.shared.progress.wait_past(seen, &self.shared.stop).is_some() {
            if !has_gathered {
                self.shared.gather();
            }
            // Before the batch: who comes later may want what this one does not hold.
            self.shared.hurry.store(false, Ordering::Release);
            let durable = self.shared.progress.durable();
            match self.batch(durable) {
                Ok(()) => {
                    seen = self.cursor.seq;
                    self.shared.tell(seen, false);
                    has_gathered = seen < durable.seq;
                }
                Err(error) => {
                    // Tried again with the next record; until then the lag shows it.
                    warn!(%error, "the audit index does not follow the log");
                    seen = durable.seq;
                    self.shared.tell(self.cursor.seq, true);
                }
            }
        }
    }

    /// Takes the next records in, up to what is durable.
    fn batch(&mut self, durable: Position) -> Result<(), IndexError> {
        let mut cursor = self.cursor;
        self.rows.clear();
        while cursor.seq < durable.seq && self.rows.len() < BATCH_RECORDS_MAX {
            let taken = self.rows.len();
            cursor = self.read(cursor, durable)?;
            if self.rows.len() == taken {
                cursor = self.next_segment(cursor)?;
            }
        }
        let raised = self.store.lock().unwrap_or_else(PoisonError::into_inner).add(&self.rows)?;
        self.tell(&raised);
        self.cursor = cursor;
        Ok(())
    }

    /// One line an alarm, in closed words: who and about whom is for those who may ask.
    fn tell(&self, raised: &[Raised]) {
        for alarm in raised.iter().filter(|alarm| alarm.seq > self.told_before && !alarm.kind.is_told_by_the_look_up())
        {
            warn!(audit.alarm = alarm.kind.as_str(), alarm.id = %alarm.id, count = alarm.count, "an alarm was raised");
        }
    }

    /// Reads on in the segment of the cursor; a file is opened anew each time, because what was not durable may be cut.
    fn read(&mut self, mut cursor: Cursor, durable: Position) -> Result<Cursor, IndexError> {
        let end = if cursor.segment == durable.segment { durable.len } else { u64::MAX };
        let path = cursor.segment.path(&self.directory);
        let mut reader = Reader::open(&path, cursor.offset, end, cursor.seq + 1)?;
        while self.rows.len() < BATCH_RECORDS_MAX {
            let broken = |flaw| Broken::at(cursor.segment, cursor.seq + 1, flaw);
            let Some(stored) = reader.read_next().map_err(broken)? else { break };
            let (seq, start) = (stored.leaf.seq, stored.start);
            // A record whose key is gone is none that anybody may find; one that was changed is none whose key is gone.
            let entry = stored.entry(&self.keys).map_err(broken)?;
            if entry.is_none() {
                known_to_the_tree(&self.directory, seq, stored.hash()).map_err(broken)?;
            }
            // Looked at once for all its texts, not text by text.
            let read = entry.map(|json| str::from_utf8(&json).ok().and_then(|json| serde_json::from_str(json).ok()));
            if let Some(None) = read {
                warn!(audit.seq = seq, "an audit entry cannot be read; it is not in the index");
            }
            let mark = Mark { seq, hash: stored.hash().to_string(), segment: cursor.segment, start };
            let key = Some(stored.leaf.key);
            self.rows.push(Row { mark, key, entry: read.flatten() });
            cursor.seq = seq;
        }
        cursor.offset = reader.offset();
        Ok(cursor)
    }

    fn next_segment(&self, cursor: Cursor) -> Result<Cursor, IndexError> {
        let next = segments(&self.directory)?.into_iter().find(|segment| *segment > cursor.segment);
        let segment = next.ok_or(io::Error::from(io::ErrorKind::UnexpectedEof))?;
        Ok(Cursor { segment, offset: 0, ..cursor })
    }
}
