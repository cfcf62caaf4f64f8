//! Where the log ends when the service starts, and whether a crash tore its last record.

use std::path::Path;

use super::line;
use super::name::{SegmentName, segments};
use super::reader::{After, Broken, Flaw, Reader};
use crate::audit::chain::{Chain, Misfit};

/// The end of the log as it lies on disk.
#[derive(Debug)]
pub(crate) struct Tail {
    /// The segment that is written on; `None` in an empty directory.
    pub segment: Option<SegmentName>,
    /// How many bytes of it are whole records.
    pub len: u64,
    /// The end of the chain.
    pub chain: Chain,
    /// What follows the last whole record.
    pub torn: Option<Vec<u8>>,
}

impl Tail {
    /// Finds the end of the log.
    ///
    /// Only the last record of the last segment may be torn: a crash does no more. Everything else is a reason not to
    /// write on, because whatever changed it must be looked at first.
    pub(crate) fn find(directory: &Path) -> Result<Self, Broken> {
        let whole = |what| Broken { segment: String::new(), line: 0, what };
        let names = segments(directory).map_err(|error| whole(error.into()))?;
        let Some((&last, earlier)) = names.split_last() else {
            return Ok(Self { segment: None, len: 0, chain: Chain::EMPTY, torn: None });
        };
        let end = End::of(directory, last)?;
        let chain = match (end.chain, earlier.last()) {
            (Some(chain), _) => chain,
            (None, Some(&before)) => chain_of(directory, before)?,
            (None, None) => Chain::EMPTY,
        };
        if end.chain.is_none() && chain.next_seq() != last.first_seq {
            let misfit = Misfit::Sequence { wanted: chain.next_seq(), found: last.first_seq };
            return Err(Broken::at(last, 0, misfit));
        }
        Ok(Self { segment: Some(last), len: end.len, chain, torn: end.torn })
    }
}

/// The end of a segment before the last one: it was finished, so nothing may be torn.
fn chain_of(directory: &Path, name: SegmentName) -> Result<Chain, Broken> {
    let end = End::of(directory, name)?;
    match (end.chain, end.torn) {
        (Some(chain), None) => Ok(chain),
        _ => Err(Broken::at(name, 0, Flaw::Unterminated)),
    }
}

struct End {
    len: u64,
    chain: Option<Chain>,
    torn: Option<Vec<u8>>,
}

impl End {
    fn of(directory: &Path, name: SegmentName) -> Result<Self, Broken> {
        let open = Reader::open(&name.path(directory), 0, u64::MAX, After::Unseen(name.first_seq));
        let mut reader = open.map_err(|error| Broken::at(name, 0, error))?;
        let mut lines = 0;
        let flaw = loop {
            match reader.read_next() {
                Ok(Some(_)) => lines += 1,
                Ok(None) => return Ok(Self { len: reader.offset(), chain: reader.chain(), torn: None }),
                Err(flaw) => break flaw,
            }
        };
        let broken = |what| Broken::at(name, lines + 1, what);
        let is_last = reader.at_end().map_err(|error| broken(error.into()))?;
        let could_be_torn = !matches!(flaw, Flaw::Unreadable(_) | Flaw::TooLong);
        // Two records in one flawed line: the end of the first was changed. A crash tears, it does not join.
        if !is_last || !could_be_torn || line::holds_another(reader.line()) {
            return Err(broken(flaw));
        }
        Ok(Self { len: reader.offset(), chain: reader.chain(), torn: Some(reader.line().to_vec()) })
    }
}
