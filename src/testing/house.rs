//! The whole path over scripted sources and a real audit, for the tests of the pipeline and of the sources.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{Clock, Fetched, ManualClock};
use glasplade_adapters::fake::{ScriptedAdapter, ScriptedRegister};

use crate::access::{Access, Caller, InForce};
use crate::audit::testing::Scratch;
use crate::audit::{Audit, AuditEntry, AuditIndex, AuditLog, IndexSettings, Request};
use crate::config::{Config, Language};
use crate::consents::{self, Consents};
use crate::emergencies::{Emergencies, LentToEmergencies};
use crate::overview::{Classifier, Wording};
use crate::people::{AliasBook, AliasSettings, People};
use crate::pipeline::{Answers, Errand, HandleOpener, PathSettings, Pipeline};
use crate::random::{CountingRandom, Random};
use crate::sources::{Deadline, Sources};
use crate::staff::Staff;
use crate::staff_register::StaffRegister;
use crate::testing;

/// The five sources of the demo, scripted.
#[derive(Debug)]
pub(crate) struct Scripted {
    pub(crate) sources: Arc<Sources>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) config: Config,
    adapters: HashMap<String, Arc<ScriptedAdapter>>,
    /// The person register, when the configuration has one.
    pub(crate) register: Arc<ScriptedRegister>,
}

impl Scripted {
    pub(crate) fn new() -> Self {
        Self::with(testing::config())
    }

    fn with(config: Config) -> Self {
        let clock = Arc::new(ManualClock::at(testing::now()));
        let rows = &config.sources.source;
        let adapters: HashMap<String, Arc<ScriptedAdapter>> =
            rows.iter().map(|row| (row.id.to_string(), ScriptedAdapter::new(row.id.as_str()))).collect();
        let pairs = rows.iter().map(|row| (row, adapters[row.id.as_str()].adapter())).collect();
        let classifier = Arc::new(Classifier::new(&config));
        let lent: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let random: Arc<dyn Random> = Arc::new(CountingRandom::default());
        let sources = Sources::with_adapters(&config, pairs, classifier, lent, &random);
        Self { sources: Arc::new(sources), clock, config, adapters, register: ScriptedRegister::new("persons") }
    }

    /// A source by id.
    pub(crate) fn adapter(&self, id: &str) -> &Arc<ScriptedAdapter> {
        &self.adapters[id]
    }

    /// The source tells this about the tests' citizen.
    pub(crate) fn answers(&self, id: &str, fetched: impl Into<Fetched>) {
        self.adapter(id).answers(testing::citizen(), fetched);
    }

    /// How often each source was asked, in the configured order.
    pub(crate) fn calls(&self) -> Vec<usize> {
        self.sources.ids().iter().map(|id| self.adapter(id.as_str()).calls()).collect()
    }
}

/// The path, wired.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) scripted: Scripted,
    pub(crate) pipeline: Arc<Pipeline>,
    // Last, so that the log is let go before its folder is removed.
    scratch: Scratch,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// An answer without anything in it leaves as late as the shipped configuration says. For tests over a clock that stands
    /// still: on a busy machine, it may be so late that it waits for the caller's whole time.
    pub(crate) fn with_a_floor() -> Self {
        let floor = testing::config().service.overview.empty_answer_ms;
        Self::with(|config| config.service.overview.empty_answer_ms = floor)
    }

    /// With another configuration. Nothing waits for the floor of empty answers.
    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let (mut config, scratch) = (testing::config(), Scratch::new());
        config.service.overview.empty_answer_ms = 0;
        config.service.emergency.file = Some(scratch.path().join("emergencies.sqlite"));
        config.service.consents.file = Some(scratch.path().join("consents.sqlite"));
        change(&mut config);
        let scripted = Scripted::with(config);
        let (config, sources) = (&scripted.config, Arc::clone(&scripted.sources));
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&scripted.clock);
        let log = AuditLog::open(scratch.settings(), &clock).expect("a log of its own");
        let index = AuditIndex::open(&scratch.index(), &log, IndexSettings::new(Arc::new(testing::pseudonyms())))
            .expect("an index of its own");
        let settings = PathSettings {
            empty_answer: Duration::from_millis(config.service.overview.empty_answer_ms),
            home_authority: "MSB".to_owned(),
            new_caseworker_days: 30,
            household_max: 12,
            windows: config.sources.source.iter().map(|row| (row.id.clone(), row.closed_window_days)).collect(),
            order: sources.ids(),
        };
        let people = People::with_register(
            config,
            Some(scripted.register.register()),
            Arc::new(testing::pseudonyms()),
            AliasBook::in_memory(AliasSettings { entries_max: 10_000 }),
            Arc::clone(&clock),
            Arc::new(CountingRandom::default()),
        );
        let audit = Audit::new(log, index, Arc::clone(&clock), Arc::new(CountingRandom::default()));
        let staff = Arc::new(Staff::unconfigured());
        let staff_register = Arc::new(StaffRegister::nobody());
        let to_emergencies = LentToEmergencies {
            pseudonyms: Arc::new(testing::pseudonyms()),
            staff: Arc::clone(&staff),
            staff_register: Arc::clone(&staff_register),
            audit: Arc::clone(&audit),
            clock: Arc::clone(&clock),
            random: Arc::new(CountingRandom::default()),
        };
        let lent = consents::Lent {
            pseudonyms: Arc::new(testing::pseudonyms()),
            audit: Arc::clone(&audit),
            clock: Arc::clone(&clock),
            random: Arc::new(CountingRandom::default()),
        };
        let pipeline = Arc::new(Pipeline {
            consents: Consents::open(config, lent).expect("no ledger"),
            access: Arc::new(InForce::new(Access::new(config))),
            audit,
            sources,
            lists: None,
            classifier: Arc::new(Classifier::new(config)),
            wording: Arc::new(Wording::new(config)),
            shared_wording: Arc::new(Wording::shared(config)),
            people: Arc::new(people),
            staff,
            emergencies: Arc::new(Emergencies::open(config, to_emergencies).expect("a ledger of its own, or none")),
            staff_register,
            pseudonyms: Arc::new(testing::pseudonyms()),
            clock,
            answers: Answers::new(1 << 20),
            settings,
        });
        Self { scripted, pipeline, scratch }
    }

    /// A look-up by `caller`, with so much time in all.
    pub(crate) fn errand(&self, caller: Caller, time: Duration) -> Errand {
        Errand {
            caller,
            question: testing::question(),
            handle: Arc::from("handle"),
            handles: HandleOpener::new(|_| Arc::from("another"), || {}),
            request: Request { route: "overviews", trace_id: Arc::from("4bf92f3577b34da6a3ce929d0e0e4736") },
            language: Language::Da,
            is_shared: false,
            if_none_match: None,
            no_cache: false,
            deadline: Deadline::after(time),
            is_hasty: false,
            not_before: Deadline::after(self.pipeline.settings.empty_answer),
        }
    }

    /// What stands on disk, in order.
    pub(crate) fn entries(&self) -> Vec<AuditEntry> {
        self.scratch.entries()
    }

    /// The phases on disk, in order.
    pub(crate) fn phases(&self) -> Vec<&'static str> {
        self.entries().iter().map(|entry| entry.phase.as_str()).collect()
    }
}
