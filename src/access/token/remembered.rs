//! Tokens whose signature was checked a moment ago, by their SHA-256, so that a busy portal costs one check a minute.
//!
//! Only the check of the signature is saved. Times are looked at each time, and a new key set makes every memory void.

use std::sync::{Arc, Weak};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;

use super::TokenSettings;
use super::keys::KeySet;
use crate::access::Caller;

/// Most tokens that are remembered.
const TOKENS_MAX: u64 = 10_000;

/// A token's hash; the token itself is not kept.
pub(super) type TokenHash = [u8; 32];

/// A token that was found to be right.
#[derive(Debug, Clone)]
pub(super) struct Verified {
    pub(super) caller: Caller,
    /// The moment from which it may be used.
    pub(super) begins: Option<Timestamp>,
    checked: Timestamp,
    /// Which keys it was checked with.
    set: Weak<KeySet>,
}

#[derive(Debug)]
pub(super) struct Remembered {
    tokens: Cache<TokenHash, Verified>,
    age_max: SignedDuration,
}

impl Verified {
    pub(super) fn new(caller: Caller, begins: Option<Timestamp>, checked: Timestamp, set: &Arc<KeySet>) -> Self {
        Self { caller, begins, checked, set: Arc::downgrade(set) }
    }
}

impl Remembered {
    pub(super) fn new(settings: &TokenSettings) -> Self {
        let capacity = if settings.remembered_s == 0 { 0 } else { TOKENS_MAX };
        Self { tokens: Cache::new(capacity), age_max: SignedDuration::from_secs(settings.remembered_s.into()) }
    }

    pub(super) fn hash(token: &str) -> TokenHash {
        let mut hash = TokenHash::default();
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        hash
    }

    /// The token, if it was checked with this very key set and not too long ago.
    pub(super) async fn get(&self, hash: &TokenHash, set: &Arc<KeySet>, now: Timestamp) -> Option<Verified> {
        let verified = self.tokens.get(hash).await?;
        let is_recent = now.duration_since(verified.checked).abs() < self.age_max;
        let is_same_set = std::ptr::eq(verified.set.as_ptr(), Arc::as_ptr(set));
        (is_recent && is_same_set).then_some(verified)
    }

    pub(super) async fn keep(&self, hash: TokenHash, verified: Verified) {
        self.tokens.insert(hash, verified).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::token::keys::KeySet;

    #[tokio::test]
    async fn a_verified_token_is_remembered_for_less_than_a_minute_and_under_its_own_keys_only() {
        let at = |second| Timestamp::from_second(second).expect("a moment");
        let (set, newer) = (Arc::new(KeySet::default()), Arc::new(KeySet::default()));
        let remembered = Remembered::new(&TokenSettings::new("issuer", "glasplade"));
        let hash = Remembered::hash("token");
        let caller = Caller::invented("az1", &["caseworker"]);
        remembered.keep(hash, Verified::new(caller.clone(), None, at(1_000), &set)).await;
        assert!(remembered.get(&hash, &set, at(1_059)).await.is_some());
        assert!(
            remembered.get(&hash, &set, at(1_060)).await.is_none(),
            "a minute later its signature is checked again"
        );
        assert!(remembered.get(&hash, &set, at(940)).await.is_none(), "a clock that was set back remembers nothing");
        assert!(remembered.get(&hash, &newer, at(1_001)).await.is_none(), "a new key set makes the memory void");
        assert!(remembered.get(&Remembered::hash("Token"), &set, at(1_001)).await.is_none());
        let mut settings = TokenSettings::new("issuer", "glasplade");
        settings.remembered_s = 0;
        let switched_off = Remembered::new(&settings);
        switched_off.keep(hash, Verified::new(caller, None, at(1_000), &set)).await;
        assert!(switched_off.get(&hash, &set, at(1_000)).await.is_none());
    }
}
