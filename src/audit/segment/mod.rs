//! How records lie on disk: append-only files of one JSON line per record, named by their first record.
//!
//! ```text
//! audit-00000000000000000001.ndjson
//! {"seq":1,"prev":"0000…","hash":"5f1c…","entry":{"id":…,"phase":"intended",…}}
//! ```
//!
//! The hash covers the bytes of the entry as they stand in the line, so that a verifier needs SHA-256 and no JSON library.

mod disk;
mod line;
mod name;
mod reader;
mod tail;
mod writer;

pub use disk::{Disk, DiskFile, LocalDisk};
pub use line::LINE_BYTES_MAX;
pub use name::SegmentName;
pub use reader::{Broken, Flaw};

pub(super) use line::ENTRY_BYTES_MAX;
pub(super) use name::segments;
pub(super) use reader::{After, Reader};
pub(super) use tail::Tail;
pub(super) use writer::{Position, Writer};
