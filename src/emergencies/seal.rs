//! What people wrote in an emergency lies sealed in the ledger: whoever gets the file without the pseudonym key reads codes
//! and times, no words about a citizen.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::audit::PseudonymKey;

/// What the key is derived for: other files have keys of their own.
const PURPOSE: &str = "emergencies";

/// Seals and opens the texts of one ledger (AES-256-GCM, a fresh nonce each).
#[derive(Debug)]
pub(super) struct Seal(RandomizedNonceKey);

/// What lies in the ledger is not what was sealed for this place under this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

impl Seal {
    pub(super) fn new(key: &PseudonymKey) -> Self {
        let secret = key.derive(PURPOSE);
        Self(RandomizedNonceKey::new(&AES_256_GCM, &secret).expect("32 bytes are a key of AES-256"))
    }

    /// Seals `value` for this emergency: at another's place it does not open.
    pub(super) fn close(&self, id: Uuid, value: &impl Serialize) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(value).expect("the ledger's values hold nothing that JSON cannot");
        let nonce = self.0.seal_in_place_append_tag(Aad::from(id.as_bytes()), &mut bytes);
        let nonce = nonce.expect("a text of some thousand characters is not too long to seal");
        [nonce.as_ref().as_slice(), &bytes].concat()
    }

    /// What was sealed for this emergency.
    pub(super) fn open<T: DeserializeOwned>(&self, id: Uuid, sealed: &[u8]) -> Result<T, Unreadable> {
        let (nonce, bytes) = sealed.split_at_checked(NONCE_LEN).ok_or(Unreadable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unreadable)?;
        let mut bytes = bytes.to_vec();
        let plain = self.0.open_in_place(nonce, Aad::from(id.as_bytes()), &mut bytes).map_err(|_| Unreadable)?;
        serde_json::from_slice(plain).map_err(|_| Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_opens_at_its_own_place_under_its_own_key_and_lies_in_no_bytes() {
        let (seal, id) = (Seal::new(&crate::testing::pseudonyms()), Uuid::from_u128(7));
        let sealed = seal.close(id, &"Borgeren har truet med at springe");
        assert_eq!(seal.open::<String>(id, &sealed).as_deref(), Ok("Borgeren har truet med at springe"));
        assert!(!String::from_utf8_lossy(&sealed).contains("truet"));
        assert_eq!(seal.open::<String>(Uuid::from_u128(8), &sealed), Err(Unreadable));
        let other = Seal::new(&PseudonymKey::new(&[8; 32]).expect("32 bytes"));
        assert_eq!(other.open::<String>(id, &sealed), Err(Unreadable));
        for cut in [0, 5, sealed.len() - 1] {
            assert_eq!(seal.open::<String>(id, &sealed[..cut]), Err(Unreadable));
        }
    }
}
