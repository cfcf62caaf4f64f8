//! Goes through the whole log, offline and without any secret, and says whether every record is the one that was written.
//! It changes nothing.
//!
//! What is proved, from below: each sealed entry is the one of which its leaf holds the hash; the leaves stand in the tree's
//! files in their order; those files have the root that the checkpoint says; the checkpoint is signed by the key that was
//! given; and the log of every kept checkpoint is the beginning of this one. Entries whose keys are gone are proved like all
//! others: nothing is opened.

mod files;
mod walk;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::tlog::{CHECKPOINT, CHECKPOINTS, Checkpoint, FOLDER, Note, Verifier};
use super::tree::TreeHash;

pub use super::segment::{Broken, Flaw};

/// Whom and what the verifier believes.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// The public keys of the log: the present one, and earlier ones after a change of the key. Without any, nothing is
    /// known about who wrote the checkpoint.
    pub verifiers: Vec<Verifier>,
    /// Checkpoints that were kept elsewhere.
    pub kept: Vec<Checkpoint>,
    /// The folder is a copy of a log at work: its end may be written and not signed. A log that a process has open is known
    /// to be at work.
    pub at_work: bool,
}

/// A log in which nothing was changed, moved, added or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many records there are; the last one has this number.
    pub records: u64,
    /// How many segments they lie in.
    pub segments: u64,
    /// How many of the records the checkpoint covers.
    pub signed: u64,
    /// The root that the checkpoint says, which stands for all of them.
    pub root: TreeHash,
    /// Who signed it; nothing when no public key was given.
    pub signed_by: Option<String>,
    /// Kept checkpoints, given or found in the log, whose history is the beginning of this one.
    pub kept: usize,
    /// A service is at work, or the folder is a copy of such a log.
    pub at_work: bool,
    /// When the first record was written.
    pub first_at: Option<Timestamp>,
    /// When the last record was written.
    pub last_at: Option<Timestamp>,
}

/// Reads the log in `directory`, one record at a time.
///
/// # Errors
/// [`Broken`]: the first place where the log is not what was written; [`Flaw::Unreadable`] when it could not be looked at.
pub fn verify(directory: &Path, trust: &Trust) -> Result<Verified, Broken> {
    let at_work = trust.at_work || is_open(directory).map_err(|error| Broken::at("", None, error))?;
    // Before the present one: at work, a newer one may be kept at any moment.
    let kept_inside = kept_inside(directory, trust)?;
    let (checkpoint, signed_by) = checkpoint(directory, trust)?;
    let mut wanted = vec![walk::Wanted::now(&checkpoint)];
    for (file, kept) in kept_inside {
        wanted.push(walk::Wanted::kept(file, kept, Flaw::Root));
    }
    for kept in &trust.kept {
        wanted.push(walk::Wanted::kept("the kept checkpoint".to_owned(), kept.clone(), Flaw::Rewritten));
    }
    for one in &wanted {
        if one.checkpoint.origin != checkpoint.origin {
            return Err(Broken::at(&one.name, None, Flaw::Checkpoint));
        }
        if one.checkpoint.size > checkpoint.size {
            let flaw = Flaw::RolledBack { seen: one.checkpoint.size, found: checkpoint.size };
            return Err(Broken::at(&one.name, None, flaw));
        }
    }
    let kept = wanted.len() - 1;
    let walked = walk::walk(directory, &checkpoint, wanted, at_work)?;
    Ok(Verified {
        records: walked.records,
        segments: walked.segments,
        signed: checkpoint.size,
        root: checkpoint.root,
        signed_by,
        kept,
        at_work,
        first_at: walked.first_at,
        last_at: walked.last_at,
    })
}

/// Whether a process has the log open.
pub(in crate::audit) fn is_open(directory: &Path) -> io::Result<bool> {
    directory.metadata()?;
    let lock = match File::open(directory.join("audit.lock")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        opened => opened?,
    };
    match lock.try_lock_shared() {
        // Said at once, so that a service that starts now is not kept out.
        Ok(()) => lock.unlock().map(|()| false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn checkpoint(directory: &Path, trust: &Trust) -> Result<(Checkpoint, Option<String>), Broken> {
    let name = format!("{FOLDER}/{CHECKPOINT}");
    let broken = |what| Broken::at(&name, None, what);
    let bytes = fs::read(directory.join(&name)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => broken(Flaw::Checkpoint),
        kind => broken(Flaw::Unreadable(kind)),
    })?;
    believed(&bytes, trust).map_err(broken)
}

/// What a note says, if it is a checkpoint, and signed by one of the keys that were given.
fn believed(bytes: &[u8], trust: &Trust) -> Result<(Checkpoint, Option<String>), Flaw> {
    let note = Note::parse(bytes).ok_or(Flaw::Checkpoint)?;
    let checkpoint = Checkpoint::parse(&note).ok_or(Flaw::Checkpoint)?;
    if trust.verifiers.is_empty() {
        return Ok((checkpoint, None));
    }
    let known = trust.verifiers.iter().filter(|verifier| verifier.name() == checkpoint.origin);
    let signed_by = known.into_iter().find(|verifier| note.is_signed_by(verifier)).ok_or(Flaw::Signature)?;
    Ok((checkpoint, Some(signed_by.to_string())))
}

/// The checkpoints that the log itself has kept, one a day.
fn kept_inside(directory: &Path, trust: &Trust) -> Result<Vec<(String, Checkpoint)>, Broken> {
    let folder = format!("{FOLDER}/{CHECKPOINTS}");
    let files = match directory.join(&folder).read_dir() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files.map_err(|error| Broken::at(&folder, None, error))?,
    };
    let mut kept = Vec::new();
    for file in files {
        let file = file.map_err(|error| Broken::at(&folder, None, error))?;
        let name = format!("{folder}/{}", file.file_name().to_string_lossy());
        let broken = |what| Broken::at(&name, None, what);
        let bytes = fs::read(file.path()).map_err(|error| broken(error.into()))?;
        let (checkpoint, _) = believed(&bytes, trust).map_err(broken)?;
        kept.push((name, checkpoint));
    }
    Ok(kept)
}

#[cfg(test)]
mod tamper;
#[cfg(test)]
mod tests;
