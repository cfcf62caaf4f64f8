//! The answer in parts. Each part is a disclosure of its own: decided and recorded before its bytes.

use std::collections::HashMap;
use std::sync::Arc;

use glasplade_adapters::contract::Record;
use tokio::sync::mpsc;
use tracing::Instrument as _;

use super::look::Look;
use super::{Errand, Pipeline, Seen, circumstances, wait_until};
use crate::access::{AccessGrant, Refusal};
use crate::audit::{Attempt, Disclosure};
use crate::overview::view::ItemView;
use crate::overview::{Rendered, SourceStatus, render_event};

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
        let (sender, receiver) = mpsc::channel(1);
        let house = Arc::clone(self);
        let telling = async move { house.stream_to(&sender, grant, attempt, &errand).await };
        tokio::spawn(telling.in_current_span());
        Ok(receiver)
    }

    async fn stream_to(
        &self,
        sender: &mpsc::Sender<StreamEvent>,
        grant: Arc<AccessGrant>,
        attempt: Attempt,
        errand: &Errand,
    ) {
        let (wish, caller) = (errand.wish(), grant.caller().clone());
        let look = Look::begin(grant, &self.sources, &self.people, &wish.for_look());
        let (user, parts) = tokio::join!(self.user_of(&caller, &wish), self.parts(sender, &attempt, look, errand));
        let look = match parts {
            Ok(Some(look)) => look,
            Ok(None) => return, // the client is gone; the attempt is recorded as abandoned
            Err(refusal) => {
                let _ = sender.send(StreamEvent::Refused(refusal)).await;
                return;
            }
        };
        let seen = self.seen(look, user, &wish).await;
        // A place first: what is decided must not wait behind a client that does not read.
        let Ok(place) = sender.reserve().await else { return };
        match self.finish(sender, attempt, seen, errand).await {
            Ok(None) => {} // nobody is there to hand it to
            Ok(Some(disclosure)) => place.send(StreamEvent::Overview(disclosure)),
            Err(refusal) => place.send(StreamEvent::Refused(refusal)),
        }
    }

    /// Every part but the last; the look when all have answered, `None` when the client has gone meanwhile.
    async fn parts(
        &self,
        sender: &mpsc::Sender<StreamEvent>,
        attempt: &Attempt,
        mut look: Look,
        errand: &Errand,
    ) -> Result<Option<Look>, Refusal> {
        let mut sent: HashMap<String, Vec<u8>> = HashMap::new();
        while look.next().await {
            if look.is_complete() {
                continue; // the last event tells the rest
            }
            // A place first: what is decided must not wait behind a client that does not read.
            let Ok(place) = sender.reserve().await else { return Ok(None) };
            if let Some(event) = self.next_event(attempt, &look, &mut sent, errand).await? {
                place.send(StreamEvent::Partial(event));
            }
        }
        Ok(Some(look))
    }

    /// The last event; `None` when the client has gone meanwhile.
    async fn finish(
        &self,
        sender: &mpsc::Sender<StreamEvent>,
        mut attempt: Attempt,
        mut seen: Seen,
        errand: &Errand,
    ) -> Result<Option<Disclosure>, Refusal> {
        attempt.note(&seen.circumstances);
        let mut family = self.family(&attempt, &seen, errand).await?;
        let leaves_at = self.settle(&mut seen, &mut family, errand).await;
        if sender.is_closed() {
            return Ok(None);
        }
        let disclosure = self.disclose(attempt, &seen, family, errand, None).await?;
        wait_until(leaves_at).await;
        Ok(Some(disclosure))
    }

    /// The items that are decided and new since the last event. An event without items is not sent: when it came would
    /// tell how much there was to read about somebody of whom nothing may be told. Nothing is decided before the register
    /// has said who the citizen is, since a bar cannot be put up afterwards.
    async fn next_event(
        &self,
        attempt: &Attempt,
        look: &Look,
        sent: &mut HashMap<String, Vec<u8>>,
        errand: &Errand,
    ) -> Result<Option<Disclosure>, Refusal> {
        if look.identity().is_none() {
            return Ok(None);
        }
        // Items that are screened to named users wait for the last event: the directory is not asked between two parts.
        let position = self.position(look, None);
        let redacted = self.redact(look, &position, Some(&|record| self.is_held(record, look)));
        let mut fresh: Vec<ItemView> = Vec::new();
        for item in redacted.item_views(self.wording(errand), errand.language) {
            let bytes = serde_json::to_vec(&item).unwrap_or_default();
            if sent.get(&item.id) != Some(&bytes) {
                sent.insert(item.id.clone(), bytes);
                fresh.push(item);
            }
        }
        if fresh.is_empty() {
            return Ok(None);
        }
        let answered =
            self.sources.iter().enumerate().filter(|(at, _)| look.gathering().outcomes(*at).next().is_some());
        let statuses: Vec<SourceStatus> = answered.map(|(at, source)| look.status(at, &source.id)).collect();
        let ids: Vec<String> = fresh.iter().map(|item| item.id.clone()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let body: Rendered = render_event(&redacted, &statuses, fresh, self.wording(errand), errand.language);
        let circumstances = circumstances(look, &position.standing);
        attempt.disclose_event(&ids, &redacted, &statuses, &circumstances, body).await.map(Some)
    }

    /// A row waits while the source that owns it, or one that could raise it, is still thinking.
    fn is_held(&self, record: &Record, look: &Look) -> bool {
        let is_pending = |wanted: &dyn Fn(&crate::sources::Source) -> bool| {
            self.sources.iter().enumerate().any(|(at, source)| look.gathering().is_pending(at) && wanted(source))
        };
        if self.classifier.is_index(&record.source) {
            let owner = self.classifier.master_of(record);
            owner.is_some_and(|owner| is_pending(&|source| source.id == *owner))
        } else {
            self.classifier.could_be_raised(record) && is_pending(&|source| source.raises_sensitivity)
        }
    }
}
