//! Where a page ends, as an opaque text: it names nobody, and one that is not ours is no cursor.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::audit::Cursor;

/// The text of a cursor.
pub(super) fn write(cursor: Cursor) -> String {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&cursor.at_us.to_be_bytes());
    bytes[8..].copy_from_slice(&cursor.id.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The cursor of a text.
pub(super) fn read(text: &str) -> Option<Cursor> {
    let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    let (at, id) = bytes.split_at(8);
    Some(Cursor { at_us: i64::from_be_bytes(at.try_into().ok()?), id: i64::from_be_bytes(id.try_into().ok()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_other_texts_are_none() {
        let cursor = Cursor { at_us: 1_764_000_000_000_001, id: 42 };
        assert_eq!(read(&write(cursor)), Some(cursor));
        for text in ["", "0101019999", "AAAA", &"A".repeat(23), "====", "ÆØÅ"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
