//! Who is asked: an adapter, fake or live, and the citizens it is asked about.

use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{Adapter, CallContext, Clock, CprNumber, Fetched, SourceError, TraceContext};
use uuid::Uuid;

/// An adapter with a citizen whom it knows, and perhaps one whom it does not.
#[derive(Debug)]
pub(crate) struct Subject {
    /// The adapter.
    pub(crate) adapter: Adapter,
    /// The clock that it is lent.
    pub(crate) clock: Arc<dyn Clock>,
    /// Known to the source.
    pub(crate) citizen: CprNumber,
    /// Not known to the source.
    pub(crate) stranger: Option<CprNumber>,
    /// How long one look-up may take.
    pub(crate) patience: Duration,
}

impl Subject {
    /// What the house lends for a call that may take this long.
    #[expect(clippy::disallowed_methods, reason = "who sets a deadline reads the machine's time")]
    pub(crate) fn context_for(&self, patience: Duration) -> CallContext {
        let moment = u128::try_from(self.clock.now().as_nanosecond()).unwrap_or_default();
        CallContext {
            deadline: tokio::time::Instant::now() + patience,
            clock: Arc::clone(&self.clock),
            trace: TraceContext {
                trace_id: "0af7651916cd43dd8448eb211c80319c".into(),
                span_id: "b7ad6b7169203331".into(),
            },
            transaction: Uuid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_0000 | moment >> 8),
        }
    }

    /// What the house lends for a call.
    pub(crate) fn context(&self) -> CallContext {
        self.context_for(self.patience)
    }

    /// Asks about somebody.
    pub(crate) async fn ask(&self, citizen: &CprNumber) -> Result<Fetched, SourceError> {
        self.adapter.fetch(&self.context(), citizen).await
    }

    /// Asks about the known citizen.
    pub(crate) async fn fetch(&self) -> Result<Fetched, SourceError> {
        self.ask(&self.citizen).await
    }

    /// Asks about the known citizen, where an answer is expected.
    ///
    /// # Errors
    /// The adapter's error in a sentence.
    pub(crate) async fn fetched(&self) -> Result<Fetched, String> {
        self.fetch().await.map_err(|error| format!("no answer about the known citizen: {error}"))
    }
}
