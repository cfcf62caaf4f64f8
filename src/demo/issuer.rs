//! The demo's token issuer: signs tokens for invented callers, so that the demo needs no identity provider.
//!
//! Not part of a shipped build. Its key is made on this machine at first use, and no configuration but the demo's trusts it.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;

use super::handles::{HANDLES, Handle};

/// Who the demo's tokens are from. The name cannot exist on the internet (RFC 2606).
pub const ISSUER: &str = "https://issuer.demo.example";

/// Whom the demo's tokens are for.
pub const AUDIENCE: &str = "glasplade";
/// What the auditors' listener is called in `aud`; the same stands in the demo's configuration.
const AUDIT_AUDIENCE: &str = "glasplade-audit";

/// The program that the demo's tokens name.
pub const CLIENT_ID: &str = "demo-portal";

const KEY_FILE: &str = "issuer-key.p8";
const KEY_SET_FILE: &str = "jwks.json";

/// Signs the demo's tokens.
#[derive(Debug)]
pub struct DemoIssuer {
    key: EncodingKey,
    kid: String,
    key_set_file: PathBuf,
}

/// There is no such caller in the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("find the demo's caller: write one of {}", names())]
pub struct UnknownHandle;

/// All handles, with commas between.
pub fn names() -> String {
    HANDLES.iter().map(|handle| handle.name).collect::<Vec<_>>().join(", ")
}

impl DemoIssuer {
    /// The issuer whose key lies in `state_dir`; makes folder and key at first use, and writes `jwks.json` beside it.
    /// Processes that start together end up with one key.
    ///
    /// # Errors
    /// When the folder cannot be written, or holds a key that cannot be read.
    pub fn open(state_dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(state_dir)?;
        let key_file = state_dir.join(KEY_FILE);
        if !key_file.exists() {
            create_key(state_dir, &key_file)?;
        }
        let key = EncodingKey::from_ec_der(&fs::read(&key_file)?);
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).map_err(|_| unreadable())?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| unreadable())?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let key_set_file = state_dir.join(KEY_SET_FILE);
        write_whole(state_dir, &key_set_file, format!("{:#}\n", json!({ "keys": [jwk] })).as_bytes())?;
        Ok(Self { key, kid, key_set_file })
    }

    /// The key set that a verifier reads.
    pub fn key_set_file(&self) -> &Path {
        &self.key_set_file
    }

    /// A token for the caller behind `handle`, from `now` and for as long as `valid`.
    ///
    /// # Errors
    /// [`UnknownHandle`], with the names that exist.
    pub fn token(&self, handle: &str, now: Timestamp, valid: SignedDuration) -> Result<String, UnknownHandle> {
        let handle = HANDLES.iter().find(|known| known.name == handle).ok_or(UnknownHandle)?;
        Ok(self.sign(handle, now, valid))
    }

    /// A token for any caller, the demo's or a test's own.
    ///
    /// # Panics
    /// When the crypto library refuses a key that [`DemoIssuer::open`] has read with it.
    pub fn sign(&self, handle: &Handle, now: Timestamp, valid: SignedDuration) -> String {
        // Who audits asks at both doors; everybody else at the service's alone.
        let audits = handle.roles.iter().any(|role| matches!(*role, "auditor" | "insight_officer"));
        let audiences: &[&str] = if audits { &[AUDIENCE, AUDIT_AUDIENCE] } else { &[AUDIENCE] };
        self.sign_for(audiences, handle, now, valid)
    }

    /// A token for these audiences.
    ///
    /// # Panics
    /// As [`DemoIssuer::sign`].
    pub fn sign_for(&self, audiences: &[&str], handle: &Handle, now: Timestamp, valid: SignedDuration) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(self.kid.clone());
        let claims = claims(audiences, handle, now, now.saturating_add(valid).unwrap_or(Timestamp::MAX));
        jsonwebtoken::encode(&header, &claims, &self.key).expect("an ES256 key that was read can sign")
    }
}

fn claims(audiences: &[&str], handle: &Handle, now: Timestamp, expires: Timestamp) -> serde_json::Value {
    json!({
        "iss": ISSUER,
        "aud": audiences,
        "client_id": CLIENT_ID,
        "jti": random_name(),
        "iat": now.as_second(),
        "nbf": now.as_second(),
        "exp": expires.as_second(),
        "sub": handle.employee,
        "department": handle.department,
        "unit": handle.unit,
        "roles": handle.roles,
        "kle": handle.kle,
        "sensitivity_max": handle.sensitivity_max,
    })
}

/// Makes a key under another name and then claims the right one with a link, which only one of several processes can do.
fn create_key(state_dir: &Path, key_file: &Path) -> io::Result<()> {
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let made = made.map_err(|_| io::Error::other("the crypto library makes no key"))?;
    let draft = write_draft(state_dir, made.as_ref())?;
    let claimed = fs::hard_link(&draft, key_file);
    fs::remove_file(&draft)?;
    match claimed {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        claimed => claimed,
    }
}

