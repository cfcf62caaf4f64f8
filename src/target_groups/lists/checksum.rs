//! What lets anybody see that two forms tell the same list.
//!
//! A row's checksum is SHA-256 over, for each column of the file in its order, the column's code, `=`, the length of the
//! canonical text in bytes, `:`, the text in UTF-8, and a line feed. An empty cell has the empty text, a day is `2026-11-22`,
//! codes have a space between them, and a text that a spreadsheet would take for something else has an apostrophe before it
//! ([`Cell::canonical`](super::Cell::canonical)). A list's checksum is SHA-256 over the checksums of its rows, 32 bytes each, in
//! the order of the list. `contract-tests/foreign/read_lists.py` computes both without sharing code with us.

use aws_lc_rs::digest;

use super::Column;
use crate::target_groups::ListedCitizen;

/// The checksum of one row.
pub fn row_checksum(columns: &[&Column], citizen: &ListedCitizen) -> [u8; 32] {
    let mut row = String::new();
    for column in columns {
        add(&mut row, column.code, &(column.of)(citizen).canonical());
    }
    hash_of(&row)
}

/// The checksum of a list, hexadecimal.
pub fn list_checksum(columns: &[&Column], citizens: &[ListedCitizen]) -> String {
    let mut hash = digest::Context::new(&digest::SHA256);
    for citizen in citizens {
        hash.update(&row_checksum(columns, citizen));
    }
    crate::hex(hash.finish().as_ref())
}

/// Adds one cell to what a row's checksum is made of.
pub(super) fn add(row: &mut String, code: &str, text: &str) {
    let length = text.len().to_string();
    for part in [code, "=", &length, ":", text, "\n"] {
        row.push_str(part);
    }
}

/// The checksum of a row whose cells were [`add`]ed.
pub(super) fn hash_of(row: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest::digest(&digest::SHA256, row.as_bytes()).as_ref());
    bytes
}
