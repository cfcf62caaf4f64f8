//! How an entry is sealed: AES-256-GCM under a key of its own, which follows from the day's key and 16 random bytes.
//!
//! ```text
//! 16 bytes salt ‖ the sealed entry ‖ 16 bytes tag        record key = HMAC-SHA-256(day key, "record" ‖ salt)
//! ```
//!
//! Each record key seals once, so its nonce may be zero: the same nonce never meets the same key, also when a record's number
//! is given again after a failed write, since the salt is new each time (two of 2³² are the same with probability 2⁻⁶⁵). A
//! legal hold keeps the record keys of a few records and lets the rest of the day go.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, hmac, rand};

const SALT_BYTES: usize = 16;
const TAG_BYTES: usize = 16;
const PURPOSE: &[u8] = b"record";
const MARKED: &[u8] = b"glasplade audit key\n";

/// How much longer a sealed entry is than the entry, in bytes.
pub(crate) const SEAL_BYTES: usize = SALT_BYTES + TAG_BYTES;

/// Which key of a day and class: another key of the same name has another mark. Tells nothing about the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyMark(pub [u8; 16]);

/// The key of one day and class.
pub(crate) struct DayKey {
    key: hmac::Key,
    mark: KeyMark,
}

impl DayKey {
    pub(crate) const BYTES: usize = 32;

    pub(crate) fn new(bytes: &[u8; Self::BYTES]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(MARKED);
        context.update(bytes);
        let mut mark = [0; 16];
        mark.copy_from_slice(&context.finish().as_ref()[..16]);
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, bytes), mark: KeyMark(mark) }
    }

    pub(crate) fn mark(&self) -> KeyMark {
        self.mark
    }

    /// The key of the record that is sealed so.
    pub(crate) fn record_key(&self, sealed: &[u8]) -> Option<RecordKey> {
        let salt = sealed.get(..SALT_BYTES)?;
        let mut mac = hmac::Context::with_key(&self.key);
        mac.update(PURPOSE);
        mac.update(salt);
        let mut bytes = [0; 32];
        bytes.copy_from_slice(mac.sign().as_ref());
        Some(RecordKey(bytes))
    }

    /// Appends the sealed entry, bound to `head`.
    pub(crate) fn seal(&self, head: &[u8], entry: &[u8], out: &mut Vec<u8>) {
        let mut salt = [0; SALT_BYTES];
        rand::fill(&mut salt).expect("the machine's random numbers never fail once the service runs");
        out.extend_from_slice(&salt);
        let from = out.len();
        out.extend_from_slice(entry);
        let key = self.record_key(&salt).expect("a whole salt").cipher();
        let tag = key.seal_in_place_separate_tag(nonce(), Aad::from(head), &mut out[from..]);
        out.extend_from_slice(tag.expect("an entry is far shorter than what the cipher takes").as_ref());
    }
}

impl fmt::Debug for DayKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DayKey(***)")
    }
}

/// The key of one record: opens it, and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RecordKey(pub(crate) [u8; 32]);

impl RecordKey {
    fn cipher(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.0).expect("a key of 32 bytes"))
    }

    /// The entry that was sealed to `head`; `None` when it was changed, or sealed under another key.
    pub(crate) fn open(&self, head: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = sealed.get(SALT_BYTES..)?.to_vec();
        let len = self.cipher().open_in_place(nonce(), Aad::from(head), &mut bytes).ok()?.len();
        bytes.truncate(len);
        Some(bytes)
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecordKey(***)")
    }
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_opens_under_its_key_and_at_its_place_only() {
        let (key, other) = (DayKey::new(&[1; 32]), DayKey::new(&[2; 32]));
        assert_ne!(key.mark(), other.mark());
        let (mut sealed, mut again) = (Vec::new(), Vec::new());
        key.seal(b"head", b"entry", &mut sealed);
        key.seal(b"head", b"entry", &mut again);
        assert_ne!(sealed, again, "the salt is another each time");
        assert_eq!(sealed.len(), 5 + SEAL_BYTES);
        let open = |key: &DayKey, head: &[u8], sealed: &[u8]| key.record_key(sealed)?.open(head, sealed);
        assert_eq!(open(&key, b"head", &sealed).as_deref(), Some(&b"entry"[..]));
        assert_eq!(open(&key, b"elsewhere", &sealed), None);
        assert_eq!(open(&other, b"head", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&key, b"head", &changed), None);
        }
        assert_eq!(open(&key, b"head", &sealed[..10]), None);
    }

    #[test]
    fn the_key_of_a_record_opens_no_other() {
        let key = DayKey::new(&[1; 32]);
        let (mut one, mut two) = (Vec::new(), Vec::new());
        key.seal(b"1", b"entry", &mut one);
        key.seal(b"2", b"entry", &mut two);
        let kept = key.record_key(&one).expect("whole");
        assert!(kept.open(b"1", &one).is_some());
        assert!(kept.open(b"2", &two).is_none());
    }
}
