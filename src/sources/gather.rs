//! Asks all sources at once. Has no error type: a source that fails is an outcome.

use std::sync::Arc;

use futures_util::stream::{FuturesUnordered, Stream};
use glasplade_adapters::contract::Record;

use super::{Deadline, Source, SourceOutcome, Sources};
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
    /// The caller gave the sources less time than the house does by itself.
    pub is_hasty: bool,
    /// Nobody is asked: what is not in memory never comes.
    pub from_memory: bool,
}

/// Outcomes by position in the configured order: one for each number under which the citizen is asked for.
#[derive(Debug, Clone)]
pub struct Gathering {
    /// By source, then as they came: the number's position (the one asked for is 0), and the outcome.
    outcomes: Vec<Vec<(usize, SourceOutcome)>>,
    numbers: usize,
}

impl Gathering {
    /// The source at this position has answered under one number.
    pub fn add(&mut self, number: usize, at: usize, outcome: SourceOutcome) {
        if let Some(outcomes) = self.outcomes.get_mut(at) {
            outcomes.push((number, outcome));
        }
    }

    /// The citizen is asked for under one more number; its position.
    pub fn expect_another(&mut self) -> usize {
        self.numbers += 1;
        self.numbers - 1
    }

    /// The source at this position is still to answer.
    pub fn is_pending(&self, at: usize) -> bool {
        self.outcomes.get(at).is_none_or(|outcomes| outcomes.len() < self.numbers)
    }

    /// What the source at this position has answered.
    pub fn outcomes(&self, at: usize) -> impl Iterator<Item = &SourceOutcome> {
        self.outcomes.get(at).into_iter().flatten().map(|(_, outcome)| outcome)
    }

    /// What the source at this position has answered under the number asked for.
    pub fn outcome_as_asked(&self, at: usize) -> Option<&SourceOutcome> {
        self.outcomes.get(at)?.iter().find(|(number, _)| *number == 0).map(|(_, outcome)| outcome)
    }

    /// The very same answers, each as fresh: what is made from one is made from the other. What a source failed to tell is never
    /// the same.
    pub fn is_same(&self, other: &Self) -> bool {
        let each = |one: &Vec<(usize, SourceOutcome)>, other: &Vec<(usize, SourceOutcome)>| {
            let same = |(one, other): (&(usize, SourceOutcome), &(usize, SourceOutcome))| {
                one.0 == other.0 && one.1.is_same(&other.1)
            };
            one.len() == other.len() && one.iter().zip(other).all(same)
        };
        self.numbers == other.numbers && self.outcomes.iter().zip(&other.outcomes).all(|(one, other)| each(one, other))
    }

    /// All rows that have come.
    pub fn rows(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.outcomes.iter().flatten().flat_map(|(_, outcome)| match outcome {
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
            .slowest_first()
            .into_iter()
            .map(|(at, source)| {
                let (house, source) = (Arc::clone(self), Arc::clone(source));
                let (grant, wish) = (Arc::clone(grant), wish.clone());
                async move {
                    if !grant.may_consult(&source.id) {
                        return (at, SourceOutcome::NotConsulted);
                    }
                    (at, house.obtain(&source, &grant, &wish).await)
                }
            })
            .collect();
        asked
    }

    /// The sources with their positions, whoever usually takes longest first: the whole answer waits for that one, and each call takes
    /// a moment to be set up. Those of whom that is not known yet come last, as they are listed.
    pub(super) fn slowest_first(&self) -> Vec<(usize, &Arc<Source>)> {
        let mut sources: Vec<_> = self.configured.iter().enumerate().collect();
        sources.sort_by_cached_key(|(_, source)| std::cmp::Reverse(source.line.usual_longest()));
        sources
    }

    /// Before anybody has answered.
    pub fn nothing_yet(&self) -> Gathering {
        Gathering { outcomes: vec![Vec::with_capacity(1); self.configured.len()], numbers: 1 }
    }
}
