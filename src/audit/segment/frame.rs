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
const FRAME_BYTES_MAX: usize = LENGTH_BYTES + BODY_BYTES_MAX;
/// The longest group is far shorter: 1 MiB of entries, or one that is longer.
pub(super) const GROUP_BYTES_MAX: usize = 2 * FRAME_BYTES_MAX;

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

/// Whether a record of a later group than that of record `seq` begins somewhere within these bytes: then record `seq` was
/// durable, and whatever is wrong with it is no tear. Inside a torn record no record begins: its number and its group, sixteen
/// bytes, would have to come out of a cipher, each at its place in a leaf.
pub(super) fn holds_a_later_group(bytes: &[u8], seq: u64) -> bool {
    let leaves = bytes.windows(Leaf::BYTES).skip(LENGTH_BYTES + 1);
    // No more records than bytes: what claims to lie further on is none.
    let last = seq + bytes.len() as u64;
    let leaves = leaves.filter_map(|leaf| Leaf::parse(leaf.try_into().expect("as long as a leaf")));
    leaves.filter(|leaf| seq < leaf.seq && leaf.seq <= last).any(|leaf| leaf.group > seq)
}
