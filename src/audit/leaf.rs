//! What stands in the tree for one record: small, fixed and clear, and nothing in it tells who or whom.
//!
//! | bytes | holds |
//! | --- | --- |
//! | 1 | format, 1 |
//! | 1 | retention class: 1 access, 2 event, 3 service |
//! | 4 | Danish day, as the number `YYYYMMDD` |
//! | 8 | number of the record, from 1; its place in the tree is one less |
//! | 8 | when, in microseconds since 1970 |
//! | 16 | which key: the first half of a hash of it |
//! | 8 | number of the first record that became durable by the same sync |
//! | 32 | SHA-256 of the sealed entry |
//!
//! Numbers are big-endian. The sealed entry begins with 16 random bytes and is ciphertext, so its hash cannot be guessed from
//! what it may say; with the key gone, nothing here says anything.

use jiff::Timestamp;
use jiff::civil::Date;

use super::keys::{KeyId, KeyMark, RetentionClass};

const FORMAT: u8 = 1;

/// One leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// Under which key the entry is sealed: the Danish day of the entry, and how long it is kept.
    pub key: KeyId,
    /// The number of the record, from 1.
    pub seq: u64,
    /// When the entry says it was written, to the microsecond.
    pub at: Timestamp,
    /// Which key of that name.
    pub mark: KeyMark,
    /// The number of the first record of its group: those that became durable together, by one sync. Nobody has a receipt for
    /// any of them before all of them are whole.
    pub group: u64,
    /// SHA-256 of the sealed entry.
    pub sealed: [u8; 32],
}

impl Leaf {
    /// How long a leaf is, in bytes.
    pub const BYTES: usize = 78;
    /// So many of them stand before the hash of the sealed entry; the entry is sealed to them.
    pub(crate) const HEAD_BYTES: usize = Self::BYTES - 32;

    /// The bytes that are hashed into the tree.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[0] = FORMAT;
        bytes[1] = self.key.class.code();
        bytes[2..6].copy_from_slice(&day_number(self.key.day).to_be_bytes());
        bytes[6..14].copy_from_slice(&self.seq.to_be_bytes());
        bytes[14..22].copy_from_slice(&self.at.as_microsecond().to_be_bytes());
        bytes[22..38].copy_from_slice(&self.mark.0);
        bytes[38..46].copy_from_slice(&self.group.to_be_bytes());
        bytes[46..].copy_from_slice(&self.sealed);
        bytes
    }

    /// Reads a leaf; `None` for every other text, also for another spelling of the same.
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Option<Self> {
        let leaf = Self {
            key: KeyId { day: day_of(u32::from_be_bytes(part(bytes, 2)))?, class: RetentionClass::of_code(bytes[1])? },
            seq: u64::from_be_bytes(part(bytes, 6)),
            at: Timestamp::from_microsecond(i64::from_be_bytes(part(bytes, 14))).ok()?,
            mark: KeyMark(part(bytes, 22)),
            group: u64::from_be_bytes(part(bytes, 38)),
            sealed: part(bytes, 46),
        };
        (leaf.to_bytes() == *bytes && (1..=leaf.seq).contains(&leaf.group)).then_some(leaf)
    }
}

fn part<const N: usize>(bytes: &[u8], from: usize) -> [u8; N] {
    bytes[from..from + N].try_into().expect("a leaf is longer than its parts")
}

/// Years before 0 are no days of ours; they become a number that is read as no day.
fn day_number(day: Date) -> u32 {
    let year = u32::try_from(day.year()).unwrap_or_default();
    year * 10_000 + u32::from(day.month().unsigned_abs()) * 100 + u32::from(day.day().unsigned_abs())
}

fn day_of(number: u32) -> Option<Date> {
    let part = |number: u32| i8::try_from(number).ok();
    Date::new(i16::try_from(number / 10_000).ok()?, part(number / 100 % 100)?, part(number % 100)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaf() -> Leaf {
        Leaf {
            key: KeyId { day: jiff::civil::date(2026, 11, 22), class: RetentionClass::Event },
            seq: 7,
            at: "2026-11-22T08:00:00.000001Z".parse().expect("a moment"),
            mark: KeyMark([5; 16]),
            group: 6,
            sealed: [9; 32],
        }
    }

    #[test]
    fn a_leaf_is_read_back() {
        let bytes = leaf().to_bytes();
        assert_eq!(Leaf::parse(&bytes), Some(leaf()));
        assert_eq!(bytes[..6], [1, 2, 0x01, 0x35, 0x29, 0x02], "20261122 is 0x01352902");
    }

    proptest! {
        #[test]
        fn another_text_is_another_leaf_or_none(at in 0..Leaf::BYTES, bit in 0_u8..8) {
            let mut bytes = leaf().to_bytes();
            bytes[at] ^= 1 << bit;
            prop_assert_ne!(Leaf::parse(&bytes), Some(leaf()));
        }
    }
}
