//! One look at one citizen: the register and all sources at once, then the sources again under the citizen's other numbers.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::stream::{BoxStream, SelectAll, StreamExt as _, once};
use glasplade_adapters::contract::SourceId;

use crate::access::AccessGrant;
use crate::overview::SourceStatus;
use crate::people::{Identity, People};
use crate::sources::{Gathering, SourceOutcome, Sources, Wish};

/// What has come so far, and what is still to come.
pub(super) struct Look {
    grant: Arc<AccessGrant>,
    sources: Arc<Sources>,
    wish: Wish,
    /// Never locked: the lock only makes a look shareable between threads while its parts are read.
    steps: Mutex<SelectAll<BoxStream<'static, Step>>>,
    gathering: Gathering,
    identity: Option<Identity>,
}

enum Step {
    Outcome { number: usize, at: usize, outcome: SourceOutcome },
    Identity(Box<Identity>),
}

impl fmt::Debug for Look {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Look").field("gathering", &self.gathering).finish_non_exhaustive()
    }
}

impl Look {
    /// Asks everybody. Nothing has come yet.
    pub(super) fn begin(grant: Arc<AccessGrant>, sources: &Arc<Sources>, people: &Arc<People>, wish: &Wish) -> Self {
        let identify = {
            let (people, grant, wish) = (Arc::clone(people), Arc::clone(&grant), wish.clone());
            async move { Step::Identity(Box::new(people.identify(&grant, &wish).await)) }
        };
        let mut steps: SelectAll<BoxStream<'static, Step>> = SelectAll::new();
        steps.push(once(identify).boxed());
        let gathering = sources.nothing_yet();
        let mut look = Self {
            grant,
            sources: Arc::clone(sources),
            wish: wish.clone(),
            steps: Mutex::new(steps),
            gathering,
            identity: None,
        };
        look.ask(0, &Arc::clone(&look.grant));
        look
    }

    /// A look for which everything is in memory, finished; nothing where somebody would have to be asked.
    pub(super) fn remembered(
        grant: Arc<AccessGrant>,
        sources: &Arc<Sources>,
        people: &Arc<People>,
        wish: &Wish,
    ) -> Option<Self> {
        let identity = people.identify(&grant, wish).now_or_never()?;
        let mut gathering = sources.nothing_yet();
        let recall = |gathering: &mut Gathering, number, grant: &AccessGrant| -> Option<()> {
            let outcomes = sources.remembered(grant, wish.no_cache)?;
            outcomes.into_iter().enumerate().for_each(|(at, outcome)| gathering.add(number, at, outcome));
            Some(())
        };
        recall(&mut gathering, 0, &grant)?;
        for other in identity.others() {
            let number = gathering.expect_another();
            recall(&mut gathering, number, &grant.under(other))?;
        }
        let (sources, wish, identity) = (Arc::clone(sources), wish.clone(), Some(identity));
        Some(Self { grant, sources, wish, steps: Mutex::default(), gathering, identity })
    }

    fn steps(&mut self) -> &mut SelectAll<BoxStream<'static, Step>> {
        self.steps.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&mut self, number: usize, grant: &Arc<AccessGrant>) {
        let outcomes = self.sources.stream(grant, &self.wish);
        self.steps().push(outcomes.map(move |(at, outcome)| Step::Outcome { number, at, outcome }).boxed());
    }

    /// Waits for the next answer; `false` when all have come. Ends at the deadline at the latest: every answer is bounded
    /// by it.
    pub(super) async fn next(&mut self) -> bool {
        match self.steps().next().await {
            None => return false,
            Some(Step::Outcome { number, at, outcome }) => self.gathering.add(number, at, outcome),
            Some(Step::Identity(identity)) => {
                for other in identity.others() {
                    let number = self.gathering.expect_another();
                    let grant = Arc::new(self.grant.under(other));
                    self.ask(number, &grant);
                }
                self.identity = Some(*identity);
            }
        }
        true
    }

    /// All sources have answered, and the register, too.
    pub(super) fn is_complete(&self) -> bool {
        self.identity.is_some() && self.sources.iter().enumerate().all(|(at, _)| !self.gathering.is_pending(at))
    }

    /// The caller gave less time than the house does by itself, and a source was not done in it, or the register said nothing.
    /// A source that fails in another way would have failed whatever the time, and is nobody's haste.
    pub(super) fn is_hasty(&self) -> bool {
        let ran_out = |at: usize| self.gathering.outcomes(at).any(SourceOutcome::ran_out_of_time);
        let is_silent = || self.identity_or_unknown().kin().relatives.is_none();
        self.wish.is_hasty && (is_silent() || (0..self.sources.iter().count()).any(ran_out))
    }

    /// The permit.
    pub(super) fn grant(&self) -> &AccessGrant {
        &self.grant
    }

    /// What the sources have told.
    pub(super) fn gathering(&self) -> &Gathering {
        &self.gathering
    }

    /// Sources that were asked under one of the citizen's numbers and did not answer usably: not at all, or not all of it.
    pub(super) fn silent(&self) -> Vec<SourceId> {
        let is_silent = |at: usize| self.gathering.outcomes(at).any(|outcome| !outcome.is_usable());
        let sources = self.sources.iter().enumerate().filter(|(at, _)| is_silent(*at));
        sources.map(|(_, source)| source.id.clone()).collect()
    }

    /// Every source that was asked has answered within this, about the number asked for.
    pub(super) fn took_at_most(&self, limit: Duration) -> bool {
        let outcome = |at: usize| self.gathering.outcome_as_asked(at);
        (0..self.sources.iter().count())
            .all(|at| outcome(at).is_some_and(|one| one.took_without_rows().is_none_or(|took| took <= limit)))
    }

    /// Who the citizen is; `None` while the register thinks.
    pub(super) fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// The same permit has seen the very same: what is made from one is made from the other.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let same_person = match (&self.identity, &other.identity) {
            (Some(one), Some(other)) => one.is_same(other),
            _ => false,
        };
        same_person && self.grant.has_rules_of(&other.grant) && self.gathering.is_same(&other.gathering)
    }

    /// Who the citizen is, as far as is known: what the register has not said closes.
    pub(super) fn identity_or_unknown(&self) -> Cow<'_, Identity> {
        match &self.identity {
            Some(identity) => Cow::Borrowed(identity),
            None => Cow::Owned(Identity::unknown(*self.grant.pseudonym())),
        }
    }

    /// How the source at this position has answered so far.
    pub(super) fn status(&self, at: usize, id: &SourceId) -> SourceStatus {
        let statuses = self.gathering.outcomes(at).map(|outcome| outcome.status(id));
        statuses.reduce(SourceStatus::worst).unwrap_or_else(|| SourceStatus::not_consulted(id.clone()))
    }

    /// The same as somebody is told it who sees nothing: under the number asked for alone, since that there is another one
    /// would tell of a person.
    pub(super) fn status_without_person(&self, at: usize, id: &SourceId) -> SourceStatus {
        let status = self.gathering.outcome_as_asked(at).map(|outcome| outcome.status(id));
        status.unwrap_or_else(|| SourceStatus::not_consulted(id.clone())).without_rows()
    }
}
