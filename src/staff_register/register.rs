//! The register while the service runs: read at start, and again when the file was replaced.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use glasplade_adapters::contract::Clock;
use jiff::{SignedDuration, Timestamp};

use super::list::{FILE_BYTES_MAX, Flaw, KeyMark, StaffList};
use crate::audit::PseudonymKey;

/// The file is looked at no more often than this. No signal is needed, and two replicas agree soon.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// The register cannot be used at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StaffRegisterError {
    /// The file cannot be read.
    #[error("read the staff register: {0}")]
    Disk(io::ErrorKind),
    /// The file is longer than any staff register.
    #[error("read the staff register: it is too long")]
    TooLong,
    /// A line is wrong.
    #[error("read the staff register, line {0}: {1}")]
    Line(usize, Flaw),
}

/// The staff, as the file says.
///
/// A file that cannot be used stops the start: with nobody known, nobody would be barred from looking themselves up. Later,
/// one that cannot be used is told of, and what was read before stands.
#[derive(Debug)]
pub struct StaffRegister(Option<Followed>);

#[derive(Debug)]
struct Followed {
    path: PathBuf,
    mark: KeyMark,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    list: Arc<StaffList>,
    seen: Option<Stamp>,
    looked: Timestamp,
    revision: u64,
}

/// What changes when a file is replaced or written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    bytes: u64,
    changed: (i64, i64),
}

impl Stamp {
    fn of(file: &Metadata) -> Self {
        Self { inode: file.ino(), bytes: file.len(), changed: (file.mtime(), file.mtime_nsec()) }
    }
}

impl StaffRegister {
    /// A register in which nobody is known: none is configured.
    pub fn nobody() -> Self {
        Self(None)
    }

    /// Reads the file `path`, whose pseudonyms were made with `key`, and reads it again when it changes. Blocks on the disk.
    ///
    /// # Errors
    /// [`StaffRegisterError`], with the line and never with what stands in it.
    pub fn open(path: &Path, key: &PseudonymKey, clock: Arc<dyn Clock>) -> Result<Self, StaffRegisterError> {
        let mark = KeyMark::of(key);
        let (list, seen) = read(path, &mark)?;
        if !list.names_key() {
            tracing::warn!(
                "the staff register does not say by which key it was written; another key would find nobody"
            );
        }
        tracing::info!(employees = list.len(), "the staff register is read");
        let state = State { list: Arc::new(list), seen: Some(seen), looked: clock.now(), revision: 0 };
        Ok(Self(Some(Followed { path: path.to_owned(), mark, clock, state: Mutex::new(state) })))
    }

    /// The staff now. One look at the file every ten seconds, and a read (milliseconds) when it was replaced.
    pub fn list(&self) -> Arc<StaffList> {
        self.0.as_ref().map_or_else(Arc::default, |followed| followed.now().0)
    }

    /// Grows when another list is in force: what was decided under another revision may be wrong now.
    pub fn revision(&self) -> u64 {
        self.0.as_ref().map_or(0, |followed| followed.now().1)
    }

    /// A register is configured.
    pub fn is_connected(&self) -> bool {
        self.0.is_some()
    }
}

impl Followed {
    fn now(&self) -> (Arc<StaffList>, u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        // A clock that was set back is looked at as one that went on.
        if now.duration_since(state.looked).abs() >= LOOK_EVERY {
            state.looked = now;
            self.look(&mut state);
        }
        (Arc::clone(&state.list), state.revision)
    }

    fn look(&self, state: &mut State) {
        let stamp = fs::metadata(&self.path).ok().map(|file| Stamp::of(&file));
        if stamp == state.seen {
            return;
        }
        // Told once for each file that was put there, not with every look.
        state.seen = stamp;
        match read(&self.path, &self.mark) {
            Ok((list, seen)) => {
                tracing::info!(employees = list.len(), "the staff register was replaced");
                state.seen = Some(seen);
                state.list = Arc::new(list);
                state.revision += 1;
            }
            Err(error) => tracing::warn!(%error, "the new staff register cannot be used; the one before stands"),
        }
    }
}

fn read(path: &Path, mark: &KeyMark) -> Result<(StaffList, Stamp), StaffRegisterError> {
    let disk = |error: io::Error| StaffRegisterError::Disk(error.kind());
    let file = File::open(path).map_err(disk)?;
    let stamp = Stamp::of(&file.metadata().map_err(disk)?);
    let mut text = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut text).map_err(disk)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(StaffRegisterError::TooLong);
    }
    let list = StaffList::parse(&text, mark).map_err(|(line, flaw)| StaffRegisterError::Line(line, flaw))?;
    Ok((list, stamp))
}

#[cfg(test)]
mod tests;
