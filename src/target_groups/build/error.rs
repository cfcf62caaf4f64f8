//! Why nothing was built, in our own words.

use std::io;

use crate::target_groups::index::IndexError;
use crate::target_groups::poll::StartPollError;

/// Nothing was built; the index is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// No rule is approved.
    #[error("build the target groups' index: no approved rule asks for anything")]
    NothingApproved,
    /// The folder cannot be read.
    #[error("read the folder of extracts: {0}")]
    Folder(io::ErrorKind),
    /// There are more files than anybody writes in a night.
    #[error("read the folder of extracts: it has more than {max} of them")]
    TooManyFiles {
        /// As many are read.
        max: usize,
    },
    /// The rows cannot be kept while they are sorted.
    #[error("keep rows beside the target groups' index while they are sorted: {0}")]
    Sorting(io::ErrorKind),
    /// Somebody's former number was forgotten meanwhile.
    #[error("build the target groups' index: it was changed meanwhile; build it again")]
    Changed,
    /// Whoever asked for it asked to stop.
    #[error("build the target groups' index: it was stopped")]
    Stopped,
    /// The index cannot be used.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The index was written under another key.
    #[error(transparent)]
    Start(#[from] StartPollError),
}
