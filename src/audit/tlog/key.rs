//! Who signs checkpoints, and who is believed: Ed25519 under a name, spelled as C2SP signed-note spells it.

use std::fmt;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::audit::hex;

/// The byte that says "Ed25519" in a key and in its identifier.
const ED25519_NOTE: u8 = 0x01;
const PUBLIC_BYTES: usize = 32;

/// A key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// The name has spaces, a plus or control characters, or is empty.
    #[error("use the name of the log: it must not be empty, and hold neither spaces nor `+`")]
    Name,
    /// Neither a PKCS#8 file (PEM) with an Ed25519 key nor 64 hexadecimal characters.
    #[error("use the checkpoint key: give an Ed25519 key as PKCS#8 (PEM), or 64 hexadecimal characters")]
    Secret,
    /// Not the public key of a log.
    #[error("read the public key: `<name>+<8 characters>+<base64>` is wanted, as the service prints it")]
    Public,
}

/// The key that signs checkpoints. It never prints.
pub struct Signer {
    name: String,
    id: [u8; 4],
    pair: Ed25519KeyPair,
}

impl Signer {
    /// The key in this secret text, under the log's name.
    ///
    /// # Errors
    /// [`KeyRefused::Name`] or [`KeyRefused::Secret`].
    pub fn new(name: &str, secret: &str) -> Result<Self, KeyRefused> {
        let pair = match hex::decode::<32>(secret.trim().as_bytes()) {
            Some(seed) => Ed25519KeyPair::from_seed_unchecked(&seed),
            None => Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pem(secret).ok_or(KeyRefused::Secret)?),
        };
        let pair = pair.map_err(|_| KeyRefused::Secret)?;
        if !is_name(name) {
            return Err(KeyRefused::Name);
        }
        let id = id(name, pair.public_key().as_ref());
        Ok(Self { name: name.to_owned(), id, pair })
    }

    /// The name in the lines of signature, which is also the origin of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half, for whoever verifies.
    pub fn verifier(&self) -> Verifier {
        let mut public = [0; PUBLIC_BYTES];
        public.copy_from_slice(self.pair.public_key().as_ref());
        Verifier { name: self.name.clone(), id: self.id, public }
    }

    pub(super) fn id(&self) -> [u8; 4] {
        self.id
    }

    pub(super) fn sign(&self, text: &[u8]) -> Vec<u8> {
        self.pair.sign(text).as_ref().to_vec()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Signer").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A public key whose signatures are believed. It prints as `<name>+<identifier>+<key>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    id: [u8; 4],
    public: [u8; PUBLIC_BYTES],
}

impl Verifier {
    /// Reads the text that it prints.
    ///
    /// # Errors
    /// [`KeyRefused::Public`], also when the identifier is another key's.
    pub fn parse(text: &str) -> Result<Self, KeyRefused> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(given), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyRefused::Public);
        };
        let key = STANDARD.decode(key).map_err(|_| KeyRefused::Public)?;
        let Some((&ED25519_NOTE, public)) = key.split_first() else { return Err(KeyRefused::Public) };
        let public = <[u8; PUBLIC_BYTES]>::try_from(public).map_err(|_| KeyRefused::Public)?;
        let id = id(name, &public);
        if !is_name(name) || hex::decode::<4>(given.as_bytes()) != Some(id) {
            return Err(KeyRefused::Public);
        }
        Ok(Self { name: name.to_owned(), id, public })
    }

    /// The name in the lines of signature.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn id(&self) -> [u8; 4] {
        self.id
    }

    pub(super) fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public).verify(text, signature).is_ok()
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode([&[ED25519_NOTE][..], &self.public].concat());
        write!(formatter, "{}+{}+{key}", self.name, crate::hex(&self.id))
    }
}

/// The identifier: the first four bytes of `SHA-256(name ‖ line end ‖ kind ‖ key)`.
fn id(name: &str, public: &[u8]) -> [u8; 4] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in [name.as_bytes(), b"\n", &[ED25519_NOTE], public] {
        context.update(part);
    }
    let mut id = [0; 4];
    id.copy_from_slice(&context.finish().as_ref()[..4]);
    id
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter.is_control() || letter == '+')
}

/// The bytes between the lines of a PEM file.
fn pem(text: &str) -> Option<Vec<u8>> {
    let body = text.trim().strip_prefix("-----BEGIN PRIVATE KEY-----")?.strip_suffix("-----END PRIVATE KEY-----")?;
    let body: String = body.split_whitespace().collect();
    STANDARD.decode(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seed of the first test vector of RFC 8032.
    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    /// The same as `openssl` writes it.
    const PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
        -----END PRIVATE KEY-----\n";

    #[test]
    fn both_spellings_of_a_secret_are_one_key() {
        let (seed, pem) = (Signer::new("log.example", SEED), Signer::new("log.example", PEM));
        let (seed, pem) = (seed.expect("a seed").verifier(), pem.expect("PKCS#8").verifier());
        assert_eq!(seed, pem);
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        assert_eq!(crate::hex(&seed.public), public, "the vector of RFC 8032");
        assert_eq!(Verifier::parse(&seed.to_string()), Ok(seed));
    }

    #[test]
    fn other_texts_are_no_keys_and_no_secret_is_printed() {
        assert_eq!(Signer::new("log.example", "short").err(), Some(KeyRefused::Secret));
        for name in ["", "a b", "a+b", "a\n"] {
            assert_eq!(Signer::new(name, SEED).err(), Some(KeyRefused::Name));
        }
        let signer = Signer::new("log.example", SEED).expect("a seed");
        assert_eq!(format!("{signer:?}"), "Signer { name: \"log.example\", .. }");
        let text = signer.verifier().to_string();
        for at in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] ^= 1;
            let other = String::from_utf8(other).expect("still text");
            assert_ne!(Verifier::parse(&other), Ok(signer.verifier()), "{other}");
        }
    }
}
