//! The seam to the disk: four acts, so that a test can make any of them fail.

use std::fmt::Debug;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// Opens segment files for writing.
pub trait Disk: Send + Sync + Debug + 'static {
    /// A new, empty file, that will still be there after a power cut (the directory is synced).
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// An existing file, to go on at its end.
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
}

/// A segment file that is being written.
pub trait DiskFile: Send + Debug {
    /// Puts the bytes at the end. They may be lost until [`DiskFile::sync`] has returned.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns when all that was appended will survive a power cut.
    fn sync(&mut self) -> io::Result<()>;

    /// Makes the file `len` bytes long, durably. A file that is shorter is an error: it lost what was promised.
    fn cut(&mut self, len: u64) -> io::Result<()>;
}

/// The machine's disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalDisk;

impl Disk for LocalDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        // Not `create_new`: the last try may have made the file and failed at the directory. Records it cannot hold.
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        if file.metadata()?.len() != 0 {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        file.sync_all()?;
        if let Some(directory) = path.parent() {
            File::open(directory)?.sync_all()?;
        }
        Ok(Box::new(file))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(OpenOptions::new().append(true).open(path)?))
    }
}

impl DiskFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        if self.metadata()?.len() < len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.set_len(len)?;
        self.sync_all()
    }
}
