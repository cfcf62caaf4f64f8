//! The alias book on disk: one append-only file of sealed lines, which tells nothing to whoever copies it.
//!
//! ```text
//! glasplade-aliases-1
//! <hex: 12 bytes nonce, 29 bytes sealed, 16 bytes tag>
//! ```
//!
//! A line is sealed with AES-256-GCM under a key derived from the pseudonym key, and to its own place in the file: a line
//! that was changed, moved or written under another key does not open. It is not synced: what a power cut takes, the
//! register tells again.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use glasplade_adapters::contract::CprNumber;
use jiff::Timestamp;

use super::alias_links::Change;
use crate::audit::PseudonymKey;
use crate::audit::hex;
use crate::audit::segment::{Disk, DiskFile};

const HEADER: &[u8] = b"glasplade-aliases-1\n";
const PURPOSE: &str = "alias file";
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// The kind of the change, two numbers, and the moment in microseconds.
const CHANGE_BYTES: usize = 1 + 10 + 10 + 8;
const SEALED_BYTES: usize = NONCE_BYTES + CHANGE_BYTES + TAG_BYTES;
/// Two characters a byte, and the line's end.
pub(super) const LINE_BYTES: usize = SEALED_BYTES * 2 + 1;

/// The alias file cannot be used at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AliasFileError {
    /// It cannot be made, read or written.
    #[error("use the alias file: {0}")]
    Disk(io::ErrorKind),
    /// Another process has it. Each replica needs a file of its own.
    #[error("lock the alias file: another process writes there")]
    Locked,
    /// The file is another one than an alias file, so it is not touched.
    #[error("use the alias file: the file is not an alias file")]
    NotOurs,
}

impl From<io::Error> for AliasFileError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error.kind())
    }
}

/// What was found in the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// In the order in which they were written.
    pub changes: Vec<Change>,
    /// Lines that do not open.
    pub unreadable: u64,
    /// The last line was half written, and is gone.
    pub was_torn: bool,
}

/// The file, locked for as long as it is held.
pub(super) struct AliasFile {
    file: Box<dyn DiskFile>,
    key: RandomizedNonceKey,
    /// Whole lines, the header not counted.
    lines: u64,
    lines_max: u64,
    /// After the last whole line.
    len: u64,
    /// Half a line may stand at the end.
    is_torn: bool,
    _lock: File,
}

impl AliasFile {
    /// Opens the file (made when missing) and reads it; half a line at its end is cut.
    pub(super) fn open(
        path: &Path,
        disk: &dyn Disk,
        key: &PseudonymKey,
        lines_max: u64,
    ) -> Result<(Self, Found), AliasFileError> {
        let lock = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(AliasFileError::Locked),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let mut bytes = Vec::new();
        // More than we would have written is left alone, and the file takes no more.
        let limit = lines_max.saturating_mul(LINE_BYTES as u64).saturating_add(HEADER.len() as u64);
        (&lock).take(limit).read_to_end(&mut bytes)?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, &key.derive(PURPOSE)).expect("a key of 32 bytes");
        let mut file = Self {
            file: disk.open(path)?,
            key,
            lines: 0,
            lines_max,
            len: lock.metadata()?.len(),
            is_torn: false,
            _lock: lock,
        };
        let found = file.read(&bytes)?;
        Ok((file, found))
    }

    fn read(&mut self, bytes: &[u8]) -> Result<Found, AliasFileError> {
        let mut found = Found { changes: Vec::new(), unreadable: 0, was_torn: false };
        let Some(lines) = bytes.strip_prefix(HEADER) else {
            if !HEADER.starts_with(bytes) {
                return Err(AliasFileError::NotOurs);
            }
            found.was_torn = !bytes.is_empty();
            self.file.cut(0)?;
            self.file.append(HEADER)?;
            self.len = HEADER.len() as u64;
            return Ok(found);
        };
        let mut rest = lines;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            match self.opened(&rest[..end]) {
                Some(change) => found.changes.push(change),
                None => found.unreadable += 1,
            }
            self.lines += 1;
            rest = &rest[end + 1..];
        }
        if !rest.is_empty() && self.len == bytes.len() as u64 {
            self.len -= rest.len() as u64;
            self.file.cut(self.len)?;
            found.was_torn = true;
        }
        Ok(found)
    }

    /// Puts the change at the end; half a line is taken back, at the latest before the next one.
    ///
    /// # Errors
    /// The disk's, and `FileTooLarge` when the file has as many lines as it may.
    pub(super) fn append(&mut self, change: &Change) -> io::Result<()> {
        if self.lines >= self.lines_max {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if self.is_torn {
            self.file.cut(self.len)?;
            self.is_torn = false;
        }
        let line = self.sealed(change);
        self.is_torn = true;
        if let Err(error) = self.file.append(&line) {
            self.is_torn = self.file.cut(self.len).is_err();
            return Err(error);
        }
        self.is_torn = false;
        self.len += line.len() as u64;
        self.lines += 1;
        Ok(())
    }

    fn sealed(&self, change: &Change) -> Vec<u8> {
        let mut bytes = encode(change).to_vec();
        let nonce = self.key.seal_in_place_append_tag(place(self.lines), &mut bytes);
        let nonce = nonce.expect("sealing a few bytes does not fail");
        let mut line = crate::hex(&[nonce.as_ref(), &bytes[..]].concat()).into_bytes();
        line.push(b'\n');
        line
    }

    fn opened(&self, line: &[u8]) -> Option<Change> {
        let bytes = hex::decode::<SEALED_BYTES>(line)?;
        let (nonce, sealed) = bytes.split_at(NONCE_BYTES);
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        decode(self.key.open_in_place(nonce, place(self.lines), &mut sealed).ok()?)
    }
}

/// Says where the file ends, not what is in it.
impl fmt::Debug for AliasFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AliasFile").field("lines", &self.lines).finish_non_exhaustive()
    }
}

fn place(line: u64) -> Aad<[u8; 8]> {
    Aad::from(line.to_be_bytes())
}

fn encode(change: &Change) -> [u8; CHANGE_BYTES] {
    let (kind, former, in_force, at) = match change {
        Change::Learned(former, in_force, at) => (b'L', former, in_force, at.as_microsecond()),
        Change::Forgotten(former) => (b'F', former, former, 0),
    };
    let mut bytes = [kind; CHANGE_BYTES];
    bytes[1..11].copy_from_slice(former.expose().as_bytes());
    bytes[11..21].copy_from_slice(in_force.expose().as_bytes());
    bytes[21..].copy_from_slice(&at.to_be_bytes());
    bytes
}

fn decode(bytes: &[u8]) -> Option<Change> {
    let number = |bytes: Option<&[u8]>| CprNumber::parse(std::str::from_utf8(bytes?).ok()?).ok();
    let (former, in_force) = (number(bytes.get(1..11))?, number(bytes.get(11..21))?);
    let at = i64::from_be_bytes(bytes.get(21..)?.try_into().ok()?);
    match bytes.first()? {
        b'L' => Some(Change::Learned(former, in_force, Timestamp::from_microsecond(at).ok()?)),
        b'F' => Some(Change::Forgotten(former)),
        _ => None,
    }
}
