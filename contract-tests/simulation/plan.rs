//! A seed becomes a plan: who asks what when, and what goes wrong meanwhile.

use std::time::Duration;

use glasplade_adapters::fake::Fault;

use crate::caller::Ask;
use crate::dice::Dice;
use crate::house::SOURCES;
use crate::people::{CALLERS, CITIZENS, EDITIONS};

/// Something that happens to the world. A source is its place in [`SOURCES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// Nothing goes between the service and the source, in either direction.
    Partition(usize),
    /// What the source says is lost; what it is asked is not.
    Deafen(usize),
    /// Everything between the two waits.
    Hold(usize),
    /// The network to the source is as it should be.
    Mend(usize),
    /// So many percent of the messages to and from the source are lost.
    Lose(usize, u64),
    /// A message to or from the source takes so many milliseconds.
    Delay(usize, u64),
    /// The source itself misbehaves.
    Misbehave(usize, Fault),
    /// It does not any more.
    Behave(usize),
    /// The source is gone.
    Crash(usize),
    /// It is back.
    Restart(usize),
    /// The service is gone, and all that its disk had not made safe.
    CrashService,
    /// It is back, over the same folder.
    RestartService,
    /// Somebody sets the clock, by so many seconds.
    SetClock(i64),
    /// A sync of the audit takes so many milliseconds at most.
    SlowDisk(u64),
    /// What the sources say changes.
    Edition(usize),
    /// A host of callers is cut off.
    CutOff(usize),
    /// It no longer is.
    Reconnect(usize),
}

/// One world.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) asks: Vec<Ask>,
    /// In the order of their moments.
    pub(crate) events: Vec<(Duration, Event)>,
    /// Longest time of a message.
    pub(crate) latency_max: Duration,
    /// There is a staff directory, which asks much of a small machine.
    pub(crate) has_directory: bool,
    /// A slow source is asked a second time beside the first.
    pub(crate) hedges: bool,
}

/// Hosts from which callers ask.
pub(crate) const PORTALS: [&str; 2] = ["portal-a", "portal-b"];

/// No question is asked after this.
const ASKING_MS: u64 = 1_200;

const FIRST_ASK_MS: u64 = 60;

