//! A thousand callers, on real threads.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::task::JoinSet;

use super::{Deadline, Wish, gather, grant, row_of_level, wish, word};
use crate::testing::house::Scripted;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_on_one_expired_citizen_make_one_fetch_per_source() {
    let scripted = Scripted::new();
    scripted.answers("sbsys", vec![row_of_level(1)]);
    let long = || Wish { deadline: Deadline::after(Duration::from_mins(2)), ..wish(false) };
    gather(&scripted, grant(&scripted), &long()).await;
    assert_eq!(scripted.calls(), [1; 5]);
    scripted.clock.advance(jiff::SignedDuration::from_secs(601));
    let ids = scripted.sources.ids();
    for id in &ids {
        scripted.adapter(id.as_str()).hold();
    }
    let grant = Arc::new(grant(&scripted));
    let mut callers = JoinSet::new();
    for _ in 0..1_000 {
        let (sources, grant, wish) = (Arc::clone(&scripted.sources), Arc::clone(&grant), long());
        callers.spawn(async move {
            let outcomes: Vec<_> = sources.stream(&grant, &wish).collect().await;
            outcomes.iter().map(|(_, outcome)| word(outcome)).collect::<Vec<_>>()
        });
    }
    for id in &ids {
        let adapter = scripted.adapter(id.as_str());
        adapter.was_called(2).await;
        adapter.release();
    }
    let words: Vec<String> = callers.join_all().await.into_iter().flatten().collect();
    assert_eq!(words.len(), 5_000);
    assert!(words.iter().all(|word| matches!(word.as_str(), "fresh" | "cached")), "everybody is answered");
    assert_eq!(scripted.calls(), [2; 5], "one fetch each");
}
