//! From the personnel system's list to the register: `ident;cpr` becomes `employee` and a pseudonym, and no number stays.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use glasplade_adapters::contract::CprNumber;

use super::list::{FILE_BYTES_MAX, KeyMark, StaffList};
use crate::access::EmployeeId;
use crate::audit::PseudonymKey;

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Employees in the new register.
    pub employees: usize,
    /// Lines that were left out, from 1; never what stands in them.
    pub bad_lines: Vec<usize>,
}

/// The register was not written; the one before stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotImported {
    /// More than half of the lines cannot be read: it is another file, or another layout.
    #[error("read the list: {bad} of {lines} lines are not `ident;cpr`; nothing was written")]
    MostlyBad {
        /// Lines that cannot be read.
        bad: usize,
        /// Lines with anything in them, the header not counted.
        lines: usize,
    },
    /// There is no line at all. An empty register would bar nobody.
    #[error("read the list: it names nobody; nothing was written")]
    Empty,
    /// The list is longer than any.
    #[error("read the list: it is too long")]
    TooLong,
    /// The register cannot be written.
    #[error("write the staff register: {0}")]
    Disk(io::ErrorKind),
}

/// Turns the list into a register at `path`, which replaces the one before at once and whole.
///
/// The list has one employee a line, `ident;cpr`; further columns are not read. A byte order mark, quotation marks, CR LF, an
/// empty line and a header are let through. A number that lost its leading zero is a bad line: guessing would be worse. An
/// employee with two numbers is nobody, and both lines are bad.
///
/// # Errors
/// [`NotImported`].
pub fn import(list: &[u8], key: &PseudonymKey, path: &Path) -> Result<Imported, NotImported> {
    if list.len() as u64 > FILE_BYTES_MAX {
        return Err(NotImported::TooLong);
    }
    let rows = Rows::read(list);
    let bad = rows.bad.len();
    if rows.lines == 0 {
        return Err(NotImported::Empty);
    }
    if bad * 2 > rows.lines {
        return Err(NotImported::MostlyBad { bad, lines: rows.lines });
    }
    let mut staff = StaffList::default();
    for (_, employee, number) in &rows.good {
        staff.add(employee.clone(), key.of(number));
    }
    write(&staff, key, path).map_err(|error| NotImported::Disk(error.kind()))?;
    Ok(Imported { employees: staff.len(), bad_lines: rows.bad.into_iter().collect() })
}

/// What was read, by line.
struct Rows {
    lines: usize,
    good: Vec<(usize, EmployeeId, CprNumber)>,
    bad: BTreeSet<usize>,
}

impl Rows {
    fn read(list: &[u8]) -> Self {
        let mut rows = Self { lines: 0, good: Vec::new(), bad: BTreeSet::new() };
        let list = list.strip_prefix(b"\xef\xbb\xbf").unwrap_or(list);
        for (number, line) in (1..).zip(list.split(|byte| *byte == b'\n')) {
            let line = line.trim_ascii();
            if line.is_empty() || (rows.lines == 0 && number == 1 && is_header(line)) {
                continue;
            }
            rows.lines += 1;
            match row(line) {
                Some((employee, cpr)) => rows.good.push((number, employee, cpr)),
                None => drop(rows.bad.insert(number)),
            }
        }
        rows.leave_out_contradictions();
        rows
    }

    fn leave_out_contradictions(&mut self) {
        self.good.sort_by(|one, other| (&one.1, one.0).cmp(&(&other.1, other.0)));
        let mut kept = Vec::with_capacity(self.good.len());
        for group in self.good.chunk_by(|one, other| one.1 == other.1) {
            if group.iter().all(|(_, _, cpr)| *cpr == group[0].2) {
                kept.extend_from_slice(group);
            } else {
                self.bad.extend(group.iter().map(|(number, _, _)| *number));
            }
        }
        self.good = kept;
    }
}

/// A first line with words and no digit in its first two columns names the columns.
fn is_header(line: &[u8]) -> bool {
    let mut columns = line.split(|byte| *byte == b';');
    let mut is_word =
        || columns.next().is_some_and(|column| !column.is_empty() && !column.iter().any(u8::is_ascii_digit));
    is_word() && is_word()
}

fn row(line: &[u8]) -> Option<(EmployeeId, CprNumber)> {
    let mut columns = std::str::from_utf8(line).ok()?.split(';').map(plain);
    let (employee, cpr) = (columns.next()?, columns.next()?);
    Some((EmployeeId::parse(employee)?, CprNumber::parse(cpr).ok()?))
}

fn plain(column: &str) -> &str {
    let column = column.trim();
    column.strip_prefix('"').and_then(|column| column.strip_suffix('"')).unwrap_or(column).trim()
}

/// A register of these employees at `path`, whole or not at all.
pub(super) fn write(staff: &StaffList, key: &PseudonymKey, path: &Path) -> io::Result<()> {
    replace(path, &staff.text(&KeyMark::of(key)))
}

/// Writes beside the file and renames: whoever reads has the old one or the new one, also after a power cut.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = beside(path);
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&beside)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = written.and_then(|()| std::fs::rename(&beside, path)) {
        // What cannot be removed either is overwritten by the next import.
        let _ = std::fs::remove_file(&beside);
        return Err(error);
    }
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests;
