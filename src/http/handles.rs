//! Handles of earlier look-ups: 128 bits that nobody can guess, bound to the caller, valid for some minutes, in memory only.
//!
//! A look-up's own handle is random. A relative's in its family view follows from it, under a key of this process, so that the
//! look-up repeated gives the same bytes and with them the same entity tag.
//!
//! The CPR number lies sealed under a key that this process made and never writes: a handle that outlives its time, or a
//! dump of somebody else's memory pages, gives no number.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use glasplade_adapters::contract::{Clock, CprNumber};
use jiff::{SignedDuration, Timestamp};

use crate::access::{Caller, Criterion, EmergencyAsked, Question};
use crate::random::Random;

/// The handles that are open.
#[derive(Debug)]
pub struct Handles {
    key: RandomizedNonceKey,
    of_relatives: hmac::Key,
    open: Mutex<Open>,
    valid: SignedDuration,
    max: usize,
    clock: Arc<dyn Clock>,
}

#[derive(Debug, Default)]
struct Open {
    by_id: HashMap<Arc<str>, Kept>,
    /// By [`Kept::place`]: each open handle once.
    oldest_first: BTreeMap<u64, Arc<str>>,
    next_place: u64,
}

struct Kept {
    employee: String,
    client: Option<String>,
    sealed: Vec<u8>,
    nonce: [u8; 12],
    purpose: String,
    case_ref: Option<String>,
    reason: Option<String>,
    emergency: Option<EmergencyAsked>,
    protected_reason: Option<String>,
    household: bool,
    /// An answer under it has shown something of the citizen.
    has_shown: bool,
    expires: Timestamp,
    /// Where it stands among the others, by when it was last opened.
    place: u64,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Kept").field("expires", &self.expires).finish_non_exhaustive()
    }
}

impl Handles {
    /// No handles yet, under new keys.
    ///
    /// # Panics
    /// When the crypto library does not take 32 bytes for a key of AES-256.
    pub fn new(random: &dyn Random, clock: Arc<dyn Clock>, valid: SignedDuration, max: usize) -> Self {
        let mut secret = [0_u8; 32];
        random.fill(&mut secret);
        let key = RandomizedNonceKey::new(&AES_256_GCM, &secret).expect("32 bytes are a key of AES-256");
        random.fill(&mut secret);
        let of_relatives = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        Self { key, of_relatives, open: Mutex::default(), valid, max: max.max(1), clock }
    }

    /// Opens a handle for a look-up.
    pub(super) fn open(&self, random: &dyn Random, caller: &Caller, question: &Question) -> Arc<str> {
        self.keep(Arc::from(crate::hex(&random.bytes16())), caller, question)
    }

    /// Opens the handle of a relative in the answer of `parent`: the first 16 bytes of HMAC-SHA-256 over both, so that it is
    /// the same each time. Opened again, it is valid anew.
    pub(super) fn open_relative(&self, parent: &str, caller: &Caller, question: &Question) -> Arc<str> {
        let mut mac = hmac::Context::with_key(&self.of_relatives);
        mac.update(parent.as_bytes());
        mac.update(question.citizen.expose().as_bytes()); // always ten digits, so that no two pairs read alike
        self.keep(Arc::from(crate::hex(&mac.sign().as_ref()[..16])), caller, question)
    }

