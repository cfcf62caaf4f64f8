//! The token suite: an issuer with real keys, and everything that somebody could try instead of an honest token.

mod crossed;
mod forgeries;
mod rotation;
mod shapes;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    RsaKeyPair,
};
use glasplade_adapters::contract::ManualClock;
use glasplade_adapters::fake::{FakeAnswer, FakeRequest, FakeServer, FakeSystem, VendorFault, World};
use jiff::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::{TokenSettings, TokenVerifier};

const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "glasplade";

fn now() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().expect("a moment")
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(now()))
}

/// A private key with a name.
struct TestKey {
    kid: String,
    algorithm: Algorithm,
    private: EncodingKey,
    /// The public half, as somebody might misuse it as a secret.
    public: Vec<u8>,
}

impl TestKey {
    fn es256(kid: &str) -> Self {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref()).expect("a key pair");
        let private = EncodingKey::from_ec_der(made.as_ref());
        Self { kid: kid.to_owned(), algorithm: Algorithm::ES256, private, public: pair.public_key().as_ref().to_vec() }
    }

    fn es384(kid: &str) -> Self {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &SystemRandom::new()).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, made.as_ref()).expect("a key pair");
        let private = EncodingKey::from_ec_der(made.as_ref());
        Self { kid: kid.to_owned(), algorithm: Algorithm::ES384, private, public: pair.public_key().as_ref().to_vec() }
    }

    fn rsa(kid: &str, algorithm: Algorithm) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
        let private = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).expect("the key's bytes");
        // The library wants the key itself (PKCS#1), which PKCS#8 of this size wraps in 26 bytes.
        let private = EncodingKey::from_rsa_der(&private.as_ref()[26..]);
        Self { kid: kid.to_owned(), algorithm, private, public: pair.public_key().as_ref().to_vec() }
    }

    fn ed25519(kid: &str) -> Self {
        let pair = Ed25519KeyPair::generate().expect("a key");
        let private = EncodingKey::from_ed_der(pair.to_pkcs8v1().expect("the key's bytes").as_ref());
        Self { kid: kid.to_owned(), algorithm: Algorithm::EdDSA, private, public: pair.public_key().as_ref().to_vec() }
    }

    fn jwk(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.private, self.algorithm).expect("a public key");
        jwk.common.key_id = Some(self.kid.clone());
        serde_json::to_value(jwk).expect("a public key as JSON")
    }

    fn header(&self) -> Value {
        json!({"alg": self.algorithm, "typ": "at+jwt", "kid": self.kid})
    }

    /// An honest token.
    fn token(&self) -> String {
        self.sign(&self.header(), &claims())
    }

    /// A token whose claims were changed before it was signed.
    fn token_with(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = claims();
        change(&mut claims);
        self.sign(&self.header(), &claims)
    }

    /// Signs any header and any claims with this key, whatever the header says.
    fn sign(&self, header: &Value, claims: &Value) -> String {
        sign(header, claims, &self.private, self.algorithm)
    }
}

fn sign(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    sign_text(&header.to_string(), &claims.to_string(), key, algorithm)
}

/// Signs texts that need not be JSON.
fn sign_text(header: &str, claims: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", base64url(header), base64url(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).expect("a signature");
    format!("{message}.{signature}")
}

fn claims() -> Value {
    let now = now().as_second();
    json!({
        "iss": ISSUER, "aud": [AUDIENCE], "sub": "AZ10002", "client_id": "portal", "iat": now, "nbf": now,
        "exp": now + 3_600, "department": "JVS", "unit": "JVS-JOB", "roles": ["caseworker"], "kle": ["15"],
        "sensitivity_max": 2,
    })
}

fn key_set(keys: &[&TestKey]) -> String {
    json!({ "keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>() }).to_string()
}

fn base64url(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let group = |bytes: &[u8]| {
        let bits = bytes.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - bytes.len()));
        let letters = [18, 12, 6, 0].map(|shift| char::from(LETTERS[bits >> shift & 63]));
        letters.into_iter().take(bytes.len() + 1).collect::<String>()
    };
    text.as_bytes().chunks(3).map(group).collect()
}

/// An issuer's key set at an address, which can be changed while it is served.
#[derive(Clone, Default)]
struct Issuer(Arc<Mutex<String>>);

impl Issuer {
    fn publish(&self, text: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }
}

impl FakeSystem for Issuer {
    fn name(&self) -> &'static str {
        "issuer"
    }
    fn citizen(&self, _: &FakeRequest) -> Option<String> {
        None
    }
    fn answer(&self, _: &FakeRequest) -> FakeAnswer {
        FakeAnswer::new(200, "application/jwk-set+json", self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
    fn fault(&self, _: &FakeRequest, _: VendorFault) -> FakeAnswer {
        FakeAnswer::new(500, "text/plain", "")
    }
}

/// A running issuer and a verifier that asks it.
async fn served(keys: &[&TestKey], clock: &Arc<ManualClock>) -> (Issuer, FakeServer, Arc<TokenVerifier>) {
    let issuer = Issuer::default();
    issuer.publish(key_set(keys));
    let any_port = "127.0.0.1:0".parse().expect("an address");
    let server = FakeServer::start(Arc::new(issuer.clone()), Arc::new(World::default()), any_port, any_port).await;
    let server = server.expect("a server");
    let mut settings = TokenSettings::new(ISSUER, AUDIENCE);
    settings.jwks_url = Some(format!("{}/keys", server.base_url()));
    let verifier = TokenVerifier::new(settings, Arc::clone(clock) as _).expect("settings");
    (issuer, server, Arc::new(verifier))
}

/// A key set in a file that is gone when the test ends.
struct KeyFile(PathBuf);

impl KeyFile {
    fn new(text: &str) -> Self {
        let mut random = [0_u8; 8];
        aws_lc_rs::rand::fill(&mut random).expect("random numbers");
        let path = std::env::temp_dir().join(format!("glasplade-keys-{:016x}.json", u64::from_ne_bytes(random)));
        std::fs::write(&path, text).expect("a file");
        Self(path)
    }

    fn verifier(&self, clock: &Arc<ManualClock>, change: impl FnOnce(&mut TokenSettings)) -> TokenVerifier {
        let mut settings = TokenSettings::new(ISSUER, AUDIENCE);
        settings.jwks_file = Some(self.0.clone());
        change(&mut settings);
        TokenVerifier::new(settings, Arc::clone(clock) as _).expect("settings")
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
