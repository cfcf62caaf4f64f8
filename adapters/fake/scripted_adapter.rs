//! An adapter and a register in memory, for the house's own tests: it answers what it is told to, when it is told to, and counts.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::contract::{
    Adapter, CallContext, Capability, CprNumber, Fetched, Listing, PersonFacts, PersonRegister, Register,
    SourceAdapter, SourceError, SourceErrorKind, SourceId, SourceInfo, Traffic,
};

/// A source that follows a script, and answers with an `A` about each citizen. Without a script, it knows nobody.
#[derive(Debug)]
pub struct Scripted<A> {
    info: SourceInfo,
    script: Mutex<Script<A>>,
    calls: watch::Sender<usize>,
    is_held: watch::Sender<bool>,
}

/// A case system that follows a script.
pub type ScriptedAdapter = Scripted<Fetched>;

/// A person register that follows a script.
pub type ScriptedRegister = Scripted<Option<PersonFacts>>;

#[derive(Debug, Default)]
struct Script<A> {
    answers: HashMap<CprNumber, A>,
    down: Option<SourceErrorKind>,
    next: VecDeque<Surprise>,
    /// Of the last call.
    traffic: Traffic,
}

#[derive(Debug, Clone, Copy)]
enum Surprise {
    Fails(SourceErrorKind),
    Panics,
    Hangs,
}

impl ScriptedAdapter {
    /// It, as the house takes adapters.
    pub fn adapter(self: &Arc<Self>) -> Adapter {
        Arc::<Self>::clone(self)
    }
}

impl ScriptedRegister {
    /// It, as the house takes registers.
    pub fn register(self: &Arc<Self>) -> Register {
        Arc::<Self>::clone(self)
    }
}

impl<A: Default + Clone> Scripted<A> {
    /// A source with this id that knows nobody yet.
    pub fn new(id: &str) -> Arc<Self> {
        Arc::new(Self {
            info: SourceInfo { id: SourceId::new(id), kind: "scripted", reads: &[] },
            script: Mutex::default(),
            calls: watch::Sender::new(0),
            is_held: watch::Sender::new(false),
        })
    }

    /// From now on it tells this about `citizen`.
    pub fn answers(&self, citizen: CprNumber, answer: impl Into<A>) {
        self.script().answers.insert(citizen, answer.into());
    }

    /// Every call fails in this way, until [`ScriptedAdapter::recovers`].
    pub fn is_down(&self, kind: SourceErrorKind) {
        self.script().down = Some(kind);
    }

    /// It answers again.
    pub fn recovers(&self) {
        self.script().down = None;
    }

    /// The next call that nothing else stands before fails in this way; once.
    pub fn fails_once(&self, kind: SourceErrorKind) {
        self.script().next.push_back(Surprise::Fails(kind));
    }

    /// The next call that nothing else stands before panics; once.
    pub fn panics_once(&self) {
        self.script().next.push_back(Surprise::Panics);
    }

    /// The next call that nothing else stands before never answers; once.
    pub fn hangs_once(&self) {
        self.script().next.push_back(Surprise::Hangs);
    }

    /// Calls are counted and then wait for [`ScriptedAdapter::release`].
    pub fn hold(&self) {
        self.is_held.send_replace(true);
    }

    /// Waiting calls go on, and new ones do not wait.
    pub fn release(&self) {
        self.is_held.send_replace(false);
    }

    /// The last call has received so many more bytes, and goes on.
    pub fn receives(&self, bytes: usize) {
        self.script().traffic.received(bytes);
    }

    /// How often it was asked.
    pub fn calls(&self) -> usize {
        *self.calls.borrow()
    }

    /// Returns when it has been asked so often.
    pub async fn was_called(&self, times: usize) {
        // The sender lives in `self`, so the wait cannot end early.
        let _ = self.calls.subscribe().wait_for(|calls| *calls >= times).await;
    }

    fn script(&self) -> MutexGuard<'_, Script<A>> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn tell(&self, ctx: &CallContext, citizen: &CprNumber) -> Result<A, SourceError> {
        self.script().traffic = ctx.traffic.clone();
        self.calls.send_modify(|calls| *calls += 1);
        let _ = self.is_held.subscribe().wait_for(|is_held| !is_held).await;
        if self.hangs_now() {
            return std::future::pending().await;
        }
        self.next_answer(citizen)
    }

    fn hangs_now(&self) -> bool {
        let next = &mut self.script().next;
        let hangs = matches!(next.front(), Some(Surprise::Hangs));
        if hangs {
            next.pop_front();
        }
        hangs
    }

    fn next_answer(&self, citizen: &CprNumber) -> Result<A, SourceError> {
        let mut script = self.script();
        let surprise = script.next.pop_front();
        assert!(!matches!(surprise, Some(Surprise::Panics)), "the script says so");
        match surprise {
            Some(Surprise::Fails(kind)) => Err(fault(kind)),
            _ => script
                .down
                .map_or_else(|| Ok(script.answers.get(citizen).cloned().unwrap_or_default()), |kind| Err(fault(kind))),
        }
    }
}

fn fault(kind: SourceErrorKind) -> SourceError {
    match kind {
        SourceErrorKind::Unavailable => SourceError::unreached("fetch", "the script says so"),
        kind => SourceError::new(kind, "fetch", "the script says so"),
    }
}

impl SourceAdapter for ScriptedAdapter {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn capability(&self) -> Capability {
        Capability { cases: true, interventions: true, states_citizen: true, phone: true, listing: Listing::None }
    }

    async fn fetch(&self, ctx: &CallContext, citizen: &CprNumber) -> Result<Fetched, SourceError> {
        self.tell(ctx, citizen).await
    }

    async fn probe(&self, _ctx: &CallContext) -> Result<(), SourceError> {
        self.script().down.map_or(Ok(()), |kind| Err(fault(kind)))
    }
}

impl PersonRegister for ScriptedRegister {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    async fn look_up(&self, ctx: &CallContext, person: &CprNumber) -> Result<Option<PersonFacts>, SourceError> {
        self.tell(ctx, person).await
    }

    async fn probe(&self, _ctx: &CallContext) -> Result<(), SourceError> {
        self.script().down.map_or(Ok(()), |kind| Err(fault(kind)))
    }
}
