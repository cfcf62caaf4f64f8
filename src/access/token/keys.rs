//! The issuer's public keys, each with the only algorithms that it may verify.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use serde::Deserialize;
use serde_json::Value;

/// Most entries of a key set that are looked at.
pub(super) const KEYS_MAX: usize = 32;

/// A public key that may verify tokens.
#[derive(Debug)]
pub(super) struct VerificationKey {
    kid: Option<String>,
    /// What its type, its curve, its own `alg` and our settings all allow. Never empty, never symmetric.
    algorithms: Vec<Algorithm>,
    pub(super) decoding: DecodingKey,
}

/// The keys of one issuer at one moment.
#[derive(Debug, Default)]
pub(super) struct KeySet {
    keys: Vec<VerificationKey>,
}

/// What a key set knows about a token's header.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// This key, which takes this algorithm.
    Key(&'a VerificationKey),
    /// The key is there and must not be used with this algorithm.
    WrongAlgorithm,
    /// No such key, or no way to say which one.
    Nothing,
}

/// The text is not a key set, or holds no key that can be used. Says nothing about what was in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoKeys {
    /// Not JSON with `keys` in it.
    #[error("read the key set: it is not a JSON Web Key Set")]
    NotAKeySet,
    /// Encryption keys, shared secrets, unknown types or algorithms that are switched off.
    #[error("read the key set: none of its keys can verify tokens")]
    NoneUsable,
}

#[derive(Deserialize)]
struct WireSet {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a JSON Web Key Set. Keys that cannot be used are skipped, so that an issuer may try something new.
    pub(super) fn read(text: &[u8], accepted: &[Algorithm]) -> Result<Self, NoKeys> {
        let set: WireSet = serde_json::from_slice(text).map_err(|_| NoKeys::NotAKeySet)?;
        let entries = set.keys.into_iter().take(KEYS_MAX);
        let keys: Vec<_> = entries.filter_map(|entry| VerificationKey::read(entry, accepted)).collect();
        if keys.is_empty() { Err(NoKeys::NoneUsable) } else { Ok(Self { keys }) }
    }

    /// How many keys can be used.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The key for a token with this header. Without a key id there must be only one key to choose from.
    pub(super) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Found<'_> {
        let Some(kid) = kid else {
            return match self.keys.as_slice() {
                [only] => only.offer(algorithm),
                _ => Found::Nothing,
            };
        };
        let named = || self.keys.iter().filter(|key| key.kid.as_deref() == Some(kid));
        // A key id may stand on several keys, one for each type.
        let fitting = named().find(|key| key.algorithms.contains(&algorithm)).or_else(|| named().next());
        fitting.map_or(Found::Nothing, |key| key.offer(algorithm))
    }
}

impl VerificationKey {
    fn read(entry: Value, accepted: &[Algorithm]) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(entry).ok()?;
        if !is_for_signatures(&jwk) {
            return None;
        }
        let mut algorithms = algorithms_of_type(&jwk);
        if let Some(own) = jwk.common.key_algorithm {
            algorithms.retain(|algorithm| KeyAlgorithm::from(*algorithm) == own);
        }
        algorithms.retain(|algorithm| accepted.contains(algorithm));
        let decoding = DecodingKey::from_jwk(&jwk).ok()?;
        let is_usable = !algorithms.is_empty() && has_right_length(&decoding, &jwk);
        is_usable.then_some(Self { kid: jwk.common.key_id, algorithms, decoding })
    }

    fn offer(&self, algorithm: Algorithm) -> Found<'_> {
        if self.algorithms.contains(&algorithm) { Found::Key(self) } else { Found::WrongAlgorithm }
    }
}

fn is_for_signatures(jwk: &Jwk) -> bool {
    let use_fits = jwk.common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature);
    let operations = jwk.common.key_operations.as_ref();
    use_fits && operations.is_none_or(|operations| operations.contains(&KeyOperations::Verify))
}

