//! Asks all sources at once. Has no error type: a source that fails is an outcome.

use std::sync::Arc;

use futures_util::stream::{FuturesUnordered, Stream};
use glasplade_adapters::contract::Record;

use super::{Deadline, SourceOutcome, Sources};
use crate::access::AccessGrant;

/// What the caller wishes of the sources, besides the answer.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Ask anew, unless somebody just did.
    pub no_cache: bool,
    /// The trace that the request belongs to, 32 hexadecimal digits.
    pub trace_id: Arc<str>,
    /// When the answer is no longer wanted.
    pub deadline: Deadline,
}

/// Outcomes by position in the configured order: one for each number under which the citizen is asked for.
#[derive(Debug, Clone)]
pub struct Gathering {
    outcomes: Vec<Vec<SourceOutcome>>,
    /// How many outcomes each source is still to give.
    numbers: usize,
}

impl Gathering {
    /// A source has answered under one number.
    pub fn add(&mut self, at: usize, outcome: SourceOutcome) {
        if let Some(outcomes) = self.outcomes.get_mut(at) {
            outcomes.push(outcome);
        }
    }

    /// The citizen is asked for under one more number.
    pub fn expect_another(&mut self) {
        self.numbers += 1;
    }

    /// The source at this position is still to answer.
    pub fn is_pending(&self, at: usize) -> bool {
        self.outcomes.get(at).is_none_or(|outcomes| outcomes.len() < self.numbers)
    }

    /// What the source at this position has answered.
    pub fn outcomes(&self, at: usize) -> &[SourceOutcome] {
        self.outcomes.get(at).map_or(&[], Vec::as_slice)
    }

    /// All rows that have come.
    pub fn rows(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.outcomes.iter().flatten().flat_map(|outcome| match outcome {
            SourceOutcome::Answered { slice, .. } => slice.records.as_slice(),
            SourceOutcome::Failed { .. } | SourceOutcome::NotConsulted => &[],
        })
    }
}

impl Sources {
    /// Outcomes as they come, each with its source's position. Ends at the deadline at the latest.
    ///
    /// No data without a grant: it names the citizen and the sources that may be asked.
    pub fn stream(
        self: &Arc<Self>,
        grant: &Arc<AccessGrant>,
        wish: &Wish,
    ) -> impl Stream<Item = (usize, SourceOutcome)> + Send + use<> {
        let asked: FuturesUnordered<_> = self
            .configured
            .iter()
            .enumerate()
            .map(|(at, source)| {
                let (house, source) = (Arc::clone(self), Arc::clone(source));
                let (grant, wish) = (Arc::clone(grant), wish.clone());
                async move {
                    if !grant.may_consult(&source.id) {
                        return (at, SourceOutcome::NotConsulted);
                    }
                    (at, house.obtain(&source, &grant, wish.no_cache, &wish.trace_id, wish.deadline).await)
                }
            })
            .collect();
        asked
    }

    /// Before anybody has answered.
    pub fn nothing_yet(&self) -> Gathering {
        Gathering { outcomes: vec![Vec::with_capacity(1); self.configured.len()], numbers: 1 }
    }
}
