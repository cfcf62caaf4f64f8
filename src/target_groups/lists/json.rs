//! One JSON document: the head, counts by change, one citizen a line, the gaps.

use std::io::{self, BufWriter, Write};

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::{BUFFER_BYTES, Column, Counts, GapLine, List, Unwritten};
use crate::target_groups::ListedCitizen;

/// One citizen as an object with the list's columns, after `before`.
pub(super) struct Row<'a> {
    pub(super) before: Option<(&'static str, &'static str)>,
    pub(super) columns: &'a [&'static Column],
    pub(super) citizen: &'a ListedCitizen,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some((key, value)) = self.before {
            map.serialize_entry(key, value)?;
        }
        for column in self.columns {
            map.serialize_entry(column.code, &(column.of)(self.citizen))?;
        }
        map.end()
    }
}

/// Writes one value; an error of the place written to comes out as that.
pub(super) fn put(into: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(into, value).map_err(io::Error::from)
}

pub(super) fn write(list: &List<'_>, into: impl Write) -> Result<(), Unwritten> {
    let mut into = BufWriter::with_capacity(BUFFER_BYTES, into);
    into.write_all(b"{\"head\":")?;
    put(&mut into, &list.head)?;
    into.write_all(b",\n\"counts\":")?;
    put(&mut into, &Counts::of(list.report))?;
    into.write_all(b",\n\"citizens\":[")?;
    for (place, citizen) in list.report.citizens.iter().enumerate() {
        into.write_all(if place == 0 { b"\n" } else { b",\n" })?;
        put(&mut into, &Row { before: None, columns: &list.columns, citizen })?;
    }
    into.write_all(b"],\n\"gaps\":")?;
    put(&mut into, &GapLine::all(list.report))?;
    into.write_all(b"}\n")?;
    Ok(into.flush()?)
}
