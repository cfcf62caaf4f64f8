//! Handles of earlier look-ups: 128 bits that nobody can guess, bound to the caller, valid for some minutes, in memory only.
//!
//! A look-up's own handle is random. A relative's in its family view follows from it, under a key of this process, so that the
//! look-up repeated gives the same bytes and with them the same entity tag.
//!
//! What was asked lies sealed, to the handle and its caller, under a key that this process made and never writes: a handle that
//! outlives its time, another caller's, or a dump of somebody else's memory pages gives no number and no reason.
//!
//! There is one for each look-up of the last quarter of an hour: some 200 bytes each, without a text of its own.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use glasplade_adapters::contract::{Clock, CprNumber};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::access::{Caller, Criterion, EmergencyAsked, EmergencyCode, Question};
use crate::audit::hex::decode;
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
    by_id: HashMap<Id, Kept>,
    /// By [`Kept::place`]: each open handle once.
    oldest_first: BTreeMap<u64, Id>,
    next_place: u64,
}

/// A handle's own bytes.
type Id = [u8; 16];

#[derive(Debug)]
struct Kept {
    /// An [`Asked`], to this handle and caller.
    sealed: Box<[u8]>,
    nonce: [u8; NONCE_LEN],
    /// An answer under it has shown something of the citizen.
    has_shown: bool,
    /// In microseconds since 1970.
    expires_us: i64,
    /// Where it stands among the others, by when it was last opened.
    place: u64,
}

/// What was asked, as it is sealed: number, purpose, case, reason, emergency, reason for protected facts, family.
#[derive(Serialize, Deserialize)]
struct Asked<Text>(Text, Text, Option<Text>, Option<Text>, Option<(EmergencyCode, Text)>, Option<Text>, bool);

impl<'a> Asked<&'a str> {
    fn by(question: &'a Question) -> Self {
        Self(
            question.citizen.expose(),
            &question.purpose,
            question.case_ref.as_deref(),
            question.reason.as_deref(),
            question.emergency.as_ref().map(|asked| (asked.code, asked.reason.as_str())),
            question.protected_reason.as_deref(),
            question.household,
        )
    }
}

impl Asked<String> {
    fn again(self) -> Option<Question> {
        let Self(citizen, purpose, case_ref, reason, emergency, protected_reason, household) = self;
        Some(Question {
            citizen: CprNumber::parse(&citizen).ok()?,
            purpose,
            case_ref,
            reason,
            emergency: emergency.map(|(code, reason)| EmergencyAsked { code, reason }),
            protected_reason,
            household,
            criterion: Criterion::Handle,
        })
    }
}

