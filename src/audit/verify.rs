//! Goes through the whole log, offline, and says whether every record is the one that was written. It changes nothing.

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

use super::chain::{Chain, ChainHash, Misfit};
use super::segment::{After, Flaw, Reader, SegmentName, segments};

pub use super::segment::Broken;

/// A log in which nothing was changed, moved or removed between its first and its last record.
///
/// That its *end* is still there shows only who kept an earlier [`Verified::last_hash`] and finds it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many records there are.
    pub records: u64,
    /// How many segments they lie in.
    pub segments: u64,
    /// The number of the first record: more than 1 once retention has removed earlier segments, 0 in an empty log.
    pub first_seq: u64,
    /// The number of the last record.
    pub last_seq: u64,
    /// The hash of the last record, which stands for the whole log.
    pub last_hash: ChainHash,
    /// When the first record was written.
    pub first_at: Option<Timestamp>,
    /// When the last record was written.
    pub last_at: Option<Timestamp>,
}

/// The one fact that the verifier wants of an entry.
#[derive(Deserialize)]
struct Moment {
    at: Timestamp,
}

/// Reads every record of the log in `directory`, one at a time, and checks it against the one before.
///
/// Meant for a log that nobody is writing: in a log at work, the last record may be half there.
///
/// # Errors
/// [`Broken`]: the first place where the log is not what was written.
pub fn verify(directory: &Path) -> Result<Verified, Broken> {
    let whole = |error: std::io::Error| Broken { segment: String::new(), line: 0, what: error.into() };
    let mut verified = Verified {
        records: 0,
        segments: 0,
        first_seq: 0,
        last_seq: 0,
        last_hash: ChainHash::GENESIS,
        first_at: None,
        last_at: None,
    };
    let mut chain = None;
    for name in segments(directory).map_err(whole)? {
        chain = verify_segment(directory, name, chain, &mut verified)?.or(chain);
        verified.segments += 1;
    }
    Ok(verified)
}

