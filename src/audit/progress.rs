//! How far the log is durable, told to whoever follows it. A follower waits here, so that it never has to look again and again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::segment::Position;

/// The durable end of the log, as the writer tells it.
#[derive(Debug)]
pub(super) struct Progress {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    durable: Position,
    closed: bool,
}

impl Progress {
    pub(super) fn at(durable: Position) -> Self {
        Self { state: Mutex::new(State { durable, closed: false }), changed: Condvar::new() }
    }

    pub(super) fn durable(&self) -> Position {
        self.lock().durable
    }

    /// The log is durable up to here.
    pub(super) fn reach(&self, durable: Position) {
        self.lock().durable = durable;
        self.changed.notify_all();
    }

    /// Nothing more will be written.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Wakes the followers to look at their own flags.
    pub(super) fn wake(&self) {
        drop(self.lock());
        self.changed.notify_all();
    }

    /// Waits until a record after `seq` is durable; `None` when there will be none, or the follower is to stop.
    pub(super) fn wait_past(&self, seq: u64, stop: &AtomicBool) -> Option<Position> {
        let waits = |state: &mut State| state.durable.seq <= seq && !state.closed && !stop.load(Ordering::Acquire);
        let state = self.changed.wait_while(self.lock(), waits).unwrap_or_else(PoisonError::into_inner);
        (state.durable.seq > seq && !stop.load(Ordering::Acquire)).then_some(state.durable)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
