//! The CPR number in a row, sealed: whoever copies the file has pseudonyms and no way back.
//!
//! AES-256-GCM under a key derived from the municipality's secret, bound to the pseudonym: a number cannot be moved to another row.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use glasplade_adapters::contract::CprNumber;
use serde::{Deserialize, Serialize};

use crate::audit::{Pseudonym, PseudonymKey};

const PURPOSE: &str = "target group numbers";
const NONCE_BYTES: usize = 12;
/// Ten digits as five bytes.
const NUMBER_BYTES: usize = 5;
const TAG_BYTES: usize = 16;
const SEALED_BYTES: usize = NONCE_BYTES + NUMBER_BYTES + TAG_BYTES;

/// A sealed number: 12 bytes nonce, 5 sealed, 16 tag.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(Box<[u8]>);

impl Sealed {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What was sealed; whether it opens is seen when it is opened.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sealed(***)")
    }
}

/// Nonces of one thread that seals many numbers. Random ones, as every nonce here, but drawn many at a time: each drawing costs more
/// than a sealing.
pub(in crate::target_groups) struct Nonces {
    drawn: [[u8; NONCE_BYTES]; 64],
    left: usize,
}

impl Default for Nonces {
    fn default() -> Self {
        Self { drawn: [[0; NONCE_BYTES]; 64], left: 0 }
    }
}

impl Nonces {
    /// One that was not given before.
    fn next(&mut self) -> [u8; NONCE_BYTES] {
        if self.left == 0 {
            fill(self.drawn.as_flattened_mut());
            self.left = self.drawn.len();
        }
        self.left -= 1;
        self.drawn[self.left]
    }
}

impl fmt::Debug for Nonces {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Nonces").field("left", &self.left).finish_non_exhaustive()
    }
}

/// Never the randomness that is lent: a nonce that a test knows would be one that comes twice.
fn fill(bytes: &mut [u8]) {
    aws_lc_rs::rand::fill(bytes).expect("the operating system gives random numbers, or nothing is safe");
}

/// Seals and opens numbers.
pub struct NumberSeal(LessSafeKey);

impl NumberSeal {
    /// Under a key of its own, derived from the municipality's secret.
    #[expect(clippy::missing_panics_doc, reason = "a derived key has 32 bytes")]
    pub fn new(secret: &PseudonymKey) -> Self {
        Self(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &secret.derive(PURPOSE)).expect("a key of 32 bytes")))
    }

    /// Seals a number for the row of `who`.
    pub fn seal(&self, who: &Pseudonym, number: &CprNumber) -> Sealed {
        let mut nonce = [0; NONCE_BYTES];
        fill(&mut nonce);
        self.seal_under(nonce, who, number)
    }

    /// The same, for one of many numbers.
    pub(in crate::target_groups) fn seal_with(
        &self,
        nonces: &mut Nonces,
        who: &Pseudonym,
        number: &CprNumber,
    ) -> Sealed {
        self.seal_under(nonces.next(), who, number)
    }

    fn seal_under(&self, nonce: [u8; NONCE_BYTES], who: &Pseudonym, number: &CprNumber) -> Sealed {
        // Ten digits are less than 2^40.
        let value: u64 = number.expose().parse().expect("a CPR number is ten digits");
        let mut bytes = [0; SEALED_BYTES];
        let (before, rest) = bytes.split_at_mut(NONCE_BYTES);
        let (sealed, after) = rest.split_at_mut(NUMBER_BYTES);
        before.copy_from_slice(&nonce);
        sealed.copy_from_slice(&value.to_be_bytes()[8 - NUMBER_BYTES..]);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.0.seal_in_place_separate_tag(nonce, Aad::from(*who.bytes()), sealed);
        after.copy_from_slice(tag.expect("sealing a few bytes does not fail").as_ref());
        Sealed(Box::from(bytes))
    }

    /// Opens the number in the row of `who`; `None` when it was sealed under another key, for another row, or changed.
    pub fn open(&self, who: &Pseudonym, sealed: &Sealed) -> Option<CprNumber> {
        if sealed.0.len() != SEALED_BYTES {
            return None;
        }
        let (nonce, sealed) = sealed.0.split_at(NONCE_BYTES);
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let opened = self.0.open_in_place(nonce, Aad::from(*who.bytes()), &mut sealed).ok()?;
        let mut value = [0_u8; 8];
        value[8 - NUMBER_BYTES..].copy_from_slice(opened.get(..NUMBER_BYTES)?);
        CprNumber::parse(&format!("{:010}", u64::from_be_bytes(value))).ok()
    }
}

impl fmt::Debug for NumberSeal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NumberSeal(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> CprNumber {
        CprNumber::parse(text).expect("ten digits")
    }

    #[test]
    fn a_number_comes_back_with_its_leading_zeros_and_only_in_its_own_row() {
        let key = PseudonymKey::new(&[1; 32]).expect("32 bytes");
        let seal = NumberSeal::new(&key);
        for digits in ["0101019999", "0101000000", "3112999999"] {
            let (who, other) = (key.of(&number(digits)), key.of(&number("0202029999")));
            let sealed = seal.seal(&who, &number(digits));
            assert_eq!(seal.open(&who, &sealed), Some(number(digits)));
            assert_eq!(seal.open(&other, &sealed), None);
            assert_ne!(sealed, seal.seal(&who, &number(digits)), "one nonce is used once");
        }
    }

    #[test]
    fn many_numbers_are_sealed_under_as_many_nonces() {
        let key = PseudonymKey::new(&[1; 32]).expect("32 bytes");
        let (seal, number) = (NumberSeal::new(&key), number("0101019999"));
        let (who, mut nonces) = (key.of(&number), Nonces::default());
        let sealed: Vec<Sealed> = (0..1_000).map(|_| seal.seal_with(&mut nonces, &who, &number)).collect();
        assert!(sealed.iter().all(|sealed| seal.open(&who, sealed) == Some(number)));
        let different: std::collections::BTreeSet<&[u8]> = sealed.iter().map(|one| &one.0[..NONCE_BYTES]).collect();
        assert_eq!(different.len(), sealed.len());
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let key = PseudonymKey::new(&[1; 32]).expect("32 bytes");
        let (seal, number) = (NumberSeal::new(&key), number("0101019999"));
        let who = key.of(&number);
        let sealed = seal.seal(&who, &number);
        for at in 0..sealed.0.len() {
            let mut changed = sealed.clone();
            changed.0[at] ^= 1;
            assert_eq!(seal.open(&who, &changed), None, "byte {at}");
        }
        assert_eq!(seal.open(&who, &Sealed(Box::new([]))), None);
        assert!(!format!("{sealed:?}").contains('1'));
    }
}
