//! The names of the segment files, and which of them a directory holds.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A segment by the number of its first record: `audit-00000000000000000001.seg`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentName {
    /// The number of the first record in it.
    pub first_seq: u64,
}

impl SegmentName {
    const DIGITS: usize = 20;

    /// Reads a file name; `None` for every other file in the directory.
    pub fn parse(name: &str) -> Option<Self> {
        let digits = name.strip_prefix("audit-")?.strip_suffix(".seg")?;
        if digits.len() != Self::DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok().map(|first_seq| Self { first_seq })
    }

    /// Where the segment lies in this directory.
    pub fn path(self, directory: &Path) -> PathBuf {
        directory.join(self.to_string())
    }
}

impl fmt::Display for SegmentName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "audit-{:0width$}.seg", self.first_seq, width = Self::DIGITS)
    }
}

/// The segments of the directory, oldest first.
pub(crate) fn segments(directory: &Path) -> io::Result<Vec<SegmentName>> {
    let mut names = Vec::new();
    for file in directory.read_dir()? {
        names.extend(file?.file_name().to_str().and_then(SegmentName::parse));
    }
    names.sort_unstable();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_and_other_files_are_none() {
        let name = SegmentName { first_seq: 42 };
        assert_eq!(name.to_string(), "audit-00000000000000000042.seg");
        assert_eq!(SegmentName::parse(&name.to_string()), Some(name));
        for other in ["audit.lock", "audit-42.seg", "audit-0000000000000000004x.seg", "index.sqlite", "audit-"] {
            assert_eq!(SegmentName::parse(other), None);
        }
    }
}
