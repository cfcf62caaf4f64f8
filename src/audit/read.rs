//! Reads the whole log entry by entry, in the order in which they were written, straight from the segments and not from the
//! index: for programs that count or compare. It changes nothing.

use std::fmt;
use std::path::{Path, PathBuf};
use std::vec;

use super::AuditEntry;
use super::chain::{Chain, Misfit};
use super::segment::{After, Broken, Flaw, Reader, SegmentName, segments};

/// The entries of one log, oldest first, each with its number. Ends at the first flaw, which it tells.
///
/// Every record is checked against the one before, as [`verify`](super::verify()) does.
pub struct Entries {
    directory: PathBuf,
    segments: vec::IntoIter<SegmentName>,
    open: Option<Open>,
    chain: Option<Chain>,
}

struct Open {
    segment: SegmentName,
    reader: Reader,
    line: u64,
}

impl fmt::Debug for Entries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Entries").field("directory", &self.directory).finish_non_exhaustive()
    }
}

impl Entries {
    /// The entries of the log in `directory`. In a log at work the last record may be half there.
    ///
    /// # Errors
    /// [`Broken`] when the folder cannot be read.
    pub fn of(directory: &Path) -> Result<Self, Broken> {
        let unreadable = |error: std::io::Error| Broken { segment: String::new(), line: 0, what: error.into() };
        let segments = segments(directory).map_err(unreadable)?.into_iter();
        Ok(Self { directory: directory.to_owned(), segments, open: None, chain: None })
    }

    fn open(&self, segment: SegmentName) -> Result<Open, Broken> {
        let after = match self.chain {
            Some(chain) if chain.next_seq() != segment.first_seq => {
                let misfit = Misfit::Sequence { wanted: chain.next_seq(), found: segment.first_seq };
                return Err(Broken::at(segment, 0, misfit));
            }
            Some(chain) => After::Chain(chain),
            None if segment.first_seq == 1 => After::Chain(Chain::EMPTY),
            None => After::Unseen(segment.first_seq),
        };
        let reader = Reader::open(&segment.path(&self.directory), 0, u64::MAX, after);
        Ok(Open { segment, reader: reader.map_err(|error| Broken::at(segment, 0, error))?, line: 0 })
    }

    fn advance(&mut self) -> Result<Option<(u64, AuditEntry)>, Broken> {
        loop {
            let mut open = match self.open.take() {
                Some(open) => open,
                None => match self.segments.next() {
                    Some(segment) => self.open(segment)?,
                    None => return Ok(None),
                },
            };
            open.line += 1;
            let at = |flaw: Flaw| Broken::at(open.segment, open.line, flaw);
            if let Some(stored) = open.reader.read_next().map_err(at)? {
                let entry = serde_json::from_slice(stored.entry).map_err(|_| at(Flaw::Entry))?;
                let seq = stored.link.seq;
                self.open = Some(open);
                return Ok(Some((seq, entry)));
            }
            self.chain = open.reader.chain().or(self.chain);
        }
    }
}

impl Iterator for Entries {
    type Item = Result<(u64, AuditEntry), Broken>;

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
            let _ = log.append(testing::entry(number)).await.expect("the disk is fine");
        }
        log.close().await;
        scratch
    }

    #[tokio::test]
    async fn every_entry_comes_once_in_the_order_in_which_it_was_written() {
        let scratch = log_of(7).await;
        assert!(scratch.segments().len() > 1, "over several segments");
        let read: Vec<_> = Entries::of(&scratch.log()).expect("a log").collect::<Result<_, _>>().expect("whole");
        let written: Vec<_> = (1..=7).map(|number| (number, testing::entry(number))).collect();
        assert_eq!(read, written);
    }

    #[tokio::test]
    async fn what_was_changed_ends_the_reading_where_it_stands() {
        let scratch = log_of(7).await;
        let second = scratch.segments().remove(1);
        let text = fs::read_to_string(&second).expect("the segment is there");
        fs::write(&second, text.replacen("\"route\"", "\"roete\"", 1)).expect("the segment is writable");
        let mut entries = Entries::of(&scratch.log()).expect("a log");
        let whole = entries.by_ref().take_while(Result::is_ok).count();
        assert!((1..7).contains(&whole), "{whole}");
        assert!(entries.next().is_none(), "nothing is read behind a flaw");
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_and_an_empty_one_is_an_empty_log() {
        let scratch = Scratch::new();
        assert_eq!(Entries::of(scratch.path()).expect("a folder").count(), 0);
        assert!(Entries::of(&scratch.log()).is_err());
    }
}
