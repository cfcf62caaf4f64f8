//! Reads a segment record by record and checks each against its leaf and its place. It never writes.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom, Take};
use std::path::Path;

use super::frame::{self, BODY_BYTES_MAX, BODY_BYTES_MIN, GROUP_BYTES_MAX, LENGTH_BYTES};
use crate::audit::keys::Keys;
use crate::audit::leaf::Leaf;
use crate::audit::tree::TreeHash;

/// What is wrong with a part of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The last record has no end.
    #[error("the record has no end")]
    Unterminated,
    /// The length that stands there is no record's.
    #[error("the length is no record's")]
    Length,
    /// What stands there is no leaf.
    #[error("there is no record")]
    NotARecord,
    /// A record is missing, repeated or moved.
    #[error("record {found} stands where record {wanted} belongs")]
    Sequence {
        /// The number that comes next.
        wanted: u64,
        /// The number that the record has.
        found: u64,
    },
    /// The sealed entry is not the one of which the leaf holds the hash.
    #[error("the sealed entry was changed")]
    Sealed,
    /// The key is there, and the entry does not open under it: nobody who had the key wrote it.
    #[error("the record does not open under its own key")]
    Unopened,
    /// The tree says another record is there.
    #[error("the tree holds another record at this place")]
    Leaf,
    /// A file of the tree is missing, too short or too long.
    #[error("the file of the tree is missing or has another size")]
    TileSize,
    /// A file of the tree holds something else than the records say.
    #[error("the file of the tree says something else than the records")]
    Tile,
    /// A file that nobody wrote lies among those of the tree.
    #[error("the file belongs to no tree of this log")]
    Stray,
    /// The checkpoint cannot be read.
    #[error("there is no checkpoint, or it is no checkpoint of this log")]
    Checkpoint,
    /// The checkpoint is signed by none of the keys that are believed.
    #[error("the checkpoint is not signed by this key, nor by one of `audit.previous_public_keys`")]
    Signature,
    /// Records are there, and nothing that was ever signed over them.
    #[error(
        "there are {0} records and no checkpoint: bring the folder `tlog` back from a copy, or keep everything as it is and \
         begin a new log in an empty folder; these records are not signed anew"
    )]
    TreeMissing(u64),
    /// The checkpoint says another root than the records have.
    #[error("the checkpoint does not fit the records")]
    Root,
    /// The log is shorter than a checkpoint says.
    #[error("the log was rolled back: a checkpoint has seen {seen} records, {found} are there")]
    RolledBack {
        /// What the checkpoint has seen.
        seen: u64,
        /// What is there.
        found: u64,
    },
    /// Another history than the one that a kept checkpoint has seen.
    #[error("the history before the kept checkpoint was rewritten")]
    Rewritten,
    /// Records stand behind the checkpoint although nobody is at work.
    #[error("{0} records are not signed, and no service is at work")]
    Unsigned(u64),
    /// The file could not be read.
    #[error("the file could not be read ({0})")]
    Unreadable(io::ErrorKind),
}

impl From<io::Error> for Flaw {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error.kind())
    }
}

/// Where the log is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("trust {file}{}: {what}", place(*.record))]
pub struct Broken {
    /// The file, by its path in the log's folder; empty for the folder itself.
    pub file: String,
    /// The number of the record, if one is meant.
    pub record: Option<u64>,
    /// What is wrong there.
    pub what: Flaw,
}

fn place(record: Option<u64>) -> String {
    record.map_or_else(String::new, |record| format!(", record {record}"))
}

impl Broken {
    #[expect(clippy::needless_pass_by_value, reason = "most names are a few bytes that are copied")]
    pub(crate) fn at(file: impl ToString, record: impl Into<Option<u64>>, what: impl Into<Flaw>) -> Self {
        Self { file: file.to_string(), record: record.into(), what: what.into() }
    }
}

/// One record as it lies in the segment.
#[derive(Debug)]
pub(crate) struct Stored<'a> {
    /// Where it begins, in bytes.
    pub start: u64,
    /// What the tree knows of it.
    pub leaf: Leaf,
    /// The leaf as it lies there.
    pub leaf_bytes: &'a [u8; Leaf::BYTES],
    /// The sealed entry; its hash is the one in the leaf.
    pub sealed: &'a [u8],
}

