//! The tree as an outsider meets it: C2SP tlog-tiles in plain files beside the segments, under checkpoints that are signed.
//!
//! ```text
//! tlog/checkpoint                 origin, size, root and signature (signed-note): the state of the log, at most a second old
//! tlog/checkpoints/2026-11-22     the first checkpoint of that Danish day
//! tlog/tile/<level>/<n>           256 hashes; tile/<level>/<n>.p/<w> while there are fewer
//! tlog/tile/entries/<n>           the leaves of 256 records
//! ```
//!
//! [`Checkpoint`] and [`Note`] (the formats), [`Signer`] and [`Verifier`] (who signs, who is believed), [`Tiles`] (proofs from
//! the files), and the keeper, the thread that writes them after the records are durable.

mod checkpoint;
#[cfg(test)]
mod crash;
mod keeper;
mod key;
mod note;
mod shelf;
mod tiles;

pub use checkpoint::Checkpoint;
pub use key::{KeyRefused, Signer, Verifier};
pub use note::Note;
pub use tiles::Tiles;

pub(crate) use keeper::{CHECKPOINT, CHECKPOINTS, FOLDER, Keeper, KeeperSettings, push_entry};
pub(crate) use shelf::{LocalShelf, Shelf};
