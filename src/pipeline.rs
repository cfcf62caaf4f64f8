//! The path of one request, on one screen: permit, attempt, gather, merge, redact, disclose.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use glasplade_adapters::contract::{Clock, Record, SourceId, danish_day};
use tokio::sync::mpsc;

use crate::access::{Access, AccessGrant, Caller, Question, Refusal};
use crate::audit::{Attempt, Audit, Circumstances, Disclosure, PseudonymKey, Request};
use crate::config::Language;
use crate::overview::view::ItemView;
use crate::overview::{
    Classifier, Redacted, Rendered, Setting, SourceState, SourceStatus, Wording, merge, redact, render_event,
};
use crate::sources::{Deadline, Gathering, SourceOutcome, Sources, Wish};

/// The rooms that one request goes through.
#[derive(Debug)]
pub struct Pipeline {
    /// Who may see what.
    pub access: Arc<Access>,
    /// What was done.
    pub audit: Arc<Audit>,
    /// The source systems.
    pub sources: Arc<Sources>,
    /// Whose and what kind a row is.
    pub classifier: Arc<Classifier>,
    /// The words of an answer.
    pub wording: Arc<Wording>,
    /// The key of pseudonyms.
    pub pseudonyms: PseudonymKey,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Settings of the overview.
    pub settings: PathSettings,
}

/// Settings of the path.
#[derive(Debug, Clone)]
pub struct PathSettings {
    /// An overview that shows nothing is not sent before this, counted from its arrival.
    pub empty_answer: Duration,
    /// Authority code of the home departments.
    pub home_authority: String,
    /// Days for which a caseworker counts as new.
    pub new_caseworker_days: u16,
    /// Days for which closed cases stay, by source.
    pub windows: HashMap<SourceId, u16>,
    /// The configured order of sources.
    pub order: Vec<SourceId>,
}

/// One request, ready to go.
#[derive(Debug, Clone)]
pub struct Errand {
    /// Who asks.
    pub caller: Caller,
    /// What.
    pub question: Question,
    /// The handle that the answer carries.
    pub handle: Arc<str>,
    /// The route and trace.
    pub request: Request,
    /// Language of the texts.
    pub language: Language,
    /// The entity tags that the caller has.
    pub if_none_match: Option<String>,
    /// Ask the sources anew.
    pub no_cache: bool,
    /// When the answer is no longer wanted.
    pub deadline: Deadline,
    /// Before this moment an empty answer is not sent.
    pub not_before: Deadline,
}

impl Pipeline {
    /// The plain answer.
    ///
    /// # Errors
    /// A [`Refusal`]; never because of the citizen or a source.
    pub async fn overview(&self, errand: &Errand) -> Result<Disclosure, Refusal> {
        let (grant, attempt) = self.begin(errand).await?;
        let gathering = self.sources.gather(&grant, &errand.wish()).await;
        let statuses = self.statuses(&gathering);
        let redacted = self.redact(&grant, &gathering, None);
        self.wait_if_empty(&redacted, errand).await;
        let told = told(&redacted, &statuses);
        let body = redacted.render(&errand.handle, &told, &self.wording, errand.language);
        attempt.disclose(&redacted, &statuses, &Circumstances::default(), body, errand.if_none_match.as_deref()).await
    }

    /// Decides, and writes down what is about to be done, before anything is asked.
    async fn begin(&self, errand: &Errand) -> Result<(AccessGrant, Attempt), Refusal> {
        let pseudonym = self.pseudonyms.of(&errand.question.citizen);
        let decision = self.access.authorize(&errand.caller, &errand.question, pseudonym);
        let opened = self.audit.open(&errand.request, &errand.caller, &errand.question, &pseudonym, &decision);
        let attempt = opened.await?;
        Ok((decision.outcome?, attempt))
    }

    fn statuses(&self, gathering: &Gathering) -> Vec<SourceStatus> {
        let pairs = self.sources.iter().zip(&gathering.outcomes);
        pairs
            .map(|(source, outcome)| match outcome {
                Some(outcome) => outcome.status(&source.id),
                None => SourceStatus { state: SourceState::TimedOut, ..SourceStatus::not_consulted(source.id.clone()) },
            })
            .collect()
    }

    fn redact(&self, grant: &AccessGrant, gathering: &Gathering, held: Option<&dyn Fn(&Record) -> bool>) -> Redacted {
        let rows = gathering
            .outcomes
            .iter()
            .filter_map(|outcome| match outcome {
                Some(SourceOutcome::Answered { slice, .. }) => Some(&slice.records),
                _ => None,
            })
            .flatten()
            .filter(|record| !held.is_some_and(|is_held| is_held(record)))
            .cloned()
            .collect();
        let merged = merge(grant.citizen(), rows, &self.classifier, &self.settings.order);
        if merged.anonymous_dropped > 0 {
            tracing::warn!(rows = merged.anonymous_dropped, "rows about anonymous treatment were left out");
        }
        let setting = Setting {
            classifier: &self.classifier,
            today: danish_day(self.clock.now()),
            home_authority: &self.settings.home_authority,
            new_caseworker_days: self.settings.new_caseworker_days,
            windows: &self.settings.windows,
            sources: &self.settings.order,
        };
        redact(grant, &merged, setting)
    }

    /// "Unknown", "denied" and "empty" are sent at the same moment: the floor, or the deadline when the sources took longer.
    #[expect(clippy::disallowed_methods, reason = "waiting is the point: how long a look-up took must tell nothing")]
    async fn wait_if_empty(&self, redacted: &Redacted, errand: &Errand) {
        if redacted.is_empty() && !self.settings.empty_answer.is_zero() {
            let is_late = Deadline::after(Duration::ZERO) > errand.not_before;
            let moment = if is_late { errand.deadline } else { errand.not_before };
            tokio::time::sleep_until(moment.instant()).await;
        }
    }
}

