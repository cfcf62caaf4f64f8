//! The stage before a fake: it may put another body into an answer, and counts how many exchanges are under way.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use glasplade_adapters::fake::{FakeAnswer, FakeRequest, FakeSystem, VendorFault};

/// Changes an answer.
type Change = Arc<dyn Fn(FakeAnswer) -> FakeAnswer + Send + Sync>;

/// A fake, with a hand on its answers.
pub(crate) struct Stage {
    fake: Arc<dyn FakeSystem>,
    change: Mutex<Option<Change>>,
    under_way: AtomicUsize,
    most: AtomicUsize,
}

impl fmt::Debug for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Stage").field("fake", &self.fake.name()).finish_non_exhaustive()
    }
}

impl Stage {
    /// The stage before `fake`.
    pub(crate) fn new(fake: Arc<dyn FakeSystem>) -> Self {
        Self { fake, change: Mutex::default(), under_way: AtomicUsize::new(0), most: AtomicUsize::new(0) }
    }

    /// From now on, answers about a citizen are changed like this; a token or a list of users is not.
    pub(crate) fn change(&self, change: impl Fn(FakeAnswer) -> FakeAnswer + Send + Sync + 'static) {
        *self.lock() = Some(Arc::new(change));
    }

    /// As [`Stage::change`], with status and content type kept and this body.
    pub(crate) fn serve(&self, body: impl Into<Vec<u8>>) {
        let body = body.into();
        self.change(move |answer| FakeAnswer { body: body.clone().into(), ..answer });
    }

    /// Answers are the fake's own again, and nothing is under way.
    pub(crate) fn clear(&self) {
        *self.lock() = None;
        self.under_way.store(0, Ordering::SeqCst);
        self.most.store(0, Ordering::SeqCst);
    }

    /// The most exchanges that were under way at once since the last clearing.
    pub(crate) fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Change>> {
        self.change.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FakeSystem for Stage {
    fn name(&self) -> &'static str {
        self.fake.name()
    }

    /// The server asks this once when a request has come, and for the answer when any latency is over: between the two,
    /// the exchange is under way.
    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.fake.citizen(request)
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        let _ = self.under_way.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| count.checked_sub(1));
        let answer = self.fake.answer(request);
        let change = self.lock().clone();
        match change {
            Some(change) if self.fake.citizen(request).is_some() => change(answer),
            _ => answer,
        }
    }

    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        self.fake.fault(request, fault)
    }
}