/// What a handle is sealed to: nobody else opens it. Each part but the last with its length before it, so that no two are one text.
fn bound_to(id: Id, caller: &Caller) -> Vec<u8> {
    let employee = caller.employee().as_str().as_bytes();
    let client = caller.client_id().map(str::as_bytes);
    let mut bound = Vec::with_capacity(id.len() + 9 + employee.len() + client.map_or(0, <[u8]>::len));
    bound.extend_from_slice(&id);
    bound.extend_from_slice(&(employee.len() as u64).to_be_bytes());
    bound.extend_from_slice(employee);
    bound.push(u8::from(client.is_some()));
    bound.extend_from_slice(client.unwrap_or_default());
    bound
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
        self.keep(random.bytes16(), caller, question)
    }

    /// Opens the handle of a relative in the answer of `parent`: the first 16 bytes of HMAC-SHA-256 over both, so that it is
    /// the same each time. Opened again, it is valid anew.
    pub(super) fn open_relative(&self, parent: &str, caller: &Caller, question: &Question) -> Arc<str> {
        let mut mac = hmac::Context::with_key(&self.of_relatives);
        mac.update(parent.as_bytes());
        mac.update(question.citizen.expose().as_bytes()); // always ten digits, so that no two pairs read alike
        let mut id = Id::default();
        id.copy_from_slice(&mac.sign().as_ref()[..16]);
        self.keep(id, caller, question)
    }

    fn keep(&self, id: Id, caller: &Caller, question: &Question) -> Arc<str> {
        let now = self.clock.now();
        let expires = now.saturating_add(self.valid).unwrap_or(Timestamp::MAX);
        let mut sealed = serde_json::to_vec(&Asked::by(question)).expect("texts are written to memory");
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(bound_to(id, caller)), &mut sealed)
            .expect("a body is far shorter than what the cipher takes");
        let mut kept = Kept {
            sealed: sealed.into(),
            nonce: *nonce.as_ref(),
            has_shown: false,
            expires_us: expires.as_microsecond(),
            place: 0,
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // Opened again: its old place must not close it early, nor count twice.
        if let Some(before) = open.by_id.remove(&id) {
            open.oldest_first.remove(&before.place);
            kept.has_shown = before.has_shown;
        }
        self.drop_old(&mut open, now);
        kept.place = open.next_place;
        open.next_place += 1;
        open.oldest_first.insert(kept.place, id);
        open.by_id.insert(id, kept);
        crate::hex(&id).into()
    }

    /// An answer under this handle shows something of the citizen.
    pub(super) fn shown(&self, id: &str) {
        let Some(id) = decode(id.as_bytes()) else { return };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = open.by_id.get_mut(&id) {
            kept.has_shown = true;
        }
    }

    /// An answer under this handle, which is the caller's, has shown something of the citizen.
    pub(super) fn has_shown(&self, id: &str, caller: &Caller) -> bool {
        let is_theirs = self.question(id, caller).is_some();
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        is_theirs && decode(id.as_bytes()).and_then(|id| open.by_id.get(&id)).is_some_and(|kept| kept.has_shown)
    }

    /// The look-up behind a handle, if it is this caller's and has not run out. The handle stays open until it does.
    pub(super) fn question(&self, id: &str, caller: &Caller) -> Option<(Arc<str>, Question)> {
        let known: Id = decode(id.as_bytes())?;
        let (mut sealed, nonce) = {
            let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = open.by_id.get(&known).filter(|kept| kept.expires_us > self.clock.now().as_microsecond())?;
            (kept.sealed.clone(), kept.nonce)
        };
        let bound = Aad::from(bound_to(known, caller));
        let plain = self.key.open_in_place(Nonce::assume_unique_for_key(nonce), bound, &mut sealed).ok()?;
        let asked: Asked<String> = serde_json::from_slice(plain).ok()?;
        Some((Arc::from(id), asked.again()?))
    }

    /// Closes what has run out, and the oldest when there are too many.
    fn drop_old(&self, open: &mut Open, now: Timestamp) {
        while let Some(oldest) = open.oldest_first.first_entry() {
            let is_valid = open.by_id.get(oldest.get()).is_some_and(|kept| kept.expires_us > now.as_microsecond());
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
    fn a_handle_gives_back_all_that_was_asked() {
        let (handles, _) = handles(10);
        let caller = Caller::invented("az1", &["caseworker"]);
        let asked = Question {
            purpose: "emergency".to_owned(),
            reason: Some("Why there is no case yet.".to_owned()),
            emergency: Some(EmergencyAsked { code: EmergencyCode::Life, reason: "A life \"now\".".to_owned() }),
            protected_reason: Some("Why the address.".to_owned()),
            household: true,
            ..question()
        };
        let id = handles.open(&SystemRandom, &caller, &asked);
        let (known, found) = handles.question(&id, &caller).expect("the caller's own handle");
        assert_eq!(known, id);
        let (found, asked) = (Asked::by(&found), Asked::by(&asked));
        assert_eq!(serde_json::to_value(found).expect("texts"), serde_json::to_value(asked).expect("texts"));
    }

    #[test]
    fn a_handle_is_its_caller_s_through_one_client() {
        let (handles, _) = handles(10);
        let through = |client| Caller::invented("az1", &["caseworker"]).through(client);
        let id = handles.open(&SystemRandom, &through(Some("portal")), &question());
        assert!(handles.question(&id, &through(Some("portal"))).is_some());
        assert!(handles.question(&id, &through(Some("batch"))).is_none());
        assert!(handles.question(&id, &through(None)).is_none());
        assert!(!handles.has_shown(&id, &through(Some("portal"))));
        handles.shown(&id);
        assert!(handles.has_shown(&id, &through(Some("portal"))) && !handles.has_shown(&id, &through(None)));
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