/// The audit keeps the true states; an answer that shows nothing tells none that depends on the citizen.
fn told<'a>(redacted: &Redacted, statuses: &'a [SourceStatus]) -> Cow<'a, [SourceStatus]> {
    if redacted.is_empty() {
        statuses.iter().map(SourceStatus::without_rows).collect()
    } else {
        Cow::Borrowed(statuses)
    }
}

/// One event of a streamed answer.
#[derive(Debug)]
pub enum StreamEvent {
    /// Items that are decided by now, and the sources that have answered.
    Partial(Disclosure),
    /// The plain answer; the last event.
    Overview(Disclosure),
    /// The answer cannot be completed; the last event.
    Refused(Refusal),
}

impl Pipeline {
    /// The answer in parts. Refusals of the request itself come at once, before the stream begins.
    ///
    /// # Errors
    /// A [`Refusal`].
    #[expect(clippy::disallowed_methods, reason = "the stream's own task; it ends when the client goes away")]
    pub async fn stream(self: &Arc<Self>, errand: Errand) -> Result<mpsc::Receiver<StreamEvent>, Refusal> {
        let (grant, attempt) = self.begin(&errand).await?;
        let (sender, receiver) = mpsc::channel(4);
        let house = Arc::clone(self);
        tokio::spawn(async move { house.stream_to(&sender, &grant, attempt, &errand).await });
        Ok(receiver)
    }

    async fn stream_to(
        &self,
        sender: &mpsc::Sender<StreamEvent>,
        grant: &AccessGrant,
        attempt: Attempt,
        errand: &Errand,
    ) {
        let wish = errand.wish();
        let mut gathering = self.sources.nothing_yet();
        let mut sent: HashMap<String, Vec<u8>> = HashMap::new();
        {
            let mut outcomes = std::pin::pin!(self.sources.stream(grant, &wish));
            while let Some((at, outcome)) = outcomes.next().await {
                gathering.outcomes[at] = Some(outcome);
                if gathering.outcomes.iter().all(Option::is_some) {
                    break;
                }
                match self.next_event(&attempt, grant, &gathering, &mut sent, errand).await {
                    Ok(None) => {}
                    Ok(Some(event)) => {
                        if sender.send(StreamEvent::Partial(event)).await.is_err() {
                            return; // the client is gone; the attempt is recorded as abandoned
                        }
                    }
                    Err(refusal) => {
                        let _ = sender.send(StreamEvent::Refused(refusal)).await;
                        return;
                    }
                }
            }
        }
        let statuses = self.statuses(&gathering);
        let redacted = self.redact(grant, &gathering, None);
        self.wait_if_empty(&redacted, errand).await;
        if sender.is_closed() {
            return; // nobody is there to hand it to
        }
        let told = told(&redacted, &statuses);
        let body = redacted.render(&errand.handle, &told, &self.wording, errand.language);
        let last = match attempt.disclose(&redacted, &statuses, &Circumstances::default(), body, None).await {
            Ok(disclosure) => StreamEvent::Overview(disclosure),
            Err(refusal) => StreamEvent::Refused(refusal),
        };
        let _ = sender.send(last).await;
    }

    /// The items that are decided and new since the last event. An event without items is not sent: when it came would
    /// tell how much there was to read about somebody of whom nothing may be told.
    async fn next_event(
        &self,
        attempt: &Attempt,
        grant: &AccessGrant,
        gathering: &Gathering,
        sent: &mut HashMap<String, Vec<u8>>,
        errand: &Errand,
    ) -> Result<Option<Disclosure>, Refusal> {
        let redacted = self.redact(grant, gathering, Some(&|record| self.is_held(record, gathering)));
        let mut fresh: Vec<ItemView> = Vec::new();
        for item in redacted.item_views(&self.wording, errand.language) {
            let bytes = serde_json::to_vec(&item).unwrap_or_default();
            if sent.get(&item.id) != Some(&bytes) {
                sent.insert(item.id.clone(), bytes);
                fresh.push(item);
            }
        }
        if fresh.is_empty() {
            return Ok(None);
        }
        let statuses: Vec<SourceStatus> = self
            .sources
            .iter()
            .zip(&gathering.outcomes)
            .filter_map(|(source, outcome)| outcome.as_ref().map(|outcome| outcome.status(&source.id)))
            .collect();
        let ids: Vec<String> = fresh.iter().map(|item| item.id.clone()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let body: Rendered = render_event(&redacted, &statuses, fresh, &self.wording, errand.language);
        attempt.disclose_event(&ids, &redacted, &statuses, &Circumstances::default(), body).await.map(Some)
    }

    /// A row waits while the source that owns it, or one that could raise it, is still thinking.
    fn is_held(&self, record: &Record, gathering: &Gathering) -> bool {
        let is_pending = |wanted: &dyn Fn(&crate::sources::Source) -> bool| {
            self.sources.iter().zip(&gathering.outcomes).any(|(source, outcome)| outcome.is_none() && wanted(source))
        };
        if self.classifier.is_index(&record.source) {
            let owner = self.classifier.master_of(record);
            owner.is_some_and(|owner| is_pending(&|source| source.id == *owner))
        } else {
            let could_be_raised = self.classifier.is_indexed(&record.source) || record.keys.uuid.is_some();
            could_be_raised && is_pending(&|source| source.raises_sensitivity)
        }
    }
}

impl Errand {
    fn wish(&self) -> Wish {
        Wish { no_cache: self.no_cache, trace_id: Arc::clone(&self.request.trace_id), deadline: self.deadline }
    }
}

#[cfg(all(test, feature = "fakes"))]
mod tests;
