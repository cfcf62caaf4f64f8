//! The check itself, in its order: size, header, key, signature, then issuer, audience, claims and time.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use glasplade_adapters::contract::Clock;
use jiff::SignedDuration;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde_json::Value;

use super::claims::{Claims, check_time};
use super::keyring::Keyring;
use super::keys::{Found, KeySet};
use super::remembered::{Remembered, Verified};
use super::{TokenRefused, TokenSettings, TokenSettingsError};
use crate::access::Caller;

/// Turns access tokens into callers.
#[derive(Debug)]
pub struct TokenVerifier {
    settings: TokenSettings,
    algorithms: Vec<Algorithm>,
    clock: Arc<dyn Clock>,
    keyring: Arc<Keyring>,
    remembered: Remembered,
}

/// The crypto library does not verify what it must, or verifies what it must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("verify the fixed token of the start-up test: the crypto library is missing or broken")]
pub struct SelfTestFailed;

/// ES256 example of RFC 7515, appendix A.3.
const SELF_TEST_TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.\
    eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
    DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const SELF_TEST_X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const SELF_TEST_Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

impl TokenVerifier {
    /// A verifier for one issuer. Keys are fetched at the first token, or by [`TokenVerifier::load_keys`].
    ///
    /// # Errors
    /// The first of [`TokenSettings::problems`], or a file of certificate authorities that cannot be used.
    pub fn new(settings: TokenSettings, clock: Arc<dyn Clock>) -> Result<Self, TokenSettingsError> {
        if let Some(problem) = settings.problems().first() {
            return Err(*problem);
        }
        Ok(Self {
            algorithms: settings.algorithms.iter().copied().map(Algorithm::from).collect(),
            keyring: Arc::new(Keyring::new(&settings, Arc::clone(&clock))?),
            remembered: Remembered::new(&settings),
            clock,
            settings,
        })
    }

    /// The caller whom the token speaks of. `token` is what stands behind `Bearer `.
    ///
    /// # Errors
    /// [`TokenRefused`], by what is wrong; [`TokenRefused::KeysUnavailable`] alone is our own fault.
    pub async fn verify(&self, token: &str) -> Result<Caller, TokenRefused> {
        if token.is_empty() {
            return Err(TokenRefused::Missing);
        }
        if token.len() > self.settings.token_bytes_max {
            return Err(TokenRefused::Malformed);
        }
        let set = self.keyring.current().await?;
        let (hash, now) = (Remembered::hash(token), self.clock.now());
        let verified = if let Some(verified) = self.remembered.get(&hash, &set, now).await {
            verified
        } else {
            let verified = self.check(token, set).await?;
            self.remembered.keep(hash, verified.clone()).await;
            verified
        };
        let leeway = SignedDuration::from_secs(self.settings.leeway_s.into());
        check_time(verified.caller.token_expires(), verified.begins, now, leeway)?;
        Ok(verified.caller)
    }

    /// Fetches the key set, so that the first caller need not wait; tells how many keys can be used.
    ///
    /// # Errors
    /// [`TokenRefused::KeysUnavailable`]: worth a warning at start, since the issuer may come up later than we do.
    pub async fn load_keys(&self) -> Result<usize, TokenRefused> {
        Ok(self.keyring.current().await?.len())
    }

    /// Verifies a fixed token, and refuses it when one letter is changed, so that a missing or broken crypto library shows
    /// at start and not at the first caller.
    ///
    /// # Errors
    /// [`SelfTestFailed`]: do not start.
    pub fn self_test() -> Result<(), SelfTestFailed> {
        let key = DecodingKey::from_ec_components(SELF_TEST_X, SELF_TEST_Y).map_err(|_| SelfTestFailed)?;
        let claims = check_signature(SELF_TEST_TOKEN, &key, Algorithm::ES256).map_err(|_| SelfTestFailed)?;
        let forged = SELF_TEST_TOKEN.replace(".DtEh", ".DtEi");
        let is_right = claims.0.get("iss").is_some_and(|issuer| issuer == "joe");
        let is_strict = check_signature(&forged, &key, Algorithm::ES256).is_err();
        if is_right && is_strict { Ok(()) } else { Err(SelfTestFailed) }
    }

    async fn check(&self, token: &str, set: Arc<KeySet>) -> Result<Verified, TokenRefused> {
        let header = self.header(token)?;
        let kid = header.kid.as_deref();
        let set = match set.find(kid, header.alg) {
            Found::Nothing => self.keyring.after_unknown_key(set).await,
            Found::Key(_) | Found::WrongAlgorithm => set,
        };
        let claims = match set.find(kid, header.alg) {
            Found::Key(key) => check_signature(token, &key.decoding, header.alg)?,
            Found::WrongAlgorithm => return Err(TokenRefused::BadSignature),
            Found::Nothing => return Err(TokenRefused::UnknownKey),
        };
        let (caller, begins) = claims.caller(&self.settings)?;
        let now = self.clock.now();
        claims.check_lifetime(&self.settings, now)?;
        Ok(Verified::new(caller, begins, now, &set))
    }

    /// Reads the header. Its own hints about keys are left where they are: nobody may bring their own key.
    fn header(&self, token: &str) -> Result<Header, TokenRefused> {
        if !is_plain(token) {
            return Err(TokenRefused::Malformed);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenRefused::Malformed)?;
        // RFC 7515: who does not understand what is critical must refuse; we understand no extension.
        if header.crit.is_some() {
            return Err(TokenRefused::Malformed);
        }
        let is_accepted = header.typ.as_deref().is_some_and(|typ| {
            let typ = typ.to_ascii_lowercase();
            typ == "at+jwt" || typ == "application/at+jwt" || (typ == "jwt" && self.settings.accept_typ_jwt)
        });
        if !is_accepted {
            return Err(TokenRefused::WrongType);
        }
        if self.algorithms.contains(&header.alg) { Ok(header) } else { Err(TokenRefused::BadSignature) }
    }
}

/// The library reads some headers that another reader would take for something else: a name that stands twice, an algorithm
/// that is no text. Such a token is none of ours.
fn is_plain(token: &str) -> bool {
    let header = token.split('.').next().and_then(|header| URL_SAFE_NO_PAD.decode(header).ok());
    let header = header.and_then(|header| serde_json::from_slice::<Claims>(&header).ok());
    header.is_some_and(|Claims(header)| header.get("alg").is_some_and(Value::is_string))
}

/// The claims, if `key` has signed them with `algorithm`. The library looks at nothing else: issuer, audience and time are
/// ours to check, with our clock.
fn check_signature(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Result<Claims, TokenRefused> {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let decoded = jsonwebtoken::decode::<Claims>(token, key, &validation);
    decoded.map(|decoded| decoded.claims).map_err(|error| match error.kind() {
        ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm | ErrorKind::InvalidKeyFormat => {
            TokenRefused::BadSignature
        }
        _ => TokenRefused::Malformed,
    })
}
