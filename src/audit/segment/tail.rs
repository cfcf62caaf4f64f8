//! Where the log ends when the service starts, and whether a crash tore its last group of records.

use std::path::Path;

use super::frame;
use super::name::{SegmentName, segments};
use super::reader::{Broken, Flaw, Reader};

/// The end of the log as it lies on disk.
#[derive(Debug)]
pub(crate) struct Tail {
    /// The segment that is written on; `None` in an empty directory.
    pub segment: Option<SegmentName>,
    /// How many bytes of it are whole records.
    pub len: u64,
    /// The number of the last whole record; 0 when there is none.
    pub last_seq: u64,
    /// What follows the last whole record.
    pub torn: Option<Vec<u8>>,
}

impl Tail {
    /// Finds the end of the log.
    ///
    /// Only the last group of the last segment may be torn: what one sync was to make durable may lie there in part, in any
    /// part, and nobody has a receipt for it. Everything else is a reason not to write on, because whatever changed it must be
    /// looked at first.
    pub(crate) fn find(directory: &Path) -> Result<Self, Broken> {
        let names = segments(directory).map_err(|error| Broken::at("", None, error))?;
        let Some((&last, earlier)) = names.split_last() else {
            return Ok(Self { segment: None, len: 0, last_seq: 0, torn: None });
        };
        let end = End::of(directory, last)?;
        if end.last_seq < last.first_seq {
            // Nothing whole in it: then the one before must have ended in good order.
            let before = match earlier.last() {
                Some(&before) => finished(directory, before)?,
                None => 0,
            };
            if before != end.last_seq {
                return Err(Broken::at(last, None, Flaw::Sequence { wanted: before + 1, found: last.first_seq }));
            }
        }
        Ok(Self { segment: Some(last), len: end.len, last_seq: end.last_seq, torn: end.torn })
    }
}

/// The last record of a segment before the last one: it was finished, so nothing may be torn.
fn finished(directory: &Path, name: SegmentName) -> Result<u64, Broken> {
    let end = End::of(directory, name)?;
    match end.torn {
        None => Ok(end.last_seq),
        Some(_) => Err(Broken::at(name, end.last_seq + 1, Flaw::Unterminated)),
    }
}

struct End {
    len: u64,
    last_seq: u64,
    torn: Option<Vec<u8>>,
}

impl End {
    fn of(directory: &Path, name: SegmentName) -> Result<Self, Broken> {
        let open = Reader::open(&name.path(directory), 0, u64::MAX, name.first_seq);
        let mut reader = open.map_err(|error| Broken::at(name, None, error))?;
        let flaw = loop {
            match reader.read_next() {
                Ok(Some(_)) => {}
                Ok(None) => {
                    let last_seq = reader.next_seq().saturating_sub(1);
                    return Ok(Self { len: reader.offset(), last_seq, torn: None });
                }
                Err(flaw) => break flaw,
            }
        };
        let seq = reader.next_seq();
        let rest = reader.rest().map_err(|error| Broken::at(name, seq, error))?;
        // A record of a later group behind the flawed one: the flawed one was durable, and was changed since.
        let torn = rest.filter(|rest| !matches!(flaw, Flaw::Unreadable(_)) && !frame::holds_a_later_group(rest, seq));
        let torn = torn.ok_or_else(|| Broken::at(name, seq, flaw))?;
        Ok(Self { len: reader.offset(), last_seq: seq.saturating_sub(1), torn: Some(torn) })
    }
}
