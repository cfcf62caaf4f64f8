//! The room's own tests: scripted sources, a clock that is moved by hand, and tokio's paused time.

mod ages;
mod asking;
mod breaker;
mod flights;
mod hedges;
mod stress;
mod told;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;

use glasplade_adapters::contract::CprNumber;

use super::{Deadline, Freshness, Source, SourceOutcome, Wish};
use crate::access::{Access, AccessGrant, Caller, Question};
use crate::testing::house::Scripted;
use crate::testing::{self, Vary as _};

/// Somebody for whom every source is asked.
fn everybody() -> Caller {
    Caller::invented("az10006", &["child_caseworker"]).in_unit("BFF", "BFF-MYND").with_kle(&["*"])
}

/// Sources do not know the n-th of these citizens, unless a test tells them.
fn citizen_number(n: usize) -> CprNumber {
    CprNumber::parse(&format!("020202{:04}", n + 1)).expect("ten digits")
}

fn grant_about(scripted: &Scripted, citizen: CprNumber) -> AccessGrant {
    let question = Question { citizen, ..testing::question() };
    let pseudonym = testing::pseudonyms().of(&citizen);
    let decision = Access::new(&scripted.config).authorize(&everybody(), &question, pseudonym, testing::TODAY);
    decision.outcome.expect("permitted")
}

/// A source by id.
fn source<'s>(scripted: &'s Scripted, id: &str) -> &'s Arc<Source> {
    scripted.sources.iter().find(|source| source.id.as_str() == id).expect("a source of the demo")
}

/// Lets that much time pass, and everything happen that happens in it.
async fn pass(time: Duration) {
    let _ = tokio::time::timeout(time, std::future::pending::<()>()).await;
}

fn grant(scripted: &Scripted) -> AccessGrant {
    testing::grant(&scripted.config, &everybody(), "own_case")
}

fn wish(no_cache: bool) -> Wish {
    Wish {
        no_cache,
        trace_id: Arc::from("trace"),
        deadline: Deadline::after(Duration::from_secs(1)),
        is_hasty: false,
        from_memory: false,
    }
}

/// Asks one source as the path does.
async fn obtain(scripted: &Scripted, id: &str, no_cache: bool) -> SourceOutcome {
    let source = scripted.sources.iter().find(|source| source.id.as_str() == id).expect("a source of the demo");
    let wish = wish(no_cache);
    scripted.sources.obtain(source, &grant(scripted), &wish).await
}

/// Asks all sources; their outcomes in the configured order.
async fn gather(scripted: &Scripted, grant: AccessGrant, wish: &Wish) -> Vec<SourceOutcome> {
    let mut outcomes: Vec<_> = scripted.sources.stream(&Arc::new(grant), wish).collect().await;
    outcomes.sort_by_key(|(at, _)| *at);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// `fresh`, `cached`, `stale` or the failure, in one word.
fn word(outcome: &SourceOutcome) -> String {
    match outcome {
        SourceOutcome::Answered { freshness: Freshness::Fresh, .. } => "fresh".to_owned(),
        SourceOutcome::Answered { freshness: Freshness::Cached, .. } => "cached".to_owned(),
        SourceOutcome::Answered { freshness: Freshness::Stale(kind), .. } => format!("stale {kind:?}"),
        SourceOutcome::Failed { kind, .. } => format!("failed {kind:?}"),
        SourceOutcome::NotConsulted => "not consulted".to_owned(),
    }
}

fn rows(outcome: &SourceOutcome) -> usize {
    match outcome {
        SourceOutcome::Answered { slice, .. } => slice.records.len(),
        _ => 0,
    }
}

/// A row of level 1, 2 or 3.
fn row_of_level(level: u8) -> glasplade_adapters::contract::Record {
    let law = ["", "LAB", "SEL § 85", "barnets lov § 133"][usize::from(level)];
    testing::row("sbsys", "1").law(law)
}
