//! A bulk answer of the case index, as large as is wanted, and the adapter's own reading of it: for the benchmark.

use bytes::Bytes;
use jiff::Timestamp;

use crate::case_index::bulk;
use crate::fake::World;
use crate::transport::xml::{self, XmlError};

/// How many of each the adapter's shapes hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Cases.
    pub cases: usize,
    /// Relations of cases: actors, parties, classes, related cases, systems, profiles.
    pub relations: usize,
    /// Bytes of all titles.
    pub title_bytes: usize,
}

/// One answer to a listing, of at least so many bytes: the fake index' own words about the cases of an invented town of so
/// many citizens, again and again.
pub fn answer(bytes: usize, citizens: usize, now: Timestamp) -> Bytes {
    bulk::listing(World::invent(1, citizens, now), now, bytes).into()
}

/// Reads an answer into the shapes that the adapter translates, and counts what is in them.
///
/// # Errors
/// Why the text is not taken as XML; an answer to something else counts as nothing.
pub fn read(answer: Bytes) -> Result<Counted, XmlError> {
    let document = xml::parse(answer, "text/xml; charset=utf-8")?;
    Ok(bulk::count(document.root()))
}

/// Reads an answer into the tree alone.
///
/// # Errors
/// Why the text is not taken as XML.
pub fn read_tree(answer: Bytes) -> Result<usize, XmlError> {
    xml::parse(answer, "text/xml; charset=utf-8").map(|document| document.root().elements().count())
}
