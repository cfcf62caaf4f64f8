//! The room's own tests: scripted listings, a clock that is moved by hand, and processes that die between any two steps.

mod changes;
mod extracts;
mod gone;
mod lister;
mod reading;
mod register;
mod town;
mod turns;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use glasplade_adapters::contract::{About, Adapter, Clock, CprNumber, Listing, ManualClock, Record};
use glasplade_adapters::fake::ScriptedRegister;
use jiff::{SignedDuration, Timestamp};

use self::lister::Lister;
use super::*;
use crate::audit::testing::Scratch;
use crate::config::Config;
use crate::overview::Classifier;
use crate::people::{AliasBook, AliasSettings, People};
use crate::random::{CountingRandom, Random};
use crate::sources::Sources;
use crate::target_groups::index::{IndexError, NumberSeal, TargetIndex};
use crate::testing::{self, Vary as _};

/// What the index holds, in words: by number, the facts; and by source, what it has been told.
type Held = BTreeMap<String, BTreeSet<String>>;

/// Sources, a register, a clock and an index on disk; the poller may be made anew at any time.
struct House {
    config: Config,
    clock: Arc<ManualClock>,
    random: Arc<dyn Random>,
    listers: Vec<(String, Arc<Lister>)>,
    register: Arc<ScriptedRegister>,
    aliases: Arc<AliasBook>,
    poller: Poller,
    // Last, so that the index is let go before its folder is removed.
    scratch: Scratch,
}

impl House {
    /// With these sources of the demo, in its order.
    fn new(sources: &[(&str, Listing)]) -> Self {
        Self::with(sources, |_| {})
    }

    fn with(sources: &[(&str, Listing)], change: impl FnOnce(&mut Config)) -> Self {
        let mut config = testing::config();
        config.sources.source.retain(|row| sources.iter().any(|(id, _)| row.id.as_str() == *id));
        change(&mut config);
        let listers: Vec<(String, Arc<Lister>)> =
            sources.iter().map(|(id, listing)| ((*id).to_owned(), Lister::new(id, *listing))).collect();
        let clock = Arc::new(ManualClock::at(testing::now()));
        let random: Arc<dyn Random> = Arc::new(CountingRandom::default());
        let (scratch, register) = (Scratch::new(), ScriptedRegister::new("persons"));
        let aliases = Arc::new(AliasBook::in_memory(AliasSettings { entries_max: 100 }));
        let poller = poller(&config, &clock, &random, &listers, &register, &aliases, &scratch);
        Self { config, clock, random, listers, register, aliases, poller, scratch }
    }

    /// Another process on the same index, with a book of former numbers of its own where `forgets`.
    fn another(&self, forgets: bool) -> Poller {
        let fresh = Arc::new(AliasBook::in_memory(AliasSettings { entries_max: 100 }));
        let aliases = if forgets { &fresh } else { &self.aliases };
        poller(&self.config, &self.clock, &self.random, &self.listers, &self.register, aliases, &self.scratch)
    }

    /// The process dies, and another one begins.
    fn dies(&mut self) {
        self.poller = self.another(true);
        // A lease ends by itself.
        self.clock.advance(SignedDuration::from_mins(10));
    }

    fn lister(&self, id: &str) -> &Arc<Lister> {
        &self.listers.iter().find(|(known, _)| known == id).expect("a source of the test").1
    }

    fn state(&self, id: &str) -> SourceReading {
        self.poller.read(|reading| SourceReading::of(reading, id)).expect("a state")
    }

    /// Takes turns until the source is read; waits as long as it says.
    async fn reads(&self, id: &str) {
        for _ in 0..5_000 {
            match self.poller.turn(id, Wish::DUE).await.expect("an index") {
                Turn::Went => {}
                Turn::Rest(rest) if rest.why == Why::Done => return,
                Turn::Rest(rest) => self.waits(rest.until),
            }
        }
        panic!("the source is never read");
    }

    /// Takes turns until there is nothing to do at once; tells why.
    async fn goes_on(&self, id: &str) -> Rest {
        for _ in 0..5_000 {
            if let Turn::Rest(rest) = self.poller.turn(id, Wish::DUE).await.expect("an index") {
                return rest;
            }
        }
        panic!("the source never rests");
    }

