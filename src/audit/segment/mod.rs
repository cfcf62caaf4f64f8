//! How records lie on disk: append-only files of framed records, named by their first record.
//!
//! ```text
//! audit-00000000000000000001.seg
//! 4 bytes length (big-endian) ‖ 78 bytes leaf, clear ‖ the entry, sealed        … and so on
//! ```
//!
//! The leaf holds the hash of the sealed entry, and the tree holds the hash of the leaf: a verifier needs SHA-256 and no key.

mod disk;
mod frame;
mod name;
mod reader;
mod tail;
mod writer;

pub use disk::{Disk, DiskFile, LocalDisk};
pub use name::SegmentName;
pub use reader::{Broken, Flaw};

pub(crate) use frame::ENTRY_BYTES_MAX;
pub(crate) use name::segments;
pub(crate) use reader::Reader;
pub(super) use tail::Tail;
pub(super) use writer::{Plain, Position, Writer};