    fn keep(&self, id: Arc<str>, caller: &Caller, question: &Question) -> Arc<str> {
        let expires = self.clock.now().saturating_add(self.valid).unwrap_or(Timestamp::MAX);
        let mut sealed = question.citizen.expose().as_bytes().to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(id.as_bytes()), &mut sealed)
            .expect("ten bytes are not too long to seal");
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // Opened again: its old place must not close it early, nor count twice.
        let before = open.by_id.remove(&id);
        if let Some(before) = &before {
            open.oldest_first.remove(&before.place);
        }
        self.drop_old(&mut open);
        let place = open.next_place;
        open.next_place += 1;
        let kept = Kept {
            employee: caller.employee().as_str().to_owned(),
            client: caller.client_id().map(str::to_owned),
            sealed,
            nonce: *nonce.as_ref(),
            purpose: question.purpose.clone(),
            case_ref: question.case_ref.clone(),
            reason: question.reason.clone(),
            emergency: question.emergency.clone(),
            protected_reason: question.protected_reason.clone(),
            household: question.household,
            has_shown: before.is_some_and(|before| before.has_shown),
            expires,
            place,
        };
        open.by_id.insert(Arc::clone(&id), kept);
        open.oldest_first.insert(place, Arc::clone(&id));
        id
    }

    /// An answer under this handle shows something of the citizen.
    pub(super) fn shown(&self, id: &str) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = open.by_id.get_mut(id) {
            kept.has_shown = true;
        }
    }

    /// An answer under this handle, which is the caller's, has shown something of the citizen.
    pub(super) fn has_shown(&self, id: &str, caller: &Caller) -> bool {
        let is_theirs = self.question(id, caller).is_some();
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        is_theirs && open.by_id.get(id).is_some_and(|kept| kept.has_shown)
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
            emergency: kept.emergency.clone(),
            protected_reason: kept.protected_reason.clone(),
            household: kept.household,
            criterion: Criterion::Handle,
        };
        Some((Arc::clone(known), question))
    }

    /// Closes what has run out, and the oldest when there are too many.
    fn drop_old(&self, open: &mut Open) {
        let now = self.clock.now();
        while let Some(oldest) = open.oldest_first.first_entry() {
            let is_valid = open.by_id.get(oldest.get()).is_some_and(|kept| kept.expires > now);
            if is_valid && open.by_id.len() < self.max {
                break;
            }
            open.by_id.remove(&oldest.remove());
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
            emergency: None,
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

    #[test]
    fn a_relative_s_handle_follows_from_the_look_up_and_from_nothing_that_a_caller_knows() {
        let ((handles, _), (other_process, _)) = (handles(10), handles(10));
        let caller = Caller::invented("az1", &["caseworker"]);
        let child = question();
        let spouse = Question { citizen: CprNumber::parse("0202029999").expect("a number"), ..question() };
        let id = handles.open_relative("one", &caller, &child);
        assert_eq!(id.len(), 32);
        assert_eq!(handles.open_relative("one", &caller, &child), id, "the look-up repeated");
        assert_ne!(handles.open_relative("other", &caller, &child), id, "another look-up");
        assert_ne!(handles.open_relative("one", &caller, &spouse), id, "another relative");
        assert_ne!(other_process.open_relative("one", &caller, &child), id, "another process");
        let (_, found) = handles.question(&id, &caller).expect("the caller's own handle");
        assert_eq!(found.citizen, child.citizen);
        assert!(handles.question(&id, &Caller::invented("az2", &["caseworker"])).is_none());
    }

    #[test]
    fn a_relative_s_handle_that_is_opened_again_is_valid_anew_and_counts_once() {
        let (handles, clock) = handles(2);
        let caller = Caller::invented("az1", &["caseworker"]);
        let parent = handles.open(&SystemRandom, &caller, &question());
        let id = handles.open_relative(&parent, &caller, &question());
        clock.advance(SignedDuration::from_mins(10));
        handles.open_relative(&parent, &caller, &question());
        assert!(handles.question(&parent, &caller).is_some(), "opened again takes nobody's room");
        clock.advance(SignedDuration::from_mins(10));
        assert!(handles.question(&parent, &caller).is_none());
        assert!(handles.question(&id, &caller).is_some(), "fifteen minutes from when it was opened last");
        // One more closes the parent, which has run out; a third makes room by closing the oldest.
        let next = handles.open(&SystemRandom, &caller, &question());
        assert!(handles.question(&id, &caller).is_some() && handles.question(&next, &caller).is_some());
        handles.open(&SystemRandom, &caller, &question());
        assert!(handles.question(&id, &caller).is_none() && handles.question(&next, &caller).is_some());
        clock.advance(SignedDuration::from_mins(15));
        assert!(handles.question(&next, &caller).is_none());
        handles.open(&SystemRandom, &caller, &question());
        let open = handles.open.lock().expect("nobody panicked");
        assert_eq!((open.by_id.len(), open.oldest_first.len()), (1, 1), "what has run out is gone from both");
    }
}
