//! A world as one number: two runs of a seed have the same one, or something in it is not decided by the seed.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};

use crate::world::Seen;

/// Everything that can be seen of a world, hashed: who was told what when, each call with its times, each record in its place.
pub(crate) fn of(seen: &Seen) -> String {
    sha256(told(seen).as_bytes())
}

/// The hash of these bytes in hexadecimal, as the audit writes it.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The same in lines, to see where two runs part.
fn told(seen: &Seen) -> String {
    let mut text = String::new();
    for told in &seen.told {
        let (name, status) = (told.name(), told.status);
        let _ =
            writeln!(text, "told {name} {:?} {:?} {status} {:?} {:?}", told.first, told.ended, told.safe, told.body);
    }
    for call in &seen.exchanges {
        let _ = writeln!(text, "call {} {} {:?} {:?} {:?}", call.host, call.target, call.body, call.began, call.ended);
    }
    for (seq, entry) in &seen.entries {
        // Their own ids are drawn by the machine.
        let _ = writeln!(text, "entry {seq} {:?} {} {:?} {:?}", entry.phase, entry.at, entry.trace_id, entry.body_hash);
    }
    text
}
