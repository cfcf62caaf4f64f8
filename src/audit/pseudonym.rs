//! The name under which a citizen stands in the audit, the logs and the cache keys: keyed, so that it says nothing by itself.

use std::fmt;

use aws_lc_rs::{hkdf, hmac};
use glasplade_adapters::contract::CprNumber;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hex;

/// What the MAC is made of, before the digits: the same secret may name other things without meeting a citizen's name.
const CITIZEN: &[u8] = b"cpr:";

/// The same for an employee.
const EMPLOYEE: &[u8] = b"employee:";

/// A citizen without the number: the first 16 bytes of HMAC-SHA-256 over the CPR number, as 32 hexadecimal characters.
///
/// The same citizen has the same pseudonym for as long as the key lives, so "who looked at this person" is one search.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pseudonym([u8; 16]);

/// The text was not 32 lower-case hexadecimal characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read a pseudonym: 32 lower-case hexadecimal characters are wanted")]
pub struct NotAPseudonym;

impl Pseudonym {
    /// The pseudonym as it lies in the index.
    pub(crate) fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The pseudonym out of the index; `None` when it is not of 16 bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Reads the text that [`Pseudonym`] prints.
    ///
    /// # Errors
    /// [`NotAPseudonym`] for every other text.
    pub fn parse(text: &str) -> Result<Self, NotAPseudonym> {
        hex::decode(text.as_bytes()).map(Self).ok_or(NotAPseudonym)
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&crate::hex(&self.0))
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Pseudonym({self})")
    }
}

impl Serialize for Pseudonym {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pseudonym {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The secret that turns CPR numbers into pseudonyms. Whoever holds it can go through all numbers, so it never prints.
pub struct PseudonymKey {
    names: hmac::Key,
    keys: hkdf::Prk,
}

/// What sets keys that are derived here apart from everything else that is derived from the same secret.
const DERIVED: &[u8] = b"glasplade derived keys";

/// The secret was shorter than [`PseudonymKey::BYTES_MIN`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read the pseudonym key: at least {} bytes are wanted", PseudonymKey::BYTES_MIN)]
pub struct KeyTooShort;

impl PseudonymKey {
    /// The shortest secret taken: there are so few CPR numbers that only the secret protects them.
    pub const BYTES_MIN: usize = 32;

    /// A key from the municipality's secret.
    ///
    /// # Errors
    /// [`KeyTooShort`] when the secret has fewer than [`Self::BYTES_MIN`] bytes.
    pub fn new(secret: &[u8]) -> Result<Self, KeyTooShort> {
        if secret.len() < Self::BYTES_MIN {
            return Err(KeyTooShort);
        }
        let keys = hkdf::Salt::new(hkdf::HKDF_SHA256, DERIVED).extract(secret);
        Ok(Self { names: hmac::Key::new(hmac::HMAC_SHA256, secret), keys })
    }

    /// Another key out of the same secret (HKDF-SHA256), for this purpose only. It tells nothing about the secret or about
    /// the keys of other purposes.
    pub(crate) fn derive(&self, purpose: &'static str) -> [u8; 32] {
        let mut key = [0_u8; 32];
        self.keys
            .expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)
            .and_then(|derived| derived.fill(&mut key))
            .expect("32 bytes are what HKDF-SHA256 gives by one step");
        key
    }

    /// The pseudonym of this citizen.
    pub fn of(&self, cpr: &CprNumber) -> Pseudonym {
        self.name(CITIZEN, cpr.expose())
    }

    /// The pseudonym of this employee, by their id in lower case. It is never that of a citizen.
    pub fn of_employee(&self, employee: &str) -> Pseudonym {
        self.name(EMPLOYEE, employee)
    }

    fn name(&self, domain: &[u8], who: &str) -> Pseudonym {
        let mut mac = hmac::Context::with_key(&self.names);
        mac.update(domain);
        mac.update(who.as_bytes());
        let mut bytes = [0_u8; 16];
        bytes.copy_from_slice(&mac.sign().as_ref()[..16]);
        Pseudonym(bytes)
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PseudonymKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> PseudonymKey {
        PseudonymKey::new(&[byte; 32]).expect("32 bytes")
    }

    #[test]
    fn one_citizen_has_one_name_per_key_and_both_spellings_are_one_citizen() {
        let cpr = |text| CprNumber::parse(text).expect("ten digits");
        assert_eq!(key(1).of(&cpr("0101019999")), key(1).of(&cpr("010101-9999")));
        assert_ne!(key(1).of(&cpr("0101019999")), key(2).of(&cpr("0101019999")));
        assert_ne!(key(1).of(&cpr("0101019999")), key(1).of(&cpr("0101019998")));
    }

    #[test]
    fn an_employee_is_named_apart_from_every_citizen() {
        assert_eq!(key(1).of_employee("az10001"), key(1).of_employee("az10001"));
        assert_ne!(key(1).of_employee("az10001"), key(2).of_employee("az10001"));
        let cpr = CprNumber::parse("0101019999").expect("ten digits");
        assert_ne!(key(1).of_employee("0101019999"), key(1).of(&cpr));
    }

    #[test]
    fn the_name_is_hmac_sha256_so_that_another_program_can_make_it() {
        let whole = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]), b"cpr:0101019999");
        let name = key(7).of(&CprNumber::parse("0101019999").expect("ten digits")).to_string();
        assert_eq!(name, crate::hex(&whole.as_ref()[..16]));
        assert_eq!(name.len(), 32);
        assert_eq!(Pseudonym::parse(&name).expect("our own text").to_string(), name);
    }

    #[test]
    fn every_purpose_has_a_key_of_its_own() {
        assert_eq!(key(1).derive("one"), key(1).derive("one"));
        assert_ne!(key(1).derive("one"), key(1).derive("other"));
        assert_ne!(key(1).derive("one"), key(2).derive("one"));
    }

    #[test]
    fn a_short_secret_is_refused_and_no_secret_is_printed() {
        assert_eq!(PseudonymKey::new(&[1; 31]).err(), Some(KeyTooShort));
        assert_eq!(format!("{:?}", key(1)), "PseudonymKey(***)");
    }

    #[test]
    fn other_texts_are_no_pseudonyms() {
        for text in ["", "0101019999", "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcdeg"] {
            assert_eq!(Pseudonym::parse(text), Err(NotAPseudonym));
        }
    }
}
