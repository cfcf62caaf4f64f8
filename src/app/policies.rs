//! The policies while the service runs: a changed file is tried, kept and written down before it decides anything.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::access::{Access, InForce, PolicyTexts, PolicyWatch, Refusal};
use crate::audit::{self, Audit, AuditedEvent, Request};

/// The policies while the service runs.
#[derive(Debug)]
pub(super) struct Policies {
    pub(super) in_force: Arc<InForce>,
    pub(super) watch: PolicyWatch,
    /// Where the ones that decide are kept.
    pub(super) archive: PathBuf,
    pub(super) every: Option<Duration>,
}

impl Policies {
    /// Looks for changed policies for as long as the service runs.
    pub(super) async fn follow(&mut self, audit: &Audit) {
        let Some(every) = self.every else { return std::future::pending().await };
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Some(found) = self.watch.look() {
                self.take(&found, audit).await;
            }
        }
    }

    /// Puts changed policies in force, if they can be: kept and written down before they decide anything.
    async fn take(&self, found: &PolicyTexts, audit: &Audit) {
        let running = self.in_force.now();
        let next = match running.with_policies(found) {
            Ok(next) => next,
            Err(refused) => {
                tracing::error!(%refused, "the policies on disk are not taken; the running ones stay");
                let what = "policies_refused".to_owned();
                // A log that cannot take it has said so; nothing has changed.
                let _ = self.record(AuditedEvent { what, ..AuditedEvent::default() }, audit).await;
                return;
            }
        };
        if next.policy_hash() == running.policy_hash() {
            return; // the same policies, tried with their examples
        }
        if let Err(error) = audit::archive(&self.archive, next.deciding()) {
            tracing::error!(%error, "changed policies are not taken; the running ones stay");
            return;
        }
        let hash = |access: &Access| access.policy_hash().to_string();
        let facts = [("before".to_owned(), hash(&running)), ("after".to_owned(), hash(&next))].into();
        let event = AuditedEvent { what: "policies_replaced".to_owned(), id: None, facts };
        if self.record(event, audit).await.is_ok() {
            tracing::info!(policies = %next.policy_hash(), "changed policies are in force");
            self.in_force.replace(Arc::new(next));
        }
    }

    async fn record(&self, event: AuditedEvent, audit: &Audit) -> Result<(), Refusal> {
        audit.record(&Request { route: "service", trace_id: Arc::from("") }, None, None, event).await
    }
}
