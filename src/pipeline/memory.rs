//! A look-up for which everything is in memory: nobody is asked, so that its first entry is written with its last. And a repeat of it,
//! which is not cut and written anew while nothing that it was made from has changed.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use aws_lc_rs::digest;
use futures_util::FutureExt as _;
use glasplade_adapters::contract::{StaffKey, danish_day};

use super::look::Look;
use super::{Errand, Pipeline, Position, Seen};
use crate::access::{Caller, Question, Refusal};
use crate::audit::{Attempt, Contents, Disclosure, Part, disclose_all};
use crate::overview::Plate;

/// An answer is kept for so long after it was last given (product.md §3).
const KEPT: Duration = Duration::from_mins(1);

/// An answer's bytes and what they were made from.
#[derive(Debug)]
pub(super) struct Answer {
    seen: Seen,
    staff: Vec<StaffKey>,
    plate: Plate,
    /// What its entry tells of it.
    contents: Arc<Contents>,
    /// When it was last given, in microseconds since 1970.
    given: AtomicI64,
}

/// A digest of who asks, whom about, for what, and in which words. What else the token says of the caller is compared.
type Key = [u8; 32];

/// Answers of the last minute, in memory only, each for repeats of one look-up by one caller.
///
/// **Invariant:** what is kept is given again only when everything that it was made from is found again: the same rules, the very
/// same answers of sources, register and directory, and the caller standing to the citizen as then (`Position::decides_like`). A
/// decision is never taken from here that could be another one now.
pub struct Answers {
    kept: moka::future::Cache<Key, Arc<Answer>>,
    made: AtomicU64,
    repeated: AtomicU64,
}

impl fmt::Debug for Answers {
    /// Nothing of what was answered.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Answers")
    }
}

impl Answers {
    /// So many bytes at most (estimated); 0 keeps none.
    pub fn new(bytes_max: u64) -> Self {
        let weight = |_: &Key, answer: &Arc<Answer>| answer.weight();
        // Our own clock decides; this bounds how long it lies in memory.
        let cache = moka::future::Cache::builder().max_capacity(bytes_max).weigher(weight).time_to_idle(KEPT);
        Self { kept: cache.build(), made: AtomicU64::new(0), repeated: AtomicU64::new(0) }
    }

    /// Answers that were made from memory, and those of them that were given again as they were.
    pub fn counts(&self) -> (u64, u64) {
        (self.made.load(Ordering::Relaxed), self.repeated.load(Ordering::Relaxed))
    }
}

impl Answer {
    /// Its rows are the sources' cache's; its own items, and what was decided of them, weigh some times what is written of them.
    fn weight(&self) -> u32 {
        let written = self.plate.len() + self.contents.len();
        u32::try_from(written.saturating_mul(4)).unwrap_or(u32::MAX)
    }
}

/// What is answered without asking anybody.
pub(super) struct Remembered {
    attempt: Attempt,
    answer: Arc<Answer>,
}

impl Pipeline {
    /// The answer, where everything is in memory and it shows something. Nothing is awaited, so that nobody can leave in the middle of
    /// it unseen. An answer that shows nothing goes the long way, as all of them must look alike.
    pub(super) fn remembered(&self, errand: &Errand) -> Option<Remembered> {
        let question = &errand.question;
        let is_plain = question.emergency.is_none() && question.protected_reason.is_none() && !question.household;
        if !is_plain || errand.no_cache {
            return None;
        }
        let pseudonym = self.pseudonyms.of(&question.citizen);
        let today = danish_day(self.clock.now());
        let decision = self.access.authorize(&errand.caller, question, pseudonym, today);
        let grant = Arc::new(decision.outcome.ok()?);
        let wish = super::Wish { from_memory: true, ..errand.wish() };
        let look = Look::remembered(Arc::clone(&grant), &self.sources, &self.people, &wish.for_look())?;
        let user = self.user_of(&errand.caller, &wish).now_or_never()?;
        let key = key(&errand.caller, question, pseudonym.bytes(), errand);
        let kept = self.answers.kept.get(&key).now_or_never()?;
        let position = self.position(&look, user);
        let answer = if let Some(kept) = kept.filter(|kept| self.is_still(kept, &look, &position, &wish)) {
            self.answers.repeated.fetch_add(1, Ordering::Relaxed);
            kept
        } else {
            let made = Arc::new(self.made(look, user, &wish, errand)?);
            // Kept at once, or not at all: nobody waits for room.
            let _ = self.answers.kept.insert(key, Arc::clone(&made)).now_or_never();
            self.answers.made.fetch_add(1, Ordering::Relaxed);
            made
        };
        self.sources.told_from_memory(&grant);
        self.people.told_from_memory();
        let attempt = self.audit.open_unasked(&errand.request, question, &grant);
        Some(Remembered { attempt, answer })
    }

