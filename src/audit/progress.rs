//! How far the log is durable, and how far it is signed, told to whoever follows it. A follower waits here, so that it never
//! has to look again and again.

use std::time::Duration;

use super::sync::{AtomicBool, Condvar, Mutex, MutexGuard, Ordering, PoisonError};
use crate::audit::segment::Position;

/// The durable end of the log, as the writer tells it, and the signed one, as the keeper of the tree does.
#[derive(Debug)]
pub(super) struct Progress {
    state: Mutex<State>,
    /// A record became durable: for those who follow the log.
    durable: Condvar,
    /// A checkpoint was written: for those who wait for one.
    signed: Condvar,
    /// There is no more time to gather: for followers who let some pass. Not told of records, which come by the thousand meanwhile.
    hurry: Condvar,
}

#[derive(Debug)]
struct State {
    durable: Position,
    signed: u64,
    closed: bool,
    /// The keeper of the tree has ended.
    given_up: bool,
}

impl Progress {
    pub(super) fn at(durable: Position, signed: u64) -> Self {
        let state = State { durable, signed, closed: false, given_up: false };
        Self { state: Mutex::new(state), durable: Condvar::new(), signed: Condvar::new(), hurry: Condvar::new() }
    }

    pub(super) fn durable(&self) -> Position {
        self.lock().durable
    }

    /// The size of the last checkpoint.
    pub(super) fn signed(&self) -> u64 {
        self.lock().signed
    }

    /// The log is durable up to here. Followers are told by [`Progress::tell`].
    pub(super) fn reach(&self, durable: Position) {
        self.lock().durable = durable;
    }

    /// Tells the followers that there is more.
    pub(super) fn tell(&self) {
        self.durable.notify_all();
    }

    /// A checkpoint of this size is there.
    pub(super) fn sign(&self, size: u64) {
        self.lock().signed = size;
        self.signed.notify_all();
    }

    /// Nothing more will be written.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.wake();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Nothing more will be signed.
    pub(super) fn give_up(&self) {
        self.lock().given_up = true;
        self.signed.notify_all();
    }

    /// Wakes the followers to look at their own flags.
    pub(super) fn wake(&self) {
        // Who has looked already and does not wait yet holds the lock.
        drop(self.lock());
        self.durable.notify_all();
        self.hurry.notify_all();
    }

    /// Waits until a record after `seq` is durable; `None` when there will be none, or the follower is to stop.
    pub(super) fn wait_past(&self, seq: u64, stop: &AtomicBool) -> Option<Position> {
        let waits = |state: &mut State| state.durable.seq <= seq && !state.closed && !stop.load(Ordering::Acquire);
        let state = self.durable.wait_while(self.lock(), waits).unwrap_or_else(PoisonError::into_inner);
        (state.durable.seq > seq && !stop.load(Ordering::Acquire)).then_some(state.durable)
    }

    /// Waits until a durable record is not signed; `None` when there will be none.
    pub(super) fn wait_unsigned(&self) -> Option<Position> {
        let waits = |state: &mut State| state.durable.seq <= state.signed && !state.closed;
        let state = self.durable.wait_while(self.lock(), waits).unwrap_or_else(PoisonError::into_inner);
        (state.durable.seq > state.signed).then_some(state.durable)
    }

    /// Waits until all that is durable now is signed; `false` when it will not be.
    pub(super) fn wait_signed(&self) -> bool {
        let state = self.lock();
        let wanted = state.durable.seq;
        let waits = |state: &mut State| state.signed < wanted && !state.given_up;
        self.signed.wait_while(state, waits).unwrap_or_else(PoisonError::into_inner).signed >= wanted
    }

    /// Lets so much time pass, or less when the log is closed.
    pub(super) fn pause(&self, time: Duration) {
        let waits = |state: &mut State| !state.closed;
        drop(self.hurry.wait_timeout_while(self.lock(), time, waits).unwrap_or_else(PoisonError::into_inner));
    }

    /// Lets so much time pass, or less when the log is closed or there is a reason to hurry; whoever has one wakes the follower.
    pub(super) fn pause_unless(&self, time: Duration, is_hurried: impl Fn() -> bool) {
        let waits = |state: &mut State| !state.closed && !is_hurried();
        drop(self.hurry.wait_timeout_while(self.lock(), time, waits).unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
