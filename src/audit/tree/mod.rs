//! The Merkle tree over the leaves of all records (RFC 6962, RFC 9162): pure, no files, no clock, no randomness.
//!
//! [`TreeHash`] (what is hashed, and how), [`Frontier`] (the right edge, which is all that is needed to go on), [`inclusion`]
//! and [`consistency`] (proofs, computed from any [`Nodes`]), [`verify_inclusion`] and [`verify_consistency`] (what an
//! outsider does with them), [`Tile`] (how C2SP tlog-tiles names the parts).

mod frontier;
mod hash;
mod proof;
mod tile;
mod witness;

pub use frontier::{Frontier, FullTile};
pub use hash::TreeHash;
pub use proof::{Nodes, consistency, inclusion, root};
pub use tile::{TILE_WIDTH, Tile, TileKind};
pub use witness::{verify_consistency, verify_inclusion};
