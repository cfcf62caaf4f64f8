//! One call serves everybody who asks meanwhile, and goes on when its first caller gives up.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use glasplade_adapters::contract::SourceErrorKind;
use tracing::Instrument as _;

/// A call under way, which any number of callers may wait for.
pub(crate) type Flight<T> = Shared<BoxFuture<'static, Result<T, SourceErrorKind>>>;

/// The calls that are under way, by what they are about.
pub(crate) struct Flights<K, T>(Arc<Mutex<HashMap<K, Flight<T>>>>);

impl<K, T> Default for Flights<K, T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K, T> fmt::Debug for Flights<K, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Flights")
    }
}

impl<K, T> Flights<K, T>
where
    K: Hash + Eq + Clone + Send + 'static,
    T: Clone + Send + Sync + 'static,
{
    /// The call that is under way for `key`, or the one that `begin` begins. `broke_off` says what to tell when it panics:
    /// that is a bug of ours, and the rest of the answer stands.
    pub(crate) fn join<F>(
        &self,
        key: K,
        begin: impl FnOnce() -> F,
        broke_off: impl FnOnce() -> SourceErrorKind + Send + 'static,
    ) -> Flight<T>
    where
        F: Future<Output = Result<T, SourceErrorKind>> + Send + 'static,
    {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match under_way.get(&key) {
            Some(flight) => flight.clone(),
            None => self.begin(&mut under_way, vec![key], begin(), broke_off),
        }
    }

    /// The calls in which `keys` are read: those under way, and one that `begin` begins for `new_max` of the rest at most.
    pub(crate) fn join_all<F>(
        &self,
        keys: &[K],
        new_max: usize,
        begin: impl FnOnce(Vec<K>) -> F,
        broke_off: impl FnOnce() -> SourceErrorKind + Send + 'static,
    ) -> Vec<(K, Flight<T>)>
    where
        F: Future<Output = Result<T, SourceErrorKind>> + Send + 'static,
    {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut joined: Vec<(K, Flight<T>)> =
            keys.iter().filter_map(|key| Some((key.clone(), under_way.get(key)?.clone()))).collect();
        let new = keys.iter().filter(|key| !under_way.contains_key(*key)).take(new_max);
        let new: Vec<K> = new.cloned().collect();
        if !new.is_empty() {
            let flight = self.begin(&mut under_way, new.clone(), begin(new.clone()), broke_off);
            joined.extend(new.into_iter().map(|key| (key, flight.clone())));
        }
        joined
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a call outlives the request that began it, within the source's limit"
    )]
    fn begin(
        &self,
        under_way: &mut HashMap<K, Flight<T>>,
        keys: Vec<K>,
        call: impl Future<Output = Result<T, SourceErrorKind>> + Send + 'static,
        broke_off: impl FnOnce() -> SourceErrorKind + Send + 'static,
    ) -> Flight<T> {
        let landing = Landing { keys: keys.clone(), flights: Arc::clone(&self.0) };
        // In the trace of whoever began it: the others wait for it, and have no call of their own.
        let call = async move {
            let answer = call.await;
            drop(landing);
            answer
        };
        let task = tokio::spawn(call.in_current_span());
        let flight = task.map(move |joined| joined.unwrap_or_else(|_| Err(broke_off()))).boxed().shared();
        under_way.extend(keys.into_iter().map(|key| (key, flight.clone())));
        flight
    }
}

/// Takes the flight off the board when it ends, a panic included.
struct Landing<K: Hash + Eq, T> {
    keys: Vec<K>,
    flights: Arc<Mutex<HashMap<K, Flight<T>>>>,
}

impl<K: Hash + Eq, T> Drop for Landing<K, T> {
    fn drop(&mut self) {
        let mut under_way = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        self.keys.iter().for_each(|key| drop(under_way.remove(key)));
    }
}
