//! Asks all sources at once. Has no error type: a source that fails is an outcome.

use std::sync::Arc;

use futures_util::stream::{FuturesUnordered, Stream, StreamExt as _};

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

/// Outcomes by position in the configured order; `None` is still pending.
#[derive(Debug, Clone)]
pub struct Gathering {
    /// One per source.
    pub outcomes: Vec<Option<SourceOutcome>>,
}

impl Sources {
    /// Outcomes as they come, each with its source's position. Ends at the deadline at the latest.
    ///
    /// No data without a grant: it names the citizen and the sources that may be asked.
    pub fn stream<'a>(
        self: &'a Arc<Self>,
        grant: &'a AccessGrant,
        wish: &'a Wish,
    ) -> impl Stream<Item = (usize, SourceOutcome)> + Send + 'a {
        let asked: FuturesUnordered<_> = self
            .configured
            .iter()
            .enumerate()
            .map(|(at, source)| async move {
                if !grant.may_consult(&source.id) {
                    return (at, SourceOutcome::NotConsulted);
                }
                (at, self.obtain(source, grant, wish.no_cache, &wish.trace_id, wish.deadline).await)
            })
            .collect();
        asked
    }

    /// All outcomes, in the configured order.
    pub async fn gather(self: &Arc<Self>, grant: &AccessGrant, wish: &Wish) -> Gathering {
        let mut gathering = self.nothing_yet();
        let mut stream = std::pin::pin!(self.stream(grant, wish));
        while let Some((at, outcome)) = stream.next().await {
            gathering.outcomes[at] = Some(outcome);
        }
        gathering
    }

    /// Before anybody has answered.
    pub fn nothing_yet(&self) -> Gathering {
        Gathering { outcomes: vec![None; self.configured.len()] }
    }
}
