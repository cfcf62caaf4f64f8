//! One record as bytes: its length, its leaf, its sealed entry.

use aws_lc_rs::digest;

use crate::audit::keys::SEAL_BYTES;
use crate::audit::leaf::Leaf;

/// The largest entry, in bytes: some thirty times the one for a citizen with 872 cases.
pub(crate) const ENTRY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What stands before the leaf.
pub(super) const LENGTH_BYTES: usize = 4;
/// The shortest record behind its length: a sealed entry of nothing.
pub(super) const BODY_BYTES_MIN: usize = Leaf::BYTES + SEAL_BYTES;
/// The longest.
pub(super) const BODY_BYTES_MAX: usize = BODY_BYTES_MIN + ENTRY_BYTES_MAX;
/// The longest record, with its length.
pub(super) const FRAME_BYTES_MAX: usize = LENGTH_BYTES + BODY_BYTES_MAX;

/// Appends a record whose sealed entry is made by `seal` and whose leaf by `leaf`, in place.
pub(super) fn write(out: &mut Vec<u8>, seal: impl FnOnce(&mut Vec<u8>), leaf: impl FnOnce([u8; 32]) -> Leaf) {
    let start = out.len();
    let body = start + LENGTH_BYTES;
    let sealed = body + Leaf::BYTES;
    out.resize(sealed, 0);
    seal(out);
    let leaf = leaf(hash(&out[sealed..]));
    let length = u32::try_from(out.len() - body).expect("an entry is shorter than 4 MiB");
    out[start..body].copy_from_slice(&length.to_be_bytes());
    out[body..sealed].copy_from_slice(&leaf.to_bytes());
}

/// What a leaf holds of a sealed entry.
pub(super) fn hash(sealed: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, sealed).as_ref());
    hash
}

/// Whether the record after `seq` begins somewhere within these bytes. Inside a torn record it cannot: the eight bytes of its
/// number would have to come out of a cipher, at the one place in a leaf.
pub(super) fn holds_the_one_after(bytes: &[u8], seq: u64) -> bool {
    let next = (seq + 1).to_be_bytes();
    let leaves = bytes.windows(Leaf::BYTES).skip(LENGTH_BYTES + 1);
    leaves
        .filter(|leaf| leaf[6..14] == next)
        .any(|leaf| Leaf::parse(leaf.try_into().expect("as long as a leaf")).is_some())
}