impl Stored<'_> {
    /// The hash that the tree holds.
    pub(crate) fn hash(&self) -> TreeHash {
        TreeHash::leaf(self.leaf_bytes)
    }

    /// The entry's JSON; `None` when its key is gone.
    ///
    /// # Errors
    /// [`Flaw::Unopened`] when the key is there and does not fit; [`Flaw::Unreadable`].
    pub(crate) fn entry(&self, keys: &Keys) -> Result<Option<Vec<u8>>, Flaw> {
        keys.entry(&self.leaf, self.sealed).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => Flaw::Unopened,
            kind => Flaw::Unreadable(kind),
        })
    }
}

/// Reads on from one place in a segment.
#[derive(Debug)]
pub(crate) struct Reader {
    file: BufReader<Take<File>>,
    body: Vec<u8>,
    offset: u64,
    next_seq: u64,
}

/// So much is read at once, in bytes.
const BUFFER_BYTES: usize = 256 * 1024;

impl Reader {
    /// Reads from `from` up to `to`, both in bytes; the first record there has the number `seq`.
    pub(crate) fn open(path: &Path, from: u64, to: u64, seq: u64) -> io::Result<Self> {
        // The limit is counted from the beginning of the file, so that one may go back as well.
        let mut file = File::open(path)?.take(to.max(from));
        file.seek(SeekFrom::Start(from))?;
        let file = BufReader::with_capacity(BUFFER_BYTES, file);
        Ok(Self { file, body: Vec::new(), offset: from, next_seq: seq })
    }

    /// Where the next record begins, in bytes.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads on at another place, on either side of this one; the record there has the number `seq`. What is in the buffer is
    /// not read again.
    pub(crate) fn go_to(&mut self, start: u64, seq: u64) -> io::Result<()> {
        // Both lie in one file, whose length no file system lets grow beyond `i64`.
        self.file.seek_relative(start.cast_signed() - self.offset.cast_signed())?;
        (self.offset, self.next_seq) = (start, seq);
        Ok(())
    }

    /// The number of the next record.
    pub(crate) fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// The next record; `None` at the end. After a flaw, [`Reader::offset`] is where the flawed record begins.
    pub(crate) fn read_next(&mut self) -> Result<Option<Stored<'_>>, Flaw> {
        let mut length = [0; LENGTH_BYTES];
        match fill(&mut self.file, &mut length)? {
            0 => return Ok(None),
            LENGTH_BYTES => {}
            _ => return Err(Flaw::Unterminated),
        }
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if !(BODY_BYTES_MIN..=BODY_BYTES_MAX).contains(&length) {
            return Err(Flaw::Length);
        }
        self.body.resize(length, 0);
        if fill(&mut self.file, &mut self.body)? < length {
            return Err(Flaw::Unterminated);
        }
        let (leaf_bytes, sealed) = self.body.split_first_chunk().ok_or(Flaw::Length)?;
        let leaf = Leaf::parse(leaf_bytes).ok_or(Flaw::NotARecord)?;
        if leaf.seq != self.next_seq {
            return Err(Flaw::Sequence { wanted: self.next_seq, found: leaf.seq });
        }
        if frame::hash(sealed) != leaf.sealed {
            return Err(Flaw::Sealed);
        }
        let start = self.offset;
        self.offset += (LENGTH_BYTES + length) as u64;
        self.next_seq += 1;
        Ok(Some(Stored { start, leaf, leaf_bytes, sealed }))
    }

    /// Everything from the last flaw to the end of the file; `None` when that is more than one group can be.
    pub(crate) fn rest(&mut self) -> io::Result<Option<Vec<u8>>> {
        let file = self.file.get_mut().get_mut();
        file.seek(SeekFrom::Start(self.offset))?;
        let mut rest = Vec::new();
        file.take(GROUP_BYTES_MAX as u64 + 1).read_to_end(&mut rest)?;
        Ok((rest.len() <= GROUP_BYTES_MAX).then_some(rest))
    }
}

/// Fills as much of `bytes` as the file has.
fn fill(file: &mut impl io::BufRead, bytes: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        let have = file.fill_buf()?;
        if have.is_empty() {
            break;
        }
        let taken = have.len().min(bytes.len() - filled);
        bytes[filled..filled + taken].copy_from_slice(&have[..taken]);
        file.consume(taken);
        filled += taken;
    }
    Ok(filled)
}