fn verify_segment(
    directory: &Path,
    name: SegmentName,
    chain: Option<Chain>,
    verified: &mut Verified,
) -> Result<Option<Chain>, Broken> {
    let after = match chain {
        Some(chain) if chain.next_seq() != name.first_seq => {
            return Err(Broken::at(name, 0, Misfit::Sequence { wanted: chain.next_seq(), found: name.first_seq }));
        }
        Some(chain) => After::Chain(chain),
        None if name.first_seq == 1 => After::Chain(Chain::EMPTY),
        None => After::Unseen(name.first_seq),
    };
    let open = Reader::open(&name.path(directory), 0, u64::MAX, after);
    let mut reader = open.map_err(|error| Broken::at(name, 0, error))?;
    let mut line = 0;
    loop {
        line += 1;
        let Some(stored) = reader.read_next().map_err(|flaw| Broken::at(name, line, flaw))? else {
            return Ok(reader.chain());
        };
        let Moment { at } = serde_json::from_slice(stored.entry).map_err(|_| Broken::at(name, line, Flaw::Entry))?;
        if verified.records == 0 {
            (verified.first_seq, verified.first_at) = (stored.link.seq, Some(at));
        }
        verified.records += 1;
        (verified.last_seq, verified.last_hash, verified.last_at) = (stored.link.seq, stored.link.hash, Some(at));
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::audit::log::AuditLog;
    use crate::audit::testing::{self, Scratch};

    /// A log of so many records, in segments of three each.
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

    fn flaw(scratch: &Scratch) -> Option<(u64, Flaw)> {
        verify(&scratch.log()).err().map(|broken| (broken.line, broken.what))
    }

    fn lines(path: &PathBuf) -> Vec<String> {
        let text = fs::read_to_string(path).expect("the segment is there");
        text.split_inclusive('\n').map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn a_whole_log_is_verified() {
        let scratch = log_of(7).await;
        let verified = verify(&scratch.log()).expect("nothing was changed");
        assert_eq!((verified.records, verified.segments), (7, 3));
        assert_eq!((verified.first_seq, verified.last_seq), (1, 7));
        assert_eq!(verified.first_at, Some(testing::entry(1).at));
        assert_eq!(verified.last_at, Some(testing::entry(7).at));
        let last = scratch.segments().pop().expect("segments");
        assert!(lines(&last).pop().expect("lines").contains(&verified.last_hash.to_string()));
    }

    #[test]
    fn an_empty_log_is_whole_and_a_missing_directory_is_not() {
        let scratch = Scratch::new();
        assert_eq!(verify(scratch.path()).map(|verified| verified.records), Ok(0));
        // The directory of the log itself was never made.
        assert_eq!(flaw(&scratch), Some((0, Flaw::Unreadable(std::io::ErrorKind::NotFound))));
    }

    #[tokio::test]
    async fn every_flipped_bit_is_found() {
        let scratch = log_of(4).await;
        for path in scratch.segments() {
            let whole = fs::read(&path).expect("the segment is there");
            for at in 0..whole.len() * 8 {
                let mut flipped = whole.clone();
                flipped[at / 8] ^= 1 << (at % 8);
                fs::write(&path, &flipped).expect("the segment is writable");
                assert!(flaw(&scratch).is_some(), "bit {at} of {path:?}");
            }
            fs::write(&path, &whole).expect("the segment is writable");
        }
        assert_eq!(flaw(&scratch), None);
    }

    #[tokio::test]
    async fn dropped_swapped_and_cut_lines_are_found_where_they_are() {
        let scratch = log_of(7).await;
        let first = scratch.segments().remove(0);
        let whole = lines(&first);
        let with = |lines: &[&str]| {
            fs::write(&first, lines.concat()).expect("the segment is writable");
            flaw(&scratch)
        };
        let [one, two, three] = &whole[..] else { panic!("three records a segment, not {}", whole.len()) };
        let misfit = |wanted, found| Flaw::Misfit(Misfit::Sequence { wanted, found });
        assert_eq!(with(&[one, three]), Some((2, misfit(2, 3))));
        assert_eq!(with(&[two, three]), Some((1, misfit(1, 2))));
        assert_eq!(with(&[one, three, two]), Some((2, misfit(2, 3))));
        assert_eq!(with(&[one, one, two, three]), Some((2, misfit(2, 1))));
        assert_eq!(with(&[one, two, &three[..100]]), Some((3, Flaw::Unterminated)));
        assert_eq!(with(&[one, &two[..100], three]), Some((2, Flaw::NotARecord)));
        assert_eq!(with(&[one, two]), Some((0, misfit(3, 4))));
        assert_eq!(with(&[one, two, three]), None);
    }

    #[tokio::test]
    async fn a_missing_segment_is_found_unless_it_is_the_oldest() {
        let scratch = log_of(7).await;
        let segments = scratch.segments();
        fs::rename(&segments[1], scratch.path().join("aside")).expect("the segment is there");
        assert_eq!(flaw(&scratch), Some((0, Flaw::Misfit(Misfit::Sequence { wanted: 4, found: 7 }))));
        fs::rename(scratch.path().join("aside"), &segments[1]).expect("it is put back");
        fs::remove_file(&segments[0]).expect("retention removes it");
        let verified = verify(&scratch.log()).expect("the rest is whole");
        assert_eq!((verified.records, verified.first_seq), (4, 4));
    }

    #[tokio::test]
    async fn a_missing_end_shows_in_the_last_hash() {
        let scratch = log_of(7).await;
        let before = verify(&scratch.log()).expect("whole").last_hash;
        fs::remove_file(scratch.segments().pop().expect("segments")).expect("removed");
        assert_ne!(verify(&scratch.log()).expect("the rest is whole").last_hash, before);
    }
}
