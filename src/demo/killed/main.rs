//! The service is killed with SIGKILL at random moments under load, again and again, and started again over what is left: every
//! answer of which a client received a byte stands in the log, the log is whole, and nothing in it is lost or doubled.
//!
//! `GLASPLADE_KILLS` says how often (20 without it), `GLASPLADE_KILLS_SEED` repeats a run's dice as far as a machine can be
//! repeated. Twenty kills share one log, so that a thousand are fifty logs and not one that takes ever longer to read.

mod client;
mod dice;
mod log;
mod service;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use glasplade::random::{Random as _, SystemRandom};

use crate::client::{Client, Seen};
use crate::dice::Dice;
use crate::log::Log;
use crate::service::{Service, State};

/// Kills of one log.
const KILLS_OF_A_LOG: u32 = 20;

/// Clients at work at one moment.
const CLIENTS: u64 = 12;

/// The service is killed after at most so many pieces of answers were received, and at most so many microseconds.
const PIECES_MAX: u64 = 100;
const PAUSE_US_MAX: u64 = 20_000;

/// One in so many starts is killed before it is ready, within so many microseconds.
const START_KILLED_ONE_IN: u64 = 5;
const START_US_MAX: u64 = 800_000;

/// No client of a busy machine waits longer for a piece of an answer.
const PIECE_MAX: Duration = Duration::from_secs(30);

/// What one run has tried, so that a run that tried nothing is no success.
#[derive(Debug, Default)]
struct Tried {
    kills: u32,
    kills_while_starting: usize,
    whole: usize,
    cut: usize,
    unanswered: usize,
    events: usize,
    records: usize,
}

#[expect(clippy::disallowed_methods, reason = "a test has no configuration room; its two variables are read here")]
fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a whole number")))
}

/// Loads the service until a random moment, and kills it there. Gives what every client saw of every answer.
fn loaded_and_killed(mut service: Service, state: &State, dice: &mut Dice) -> Vec<Seen> {
    let (piece, pieces) = mpsc::channel();
    let killing = Arc::new(AtomicBool::new(false));
    let seeds: Vec<u64> = (0..CLIENTS).map(|_| dice.next()).collect();
    let clients: Vec<_> = seeds
        .into_iter()
        .map(|seed| {
            let mut client = Client::new(service.address(), state.tokens(), Dice::new(seed), piece.clone(), &killing);
            thread::spawn(move || client.work())
        })
        .collect();
    drop(piece);
    for _ in 0..dice.below(PIECES_MAX) {
        pieces.recv_timeout(PIECE_MAX).expect("clients receive pieces of answers");
    }
    // A moment that no answer marks: the pieces that come meanwhile are not counted.
    thread::park_timeout(Duration::from_micros(dice.below(PAUSE_US_MAX)));
    killing.store(true, Ordering::SeqCst);
    service.kill();
    let joined = clients.into_iter().flat_map(|client| client.join().expect("a client that does not panic"));
    let seen: Vec<Seen> = joined.collect();
    assert!(seen.iter().all(|answer| answer.is_whole() || !answer.in_peace), "only a kill cuts an answer");
    seen
}

/// One log: so many kills, with everything looked at after each.
fn one_log(kills: u32, dice: &mut Dice, tried: &mut Tried) {
    let state = State::new();
    let mut before = Log::default();
    let (mut seen, mut started, mut killed_while_starting) = (Vec::new(), 0, 0);
    for kill in 0..=kills {
        if kill > 0 && dice.below(START_KILLED_ONE_IN) == 0 {
            Service::start_and_kill(&state, Duration::from_micros(dice.below(START_US_MAX)));
            killed_while_starting += 1;
        }
        let service = Service::start(&state);
        started += 1;
        service.verify(&state);
        let log = Log::read(&state);
        log.is_whole();
        log.goes_on_after(&before);
        log.has_started(started, killed_while_starting);
        for answer in &seen {
            log.has(answer);
        }
        tried.records += log.len() - before.len();
        before = log;
        if kill == kills {
            break;
        }
        seen = loaded_and_killed(service, &state, dice);
        tried.kills += 1;
        tried.whole += seen.iter().filter(|answer| answer.is_whole()).count();
        tried.unanswered += seen.iter().filter(|answer| answer.is_unanswered()).count();
        tried.cut += seen.iter().filter(|answer| !answer.is_whole() && !answer.is_unanswered()).count();
        tried.events += seen.iter().map(Seen::events).sum::<usize>();
    }
    tried.kills_while_starting += killed_while_starting;
}

#[test]
fn whatever_a_client_received_a_byte_of_stands_in_the_log_though_the_service_was_killed() {
    let kills =
        variable("GLASPLADE_KILLS").map_or(KILLS_OF_A_LOG, |kills| u32::try_from(kills).expect("not that many"));
    let random = || u64::from_ne_bytes(SystemRandom.bytes16()[..8].try_into().expect("eight bytes"));
    let seed = variable("GLASPLADE_KILLS_SEED").unwrap_or_else(random);
    println!("{kills} kills, GLASPLADE_KILLS_SEED={seed}");
    let (mut dice, mut tried) = (Dice::new(seed), Tried::default());
    while tried.kills < kills {
        one_log((kills - tried.kills).min(KILLS_OF_A_LOG), &mut dice, &mut tried);
    }
    println!("{tried:?}");
    assert!(tried.whole > 0, "answers came whole: {tried:?}");
    assert!(tried.events > 0, "parts of streams came: {tried:?}");
    assert!(tried.cut + tried.unanswered > 0, "some kill met a request under way: {tried:?}");
}
