//! One world from its plan: the hosts, the network between them, and everything that can be seen of it afterwards.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use glasplade::audit::keys::{Keys, MasterKey};
use glasplade::audit::{AuditEntry, Entries, Trust, verify};
use glasplade::config::Config;
pub(crate) use glasplade_adapters::transport::simulated::Exchange;
use glasplade_adapters::transport::simulated::take_exchanges;
use jiff::SignedDuration;
use turmoil::Sim;

use crate::caller::{Heard, Told};
use crate::clock::{WorldClock, beginning};
use crate::disk::WorldDisk;
use crate::house::{Folder, HOUSE, PORT, SOURCES};
use crate::plan::{Event, PORTALS, Plan};
use crate::service::{Seeded, Service, source};

/// The simulation goes on in such steps.
pub(crate) const TICK: Duration = Duration::from_millis(4);

/// No world lasts longer.
const LONGEST: Duration = Duration::from_secs(20);

const SERVICE: &str = "service";

/// A bug that is put into a world, to see that it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Planted {
    /// None.
    #[default]
    Nothing,
    /// The audit's disk says that bytes are safe which it never writes.
    LyingDisk,
}

/// What is known of a world that is over.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) plan: Plan,
    /// What callers were told, in the order of the first bytes.
    pub(crate) told: Vec<Told>,
    /// Every call to a source, in the order in which they began.
    pub(crate) exchanges: Vec<Exchange>,
    /// What stands in the audit, by number.
    pub(crate) entries: Vec<(u64, AuditEntry)>,
    pub(crate) clock: Arc<WorldClock>,
    /// Which edition the sources had since when.
    pub(crate) editions: Vec<(Duration, usize)>,
    /// Why the audit could not be read or does not verify.
    pub(crate) broken: Option<String>,
}

/// Runs the world of a plan to its end.
pub(crate) fn run(plan: &Plan, planted: Planted) -> Seen {
    let folder = Folder::new();
    let clock = Arc::new(WorldClock::new());
    let disk = WorldDisk::new(plan.seed, planted == Planted::LyingDisk);
    let edition = Arc::new(AtomicUsize::new(0));
    let heard = Heard::default();
    drop(take_exchanges());
    let began = u64::try_from(beginning().as_second()).expect("after 1970");
    let mut sim = turmoil::Builder::new()
        .rng_seed(plan.seed)
        .epoch(UNIX_EPOCH + Duration::from_secs(began))
        .tick_duration(TICK)
        .simulation_duration(LONGEST)
        .min_message_latency(Duration::from_millis(1))
        .max_message_latency(plan.latency_max)
        // A link that loses messages comes back by itself, half the time with the next one.
        .repair_rate(0.5)
        .tcp_capacity(4_096)
        .enable_random_order()
        .build();
    let mut faults = Vec::new();
    for name in SOURCES {
        let server = source(name, &clock, &edition);
        faults.push(Arc::clone(server.faults()));
        sim.host(name, move || {
            let server = server.clone();
            async move { Ok(server.serve(PORT).await?) }
        });
    }
    let service = Service {
        folder: folder.path().to_owned(),
        clock: Arc::clone(&clock),
        disk: disk.clone(),
        random: Arc::new(Seeded::new(plan.seed)),
        change: change(plan),
    };
    sim.host(SERVICE, move || service.clone().run());
    for (at, portal) in PORTALS.into_iter().enumerate() {
        let asks = plan.asks.iter().enumerate().filter(|(number, _)| number % PORTALS.len() == at);
        let asks: Vec<_> = asks.map(|(_, ask)| ask.clone()).collect();
        let (disk, heard) = (disk.clone(), Rc::clone(&heard));
        sim.client(portal, async move {
            let mut asking = tokio::task::JoinSet::new();
            for ask in asks {
                asking.spawn_local(ask.run(disk.clone(), Rc::clone(&heard)));
            }
            while let Some(asked) = asking.join_next().await {
                asked?;
            }
            Ok(())
        });
    }
    let mut world = Running {
        sim,
        clock: &clock,
        disk: &disk,
        edition: &edition,
        faults,
        editions: vec![(Duration::ZERO, 0)],
        links: BTreeMap::new(),
    };
    world.run(&plan.events);
    let editions = std::mem::take(&mut world.editions);
    // With everything on its hosts: from now on nobody writes.
    drop(world);
    let (entries, broken) = match audit(&folder) {
        Ok(entries) => (entries, None),
        Err(broken) => (Vec::new(), Some(broken)),
    };
    let told = heard.take();
    Seen { plan: plan.clone(), told, exchanges: take_exchanges(), entries, clock, editions, broken }
}

/// How the service of this plan is configured otherwise.
fn change(plan: &Plan) -> fn(&mut Config) {
    fn without(config: &mut Config) {
        config.sources.staff_directory = None;
        hedges(config, 0);
    }
    match (plan.has_directory, plan.hedges) {
        (false, false) => without,
        (false, true) => |config| {
            without(config);
            hedges(config, 100);
        },
        (true, false) => |config| hedges(config, 0),
        (true, true) => |config| hedges(config, 100),
    }
}