/// Replaces a file in one step, so that nobody reads half of it.
fn write_whole(state_dir: &Path, file: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::rename(write_draft(state_dir, bytes)?, file)
}

/// A new file that only its owner may read.
fn write_draft(state_dir: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let path = state_dir.join(format!(".{}.draft", random_name()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(path)
}

fn random_name() -> String {
    let mut random = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut random).expect("the machine gives random numbers");
    random.iter().fold(String::with_capacity(32), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    })
}

fn unreadable() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "issuer-key.p8 is not an ES256 key in PKCS#8")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::sync::{Arc, Barrier};

    use glasplade_adapters::contract::ManualClock;

    use super::*;
    use crate::access::token::{TokenRefused, TokenSettings, TokenVerifier};

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    struct StateDir(PathBuf);

    impl StateDir {
        fn new() -> Self {
            Self(std::env::temp_dir().join(format!("glasplade-issuer-{}", random_name())))
        }
    }

    impl Drop for StateDir {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn now() -> Timestamp {
        "2026-11-23T08:00:00Z".parse().expect("a moment")
    }

    fn verifier(issuer: &DemoIssuer, clock: &Arc<ManualClock>) -> TokenVerifier {
        let mut settings = TokenSettings::new(ISSUER, AUDIENCE);
        settings.jwks_file = Some(issuer.key_set_file().to_owned());
        TokenVerifier::new(settings, Arc::clone(clock) as _).expect("settings")
    }

    #[tokio::test]
    async fn every_handle_gets_a_token_that_the_service_takes() {
        let dir = StateDir::new();
        let issuer = DemoIssuer::open(&dir.0).expect("an issuer");
        let verifier = verifier(&issuer, &Arc::new(ManualClock::at(now())));
        for handle in HANDLES {
            let token = issuer.token(handle.name, now(), HOUR).expect("a token");
            let caller = verifier.verify(&token).await.expect(handle.name);
            assert_eq!(caller.employee().as_str(), handle.employee);
            assert_eq!(caller.unit(), handle.unit);
            assert!(handle.roles.iter().all(|role| caller.has_role(role)));
            assert_eq!(caller.client_id(), Some(CLIENT_ID));
            assert_eq!(caller.kle().iter().map(crate::access::KlePrefix::as_str).collect::<Vec<_>>(), handle.kle);
        }
    }

    #[tokio::test]
    async fn a_token_ends_when_it_says() {
        let dir = StateDir::new();
        let issuer = DemoIssuer::open(&dir.0).expect("an issuer");
        let clock = Arc::new(ManualClock::at(now()));
        let verifier = verifier(&issuer, &clock);
        let token = issuer.token("reception", now(), HOUR).expect("a token");
        assert!(verifier.verify(&token).await.is_ok());
        clock.advance(HOUR + SignedDuration::from_secs(30));
        assert_eq!(verifier.verify(&token).await, Err(TokenRefused::Expired));
    }

    #[test]
    fn an_unknown_handle_is_told_which_ones_exist() {
        let dir = StateDir::new();
        let issuer = DemoIssuer::open(&dir.0).expect("an issuer");
        let error = issuer.token("mayor", now(), HOUR).expect_err("no such caller");
        assert!(error.to_string().contains("coordinator-youth") && error.to_string().contains("operator"));
    }

    #[test]
    fn only_the_owner_can_read_the_key_and_it_lasts() {
        let dir = StateDir::new();
        let first = DemoIssuer::open(&dir.0).expect("an issuer");
        let mode = fs::metadata(dir.0.join(KEY_FILE)).expect("the key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(DemoIssuer::open(&dir.0).expect("the same issuer").kid, first.kid);
        assert!(!format!("{first:?}").contains("[4"), "the key's bytes are not shown");
    }

    #[test]
    fn processes_that_start_together_end_up_with_one_key() {
        let (dir, barrier) = (StateDir::new(), Barrier::new(8));
        let open = || {
            barrier.wait();
            DemoIssuer::open(&dir.0).expect("an issuer").kid
        };
        let kids: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().expect("a thread")).collect()
        });
        assert!(kids.iter().all(|kid| *kid == kids[0]));
        let files = fs::read_dir(&dir.0).expect("the folder").count();
        assert_eq!(files, 2, "no drafts are left behind");
    }

    #[test]
    fn a_key_file_with_something_else_in_it_is_an_error() {
        let dir = StateDir::new();
        fs::create_dir_all(&dir.0).expect("a folder");
        fs::write(dir.0.join(KEY_FILE), "not a key").expect("a file");
        assert_eq!(DemoIssuer::open(&dir.0).expect_err("no key").kind(), io::ErrorKind::InvalidData);
    }
}
