//! The key set that is in use, and when it is fetched anew.
//!
//! It is fetched when there is none, when its file has changed, when it is old, and when a token names a key that is not in
//! it. A fetch that fails changes nothing: the old keys stay. Strangers can't make us fetch often: after an unknown key or
//! a failure there is a pause, and only one fetch is ever under way.

use std::sync::{Arc, PoisonError, RwLock};

use glasplade_adapters::contract::Clock;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::Algorithm;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::keys::KeySet;
use super::origin::{FileStamp, Origin};
use super::{TokenRefused, TokenSettings, TokenSettingsError};

/// The key set in use.
#[derive(Debug)]
pub(super) struct Keyring {
    origin: Origin,
    algorithms: Vec<Algorithm>,
    pause: SignedDuration,
    age_max: SignedDuration,
    clock: Arc<dyn Clock>,
    held: RwLock<Held>,
    gate: Arc<Mutex<Gate>>,
}

#[derive(Debug, Clone, Default)]
struct Held {
    /// `None` until the first fetch that succeeds.
    set: Option<Arc<KeySet>>,
    /// The file's version at the last try, whether it could be read or not.
    stamp: Option<FileStamp>,
    /// When the set was fetched.
    fetched: Option<Timestamp>,
}

/// Whoever holds the gate may fetch.
#[derive(Debug, Default)]
struct Gate {
    paused_since: Option<Timestamp>,
}

/// Why a fetch is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// There is no set, or it is old.
    Due,
    /// The file is another one than the one that was read.
    Changed,
    /// A token names a key that is not in the set.
    UnknownKey,
}

impl Keyring {
    pub(super) fn new(settings: &TokenSettings, clock: Arc<dyn Clock>) -> Result<Self, TokenSettingsError> {
        Ok(Self {
            origin: Origin::new(settings)?,
            algorithms: settings.algorithms.iter().copied().map(Algorithm::from).collect(),
            pause: SignedDuration::from_secs(settings.jwks_refetch_min_s.into()),
            age_max: SignedDuration::from_secs(settings.jwks_age_max_s.into()),
            clock,
            held: RwLock::default(),
            gate: Arc::default(),
        })
    }

    /// The set to verify with now. Waits for a fetch only when there is no set or its file has changed.
    pub(super) async fn current(self: &Arc<Self>) -> Result<Arc<KeySet>, TokenRefused> {
        let held = self.held();
        let is_changed = self.origin.stamp().is_some_and(|stamp| held.stamp != Some(stamp));
        match held.set {
            Some(set) if !is_changed => {
                if self.is_old(held.fetched) {
                    self.renew_behind();
                }
                Ok(set)
            }
            set => {
                let why = if is_changed { Why::Changed } else { Why::Due };
                self.renew(set, why).await.ok_or(TokenRefused::KeysUnavailable)
            }
        }
    }

    /// A newer set than `seen`, which lacks a key; `seen` again when there is none or it is too soon to ask.
    pub(super) async fn after_unknown_key(self: &Arc<Self>, seen: Arc<KeySet>) -> Arc<KeySet> {
        self.renew(Some(Arc::clone(&seen)), Why::UnknownKey).await.unwrap_or(seen)
    }

    /// Fetches unless somebody has done so since `seen`. The fetch is a task of its own: if it ended with the request that
    /// began it, a client that hangs up could keep us from ever seeing a new key.
    #[expect(clippy::disallowed_methods, reason = "one bounded task that must outlive the request that began it")]
    async fn renew(self: &Arc<Self>, seen: Option<Arc<KeySet>>, why: Why) -> Option<Arc<KeySet>> {
        let gate = Arc::clone(&self.gate).lock_owned().await;
        let held = self.held().set;
        let is_renewed = match (&held, &seen) {
            (Some(held), Some(seen)) => !Arc::ptr_eq(held, seen),
            (held, _) => held.is_some(),
        };
        if is_renewed {
            return held;
        }
        let ring = Arc::clone(self);
        // A panic in the task leaves the old set, like any other failure.
        let _ = tokio::spawn(async move { ring.fetch(gate, why).await }).await;
        self.held().set
    }

    /// Begins a fetch that nobody waits for, unless one is under way.
    #[expect(clippy::disallowed_methods, reason = "one bounded task; the gate keeps it the only one")]
    fn renew_behind(self: &Arc<Self>) {
        if let Ok(gate) = Arc::clone(&self.gate).try_lock_owned()
            && !self.is_paused(&gate)
        {
            let ring = Arc::clone(self);
            tokio::spawn(async move { ring.fetch(gate, Why::Due).await });
        }
    }

    async fn fetch(&self, mut gate: OwnedMutexGuard<Gate>, why: Why) {
        // A changed file is not a stranger's wish, and each version of it is tried once only.
        let stamp = self.origin.stamp();
        let is_new_file = stamp.is_some() && stamp != self.held().stamp;
        if self.is_paused(&gate) && !is_new_file {
            return;
        }
        let text = self.origin.read(&self.clock).await;
        let set = text
            .map_err(|error| error.to_string())
            .and_then(|text| KeySet::read(&text, &self.algorithms).map_err(|error| error.to_string()));
        let now = self.clock.now();
        if set.is_err() || why == Why::UnknownKey {
            gate.paused_since = Some(now);
        }
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.stamp = stamp;
        match set {
            Ok(set) => {
                tracing::info!(keys = set.len(), ?why, "the issuer's key set was read");
                held.set = Some(Arc::new(set));
                held.fetched = Some(now);
            }
            Err(reason) => tracing::warn!(reason, ?why, "the issuer's key set could not be read"),
        }
    }

    fn held(&self) -> Held {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_old(&self, fetched: Option<Timestamp>) -> bool {
        fetched.is_some_and(|fetched| self.clock.now().duration_since(fetched).abs() > self.age_max)
    }

    /// A clock that was set back ends the pause rather than prolonging it.
    fn is_paused(&self, gate: &Gate) -> bool {
        let since = gate.paused_since.map(|since| self.clock.now().duration_since(since));
        since.is_some_and(|since| !since.is_negative() && since < self.pause)
    }
}