    /// Writes both entries down, and hands the answer over.
    pub(super) async fn recall(&self, remembered: Remembered, errand: &Errand) -> Result<Disclosure, Refusal> {
        let Remembered { attempt, answer } = remembered;
        let body = match answer.plate.under(&errand.handle) {
            Some(body) => body,
            None => self.rendered(&answer.seen, None, errand),
        };
        errand.handles.shown();
        answer.given.store(self.clock.now().as_microsecond(), Ordering::Relaxed);
        let contents = Arc::clone(&answer.contents);
        let part = Part { attempt, contents, circumstances: answer.seen.circumstances.clone() };
        disclose_all(vec![part], body, errand.if_none_match.as_deref()).await
    }

    /// Everything that the answer was made from is as it was.
    fn is_still(&self, kept: &Answer, look: &Look, position: &Position, wish: &super::Wish) -> bool {
        let age = position.now.as_microsecond().saturating_sub(kept.given.load(Ordering::Relaxed));
        let is_young = (0..i64::try_from(KEPT.as_micros()).unwrap_or(i64::MAX)).contains(&age);
        let known = || self.staff.know(&kept.staff, &wish.trace_id, wish.deadline).now_or_never();
        is_young
            && kept.seen.look.grant().caller() == look.grant().caller()
            && kept.seen.look.is_same(look)
            && position.decides_like(&kept.seen.position)
            && known().is_some_and(|known| known == kept.seen.known)
    }

    /// A new answer from what is in memory; nothing where it would show nothing, or something more has to be asked.
    fn made(&self, look: Look, user: Option<uuid::Uuid>, wish: &super::Wish, errand: &Errand) -> Option<Answer> {
        let seen = self.seen(look, user, wish).now_or_never()?;
        if seen.redacted.is_empty() {
            return None;
        }
        let plate = Plate::of(self.rendered(&seen, None, errand), &errand.handle);
        let given = AtomicI64::new(seen.position.now.as_microsecond());
        let contents = Arc::new(Contents::of(&seen.redacted, &seen.statuses));
        Some(Answer { staff: seen.redacted.staff_keys(), seen, plate, contents, given })
    }
}

/// Each part with its length before it, so that no two askings are one text. No number: the citizen's pseudonym.
fn key(caller: &Caller, question: &Question, citizen: &[u8], errand: &Errand) -> Key {
    let mut hash = digest::Context::new(&digest::SHA256);
    let mut add = |part: &[u8]| {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part);
    };
    add(citizen);
    add(caller.employee().as_str().as_bytes());
    add(caller.client_id().unwrap_or_default().as_bytes());
    for text in [Some(&question.purpose), question.case_ref.as_ref(), question.reason.as_ref()] {
        add(&[u8::from(text.is_some())]);
        add(text.map_or(&[], |text| text.as_bytes()));
    }
    add(&[u8::from(errand.is_shared), errand.language as u8]);
    let mut key = [0; 32];
    key.copy_from_slice(hash.finish().as_ref());
    key
}
