//! Why the index cannot be used, in our own words: `SQLite`'s may repeat values, so they are classified and dropped.

use super::row::BrokenRow;

/// Raised when tables, rows or keys change their shape. An index of another format is not read: it is built anew from the sources.
pub(super) const FORMAT: u32 = 2;

/// The index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The folder cannot be made.
    #[error("make the folder of the target groups' index: {0}")]
    Folder(std::io::ErrorKind),
    /// A file beside the index cannot be read, written or renamed.
    #[error("write the target groups' index: {0}")]
    File(std::io::ErrorKind),
    /// Another process builds a fresh one.
    #[error("build the target groups' index: another process is at it")]
    BeingBuilt,
    /// Another process writes for longer than we wait. Nothing is wrong.
    #[error("use the target groups' index: another process holds it")]
    Busy,
    /// `SQLite` refuses.
    #[error("use the target groups' index: {0}")]
    Database(&'static str),
    /// The file was written by another version.
    #[error(
        "use the target groups' index: it has format {found}, this program writes {FORMAT}; remove the file, and the sources are \
         read anew"
    )]
    Format {
        /// What the file has.
        found: u32,
    },
    /// A row or a state is not what was written.
    #[error("use the target groups' index: {0} is damaged; remove the file, and the sources are read anew")]
    Damaged(&'static str),
    /// There is no number left for a code.
    #[error("use the target groups' index: more than 65,536 codes")]
    TooManyCodes,
}

impl From<BrokenRow> for IndexError {
    fn from(_: BrokenRow) -> Self {
        Self::Damaged("a citizen's row")
    }
}

impl From<rusqlite::Error> for IndexError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Database("the disk is full"),
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => Self::Database("it cannot be opened for writing"),
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged("the file"),
            _ => Self::Database("the database refused"),
        }
    }
}
