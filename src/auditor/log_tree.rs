//! The tree of the running log, as its files say it: what a checkpoint has signed and nothing behind it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::transparency::{Transparency, Unproven};
use crate::audit::tlog::{Checkpoint, Note, Tiles};
use crate::audit::tree::{TreeHash, consistency, inclusion};

/// The files under `tlog` in the folder of a log.
#[derive(Debug)]
pub struct LogTree(PathBuf);

impl LogTree {
    /// Of the log in this folder.
    pub fn of(log: &Path) -> Self {
        Self(log.join("tlog"))
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Unproven> {
        fs::read(self.0.join(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Unproven::Unknown,
            _ => Unproven::Unavailable,
        })
    }

    /// How many records the newest checkpoint has signed.
    ///
    /// # Errors
    /// [`Unproven`].
    pub fn signed(&self) -> Result<u64, Unproven> {
        let note = Note::parse(&self.read("checkpoint")?).ok_or(Unproven::Unavailable)?;
        Ok(Checkpoint::parse(&note).ok_or(Unproven::Unavailable)?.size)
    }

    /// The tree of this size, which must be signed already.
    fn tiles(&self, size: u64) -> Result<Tiles, Unproven> {
        let signed = self.signed()?;
        if size > signed { Err(Unproven::Unknown) } else { Ok(Tiles::new(&self.0, signed)) }
    }
}

fn bytes(hashes: Result<Vec<TreeHash>, io::Error>) -> Result<Vec<[u8; 32]>, Unproven> {
    let hashes = hashes.map_err(|_| Unproven::Unavailable)?;
    Ok(hashes.iter().map(|hash| *hash.as_bytes()).collect())
}

impl Transparency for LogTree {
    fn checkpoint(&self) -> Result<String, Unproven> {
        String::from_utf8(self.read("checkpoint")?).map_err(|_| Unproven::Unavailable)
    }

    fn tile(&self, path: &str) -> Result<Vec<u8>, Unproven> {
        self.read(&format!("tile/{path}"))
    }

    fn inclusion(&self, seq: u64, size: u64) -> Result<Vec<[u8; 32]>, Unproven> {
        let index = seq.checked_sub(1).filter(|index| *index < size).ok_or(Unproven::Unknown)?;
        bytes(inclusion(&mut self.tiles(size)?, index, size))
    }

    fn consistency(&self, from: u64, to: u64) -> Result<Vec<[u8; 32]>, Unproven> {
        if from == 0 || from > to {
            return Err(Unproven::Unknown);
        }
        bytes(consistency(&mut self.tiles(to)?, from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing::{self, Scratch};
    use crate::audit::tree::{verify_consistency, verify_inclusion};
    use crate::audit::{AuditLog, Leaf};

    #[tokio::test]
    async fn what_the_tree_serves_proves_each_record_and_each_earlier_state_to_somebody_else() {
        let scratch = Scratch::new();
        let log = AuditLog::open(scratch.settings(), &testing::clock()).expect("an empty directory");
        for number in 1..=300 {
            let _ = log.append(&testing::entry(number)).await.expect("the disk is fine");
        }
        log.close().await;
        let tree = LogTree::of(&scratch.log());
        let checkpoint = tree.checkpoint().expect("signed");
        let note = Note::parse(checkpoint.as_bytes()).expect("a note");
        assert!(note.is_signed_by(&testing::signer().verifier()));
        let signed = Checkpoint::parse(&note).expect("a checkpoint");
        assert_eq!(signed.size, 300);
        let entries =
            [tree.tile("entries/000").expect("a full bundle"), tree.tile("entries/001.p/44").expect("the rest")];
        let leaves: Vec<TreeHash> = entries
            .iter()
            .flat_map(|bundle| bundle.chunks(2 + Leaf::BYTES).map(|entry| TreeHash::leaf(&entry[2..])))
            .collect();
        let hashes = |proof: Vec<[u8; 32]>| proof.into_iter().map(TreeHash::from_bytes).collect::<Vec<_>>();
        for seq in [1_u64, 2, 256, 257, 300] {
            let proof = hashes(tree.inclusion(seq, 300).expect("signed"));
            let leaf = leaves[usize::try_from(seq - 1).expect("a small number")];
            assert!(verify_inclusion(leaf, seq - 1, 300, &proof, signed.root));
        }
        assert_eq!(tree.consistency(300, 300), Ok(Vec::new()));
        let earlier = 200;
        let mut frontier = crate::audit::tree::Frontier::default();
        leaves[..earlier].iter().for_each(|leaf| frontier.push(*leaf, |_| {}));
        let proof = hashes(tree.consistency(earlier as u64, 300).expect("signed"));
        assert!(verify_consistency(earlier as u64, 300, &proof, frontier.root(), signed.root));
        for unknown in
            [tree.inclusion(301, 301), tree.inclusion(0, 300), tree.consistency(0, 300), tree.consistency(1, 301)]
        {
            assert_eq!(unknown, Err(Unproven::Unknown), "nobody has signed it");
        }
        assert_eq!(tree.tile("0/009"), Err(Unproven::Unknown));
    }
}