/// What a key of this type and curve can verify. A shared secret can verify nothing here.
fn algorithms_of_type(jwk: &Jwk) -> Vec<Algorithm> {
    match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => vec![Algorithm::ES256],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => vec![Algorithm::ES384],
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => vec![Algorithm::EdDSA],
        AlgorithmParameters::RSA(_) => vec![
            Algorithm::PS256,
            Algorithm::PS384,
            Algorithm::PS512,
            Algorithm::RS256,
            Algorithm::RS384,
            Algorithm::RS512,
        ],
        _ => Vec::new(),
    }
}

/// A key of a wrong length would only show at the first signature; RSA below 2048 bits is refused altogether.
fn has_right_length(decoding: &DecodingKey, jwk: &Jwk) -> bool {
    match decoding.kind() {
        DecodingKeyKind::RsaModulusExponent { n, .. } => {
            let modulus = n.iter().skip_while(|byte| **byte == 0).count();
            (2048 / 8..=8192 / 8).contains(&modulus)
        }
        DecodingKeyKind::SecretOrDer(point) => match &jwk.algorithm {
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => point.len() == 65,
            AlgorithmParameters::EllipticCurve(_) => point.len() == 97,
            _ => point.len() == 32,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ALL: &[Algorithm] = &[Algorithm::ES256, Algorithm::PS256, Algorithm::RS256, Algorithm::EdDSA];
    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    fn read(keys: &Value) -> Result<KeySet, NoKeys> {
        KeySet::read(json!({ "keys": keys }).to_string().as_bytes(), ALL)
    }

    fn ec(kid: &str) -> Value {
        json!({"kty": "EC", "crv": "P-256", "x": X, "y": Y, "kid": kid})
    }

    #[test]
    fn keys_that_cannot_verify_tokens_are_skipped() {
        let odd = json!([
            {"kty": "oct", "k": "c2VjcmV0", "kid": "secret"},
            {"kty": "EC", "crv": "P-256", "x": X, "y": Y, "use": "enc"},
            {"kty": "EC", "crv": "P-256", "x": X, "y": Y, "key_ops": ["sign"]},
            {"kty": "EC", "crv": "P-256", "x": X, "y": Y, "alg": "RS256"},
            {"kty": "EC", "crv": "P-384", "x": X, "y": Y},
            {"kty": "EC", "crv": "P-256", "x": X, "y": "AA"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
            {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
            {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"},
            {}, 7, "key",
        ]);
        assert_eq!(read(&odd).expect_err("no key"), NoKeys::NoneUsable);
        let mut with_one_good = odd.as_array().expect("a list").clone();
        with_one_good.push(ec("good"));
        let set = read(&Value::Array(with_one_good)).expect("one key");
        assert_eq!(set.len(), 1);
        assert!(matches!(set.find(Some("good"), Algorithm::ES256), Found::Key(_)));
    }

    #[test]
    fn a_key_serves_only_its_own_algorithm() {
        let set = read(&json!([ec("k")])).expect("one key");
        assert!(matches!(set.find(Some("k"), Algorithm::RS256), Found::WrongAlgorithm));
        assert!(matches!(set.find(Some("k"), Algorithm::HS256), Found::WrongAlgorithm));
        assert!(matches!(set.find(Some("other"), Algorithm::ES256), Found::Nothing));
    }

    #[test]
    fn without_a_key_id_there_must_be_one_key_only() {
        let one = read(&json!([ec("a")])).expect("one key");
        assert!(matches!(one.find(None, Algorithm::ES256), Found::Key(_)));
        let two = read(&json!([ec("a"), ec("b")])).expect("two keys");
        assert!(matches!(two.find(None, Algorithm::ES256), Found::Nothing));
    }

    #[test]
    fn no_more_than_the_limit_of_keys_is_kept() {
        let many: Vec<Value> = (0..100).map(|at| ec(&at.to_string())).collect();
        assert_eq!(read(&Value::Array(many)).expect("keys").len(), KEYS_MAX);
    }

    #[test]
    fn what_is_not_a_key_set_is_refused() {
        for text in ["", "[]", "{}", "{\"keys\":{}}", "<html>"] {
            assert_eq!(KeySet::read(text.as_bytes(), ALL).expect_err("no set"), NoKeys::NotAKeySet, "{text}");
        }
    }
}
