//! One record as one line: `{"seq":…,"prev":"…","hash":"…","entry":…}`, in exactly one spelling.
//!
//! Read by bytes, not as JSON: JSON allows many spellings, and a flipped bit must not hide in any of them.

use std::io::Write as _;

use crate::audit::chain::{ChainHash, Link};

const SEQ: &[u8] = b"{\"seq\":";
const PREV: &[u8] = b",\"prev\":\"";
const HASH: &[u8] = b"\",\"hash\":\"";
const ENTRY: &[u8] = b"\",\"entry\":";
const HASH_CHARS: usize = 64;

/// The largest entry, in bytes: some thirty times the one for a citizen with 872 cases.
pub(crate) const ENTRY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The largest line, in bytes: an entry and what stands around it.
pub const LINE_BYTES_MAX: usize = ENTRY_BYTES_MAX + 512;

/// Appends the record as a line, with its end.
pub(super) fn write(lines: &mut Vec<u8>, link: &Link, entry: &[u8]) {
    let Link { seq, prev, hash } = link;
    write!(lines, "{{\"seq\":{seq},\"prev\":\"{prev}\",\"hash\":\"{hash}\",\"entry\":")
        .expect("writing to memory does not fail");
    lines.extend_from_slice(entry);
    lines.extend_from_slice(b"}\n");
}

/// The record in a line (without its end); `None` for every other text.
pub(super) fn read(line: &[u8]) -> Option<(Link, &[u8])> {
    let rest = line.strip_prefix(SEQ)?;
    let (seq, rest) = rest.split_at(rest.iter().position(|byte| !byte.is_ascii_digit())?);
    if seq.first() == Some(&b'0') {
        return None;
    }
    let seq = str::from_utf8(seq).ok()?.parse().ok()?;
    let (prev, rest) = rest.strip_prefix(PREV)?.split_at_checked(HASH_CHARS)?;
    let (hash, rest) = rest.strip_prefix(HASH)?.split_at_checked(HASH_CHARS)?;
    let entry = rest.strip_prefix(ENTRY)?.strip_suffix(b"}")?;
    Some((Link { seq, prev: ChainHash::parse(prev)?, hash: ChainHash::parse(hash)? }, entry))
}

/// Whether a second record begins within these bytes. Inside an entry it cannot: quotes in texts are escaped.
pub(super) fn holds_another(bytes: &[u8]) -> bool {
    bytes.get(1..).is_some_and(|rest| rest.windows(SEQ.len()).any(|window| window == SEQ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::chain::Chain;

    #[test]
    fn a_line_is_json_and_is_read_back() {
        let entry = br#"{"text":"a \"quoted\" {\"seq\":"}"#;
        let place = Chain::EMPTY.clone().extend(entry);
        let mut lines = Vec::new();
        write(&mut lines, &place, entry);
        let line = lines.strip_suffix(b"\n").expect("a line ends");
        assert_eq!(read(line), Some((place, &entry[..])));
        assert!(!holds_another(line));
        let json: serde_json::Value = serde_json::from_slice(line).expect("a line is JSON");
        assert_eq!(json["prev"], "0".repeat(64));
    }

    #[test]
    fn other_spellings_are_no_record() {
        let mut lines = Vec::new();
        write(&mut lines, &Chain::EMPTY.clone().extend(b"{}"), b"{}");
        let line = String::from_utf8(lines).expect("text");
        let line = line.trim_end();
        for other in [
            line.replace("\"seq\":1", "\"seq\": 1"),
            line.replace("\"seq\":1", "\"seq\":01"),
            line.replace("\"seq\":1", "\"seq\":"),
            line.replace("\"seq\":1", "\"seq\":99999999999999999999"),
            line.to_uppercase(),
            line[..line.len() - 2].to_owned(),
            String::new(),
        ] {
            assert_eq!(read(other.as_bytes()), None, "{other}");
        }
        assert!(holds_another([line, line].concat().as_bytes()));
    }
}
