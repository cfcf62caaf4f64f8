//! The list of persons whose look-ups are looked at: a file of pseudonyms, written by a command and read by the index.

use std::collections::HashSet;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::audit::pseudonym::{Pseudonym, PseudonymKey};

/// The longest file that is read, in bytes: some hundred thousand persons.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

const PURPOSE: &str = "listed persons";

/// The first line: by which key the pseudonyms were made. A list of another key would find nobody.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyLine {
    key: String,
}

/// The list cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListedError {
    /// The file cannot be read or written.
    #[error("use the list of persons: {0}")]
    Disk(io::ErrorKind),
    /// The file is longer than any such list.
    #[error("read the list of persons: it is too long")]
    TooLong,
    /// The pseudonyms were made with another key.
    #[error("read the list of persons: it was written with another pseudonym key")]
    AnotherKey,
    /// A line is no pseudonym.
    #[error("read the list of persons, line {0}: the line is no pseudonym")]
    Line(usize),
}

impl From<io::Error> for ListedError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error.kind())
    }
}

/// Writes the list whole, or not at all.
///
/// # Errors
/// [`ListedError::Disk`].
pub fn write_listed(people: &[Pseudonym], key: &PseudonymKey, path: &Path) -> Result<(), ListedError> {
    let mut names: Vec<_> = people.iter().map(ToString::to_string).collect();
    names.sort_unstable();
    names.dedup();
    let first = serde_json::json!(KeyLine { key: mark(key) }).to_string();
    let text = std::iter::once(first).chain(names).fold(String::new(), |text, line| text + &line + "\n");
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    Ok(())
}

fn mark(key: &PseudonymKey) -> String {
    crate::hex(&key.derive(PURPOSE)[..16])
}

/// The list as the file says now. A file that cannot be used later is told of, and what was read before stands.
#[derive(Debug, Default)]
pub(super) struct Listed {
    path: Option<PathBuf>,
    mark: String,
    seen: Option<Stamp>,
    people: HashSet<Pseudonym>,
}

/// What changes when a file is replaced or written to.
type Stamp = (u64, u64, i64, i64);

fn stamp(file: &Metadata) -> Stamp {
    (file.ino(), file.len(), file.mtime(), file.mtime_nsec())
}

impl Listed {
    /// Reads the list. Nobody is listed without a path, or when the file is not there yet.
    pub(super) fn open(path: Option<&Path>, key: &PseudonymKey) -> Result<Self, ListedError> {
        let mut listed = Self { path: path.map(Path::to_owned), mark: mark(key), ..Self::default() };
        listed.read()?;
        Ok(listed)
    }

    /// Reads the file again if it was replaced.
    pub(super) fn look_again(&mut self) {
        if let Err(error) = self.read() {
            tracing::warn!(%error, "the list of persons is not read; the one before stands");
        }
    }

    pub(super) fn has(&self, person: &Pseudonym) -> bool {
        self.people.contains(person)
    }

    fn read(&mut self) -> Result<(), ListedError> {
        let Some(path) = &self.path else { return Ok(()) };
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.seen.is_none() => return Ok(()),
            opened => opened?,
        };
        let now = stamp(&file.metadata()?);
        if self.seen == Some(now) {
            return Ok(());
        }
        // Also of a flawed file: it is told of once.
        self.seen = Some(now);
        let mut text = String::new();
        file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
        if text.len() as u64 > FILE_BYTES_MAX {
            return Err(ListedError::TooLong);
        }
        let mut lines = (1..).zip(text.lines());
        let key = lines.next().and_then(|(_, line)| serde_json::from_str::<KeyLine>(line).ok());
        if key.is_none_or(|key| key.key != self.mark) {
            return Err(ListedError::AnotherKey);
        }
        let people = lines.map(|(number, line)| Pseudonym::parse(line).map_err(|_| ListedError::Line(number)));
        self.people = people.collect::<Result<_, _>>()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing::{Scratch, citizen};

    fn key(byte: u8) -> PseudonymKey {
        PseudonymKey::new(&[byte; 32]).expect("32 bytes")
    }

    #[test]
    fn who_is_listed_is_found_and_a_new_list_takes_over() {
        let scratch = Scratch::new();
        let path = scratch.path().join("listed");
        let mut listed = Listed::open(Some(&path), &key(7)).expect("no file is nobody");
        assert!(!listed.has(&citizen(1)));
        write_listed(&[citizen(1), citizen(1)], &key(7), &path).expect("written");
        listed.look_again();
        assert!(listed.has(&citizen(1)) && !listed.has(&citizen(2)));
        fs::write(&path, "no list").expect("writable");
        listed.look_again();
        assert!(listed.has(&citizen(1)), "what was read before stands");
        write_listed(&[citizen(2)], &key(7), &path).expect("written");
        listed.look_again();
        assert!(!listed.has(&citizen(1)) && listed.has(&citizen(2)));
    }

    #[test]
    fn a_list_of_another_key_or_with_a_flaw_is_refused() {
        let scratch = Scratch::new();
        let path = scratch.path().join("listed");
        write_listed(&[citizen(1)], &key(7), &path).expect("written");
        assert_eq!(Listed::open(Some(&path), &key(8)).err(), Some(ListedError::AnotherKey));
        let text = fs::read_to_string(&path).expect("readable") + "0101019999\n";
        fs::write(&path, text).expect("writable");
        assert_eq!(Listed::open(Some(&path), &key(7)).err(), Some(ListedError::Line(3)));
    }
}
