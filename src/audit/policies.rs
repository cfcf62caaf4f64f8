//! The files that decided, kept beside the log under their hash for as long as an entry names it: what was decided can be
//! decided again.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::config::{DECIDING_FILES, Deciding};

/// The folder of the archive, in the folder of the audit.
const FOLDER: &str = "policies";

/// The archive cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The disk.
    #[error("use the archive of policies: {}", .0.kind())]
    Disk(#[from] io::Error),
    /// No policies are kept under this hash.
    #[error("find the policies of an entry: nothing is kept under their hash")]
    Missing,
    /// What is kept has another hash than its name says: it was changed.
    #[error("believe the policies of an entry: they were changed after they were kept")]
    Changed,
}

fn file(dir: &Path, hash: &str, name: &str) -> PathBuf {
    dir.join(FOLDER).join(hash).join(name.replace('/', "-"))
}

/// Keeps these files, durable when this returns; what is there already stays. Blocks on the disk.
///
/// # Errors
/// [`ArchiveError::Disk`]: then nothing may be decided by them.
pub fn archive(dir: &Path, deciding: &Deciding) -> Result<(), ArchiveError> {
    if load(dir, deciding.hash()).is_ok() {
        return Ok(());
    }
    let folder = dir.join(FOLDER).join(&**deciding.hash());
    fs::create_dir_all(&folder)?;
    for (name, text) in deciding.iter() {
        let mut kept = File::create(file(dir, deciding.hash(), name))?;
        kept.write_all(text.as_bytes())?;
        kept.sync_all()?;
    }
    for folder in [folder.as_path(), &dir.join(FOLDER), dir] {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The files under this hash. Blocks on the disk.
///
/// # Errors
/// [`ArchiveError::Missing`], or [`ArchiveError::Changed`] when they no longer have it.
pub fn load(dir: &Path, hash: &str) -> Result<Deciding, ArchiveError> {
    // A hash comes from an entry: nothing else may become a path.
    if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(ArchiveError::Missing);
    }
    let mut texts = Vec::new();
    for name in DECIDING_FILES {
        match fs::read_to_string(file(dir, hash, name)) {
            Ok(text) => texts.push((name, text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ArchiveError::Missing),
            Err(error) => return Err(error.into()),
        }
    }
    let text = |wanted: &str| texts.iter().find(|(name, _)| *name == wanted).map_or("", |(_, text)| text).to_owned();
    let kept = Deciding::new(text);
    if **kept.hash() == *hash { Ok(kept) } else { Err(ArchiveError::Changed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing::Scratch;
    use crate::testing::config;

    #[test]
    fn what_decided_is_found_again_by_its_hash() {
        let (scratch, deciding) = (Scratch::new(), config().deciding);
        assert!(matches!(load(scratch.path(), deciding.hash()), Err(ArchiveError::Missing)));
        archive(scratch.path(), &deciding).expect("kept");
        archive(scratch.path(), &deciding).expect("kept once more");
        assert_eq!(load(scratch.path(), deciding.hash()).expect("found"), deciding);
        for hash in ["", "../../etc/passwd", &"0".repeat(64)] {
            assert!(matches!(load(scratch.path(), hash), Err(ArchiveError::Missing)));
        }
    }

    #[test]
    fn what_was_changed_is_not_believed_and_what_was_half_written_is_written_again() {
        let (scratch, deciding) = (Scratch::new(), config().deciding);
        archive(scratch.path(), &deciding).expect("kept");
        let policies = file(scratch.path(), deciding.hash(), crate::config::POLICIES);
        fs::write(&policies, "permit (principal, action, resource);").expect("changed by hand");
        assert!(matches!(load(scratch.path(), deciding.hash()), Err(ArchiveError::Changed)));
        archive(scratch.path(), &deciding).expect("the running files are known");
        assert_eq!(load(scratch.path(), deciding.hash()).expect("found"), deciding);
    }
}
