//! The demo's fakes are polled over their own interfaces, and the index is compared with what their generator invented.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::BoxFuture;
use glasplade_adapters::contract::danish_day;
use glasplade_adapters::fake::population::{CaseRow, Progress};
use glasplade_adapters::fake::{Fault, Town, TownSettings, World};
use jiff::civil::Date;

use super::*;
use crate::config::environment;
use crate::demo;

/// Nobody waits in this test.
struct Never;

impl Pause for Never {
    fn pause(&self, _duration: Duration) -> BoxFuture<'_, ()> {
        panic!("there is nothing to wait for")
    }
}

/// A town with its fakes, and a poller over it.
struct Place {
    world: Arc<World>,
    town: Town,
    clock: Arc<ManualClock>,
    poller: Poller,
    _scratch: Scratch,
}

impl Place {
    async fn new(citizens: usize) -> Self {
        let now: Timestamp = "2026-11-24T09:00:00+01:00".parse().expect("a moment");
        let (scratch, clock) = (Scratch::new(), Arc::new(ManualClock::at(now)));
        let world = Arc::new(World::invent(1, citizens, now));
        let lent: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let town = Town::start(Arc::clone(&world), Arc::clone(&lent), TownSettings::FREE).await.expect("free ports");
        demo::prepare(scratch.path(), now, &world).expect("a folder of our own");
        let config = demo::configuration(scratch.path(), &town, &[]).expect("the demo's configuration");
        let index = TargetIndex::open(&path(&scratch)).expect("an index of its own");
        let lent = PollerLent {
            pseudonyms: Arc::new(testing::pseudonyms()),
            aliases: Arc::new(AliasBook::in_memory(AliasSettings { entries_max: 1_000 })),
            clock: lent,
            random: Arc::new(CountingRandom::default()),
        };
        let poller = Poller::new(&config, &environment(), index, lent).expect("the demo is configured");
        Self { world, town, clock, poller, _scratch: scratch }
    }

    async fn reads(&self) -> Summary {
        self.clock.advance(SignedDuration::from_secs(1));
        let wish = Wish { newer_than: Some(self.clock.now()), whole: true };
        self.poller.read_now(None, wish, true, &Never).await.expect("an index")
    }
}

/// Whether the row runs on `today`, as the generator says; `None` where one of its oddities decides.
fn runs(row: &CaseRow, today: Date) -> Option<bool> {
    let is_odd = !row.quirks.is_empty() || row.raw_status.is_some() || !row.history.is_empty();
    let is_anonymous = row.law.as_deref().is_some_and(|law| law.contains("101 a"));
    let is_mixed_up = row.opened.zip(row.closed).is_some_and(|(opened, closed)| closed < opened);
    if is_odd || is_anonymous || is_mixed_up {
        return None;
    }
    let is_over = matches!(row.progress, Progress::Closed | Progress::Void);
    if is_over && row.closed.is_some_and(|closed| closed >= today) {
        // Over by its state and running by its last day: sources that keep days alone say that it runs.
        return None;
    }
    Some(!is_over && row.closed.is_none_or(|closed| closed >= today))
}

/// The texts of a value.
fn named_in(value: &serde_json::Value) -> Vec<&str> {
    match value {
        serde_json::Value::String(text) => vec![text.as_str()],
        serde_json::Value::Array(values) => values.iter().flat_map(named_in).collect(),
        _ => Vec::new(),
    }
}

/// Facts by source and citizen, as the index holds them.
fn counted(held: &Held, sources: &[&'static str]) -> HashMap<(&'static str, String), usize> {
    let mut counts = HashMap::new();
    for (number, facts) in held {
        for source in sources {
            let has = facts.iter().filter(|fact| fact.contains(&format!("[Some(\"{source}\")"))).count();
            counts.insert((*source, number.clone()), has);
        }
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_holds_what_the_generator_invented_source_by_source() {
    let place = Place::new(400).await;
    let summary = place.reads().await;
    assert_eq!((summary.left, summary.read.len()), (vec![], 6), "five sources, and the register");
    let sources = ["sbsys", "fasit", "dubu", "case_index", "oio"];
    let (held, today) = (place.poller_held(), danish_day(place.clock.now()));
    let counts = counted(&held, &sources);
    for source in sources {
        let mut expected: HashMap<String, Option<usize>> = HashMap::new();
        for row in place.world.cases().iter().filter(|row| row.source == source) {
            let in_force = place.world.person(&row.citizen).map_or(&row.citizen, |person| &person.cpr);
            let citizen = expected.entry(in_force.clone()).or_insert(Some(0));
            *citizen = citizen.zip(runs(row, today)).map(|(count, runs)| count + usize::from(runs));
        }
        // Who is named beside the citizen of an odd row has a case that is not theirs in the generator's table.
        let named = place.world.cases().iter().filter(|row| row.source == source).flat_map(|row| row.quirks.values());
        let named: BTreeSet<&str> = named.flat_map(named_in).collect();
        expected.retain(|who, _| !named.contains(who.as_str()));
        let plain: Vec<(&String, usize)> = expected.iter().filter_map(|(who, count)| Some((who, (*count)?))).collect();
        assert!(plain.len() * 2 > expected.len(), "{source}: {} of {} are plain", plain.len(), expected.len());
        let total: usize = plain.iter().map(|(_, count)| count).sum();
        assert!(total > 20, "{source}: {total} running cases");
        for (who, count) in plain {
            let has = counts.get(&(source, who.clone())).copied().unwrap_or(0);
            let rows = || place.world.cases().iter().filter(|row| row.source == source && row.citizen == *who);
            assert_eq!(has, count, "{source}: {:?}", rows().collect::<Vec<_>>());
        }
    }
    // Read again, nothing has changed.
    let summary = place.reads().await;
    assert_eq!((summary.left, place.poller_held()), (vec![], held));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_down_is_told_of_and_the_others_are_read() {
    let place = Place::new(60).await;
    place.reads().await;
    let held = place.poller_held();
    for fault in [Fault::Status(503), Fault::Html, Fault::VendorFault, Fault::RefusedToken] {
        place.town.server("dubu").expect("a fake").faults().set(None, fault);
        let summary = place.reads().await;
        assert_eq!(summary.left, [("dubu".to_owned(), "it fails")], "{fault}");
        assert_eq!(place.poller_held(), held, "{fault}: nobody's case ended");
        place.clock.advance(SignedDuration::from_hours(1));
    }
    place.town.server("dubu").expect("a fake").faults().clear_all();
    assert_eq!(place.reads().await.left, []);
    assert_eq!(place.poller_held(), held);
}

impl Place {
    fn poller_held(&self) -> Held {
        super::held(&self.poller)
    }
}
