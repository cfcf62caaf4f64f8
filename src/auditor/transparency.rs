//! What lets an outsider check that the log is whole: checkpoints, tiles and proofs. Whoever keeps the tree answers.

use std::fmt::Debug;

/// The tree cannot answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// There is no such tile, record or size.
    #[error("find it in the tree")]
    Unknown,
    /// The tree cannot be read now.
    #[error("read the tree")]
    Unavailable,
}

/// A Merkle tree over the log (RFC 9162), as C2SP tiles with signed checkpoints. Blocks on the disk.
pub trait Transparency: Send + Sync + Debug {
    /// The newest signed checkpoint, as text.
    ///
    /// # Errors
    /// [`Unproven`].
    fn checkpoint(&self) -> Result<String, Unproven>;

    /// A tile by its path below `tile/`; the path was checked to be one.
    ///
    /// # Errors
    /// [`Unproven`].
    fn tile(&self, path: &str) -> Result<Vec<u8>, Unproven>;

    /// The hashes that prove record `seq` to be in the tree of `size` records.
    ///
    /// # Errors
    /// [`Unproven`].
    fn inclusion(&self, seq: u64, size: u64) -> Result<Vec<[u8; 32]>, Unproven>;

    /// The hashes that prove the tree of `from` records to be the beginning of the tree of `to` records.
    ///
    /// # Errors
    /// [`Unproven`].
    fn consistency(&self, from: u64, to: u64) -> Result<Vec<[u8; 32]>, Unproven>;
}
