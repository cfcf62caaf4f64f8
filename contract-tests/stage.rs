//! The stage before a fake: it may put another body into an answer, and counts how many exchanges are under way.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use glasplade_adapters::fake::{FakeAnswer, FakeRequest, FakeSystem, VendorFault};

/// Changes an answer.
type Change = Arc<dyn Fn(FakeAnswer) -> FakeAnswer + Send + Sync>;

/// Tells whom a request is about where the fake does not.
pub(crate) type Mark = fn(&FakeRequest) -> Option<String>;

/// Which answers are changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Those about somebody; a token or a list of users is not.
    AboutSomebody,
    /// All of them.
    All,
    /// One alone, counted from 0.
    Nth(usize),
}

/// A fake, with a hand on its answers.
pub(crate) struct Stage {
    fake: Arc<dyn FakeSystem>,
    mark: Mark,
    change: Mutex<Option<(Which, Change)>>,
    repeated: Mutex<Option<HashMap<String, FakeAnswer>>>,
    answered: AtomicUsize,
    under_way: AtomicUsize,
    most: AtomicUsize,
}

impl fmt::Debug for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Stage").field("fake", &self.fake.name()).finish_non_exhaustive()
    }
}

impl Stage {
    /// The stage before `fake`. Requests that tell the fake no citizen are about whom `mark` says.
    pub(crate) fn new(fake: Arc<dyn FakeSystem>, mark: Mark) -> Self {
        let count = AtomicUsize::default;
        Self {
            fake,
            mark,
            change: Mutex::default(),
            repeated: Mutex::default(),
            answered: count(),
            under_way: count(),
            most: count(),
        }
    }

    /// From now on, answers about somebody are changed like this; a token or a list of users is not.
    pub(crate) fn change(&self, change: impl Fn(FakeAnswer) -> FakeAnswer + Send + Sync + 'static) {
        self.set(Which::AboutSomebody, change);
    }

    /// From now on, all answers are changed like this.
    pub(crate) fn change_all(&self, change: impl Fn(FakeAnswer) -> FakeAnswer + Send + Sync + 'static) {
        self.set(Which::All, change);
    }

    /// The answer that is `nth` from now is changed like this, and no other; the next one is 0.
    pub(crate) fn change_nth(&self, nth: usize, change: impl Fn(FakeAnswer) -> FakeAnswer + Send + Sync + 'static) {
        self.set(Which::Nth(nth), change);
    }

    /// From now on, whatever is asked of an address gets the first answer that it gives.
    pub(crate) fn repeat(&self) {
        *self.repeated() = Some(HashMap::new());
    }

    fn set(&self, which: Which, change: impl Fn(FakeAnswer) -> FakeAnswer + Send + Sync + 'static) {
        *self.lock() = Some((which, Arc::new(change)));
        self.answered.store(0, Ordering::SeqCst);
    }

    /// As [`Stage::change`], with status and content type kept and this body.
    pub(crate) fn serve(&self, body: impl Into<Vec<u8>>) {
        let body = body.into();
        self.change(move |answer| FakeAnswer { body: body.clone().into(), ..answer });
    }

    /// Answers are the fake's own again, and nothing is under way.
    pub(crate) fn clear(&self) {
        *self.lock() = None;
        *self.repeated() = None;
        self.under_way.store(0, Ordering::SeqCst);
        self.most.store(0, Ordering::SeqCst);
    }

    /// The most exchanges that were under way at once since the last clearing.
    pub(crate) fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    fn about(&self, request: &FakeRequest) -> Option<String> {
        self.fake.citizen(request).or_else(|| (self.mark)(request))
    }

    fn repeated(&self) -> std::sync::MutexGuard<'_, Option<HashMap<String, FakeAnswer>>> {
        self.repeated.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Which, Change)>> {
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
        self.about(request)
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        let _ = self.under_way.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| count.checked_sub(1));
        let mut answer = self.fake.answer(request);
        if let Some(answers) = self.repeated().as_mut() {
            answer = answers.entry(request.path.clone()).or_insert(answer).clone();
        }
        let nth = self.answered.fetch_add(1, Ordering::SeqCst);
        let Some((which, change)) = self.lock().clone() else { return answer };
        let is_changed = match which {
            Which::AboutSomebody => self.about(request).is_some(),
            Which::All => true,
            Which::Nth(wanted) => wanted == nth,
        };
        if is_changed { change(answer) } else { answer }
    }

    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        self.fake.fault(request, fault)
    }
}
