//! The municipality's secret, from which the keys that wrap the days' keys are derived. It never prints.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf;

/// The salt of the derivation: the same secret used elsewhere gives other keys.
const DERIVED: &[u8] = b"glasplade audit keys";
const NONCE_BYTES: usize = 12;

/// Wraps and unwraps what lies in the folder of keys.
pub struct MasterKey(RandomizedNonceKey);

/// The master secret is too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("use the master secret: at least {} bytes are wanted", MasterKey::BYTES_MIN)]
pub struct MasterTooShort;

impl MasterKey {
    /// The shortest secret taken.
    pub const BYTES_MIN: usize = 32;

    /// The key of this secret.
    ///
    /// # Errors
    /// [`MasterTooShort`] when it has fewer than [`Self::BYTES_MIN`] bytes.
    #[expect(clippy::missing_panics_doc, reason = "neither of the two can happen: the lengths are constants")]
    pub fn new(secret: &[u8]) -> Result<Self, MasterTooShort> {
        if secret.len() < Self::BYTES_MIN {
            return Err(MasterTooShort);
        }
        let mut key = [0_u8; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, DERIVED)
            .extract(secret)
            .expand(&[b"wrap"], hkdf::HKDF_SHA256)
            .and_then(|derived| derived.fill(&mut key))
            .expect("32 bytes are what HKDF-SHA256 gives by one step");
        Ok(Self(RandomizedNonceKey::new(&AES_256_GCM, &key).expect("a key of 32 bytes")))
    }

    /// The bytes, wrapped for the file of this name only: 12 bytes nonce, the sealed bytes, 16 bytes tag.
    pub(crate) fn wrap(&self, name: &str, bytes: &[u8]) -> Vec<u8> {
        let mut sealed = bytes.to_vec();
        let nonce = self.0.seal_in_place_append_tag(Aad::from(name.as_bytes()), &mut sealed);
        let nonce = nonce.expect("sealing a few bytes does not fail");
        [&nonce.as_ref()[..], &sealed].concat()
    }

    /// What was wrapped; `None` when it was changed, moved, or wrapped under another secret.
    pub(crate) fn unwrap(&self, name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let opened = self.0.open_in_place(nonce, Aad::from(name.as_bytes()), &mut sealed).ok()?;
        Some(opened.to_vec())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MasterKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_opens_under_its_own_name_and_secret_only() {
        let key = MasterKey::new(&[7; 32]).expect("32 bytes");
        let wrapped = key.wrap("2026-11-22-access", b"secret");
        assert_eq!(key.unwrap("2026-11-22-access", &wrapped).as_deref(), Some(&b"secret"[..]));
        assert_eq!(key.unwrap("2026-11-23-access", &wrapped), None);
        assert_eq!(MasterKey::new(&[8; 32]).expect("32 bytes").unwrap("2026-11-22-access", &wrapped), None);
        for at in 0..wrapped.len() {
            let mut changed = wrapped.clone();
            changed[at] ^= 1;
            assert_eq!(key.unwrap("2026-11-22-access", &changed), None);
        }
        assert_ne!(key.wrap("2026-11-22-access", b"secret"), wrapped, "the nonce is another each time");
    }

    #[test]
    fn a_short_secret_is_refused_and_no_secret_is_printed() {
        assert_eq!(MasterKey::new(&[1; 31]).err(), Some(MasterTooShort));
        assert_eq!(format!("{:?}", MasterKey::new(&[1; 32])), "Ok(MasterKey(***))");
    }
}
