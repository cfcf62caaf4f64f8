//! What a promise is: a sentence about an adapter, and how it is tried.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::bench::Bench;
use crate::subject::About;

/// The promise was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It holds.
    Kept,
    /// It says nothing about this source, for this reason.
    NotApplicable(&'static str),
}

/// `Err` is a broken promise, in a sentence.
pub(crate) type Outcome = Result<Verdict, String>;

/// A promise that is being tried.
pub(crate) type Trial<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// The longest that trying one promise may take, on a busy machine, too: a guard against what never ends.
const TRIAL_MAX: Duration = Duration::from_mins(5);

/// One promise.
#[derive(Debug)]
pub(crate) struct Promise {
    /// Which file it stands in.
    pub(crate) room: &'static str,
    /// The sentence.
    pub(crate) name: &'static str,
    /// The sources that it says something about; for others it is not listed.
    pub(crate) of: &'static [About],
    /// How it is tried.
    pub(crate) trial: fn(&Bench) -> Trial<'_>,
}

impl Promise {
    /// Its name for one kind: `sbsys::answers::whoever_is_unknown_is_nobody`.
    pub(crate) fn name_for(&self, kind: &str) -> String {
        format!("{kind}::{}::{}", self.room, self.name)
    }

    /// Tries it on a bench that has been cleared. An adapter that panics has broken it.
    pub(crate) fn keep(&self, runtime: &Runtime, bench: &Bench) -> Outcome {
        bench.clear();
        let trial = || runtime.block_on(async { tokio::time::timeout(TRIAL_MAX, (self.trial)(bench)).await });
        match catch_unwind(AssertUnwindSafe(trial)) {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(format!("it was not decided within {} s", TRIAL_MAX.as_secs())),
            Err(_) => Err("the adapter or its fake panicked (see above)".to_owned()),
        }
    }
}

/// Every source.
pub(crate) const ALL: &[About] = &[About::Cases, About::Persons, About::Staff];
/// Case systems.
pub(crate) const CASES: &[About] = &[About::Cases];
/// The person register.
pub(crate) const PERSONS: &[About] = &[About::Persons];
/// The staff directory.
pub(crate) const STAFF: &[About] = &[About::Staff];
/// The person register and the staff directory.
pub(crate) const REGISTERS: &[About] = &[About::Persons, About::Staff];

/// A list of promises of one room, by the sources that they say something about; each names the function that tries it.
macro_rules! promises {
    ($room:literal: $($of:expr => $($name:ident),+;)+) => {
        &[$($($crate::promise::Promise {
            room: $room,
            name: stringify!($name),
            of: $of,
            trial: |bench| Box::pin($name(bench)),
        }),+),+]
    };
}

/// Ends a trial with a sentence unless the condition holds.
macro_rules! hold {
    ($condition:expr, $($sentence:tt)+) => {
        if !$condition {
            return Err(format!($($sentence)+));
        }
    };
}

pub(crate) use {hold, promises};
