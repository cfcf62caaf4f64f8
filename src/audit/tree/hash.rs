//! The hashes of the tree: SHA-256, with one byte in front that tells a leaf from a node (RFC 6962, section 2.1).

use std::fmt;

use aws_lc_rs::digest;

/// What stands before a leaf: a leaf can never be taken for a node.
const LEAF: [u8; 1] = [0x00];
const NODE: [u8; 1] = [0x01];

/// The SHA-256 hash of a leaf or of a whole subtree.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TreeHash([u8; 32]);

impl TreeHash {
    /// How long it is, in bytes.
    pub const BYTES: usize = 32;

    /// The hash of a leaf: `SHA-256(0x00 ‖ leaf)`.
    pub fn leaf(leaf: &[u8]) -> Self {
        Self::of(&[&LEAF, leaf])
    }

    /// The hash of two neighbours: `SHA-256(0x01 ‖ left ‖ right)`.
    pub fn node(left: &Self, right: &Self) -> Self {
        Self::of(&[&NODE, &left.0, &right.0])
    }

    /// The root of the tree without leaves: the hash of nothing.
    pub fn empty() -> Self {
        Self::of(&[])
    }

    /// A hash that was read.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn of(parts: &[&[u8]]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in parts {
            context.update(part);
        }
        let mut bytes = [0_u8; 32];
        bytes.copy_from_slice(context.finish().as_ref());
        Self(bytes)
    }
}

impl fmt::Display for TreeHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&crate::hex(&self.0))
    }
}

impl fmt::Debug for TreeHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TreeHash({self})")
    }
}
