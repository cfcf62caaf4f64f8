//! The audit's disk: it takes its time, and a crash takes whatever it had not made safe.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use glasplade::audit::SimulatedDisk;
use glasplade::audit::segment::{Disk, DiskFile};

use crate::dice::Dice;

/// The disk of one world. What is written reaches the real file with a sync, and not before.
#[derive(Debug, Clone)]
pub(crate) struct WorldDisk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    dice: Dice,
    /// A sync takes so many milliseconds at most.
    slow_ms: u64,
    /// Goes up with each crash: what was mounted before writes nothing any more.
    era: u64,
    /// Whole records that are safe.
    records: u64,
    /// A planted fault: it says that bytes are safe, and never writes them.
    is_lying: bool,
}

impl WorldDisk {
    pub(crate) fn new(seed: u64, is_lying: bool) -> Self {
        let dice = Dice::new(seed);
        Self(Arc::new(Mutex::new(State { dice, slow_ms: 0, era: 0, records: 0, is_lying })))
    }

    /// From now on a sync takes so long at most.
    pub(crate) fn slow(&self, milliseconds: u64) {
        self.with(|state| state.slow_ms = milliseconds);
    }

    /// The machine is gone, with all that was not safe.
    pub(crate) fn crash(&self) {
        self.with(|state| state.era += 1);
    }

    /// So many records are safe now.
    pub(crate) fn records(&self) -> u64 {
        self.with(|state| state.records)
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SimulatedDisk for WorldDisk {
    fn pace(&self) -> (Duration, Duration) {
        self.with(|state| {
            let limit = state.slow_ms + 1;
            let mut part = || Duration::from_millis(state.dice.between(0, limit));
            (part() / 2, part() / 2)
        })
    }

    fn mount(&self) -> Arc<dyn Disk> {
        Arc::new(Mounted { disk: self.clone(), era: self.with(|state| state.era) })
    }
}

impl Disk for WorldDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.mount().create(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.mount().open(path)
    }
}

/// The disk as one run of the service has it.
#[derive(Debug)]
struct Mounted {
    disk: WorldDisk,
    era: u64,
}

impl Mounted {
    fn file(&self, file: File) -> Box<dyn DiskFile> {
        Box::new(Segment { disk: self.disk.clone(), era: self.era, file, written: Vec::new() })
    }
}

impl Disk for Mounted {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = File::options().create(true).append(true).open(path)?;
        if file.metadata()?.len() != 0 {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        Ok(self.file(file))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(self.file(File::options().append(true).open(path)?))
    }
}

#[derive(Debug)]
struct Segment {
    disk: WorldDisk,
    era: u64,
    file: File,
    /// Not safe yet.
    written: Vec<u8>,
}

impl DiskFile for Segment {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.with(|state| {
            if state.era != self.era {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            let records = frames(&self.written);
            if state.is_lying {
                return Ok(());
            }
            self.file.append(&self.written)?;
            state.records += records;
            self.written.clear();
            Ok(())
        })
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.written.clear();
        self.file.set_len(len)
    }
}

/// How many records these bytes are: each says its length in four bytes before it.
fn frames(mut bytes: &[u8]) -> u64 {
    let mut count = 0;
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        bytes = rest.get(length..).unwrap_or_default();
        count += 1;
    }
    count
}
