//! What one source said about one citizen, in memory only, keyed by pseudonym. Ages by sensitivity; failures are not kept.
//!
//! Freshness is our own clock over `as_of`; moka only bounds the memory. One fetch serves everybody who asks meanwhile.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use glasplade_adapters::contract::{SourceErrorKind, SourceId};
use jiff::Timestamp;

use super::flights::{Flight, Flights};
use super::{Deadline, First, Slice, Source, SourceOutcome, Sources, Wish};
use crate::access::AccessGrant;
use crate::audit::Pseudonym;
use crate::config::{CacheAges, CacheSettings};

/// How fresh a slice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Read for this request, or by a request that was under way.
    Fresh,
    /// Read lately.
    Cached,
    /// Read earlier; the source does not answer now, and this is why.
    Stale(SourceErrorKind),
}

/// What changes a source's answer is in the key; what changes only what we show is not.
type Key = (SourceId, Pseudonym);

/// What a fetch read; `None` when that of others had landed just before it began: then memory is looked into again, as a whole.
type Landed = Option<Arc<Slice>>;

/// What is kept of one source and one citizen.
///
/// **Invariant:** where nothing is shown, how a source is said to have answered, when, and in what time, follows from `first`
/// alone; and when that is too old to be told, everybody's rows are asked for anew. If it followed from the rows (their level sets
/// how long they are kept, and the highest is never kept), whoever may see nothing could ask twice and tell a screened
/// citizen from a number that nobody has.
#[derive(Debug, Clone)]
struct Kept {
    /// The first answer; until the longest age is over, an answer that shows nothing says "cached" and this.
    first: First,
    /// The rows; none of the highest level.
    slice: Option<Arc<Slice>>,
}

impl Kept {
    fn is_same(&self, other: Option<&Self>) -> bool {
        let rows = |kept: &Self| kept.slice.as_ref().map(Arc::as_ptr);
        other.is_some_and(|other| other.first == self.first && rows(other) == rows(self))
    }
}

pub(super) struct SliceCache {
    slices: moka::future::Cache<Key, Kept>,
    /// By what is asked for, and by the first answer that is told of meanwhile: whoever is told of none starts anew, or would be
    /// told of one that others began before.
    flights: Flights<(Key, Option<Timestamp>), Landed>,
    confidential: CacheAges,
    sensitive: CacheAges,
    no_cache_min_s: u32,
}

/// Rows of the highest level are never stored.
const NEVER_STORED: u8 = 3;

/// What an entry without rows takes, in bytes (estimated).
const KEPT_BYTES: u32 = 256;

impl fmt::Debug for SliceCache {
    /// Nothing of what is remembered of citizens.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SliceCache")
    }
}

impl SliceCache {
    pub(super) fn new(settings: &CacheSettings) -> Self {
        let slices = moka::future::Cache::builder()
            .max_capacity(settings.bytes_max)
            .weigher(|_: &Key, kept: &Kept| kept.slice.as_ref().map_or(KEPT_BYTES, |slice| slice.weight()))
            // A bound on top of our own ages, so that nothing outlives its use in memory.
            .time_to_live(std::time::Duration::from_secs(
                settings.confidential.stale_s.max(settings.sensitive.stale_s).max(1).into(),
            ))
            .build();
        Self {
            slices,
            flights: Flights::default(),
            confidential: settings.confidential,
            sensitive: settings.sensitive,
            no_cache_min_s: settings.no_cache_min_s,
        }
    }

    fn ages(&self, slice: &Slice) -> CacheAges {
        if slice.level >= 2 { self.sensitive } else { self.confidential }
    }

    /// Answers are still called cached.
    fn is_cached(&self, first: First, now: Timestamp, no_cache: bool) -> bool {
        let longest = self.confidential.fresh_s.max(self.sensitive.fresh_s);
        is_younger(first.asked, now, if no_cache { self.no_cache_min_s } else { longest })
    }

    /// The answer, where what is kept still makes one.
    fn told(&self, kept: &Kept, now: Timestamp, no_cache: bool) -> Option<SourceOutcome> {
        let first = Some(kept.first).filter(|first| self.is_cached(*first, now, no_cache))?;
        let slice = kept.slice.as_ref().filter(|slice| self.may_be_used(slice, now, no_cache))?;
        let (slice, freshness) = (Arc::clone(slice), Freshness::Cached);
        Some(SourceOutcome::Answered { slice, freshness, first: Some(first), took: Duration::ZERO })
    }

    fn may_be_used(&self, slice: &Slice, now: Timestamp, no_cache: bool) -> bool {
        is_younger(slice.as_of, now, if no_cache { self.no_cache_min_s } else { self.ages(slice).fresh_s })
    }

    fn may_be_stale(&self, slice: &Slice, now: Timestamp) -> bool {
        is_younger(slice.as_of, now, self.ages(slice).stale_s)
    }
}

/// A clock that was set back makes nothing fresh for ever: an age below zero counts as old.
pub(crate) fn is_younger(moment: Timestamp, now: Timestamp, limit_s: u32) -> bool {
    let age = now.duration_since(moment).as_secs_f64();
    (0.0..f64::from(limit_s)).contains(&age)
}

