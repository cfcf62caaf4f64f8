//! Handles of earlier look-ups: 128 random bits, bound to the caller, valid for some minutes, in memory only.
//!
//! The CPR number lies sealed under a key that this process made and never writes: a handle that outlives its time, or a
//! dump of somebody else's memory pages, gives no number.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use glasplade_adapters::contract::{Clock, CprNumber};
use jiff::{SignedDuration, Timestamp};

use crate::access::{Caller, Criterion, Question};
use crate::random::Random;

/// The handles that are open.
#[derive(Debug)]
pub struct Handles {
    key: RandomizedNonceKey,
    open: Mutex<Open>,
    valid: SignedDuration,
    max: usize,
    clock: Arc<dyn Clock>,
}

#[derive(Debug, Default)]
struct Open {
    by_id: HashMap<Arc<str>, Kept>,
    oldest_first: VecDeque<(Timestamp, Arc<str>)>,
}

struct Kept {
    employee: String,
    client: Option<String>,
    sealed: Vec<u8>,
    nonce: [u8; 12],
    purpose: String,
    case_ref: Option<String>,
    reason: Option<String>,
    protected_reason: Option<String>,
    household: bool,
    expires: Timestamp,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Kept").field("expires", &self.expires).finish_non_exhaustive()
    }
}

impl Handles {
    /// No handles yet, under a new key.
    ///
    /// # Panics
    /// When the crypto library does not take 32 bytes for a key of AES-256.
    pub fn new(random: &dyn Random, clock: Arc<dyn Clock>, valid: SignedDuration, max: usize) -> Self {
        let mut secret = [0_u8; 32];
        random.fill(&mut secret);
        let key = RandomizedNonceKey::new(&AES_256_GCM, &secret).expect("32 bytes are a key of AES-256");
        Self { key, open: Mutex::default(), valid, max: max.max(1), clock }
    }

    /// Opens a handle for a look-up.
    pub(super) fn open(&self, random: &dyn Random, caller: &Caller, question: &Question) -> Arc<str> {
        let id: Arc<str> = Arc::from(crate::hex(&random.bytes16()));
        let expires = self.clock.now().saturating_add(self.valid).unwrap_or(Timestamp::MAX);
        let mut sealed = question.citizen.expose().as_bytes().to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(id.as_bytes()), &mut sealed)
            .expect("ten bytes are not too long to seal");
        let kept = Kept {
            employee: caller.employee().as_str().to_owned(),
            client: caller.client_id().map(str::to_owned),
            sealed,
            nonce: *nonce.as_ref(),
            purpose: question.purpose.clone(),
            case_ref: question.case_ref.clone(),
            reason: question.reason.clone(),
            protected_reason: question.protected_reason.clone(),
            household: question.household,
            expires,
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        self.drop_old(&mut open);
        open.by_id.insert(Arc::clone(&id), kept);
        open.oldest_first.push_back((expires, Arc::clone(&id)));
        id
    }

    /// The look-up behind a handle, if it is this caller's and has not run out. The handle stays open until it does.
    pub(super) fn question(&self, id: &str, caller: &Caller) -> Option<(Arc<str>, Question)> {
        let now = self.clock.now();
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, kept) = open.by_id.get_key_value(id)?;
        let is_callers = kept.employee == caller.employee().as_str() && kept.client.as_deref() == caller.client_id();
        if !is_callers || kept.expires <= now {
            return None;
        }
        let mut sealed = kept.sealed.clone();
        let nonce = Nonce::assume_unique_for_key(kept.nonce);
        let plain = self.key.open_in_place(nonce, Aad::from(known.as_bytes()), &mut sealed).ok()?;
        let citizen = CprNumber::parse(std::str::from_utf8(plain).ok()?).ok()?;
        let question = Question {
            citizen,
            purpose: kept.purpose.clone(),
            case_ref: kept.case_ref.clone(),
            reason: kept.reason.clone(),
            emergency_reason: None,
            protected_reason: kept.protected_reason.clone(),
            household: kept.household,
            criterion: Criterion::Handle,
        };
        Some((Arc::clone(known), question))
    }

    /// Closes what has run out, and the oldest when there are too many.
    fn drop_old(&self, open: &mut Open) {
        let now = self.clock.now();
        while let Some((expires, _)) = open.oldest_first.front() {
            if *expires > now && open.oldest_first.len() < self.max {
                break;
            }
            if let Some((_, id)) = open.oldest_first.pop_front() {
                open.by_id.remove(&id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use glasplade_adapters::contract::ManualClock;

    use super::*;
    use crate::random::SystemRandom;

    fn question() -> Question {
        Question {
            citizen: CprNumber::parse("0101019999").expect("a number"),
            purpose: "own_case".to_owned(),
            case_ref: Some("2025-1".to_owned()),
            reason: None,
            emergency_reason: None,
            protected_reason: None,
            household: false,
            criterion: Criterion::Cpr,
        }
    }

    fn handles(max: usize) -> (Handles, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
        let lent: Arc<dyn Clock> = clock.clone();
        (Handles::new(&SystemRandom, lent, SignedDuration::from_mins(15), max), clock)
    }

    #[test]
    fn a_handle_gives_the_look_up_back_to_its_caller_only() {
        let (handles, _) = handles(10);
        let (caller, other) = (Caller::invented("az1", &["caseworker"]), Caller::invented("az2", &["caseworker"]));
        let id = handles.open(&SystemRandom, &caller, &question());
        let (_, found) = handles.question(&id, &caller).expect("the caller's own handle");
        assert_eq!(found.citizen, question().citizen);
        assert_eq!(found.criterion, Criterion::Handle);
        assert!(handles.question(&id, &other).is_none());
        assert!(handles.question("00", &caller).is_none());
        assert!(!format!("{handles:?}").contains("0101019999"));
    }

    #[test]
    fn a_handle_runs_out_and_the_oldest_makes_room() {
        let (handles, clock) = handles(2);
        let caller = Caller::invented("az1", &["caseworker"]);
        let ids: Vec<_> = (0..3).map(|_| handles.open(&SystemRandom, &caller, &question())).collect();
        assert!(handles.question(&ids[0], &caller).is_none());
        assert!(handles.question(&ids[2], &caller).is_some());
        clock.advance(SignedDuration::from_mins(15));
        assert!(handles.question(&ids[2], &caller).is_none());
    }
}