    fn waits(&self, until: Timestamp) {
        let wait = until.duration_since(self.clock.now());
        self.clock.advance(wait.max(SignedDuration::from_secs(1)));
    }

    /// A day later, or whenever the next whole reading is due.
    fn a_day_later(&self) {
        self.clock.advance(SignedDuration::from_hours(24));
    }

    /// Everything that is in the index of citizens with a case.
    fn held(&self) -> Held {
        held(&self.poller)
    }

    /// Native ids of a citizen's facts of one source.
    fn has(&self, number: &CprNumber, source: &str, native_id: &str) -> bool {
        let key = format!("{:?}", self.poller.key(&testing::row(source, native_id)));
        self.held().get(number.expose()).is_some_and(|facts| facts.iter().any(|fact| fact.contains(&key)))
    }
}

fn poller(
    config: &Config,
    clock: &Arc<ManualClock>,
    random: &Arc<dyn Random>,
    listers: &[(String, Arc<Lister>)],
    register: &Arc<ScriptedRegister>,
    aliases: &Arc<AliasBook>,
    scratch: &Scratch,
) -> Poller {
    let config = config.for_reading();
    let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(clock);
    let adapters = config.sources.source.iter().filter_map(|row| {
        let lister = listers.iter().find(|(id, _)| *id == row.id.as_str())?;
        let adapter: Adapter = Arc::<Lister>::clone(&lister.1);
        Some((row, adapter))
    });
    let classifier = Arc::new(Classifier::new(&config));
    let sources = Sources::with_adapters(&config, adapters.collect(), classifier, Arc::clone(&clock), random);
    let people = People::with_register(
        &config,
        Some(register.register()),
        Arc::new(testing::pseudonyms()),
        Arc::clone(aliases),
        Arc::clone(&clock),
        Arc::clone(random),
    );
    let lent = PollerLent {
        pseudonyms: Arc::new(testing::pseudonyms()),
        aliases: Arc::clone(aliases),
        clock,
        random: Arc::clone(random),
    };
    let index = TargetIndex::open(&path(scratch)).expect("an index of its own");
    Poller::with(config.clone(), Arc::new(sources), Arc::new(people), index, lent).expect("the same key")
}

fn path(scratch: &Scratch) -> PathBuf {
    scratch.path().join("target-groups.sqlite")
}

/// The index in words that mean the same whatever numbers its codes have.
fn held(poller: &Poller) -> Held {
    let seal = NumberSeal::new(&testing::pseudonyms());
    let mut held = Held::new();
    let read = poller.read(|reading| {
        reading.citizens(|who, row| {
            let number = seal.open(&who, &row.number).expect("sealed under the tests' key");
            let code = |id| reading.codes().text(id).map(ToString::to_string);
            let facts = row.facts.iter().map(|fact| {
                let codes =
                    [Some(fact.source), fact.master, fact.department, fact.unit, Some(fact.category), fact.kind];
                let codes: Vec<Option<String>> = codes.into_iter().map(|id| id.and_then(code)).collect();
                let flags = (fact.is_owned_elsewhere, fact.is_screened, fact.could_be_raised);
                let levels = (fact.level, fact.stated_level, fact.standing, fact.opened, fact.closed);
                format!("{:?} {codes:?} {:?} {flags:?} {levels:?} {:?}", fact.key, fact.role, fact.joins)
            });
            // Who is on the way out has none.
            if !row.facts.is_empty() {
                held.insert(number.expose().to_owned(), facts.collect());
            }
            Ok::<_, IndexError>(())
        })
    });
    read.expect("every row reads");
    held
}

/// A running case about the citizen with this number.
fn case(source: &str, id: &str, citizen: CprNumber) -> Record {
    testing::row(source, id).in_unit("301").law("LAB").with(|row| row.about = About::numbers([citizen]))
}

/// An invented citizen.
fn somebody(at: usize) -> CprNumber {
    CprNumber::parse(&format!("{:02}0199{:04}", at / 9_000 + 1, at % 9_000 + 1_000)).expect("ten digits")
}

/// So many cases of as many citizens.
fn cases(source: &str, count: usize) -> Vec<Record> {
    (0..count).map(|at| case(source, &format!("{source}-{at}"), somebody(at))).collect()
}