fn hedges(config: &mut Config, percent: u8) {
    let sources = &mut config.sources;
    let guards = sources.source.iter_mut().map(|row| &mut row.guard);
    let guards = guards.chain(sources.person_register.iter_mut().map(|row| &mut row.guard));
    guards.chain(sources.staff_directory.iter_mut().map(|row| &mut row.guard)).for_each(|guard| {
        guard.hedges_percent = percent;
    });
}

/// Every entry of the log, which must be whole, and verify.
fn audit(folder: &Folder) -> Result<Vec<(u64, AuditEntry)>, String> {
    let directory = folder.path().join("audit");
    let master = MasterKey::new(HOUSE.master().as_bytes()).expect("long enough");
    let keys = Keys::open(folder.path().join("audit-keys"), Arc::new(master)).map_err(|error| error.to_string())?;
    verify(&directory, &Trust::default()).map_err(|broken| format!("the audit does not verify: {broken}"))?;
    let entries = Entries::of(&directory, Arc::new(keys)).map_err(|broken| broken.to_string())?;
    let entries = entries.map(|record| {
        let record = record.map_err(|broken| broken.to_string())?;
        Ok((record.seq, record.entry.ok_or("a record without its key")?))
    });
    entries.collect()
}

struct Running<'a> {
    sim: Sim<'a>,
    clock: &'a WorldClock,
    disk: &'a WorldDisk,
    edition: &'a AtomicUsize,
    faults: Vec<Arc<glasplade_adapters::fake::Faults>>,
    editions: Vec<(Duration, usize)>,
    /// What is wrong between the service and a peer, for as long as it is.
    links: BTreeMap<&'static str, Event>,
}

impl Running<'_> {
    fn run(&mut self, events: &[(Duration, Event)]) {
        let mut events = events.iter().peekable();
        loop {
            let elapsed = self.sim.elapsed();
            self.clock.reach(elapsed);
            while let Some((_, event)) = events.next_if(|(at, _)| *at <= elapsed) {
                self.happen(*event);
            }
            if self.sim.step().expect("no host ends by itself, and every caller does in time") {
                return;
            }
        }
    }

    fn happen(&mut self, event: Event) {
        let elapsed = self.sim.elapsed();
        match event {
            Event::Partition(source) | Event::Deafen(source) | Event::Hold(source) => {
                self.cut(SOURCES[source], Some(event));
            }
            Event::Mend(source) => self.cut(SOURCES[source], None),
            Event::Lose(source, percent) => {
                let rate = f64::from(u32::try_from(percent).expect("a percentage")) / 100.0;
                self.sim.set_link_fail_rate(SERVICE, SOURCES[source], rate);
                if percent == 0 {
                    self.cut(SOURCES[source], self.links.get(SOURCES[source]).copied());
                }
            }
            Event::Delay(source, milliseconds) => {
                self.sim.set_link_latency(SERVICE, SOURCES[source], Duration::from_millis(milliseconds));
            }
            Event::Misbehave(source, fault) => self.faults[source].set(None, fault),
            Event::Behave(source) => self.faults[source].clear_all(),
            Event::Crash(source) => self.lose_power(SOURCES[source], &[SERVICE]),
            Event::Restart(source) => self.sim.bounce(SOURCES[source]),
            Event::CrashService => {
                self.disk.crash();
                let peers: Vec<_> = SOURCES.into_iter().chain(PORTALS).collect();
                self.lose_power(SERVICE, &peers);
            }
            // One that was crashed twice has come back before.
            Event::RestartService if self.sim.is_host_running(SERVICE) => {}
            Event::RestartService => self.sim.bounce(SERVICE),
            Event::SetClock(seconds) => self.clock.step(SignedDuration::from_secs(seconds)),
            Event::SlowDisk(milliseconds) => self.disk.slow(milliseconds),
            Event::Edition(edition) => {
                self.edition.store(edition, Ordering::Relaxed);
                self.editions.push((elapsed, edition));
            }
            Event::CutOff(portal) => self.cut(PORTALS[portal], Some(event)),
            Event::Reconnect(portal) => self.cut(PORTALS[portal], None),
        }
    }

    /// From now on, this and nothing else is wrong between the service and `peer`.
    fn cut(&mut self, peer: &'static str, how: Option<Event>) {
        // What waited goes on; where it is to be lost, it is lost in the next line.
        self.sim.release(SERVICE, peer);
        match how {
            Some(Event::Deafen(_)) => self.sim.partition_oneway(peer, SERVICE),
            Some(Event::Hold(_)) => self.sim.hold(SERVICE, peer),
            Some(_) => self.sim.partition(SERVICE, peer),
            None => {}
        }
        match how {
            Some(how) => self.links.insert(peer, how),
            None => self.links.remove(peer),
        };
    }

    /// The host is gone with everything that it has sent, and says goodbye to nobody. (In which order a runtime drops its tasks, and
    /// so would close their connections, is not decided by the seed.)
    fn lose_power(&mut self, host: &'static str, peers: &[&'static str]) {
        for peer in peers {
            self.sim.partition(host, *peer);
        }
        self.sim.crash(host);
        for peer in peers {
            let other = if host == SERVICE { *peer } else { host };
            self.cut(other, self.links.get(other).copied());
        }
    }
}
