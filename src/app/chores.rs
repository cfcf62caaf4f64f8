//! What a running service does by itself: it forgets what is past its time, and tells of what is late.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use glasplade_adapters::contract::{Clock, danish_day};

use crate::audit::retention::{Holds, Retention};
use crate::audit::{self, Audit};
use crate::emergencies::Emergencies;
use crate::target_groups::poll::Pause;
use crate::target_groups::run::{TargetRuns, run_scheduled};

/// How often it is looked whether a new day has begun, or a hold was set.
const HOUSEKEEPING: Duration = Duration::from_mins(1);

#[expect(
    clippy::disallowed_methods,
    reason = "a stop waits so long for requests, and the day's run looks once a minute"
)]
pub(super) async fn wait(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// The house's own way to let time pass, lent to what reads sources for target groups.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiting;

impl Pause for Waiting {
    fn pause(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(wait(duration))
    }
}

/// Forgets each day what is past its time, and puts on record holds and what was asked on the machine; never ends.
pub(super) async fn keep_house(audit: &Arc<Audit>, retention: &Retention, clock: &dyn Clock) {
    let mut done = None;
    let mut holds = Vec::new();
    loop {
        let now = clock.now();
        if let Err(error) = audit.record_asked().await {
            tracing::error!(%error, "what was asked on the machine could not be put on record");
        }
        // What lies in the folder of keys has changed: somebody set or lifted a hold.
        let found = Holds::read(audit.log().keys()).map(|holds| holds.0).unwrap_or_default();
        if done != Some(danish_day(now)) || found != holds {
            match audit::retention::expire(audit, retention, now).await {
                Ok(expired) if !expired.keys.is_empty() => {
                    tracing::info!(
                        audit.keys = expired.keys.len(),
                        audit.kept = expired.kept,
                        "entries were forgotten"
                    );
                }
                Ok(_) => {}
                // Tried again in a minute.
                Err(error) => {
                    tracing::error!(%error, "entries past their time could not be forgotten");
                    wait(HOUSEKEEPING).await;
                    continue;
                }
            }
            done = Some(danish_day(now));
            holds = Holds::read(audit.log().keys()).map(|holds| holds.0).unwrap_or_default();
        }
        wait(HOUSEKEEPING).await;
    }
}

/// Tells of emergencies that nobody has judged in time, whether or not somebody looks for them; never ends.
pub(super) async fn tell_late(emergencies: &Emergencies) {
    loop {
        if let Err(refusal) = emergencies.escalate_overdue().await {
            tracing::error!(code = refusal.code(), "emergencies that are late could not be told of");
        }
        wait(HOUSEKEEPING).await;
    }
}

/// Puts on record what operators accepted of sources, and makes the lists whose day has come; never ends.
pub(super) async fn make_lists(targets: &Arc<TargetRuns>) {
    loop {
        // Large, and rarely at work.
        if let Err(error) = Box::pin(targets.record_accepted()).await {
            tracing::error!(%error, "what an operator accepted of a source could not be put on record");
        }
        Box::pin(run_scheduled(targets)).await;
        wait(HOUSEKEEPING).await;
    }
}
