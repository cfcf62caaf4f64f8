//! The folder of keys: a key is durable before the first record under it, and destroyed on its day.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, fchown};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::rand;

use super::sealing::{DayKey, RecordKey};
use super::{KeyId, MasterKey};
use crate::audit::leaf::Leaf;

/// Keys held in memory at once; three a day, over more than a year.
const HELD_MAX: usize = 4096;

/// The ending of a file that is being shredded.
pub(crate) const GONE: &str = "gone";

/// The folder of keys cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// It cannot be made, read or written.
    #[error("use the folder of the audit's keys: {0}")]
    Disk(io::ErrorKind),
    /// A key does not open: another master secret, or a changed file.
    #[error("open the audit's key `{0}`: it was made under another master secret, or it was changed")]
    Foreign(String),
}

impl From<io::Error> for KeysError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error.kind())
    }
}

/// The keys of one log.
#[derive(Debug)]
pub struct Keys {
    folder: PathBuf,
    master: Arc<MasterKey>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    days: HashMap<KeyId, Arc<DayKey>>,
    /// Kept by a legal hold, by the number of the record.
    held: HashMap<u64, RecordKey>,
}

impl Keys {
    /// Opens the folder (made when missing, for nobody but the service), and takes what legal holds have kept.
    ///
    /// # Errors
    /// [`KeysError`]; a key of another master secret is found here, not at the first look-up.
    pub fn open(folder: impl Into<PathBuf>, master: Arc<MasterKey>) -> Result<Self, KeysError> {
        let folder = folder.into();
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Self::read(folder, master)
    }

