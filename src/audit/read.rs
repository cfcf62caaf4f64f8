//! Reads the whole log entry by entry, in the order in which they were written, straight from the segments and not from the
//! index: for programs that count, compare or replay. It changes nothing.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::vec;

use jiff::Timestamp;

use super::AuditEntry;
use super::keys::{KeyId, Keys};
use super::segment::{Broken, Flaw, Reader, SegmentName, segments};
use super::verify::is_open;

/// One record of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number.
    pub seq: u64,
    /// When it says it was written.
    pub at: Timestamp,
    /// The key that sealed it.
    pub key: KeyId,
    /// Its entry; `None` when the key is gone.
    pub entry: Option<AuditEntry>,
}

/// The records of one log, oldest first. Ends at the first flaw, which it tells.
///
/// Every record is checked against its leaf and its place; whether the leaf is the one that was signed, is for
/// [`verify`](super::verify()).
pub struct Entries {
    directory: PathBuf,
    keys: Arc<Keys>,
    segments: vec::IntoIter<SegmentName>,
    open: Option<(SegmentName, Reader)>,
    next_seq: Option<u64>,
}

impl fmt::Debug for Entries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Entries").field("directory", &self.directory).finish_non_exhaustive()
    }
}

impl Entries {
    /// The records of the log in `directory`. In a log that a process has open, one that is half there is not told: it is
    /// being written.
    ///
    /// # Errors
    /// [`Broken`] when the folder cannot be read.
    pub fn of(directory: &Path, keys: Arc<Keys>) -> Result<Self, Broken> {
        let segments = segments(directory).map_err(|error| Broken::at("", None, error))?.into_iter();
        Ok(Self { directory: directory.to_owned(), keys, segments, open: None, next_seq: None })
    }

    fn is_at_work(&self) -> Result<bool, Broken> {
        is_open(&self.directory).map_err(|error| Broken::at("", None, error))
    }

    fn open(&self, segment: SegmentName) -> Result<(SegmentName, Reader), Broken> {
        let wanted = self.next_seq.unwrap_or(segment.first_seq);
        if wanted != segment.first_seq {
            return Err(Broken::at(segment, None, Flaw::Sequence { wanted, found: segment.first_seq }));
        }
        let reader = Reader::open(&segment.path(&self.directory), 0, u64::MAX, segment.first_seq);
        Ok((segment, reader.map_err(|error| Broken::at(segment, None, error))?))
    }

    fn advance(&mut self) -> Result<Option<Record>, Broken> {
        loop {
            let (segment, mut reader) = match self.open.take() {
                Some(open) => open,
                None => match self.segments.next() {
                    Some(segment) => self.open(segment)?,
                    None => return Ok(None),
                },
            };
            let seq = reader.next_seq();
            let at = |flaw: Flaw| Broken::at(segment, Some(seq), flaw);
            let stored = match reader.read_next() {
                Ok(Some(stored)) => stored,
                Ok(None) => {
                    self.next_seq = Some(seq);
                    continue;
                }
                Err(Flaw::Unterminated) if self.segments.as_slice().is_empty() && self.is_at_work()? => {
                    return Ok(None);
                }
                Err(flaw) => return Err(at(flaw)),
            };
            let (at_moment, key) = (stored.leaf.at, stored.leaf.key);
            let json = stored.entry(&self.keys).map_err(at)?;
            let entry = json.map(|json| serde_json::from_slice(&json)).transpose();
            let entry = entry.map_err(|_| at(Flaw::NotARecord))?;
            self.open = Some((segment, reader));
            return Ok(Some(Record { seq, at: at_moment, key, entry }));
        }
    }
}

impl Iterator for Entries {
    type Item = Result<Record, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance();
        if next.is_err() {
            self.segments = Vec::new().into_iter();
        }
        next.transpose()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::audit::AuditLog;
    use crate::audit::testing::{self, Scratch};

    async fn log_of(records: u64) -> Scratch {
        let scratch = Scratch::new();
        let mut settings = scratch.settings();
        settings.segment_bytes_max = 1100;
        let log = AuditLog::open(settings, &testing::clock()).expect("an empty directory");
        for number in 1..=records {
            let _ = log.append(&testing::entry(number)).await.expect("the disk is fine");
        }
        log.close().await;
        scratch
    }

    fn entries(scratch: &Scratch) -> Entries {
        Entries::of(&scratch.log(), Arc::new(scratch.keys())).expect("a log")
    }

    #[tokio::test]
    async fn every_entry_comes_once_in_the_order_in_which_it_was_written() {
        let scratch = log_of(7).await;
        assert!(scratch.segments().len() > 1, "over several segments");
        let read: Vec<_> = entries(&scratch).map(|read| read.map(told)).collect::<Result<_, _>>().expect("whole");
        let written: Vec<_> = (1..=7).map(|number| (number, Some(testing::entry(number)))).collect();
        assert_eq!(read, written);
    }

    fn told(record: Record) -> (u64, Option<AuditEntry>) {
        (record.seq, record.entry)
    }

    #[tokio::test]
    async fn a_record_that_is_being_written_is_not_told_and_one_that_nobody_writes_is_a_flaw() {
        let scratch = log_of(3).await;
        let last = scratch.segments().pop().expect("a segment");
        let whole = fs::read(&last).expect("the segment is there");
        let lock = fs::File::open(scratch.log().join("audit.lock")).expect("the lock is there");
        fs::write(&last, &whole[..whole.len() - 9]).expect("the segment is writable");
        lock.lock().expect("nobody holds it");
        let read = entries(&scratch).collect::<Result<Vec<_>, _>>().expect("a log at work");
        assert_eq!(read.len(), 2);
        lock.unlock().expect("held");
        let flaw = entries(&scratch).find_map(Result::err).expect("a torn log");
        assert_eq!((flaw.record, flaw.what), (Some(3), Flaw::Unterminated));
    }

    #[tokio::test]
    async fn what_was_changed_ends_the_reading_where_it_stands() {
        let scratch = log_of(7).await;
        let second = scratch.segments().remove(1);
        let mut bytes = fs::read(&second).expect("the segment is there");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&second, bytes).expect("the segment is writable");
        let mut entries = entries(&scratch);
        let whole = entries.by_ref().take_while(Result::is_ok).count();
        assert!((1..7).contains(&whole), "{whole}");
        assert!(entries.next().is_none(), "nothing is read behind a flaw");
    }

    #[tokio::test]
    async fn an_entry_whose_key_is_gone_is_a_number_without_an_entry() {
        let scratch = log_of(2).await;
        let keys = scratch.keys();
        for id in keys.ids().expect("the folder of keys") {
            keys.destroy(id).expect("destroyed");
        }
        let read: Vec<_> = entries(&scratch).map(|read| read.map(told)).collect::<Result<_, _>>().expect("whole");
        assert_eq!(read, [(1, None), (2, None)]);
    }

    #[test]
    fn an_empty_folder_is_an_empty_log() {
        let scratch = Scratch::new();
        let keys = Arc::new(scratch.keys());
        assert_eq!(Entries::of(scratch.path(), keys).expect("a folder").count(), 0);
    }
}