impl Plan {
    /// The world of this seed.
    pub(crate) fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let latency_max = Duration::from_millis(dice.between(5, 40));
        let mut plan = Self {
            seed,
            asks: Vec::new(),
            events: Vec::new(),
            latency_max,
            has_directory: dice.one_in(16),
            hedges: dice.one_in(4),
        };
        plan.ask(&mut dice);
        for _ in 0..dice.between(1, 7) {
            plan.go_wrong(&mut dice);
        }
        if dice.one_in(3) {
            plan.grow_old(&mut dice);
        }
        plan.events.sort_by_key(|event| event.0);
        plan
    }

    /// Everybody asks about everybody, one after the other, while nothing goes wrong.
    pub(crate) fn calm(edition: usize) -> Self {
        let mut dice = Dice::new(edition as u64);
        let pairs = (0..CALLERS.len()).flat_map(|caller| (0..CITIZENS.len()).map(move |citizen| (caller, citizen)));
        let asks = pairs.zip(0_u64..).map(|((caller, citizen), at)| Ask {
            caller,
            citizen,
            at: Duration::from_millis(FIRST_ASK_MS + 30 * at),
            within: Duration::from_millis(2_500),
            streamed: false,
            no_cache: false,
            trace: trace(&mut dice),
        });
        let asks = asks.collect();
        let events = vec![(Duration::ZERO, Event::Edition(edition))];
        let latency_max = Duration::from_millis(5);
        Self { seed: edition as u64, asks, events, latency_max, has_directory: false, hedges: false }
    }

    /// Longest time of a sync of the audit.
    pub(crate) fn slowest_disk(&self) -> Duration {
        let slow = self.events.iter().filter_map(|(_, event)| match event {
            Event::SlowDisk(milliseconds) => Some(Duration::from_millis(*milliseconds)),
            _ => None,
        });
        slow.max().unwrap_or_default()
    }

    fn ask(&mut self, dice: &mut Dice) {
        // Few citizens, so that the same are asked about again and at the same time.
        let citizens = [dice.between(0, CITIZENS.len() as u64), dice.between(0, CITIZENS.len() as u64)];
        let mut at = FIRST_ASK_MS;
        for _ in 0..dice.between(4, 9) {
            // Often together.
            at += if dice.one_in(3) { 0 } else { dice.between(0, 2 * ASKING_MS / 7) };
            self.asks.push(Ask {
                caller: usize::try_from(dice.between(0, CALLERS.len() as u64)).expect("few"),
                citizen: usize::try_from(*dice.one(&citizens)).expect("few"),
                at: Duration::from_millis(at.min(ASKING_MS)),
                within: Duration::from_millis(*dice.one(&[250, 600, 800, 1_000])),
                streamed: dice.one_in(4),
                no_cache: dice.one_in(12),
                trace: trace(dice),
            });
        }
    }

    /// One thing goes wrong at some moment, and is mended after a while or never.
    fn go_wrong(&mut self, dice: &mut Dice) {
        let at = dice.between(0, ASKING_MS);
        let after = if dice.one_in(4) { 10_000 } else { dice.between(40, 700) };
        let source = usize::try_from(dice.between(0, SOURCES.len() as u64)).expect("few");
        let portal = usize::try_from(dice.between(0, PORTALS.len() as u64)).expect("few");
        let (event, mended) = match dice.between(0, 16) {
            0 => (Event::Partition(source), Some(Event::Mend(source))),
            1 => (Event::Deafen(source), Some(Event::Mend(source))),
            2 => (Event::Hold(source), Some(Event::Mend(source))),
            3 => (Event::Lose(source, dice.between(5, 60)), Some(Event::Lose(source, 0))),
            4 => (Event::Delay(source, dice.between(20, 400)), None),
            5 | 6 => (Event::Misbehave(source, Self::fault(dice)), Some(Event::Behave(source))),
            7 | 8 => (Event::Crash(source), Some(Event::Restart(source))),
            9 | 10 => (Event::CrashService, Some(Event::RestartService)),
            11 | 12 => (Event::SetClock(Self::step(dice)), None),
            13 => (Event::SlowDisk(dice.between(1, 120)), Some(Event::SlowDisk(0))),
            14 => (Event::Edition(usize::try_from(dice.between(0, EDITIONS as u64)).expect("few")), None),
            _ => (Event::CutOff(portal), Some(Event::Reconnect(portal))),
        };
        self.events.push((Duration::from_millis(at), event));
        if event == Event::CrashService {
            // What the sources say is another thing after the crash, so that nothing of before can be taken for it.
            self.events.push((Duration::from_millis(at), Event::Edition(EDITIONS - 1)));
        }
        // A service that stays away has nothing to say; it comes back.
        let after = if event == Event::CrashService { after.min(300) } else { after };
        self.events.extend(mended.map(|mended| (Duration::from_millis(at + after), mended)));
    }

    /// What was read is no longer fresh, and a source does not answer: what it said before may be shown, and says so.
    fn grow_old(&mut self, dice: &mut Dice) {
        let at = Duration::from_millis(dice.between(ASKING_MS / 4, ASKING_MS));
        let source = usize::try_from(dice.between(0, SOURCES.len() as u64)).expect("few");
        let silent = *dice.one(&[Event::Crash(source), Event::Misbehave(source, Fault::Status(503))]);
        let seconds = i64::try_from(*dice.one(&[400_u64, 650, 1_200])).expect("few");
        self.events.extend([(at, Event::SetClock(seconds)), (at, silent)]);
    }

    fn fault(dice: &mut Dice) -> Fault {
        *dice.one(&[
            Fault::Latency(150),
            Fault::Hang,
            Fault::Status(500),
            Fault::VendorFault,
            Fault::Html,
            Fault::Truncated,
            Fault::AnotherCitizen,
            Fault::AnotherCitizen,
            Fault::RefusedToken,
        ])
    }

    /// Within and beyond what is fresh, and what may be shown as stale; now and then back.
    fn step(dice: &mut Dice) -> i64 {
        let seconds = i64::try_from(*dice.one(&[2_u64, 30, 200, 290, 400, 650, 1_900])).expect("few");
        if dice.one_in(4) { -seconds } else { seconds }
    }
}

fn trace(dice: &mut Dice) -> String {
    format!("{:016x}{:016x}", dice.next() | 1, dice.next())
}
