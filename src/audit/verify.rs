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
