//! A world as one number: two runs of a seed have the same one, or something in it is not decided by the seed.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};

use crate::world::Seen;

/// Everything that can be seen of a world, hashed: who was told what when, each call with its times, each record in its place.
pub(crate) fn of(seen: &Seen) -> String {
    let hash = digest(&SHA256, told(seen).as_bytes());
    hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
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
