//! Access tokens: none that the issuer has not signed is taken, whatever it says of itself.

use std::cell::LazyCell;
use std::sync::Arc;

use glasplade::access::token::{TokenSettings, TokenVerifier};
use glasplade::demo::issuer::{AUDIENCE, DemoIssuer, ISSUER};
use glasplade_adapters::contract::ManualClock;
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Runtime;

use crate::folder::Folder;

struct Rig {
    runtime: Runtime,
    verifier: TokenVerifier,
    /// Header, claims and signature of a token that is taken.
    good: [String; 3],
    _folder: Folder,
}

thread_local! {
    static RIG: LazyCell<Rig> = LazyCell::new(Rig::open);
}

impl Rig {
    fn open() -> Self {
        let folder = Folder::new("tokens");
        let now: Timestamp = "2026-11-23T08:00:00Z".parse().expect("a moment");
        let issuer = DemoIssuer::open(&folder.0).expect("an issuer");
        let mut settings = TokenSettings::new(ISSUER, AUDIENCE);
        settings.jwks_file = Some(issuer.key_set_file().to_owned());
        let verifier = TokenVerifier::new(settings, Arc::new(ManualClock::at(now))).expect("settings");
        let token = issuer.token("reception", now, SignedDuration::from_hours(1)).expect("a token");
        let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        assert!(runtime.block_on(verifier.verify(&token)).is_ok(), "the good token is taken");
        Self { runtime, verifier, good: parts.try_into().expect("three parts"), _folder: folder }
    }

    fn refuses(&self, token: &str) {
        assert!(self.runtime.block_on(self.verifier.verify(token)).is_err(), "a token that nobody signed is taken");
    }
}

/// The first byte chooses: a token as it is; or a header, a line end and claims under somebody else's signature; or a good
/// token with some of its bytes changed. None is taken.
pub(crate) fn try_one(bytes: &[u8]) -> bool {
    let Some((choice, rest)) = bytes.split_first() else { return false };
    RIG.with(|rig| {
        let [header, claims, signature] = &rig.good;
        match choice % 3 {
            0 => rig.refuses(&String::from_utf8_lossy(rest)),
            1 => {
                let (first, second) = rest
                    .iter()
                    .position(|byte| *byte == b'\n')
                    .map_or((rest, &rest[..0]), |at| (&rest[..at], &rest[at + 1..]));
                for (header, claims) in
                    [(&base64(first), claims), (header, &base64(second)), (&base64(first), &base64(second))]
                {
                    if (header, claims) != (&rig.good[0], &rig.good[1]) {
                        rig.refuses(&format!("{header}.{claims}.{signature}"));
                        rig.refuses(&format!("{header}.{claims}."));
                        rig.refuses(&format!("{header}.{claims}"));
                    }
                }
            }
            _ => {
                let mut token = format!("{header}.{claims}").into_bytes();
                let whole = token.clone();
                for edit in rest.chunks_exact(3) {
                    let at = usize::from(u16::from_be_bytes([edit[0], edit[1]])) % token.len();
                    token[at] = edit[2];
                }
                if token != whole {
                    rig.refuses(&format!("{}.{signature}", String::from_utf8_lossy(&token)));
                }
            }
        }
    });
    false
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().chain([&0; 3]).take(3).fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        for place in 0..=chunk.len() {
            text.push(char::from(LETTERS[number >> (18 - 6 * place) & 63]));
        }
    }
    text
}
