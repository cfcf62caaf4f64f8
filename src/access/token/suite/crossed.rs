//! The right shape with the wrong mathematics: curves, signatures and keys that do not belong together.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::forgeries::refusal_of;
use super::{KeyFile, TestKey, claims, clock, key_set, sign};
use crate::access::token::{SigningAlgorithm, TokenRefused};

#[tokio::test]
async fn a_signature_on_another_curve_is_refused_whatever_the_header_says() {
    let (small, large) = (TestKey::es256("small"), TestKey::es384("large"));
    let file = KeyFile::new(&key_set(&[&small, &large]));
    let both = vec![SigningAlgorithm::Es256, SigningAlgorithm::Es384];
    let verifier = file.verifier(&clock(), |settings| settings.algorithms = both);
    for (key, kid, alg) in [
        (&large, "large", "ES256"),
        (&large, "small", "ES384"),
        (&large, "small", "ES256"),
        (&small, "large", "ES256"),
        (&small, "large", "ES384"),
        (&small, "small", "ES384"),
    ] {
        let token = key.sign(&json!({"alg": alg, "typ": "at+jwt", "kid": kid}), &claims());
        assert_eq!(verifier.verify(&token).await, Err(TokenRefused::BadSignature), "{kid} {alg}");
    }
    assert!(verifier.verify(&small.token()).await.is_ok() && verifier.verify(&large.token()).await.is_ok());
}

#[tokio::test]
async fn a_key_that_lies_about_its_curve_is_no_key() {
    let large = TestKey::es384("k");
    for change in
        [json!({"alg": "ES256"}), json!({"crv": "P-256"}), json!({"crv": "secp256k1"}), json!({"crv": "P-521"})]
    {
        let mut jwk = large.jwk();
        for (name, value) in change.as_object().expect("an object") {
            jwk[name] = value.clone();
        }
        let file = KeyFile::new(&json!({ "keys": [jwk] }).to_string());
        let every = vec![SigningAlgorithm::Es256, SigningAlgorithm::Es384];
        let verifier = file.verifier(&clock(), |settings| settings.algorithms = every);
        assert_eq!(verifier.verify(&large.token()).await, Err(TokenRefused::KeysUnavailable), "{change}");
    }
}

#[tokio::test]
async fn a_signature_of_zeroes_or_of_another_length_proves_nothing() {
    let key = TestKey::es256("k");
    let honest = key.token();
    let (message, signature) = honest.rsplit_once('.').expect("three parts");
    let bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64");
    assert_eq!(bytes.len(), 64);
    let swapped = [&bytes[32..], &bytes[..32]].concat();
    let with_zeroes = [&[0], &bytes[..32], &[0], &bytes[32..]].concat();
    let forged: [&[u8]; 8] =
        [&[], &[0], &[0; 64], &[0xff; 64], &bytes[..63], &[bytes.as_slice(), &[0]].concat(), &swapped, &with_zeroes];
    for signature in forged {
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
        assert_eq!(refusal_of(&key, &token).await, TokenRefused::BadSignature, "{} bytes", signature.len());
    }
}

#[tokio::test]
async fn a_public_key_as_text_is_not_a_secret_to_sign_with_either() {
    let key = TestKey::rsa("k", Algorithm::RS256);
    let body = STANDARD.encode(&key.public);
    let lines: Vec<&str> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    let pem = format!("-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n", lines.join("\n"));
    let jwk = key.jwk();
    let modulus = jwk["n"].as_str().expect("a modulus").to_owned();
    for secret in [pem.as_str(), pem.trim_end(), &body, &modulus] {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let header = json!({"alg": algorithm, "typ": "at+jwt", "kid": "k"});
            let token = sign(&header, &claims(), &EncodingKey::from_secret(secret.as_bytes()), algorithm);
            assert_eq!(refusal_of(&key, &token).await, TokenRefused::BadSignature);
        }
    }
}

#[tokio::test]
async fn a_shared_secret_in_the_key_set_signs_for_nobody() {
    let key = TestKey::es256("k");
    let secret = b"a secret that stands in a public key set".as_slice();
    let shared = json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(secret), "kid": "shared", "alg": "HS256"});
    let file = KeyFile::new(&json!({ "keys": [key.jwk(), shared] }).to_string());
    let verifier = file.verifier(&clock(), |_| {});
    let forge = |kid: Value| {
        let header = json!({"alg": "HS256", "typ": "at+jwt", "kid": kid});
        sign(&header, &claims(), &EncodingKey::from_secret(secret), Algorithm::HS256)
    };
    for kid in [json!("shared"), json!("k"), Value::Null] {
        assert_eq!(verifier.verify(&forge(kid)).await, Err(TokenRefused::BadSignature));
    }
    assert!(verifier.verify(&key.token()).await.is_ok());
}
