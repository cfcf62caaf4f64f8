//! Which extracts lie in the folder, and which of them are whole as far as their first and last lines tell.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::ops::Range;
use std::path::Path;

use glasplade_adapters::contract::SourceId;
use jiff::{SignedDuration, Timestamp};

use super::ends::{self, Ends};
use super::{BuildError, Left};

/// Files of one night.
const FILES_MAX: usize = 1_000;

/// Clocks differ by so much.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(10);

/// One file of a whole extract.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) file: File,
    pub(super) body: Range<u64>,
    /// The file's length when its ends were read.
    pub(super) length: u64,
}

/// The extract of one source.
#[derive(Debug)]
pub(super) struct Extract {
    pub(super) source: SourceId,
    /// Why it replaces nothing.
    pub(super) left: Option<Left>,
    pub(super) as_of: Option<Timestamp>,
    /// As many rows it has by its last lines.
    pub(super) rows: u64,
    /// In the order of the parts; none when it is left.
    pub(super) parts: Vec<Part>,
}

/// What lies there.
#[derive(Debug)]
pub(super) struct Found {
    /// One for each wanted source, in that order.
    pub(super) extracts: Vec<Extract>,
    pub(super) files_of_nobody: u64,
}

/// Looks into the folder. `stands` is what the index knows of each wanted source already: the moment whose state it tells.
pub(super) fn look(
    folder: &Path,
    wanted: &[(SourceId, Option<Timestamp>)],
    now: Timestamp,
) -> Result<Found, BuildError> {
    let told = |error: std::io::Error| BuildError::Folder(error.kind());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(told)? {
        let path = entry.map_err(told)?.path();
        if path.extension() == Some(OsStr::new("ndjson")) {
            paths.push(path);
        }
        if paths.len() > FILES_MAX {
            return Err(BuildError::TooManyFiles { max: FILES_MAX });
        }
    }
    let mut files: BTreeMap<String, Vec<(File, Ends)>> = BTreeMap::new();
    let mut files_of_nobody = 0;
    for path in paths {
        match open(&path) {
            Some((file, ends)) if wanted.iter().any(|(id, _)| id.as_str() == ends.head.source) => {
                files.entry(ends.head.source.clone()).or_default().push((file, ends));
            }
            _ => files_of_nobody += 1,
        }
    }
    let extracts = wanted.iter().map(|(source, stands)| {
        let files = files.remove(source.as_str()).unwrap_or_default();
        let as_of = files.first().map(|(_, ends)| ends.head.as_of);
        let (left, rows, parts) = match whole(files, *stands, now) {
            Ok((rows, parts)) => (None, rows, parts),
            Err(left) => (Some(left), 0, Vec::new()),
        };
        Extract { source: source.clone(), left, as_of, rows, parts }
    });
    Ok(Found { extracts: extracts.collect(), files_of_nobody })
}

/// A file that says what it is. A pipe, or whatever else has no length, is none.
fn open(path: &Path) -> Option<(File, Ends)> {
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let file = File::open(path).ok()?;
    let ends = ends::read(&file).ok()??;
    Some((file, ends))
}

fn whole(mut files: Vec<(File, Ends)>, stands: Option<Timestamp>, now: Timestamp) -> Result<(u64, Vec<Part>), Left> {
    files.sort_by_key(|(_, ends)| ends.head.part);
    let (_, first) = files.first().ok_or(Left::NoFile)?;
    let head = first.head.clone();
    let is_one_of_all = |(at, (_, ends)): (usize, &(File, Ends))| {
        usize::from(ends.head.part) == at + 1 && ends.head.parts == head.parts && ends.head.as_of == head.as_of
    };
    if files.len() != usize::from(head.parts) || !files.iter().enumerate().all(is_one_of_all) {
        return Err(Left::PartsDiffer);
    }
    if stands.is_some_and(|stands| head.as_of < stands) {
        return Err(Left::Older);
    }
    if head.as_of.duration_since(now) > AHEAD_MAX {
        return Err(Left::Ahead);
    }
    let rows: Option<u64> = files.iter().map(|(_, ends)| ends.rows).try_fold(0_u64, |sum, rows| sum.checked_add(rows?));
    let rows = rows.ok_or(Left::CutOff)?;
    let parts = files.into_iter().map(|(file, ends)| Part { file, body: ends.body, length: ends.length });
    Ok((rows, parts.collect()))
}
