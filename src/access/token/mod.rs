//! [DK] adgangsbillet: a signed access token (RFC 9068) becomes a [`Caller`](super::Caller), or a reason why not.
//!
//! We only verify: there is no log-in here. Keys come from the issuer's key set, the time from the lent clock. The token's
//! own hints about keys (`jwk`, `jku`, `x5u`, `x5c`) are never followed, and no text of ours repeats a token.

mod claims;
mod keyring;
mod keys;
mod origin;
mod refused;
mod remembered;
mod settings;
mod verifier;

#[cfg(all(test, feature = "fakes"))]
mod suite;

pub use refused::TokenRefused;
pub use settings::{ClaimNames, SigningAlgorithm, TokenSettings, TokenSettingsError};
pub use verifier::{SelfTestFailed, TokenVerifier};