impl Sources {
    /// What every source that may be asked says about the grant's citizen, by position, where all of it is in memory. Nobody is
    /// asked, and nothing is counted: a look into memory counts when an answer comes of it.
    pub(crate) fn remembered(&self, grant: &AccessGrant, no_cache: bool) -> Option<Vec<SourceOutcome>> {
        let now = self.clock.now();
        let of = |source: &Arc<Source>| {
            if !grant.may_consult(&source.id) {
                return Some(SourceOutcome::NotConsulted);
            }
            let kept = self.cache.slices.get(&(source.id.clone(), *grant.pseudonym())).now_or_never()??;
            self.cache.told(&kept, now, no_cache)
        };
        self.iter().map(of).collect()
    }

    /// What `source` says about the grant's citizen: from memory, from a fetch under way, or from a new one.
    pub(super) async fn obtain(
        self: &Arc<Self>,
        source: &Arc<Source>,
        grant: &AccessGrant,
        wish: &Wish,
    ) -> SourceOutcome {
        let begun = Deadline::after(Duration::ZERO);
        loop {
            if let Some(outcome) = self.obtain_once(source, grant, wish, begun).await {
                return outcome;
            }
        }
    }

    /// `None` when memory has changed between the look into it and the fetch.
    async fn obtain_once(
        self: &Arc<Self>,
        source: &Arc<Source>,
        grant: &AccessGrant,
        wish: &Wish,
        begun: Deadline,
    ) -> Option<SourceOutcome> {
        let (key, no_cache) = ((source.id.clone(), *grant.pseudonym()), wish.no_cache);
        let known = self.cache.slices.get(&key).await;
        let seen = known.clone();
        let now = self.clock.now();
        if let Some(outcome) = known.as_ref().and_then(|kept| self.cache.told(kept, now, no_cache)) {
            source.line.health.told_cached();
            return Some(outcome);
        }
        if wish.from_memory {
            return std::future::pending().await;
        }
        let first = known.as_ref().map(|kept| kept.first).filter(|first| self.cache.is_cached(*first, now, no_cache));
        let slice = known.and_then(|kept| kept.slice);
        let answered = |slice, freshness, took| SourceOutcome::Answered { slice, freshness, first, took };
        let flight = self.flight(key, source, grant, &wish.trace_id, (first, seen));
        let answer = tokio::time::timeout_at(wish.deadline.instant(), flight).await;
        let took = begun.passed();
        let failure = match answer {
            Ok(Ok(None)) => return None,
            Ok(Ok(Some(slice))) => {
                source.line.health.told_fresh();
                return Some(answered(slice, Freshness::Fresh, took));
            }
            Ok(Err(kind)) => kind,
            Err(_) => SourceErrorKind::TimedOut,
        };
        if let Some(slice) = slice.filter(|slice| self.cache.may_be_stale(slice, self.clock.now())) {
            source.line.health.told_stale(self.clock.now().duration_since(slice.as_of).unsigned_abs());
            return Some(answered(slice, Freshness::Stale(failure), took));
        }
        source.line.health.told_nothing();
        Some(SourceOutcome::Failed { kind: failure, first, took })
    }

    /// The fetch that is under way for this key, or a new one. It goes on when its first caller gives up: the next one
    /// finds the answer in memory.
    fn flight(
        self: &Arc<Self>,
        key: Key,
        source: &Arc<Source>,
        grant: &AccessGrant,
        trace_id: &Arc<str>,
        (first, seen): (Option<First>, Option<Kept>),
    ) -> Flight<Landed> {
        let (house, citizen, trace_id) = (Arc::clone(self), *grant.citizen(), Arc::clone(trace_id));
        let (asking, at_panic, kept_key) = (Arc::clone(source), Arc::clone(source), key.clone());
        let fetch = move || async move {
            // The fetch of others may have landed between the caller's look into memory and this moment. What it tells, and to whom,
            // is for a whole new look to say: `first` may be another, too.
            if house.cache.slices.get(&kept_key).await.is_some_and(|kept| !kept.is_same(seen.as_ref())) {
                return Ok(None);
            }
            let begun = Deadline::after(Duration::ZERO);
            let answer = house.look_up(&asking, &citizen, &trace_id).await.map(Arc::new);
            if let Ok(slice) = &answer {
                let rows = (slice.is_whole() && slice.level < NEVER_STORED).then(|| Arc::clone(slice));
                let this = slice.is_whole().then(|| First { asked: slice.as_of, took: begun.passed() });
                // Another fetch may have begun later and landed earlier: the later word on the first answer stands, also
                // where the rows are not whole and nobody keeps them.
                let known = house.cache.slices.get(&kept_key).await.map(|kept| kept.first);
                if let Some(first) = known.into_iter().chain(first.or(this)).max_by_key(|first| first.asked) {
                    house.cache.slices.insert(kept_key, Kept { first, slice: rows }).await;
                }
            }
            answer.map(Some).map_err(|error| error.kind)
        };
        let since = first.map(|first| first.asked);
        self.cache.flights.join((key, since), fetch, move || at_panic.line.broke_off())
    }
}