    /// [`Keys::open`] for whoever only reads: a folder that is not there is an error, not a new one without a key.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn read(folder: impl Into<PathBuf>, master: Arc<MasterKey>) -> Result<Self, KeysError> {
        let keys = Self { folder: folder.into(), master, state: Mutex::default() };
        if let Some(last) = keys.ids()?.last() {
            keys.find(*last)?;
        }
        keys.learn_held()?;
        Ok(keys)
    }

    /// Where they lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Every key that is there, oldest day first.
    ///
    /// # Errors
    /// [`KeysError::Disk`].
    pub fn ids(&self) -> Result<Vec<KeyId>, KeysError> {
        let mut ids = Vec::new();
        for file in self.folder.read_dir()? {
            ids.extend(file?.file_name().to_str().and_then(KeyId::parse));
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// The key to seal under: the one that is there, or a new one, which is durable when this returns.
    pub(crate) fn sealing(&self, id: KeyId) -> io::Result<Arc<DayKey>> {
        match self.find(id) {
            Ok(Some(key)) => Ok(key),
            Ok(None) => self.make(id),
            Err(KeysError::Disk(kind)) => Err(kind.into()),
            Err(KeysError::Foreign(_)) => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// The entry of a sealed record; `None` when its key is gone.
    ///
    /// # Errors
    /// When the folder cannot be read; `InvalidData` when the key is there and the record does not open under it.
    pub(crate) fn entry(&self, leaf: &Leaf, sealed: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let Some(key) = self.record_key(leaf, sealed)? else { return Ok(None) };
        let head = leaf.to_bytes();
        let entry = key.open(&head[..Leaf::HEAD_BYTES], sealed);
        entry.map(Some).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// The key of one record; `None` when it is gone.
    pub(crate) fn record_key(&self, leaf: &Leaf, sealed: &[u8]) -> io::Result<Option<RecordKey>> {
        let day = self.find(leaf.key).map_err(|error| match error {
            KeysError::Disk(kind) => io::Error::from(kind),
            KeysError::Foreign(_) => io::ErrorKind::InvalidData.into(),
        })?;
        if let Some(day) = day.filter(|day| day.mark() == leaf.mark) {
            return Ok(day.record_key(sealed));
        }
        Ok(self.lock().held.get(&leaf.seq).cloned())
    }

    fn find(&self, id: KeyId) -> Result<Option<Arc<DayKey>>, KeysError> {
        if let Some(key) = self.lock().days.get(&id) {
            return Ok(Some(Arc::clone(key)));
        }
        let name = id.to_string();
        let wrapped = match fs::read(self.folder.join(&name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        let bytes = self.master.unwrap(&name, &wrapped).and_then(|bytes| <[u8; DayKey::BYTES]>::try_from(bytes).ok());
        let key = Arc::new(DayKey::new(&bytes.ok_or(KeysError::Foreign(name))?));
        self.remember(id, &key);
        Ok(Some(key))
    }

    fn make(&self, id: KeyId) -> io::Result<Arc<DayKey>> {
        let mut bytes = [0; DayKey::BYTES];
        rand::fill(&mut bytes).map_err(|_| io::ErrorKind::Other)?;
        let name = id.to_string();
        write_durably(&self.folder.join(&name), &self.master.wrap(&name, &bytes))?;
        let key = Arc::new(DayKey::new(&bytes));
        self.remember(id, &key);
        Ok(key)
    }

    fn remember(&self, id: KeyId, key: &Arc<DayKey>) {
        let mut state = self.lock();
        if state.days.len() >= HELD_MAX {
            state.days.clear();
        }
        state.days.insert(id, Arc::clone(key));
    }

    /// Destroys a key: renamed, overwritten, synced, unlinked, forgotten. What was sealed under it is noise from then on.
    ///
    /// A disk that copies on write keeps the overwritten bytes for a while; they are wrapped, so whoever finds them needs the
    /// master secret, too.
    pub(crate) fn destroy(&self, id: KeyId) -> io::Result<()> {
        let shredded = shred(&self.folder.join(id.to_string()));
        // Also when it could not be finished: what has lost its name is not to be used, either.
        self.lock().days.remove(&id);
        shredded
    }

    /// Finishes what a crash has left half shredded, and tells which keys those were.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub(crate) fn sweep(&self) -> io::Result<Vec<KeyId>> {
        let mut swept = Vec::new();
        for file in self.folder.read_dir()? {
            let path = file?.path();
            if path.extension().is_some_and(|kind| kind == GONE) {
                overwrite(&path)?;
                swept.extend(path.file_stem().and_then(|name| name.to_str()).and_then(KeyId::parse));
            }
        }
        swept.sort_unstable();
        Ok(swept)
    }

    pub(crate) fn master(&self) -> &MasterKey {
        &self.master
    }

    /// Takes the keys of the records that are held anew.
    pub(crate) fn hold(&self, held: HashMap<u64, RecordKey>) {
        self.lock().held = held;
    }

    fn learn_held(&self) -> Result<(), KeysError> {
        let holds = crate::audit::retention::Holds::read(self)?;
        self.hold(holds.record_keys());
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts a whole file there, or leaves the one that is there: written beside it, synced, renamed, and the folder synced. It
/// belongs to whom the folder belongs to: what root leaves there with a command, the service must be able to read.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&beside)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let (folder, own) = (folder.metadata()?, file.metadata()?);
        if folder.uid() != own.uid() {
            fchown(&file, Some(folder.uid()), Some(folder.gid()))?;
        }
    }
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_folder(path)
}

/// Takes the name away, then overwrites, syncs, unlinks: whenever a crash comes, nobody finds half a key under its name. A
/// file that is not there is gone already.
pub(crate) fn shred(path: &Path) -> io::Result<()> {
    let gone = path.with_extension(GONE);
    match fs::rename(path, &gone) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        renamed => renamed?,
    }
    sync_folder(path)?;
    overwrite(&gone)
}

fn overwrite(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    let len = usize::try_from(file.metadata()?.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
    file.write_all(&vec![0; len])?;
    file.sync_all()?;
    match fs::remove_file(path) {
        // Whoever swept at the same time was first.
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    sync_folder(path)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
