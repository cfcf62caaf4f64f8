//! The citizen with 872 cases, most of them old or not for this caller: all are read, joined and decided, few are written.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use glasplade_adapters::fake::population::NAMED;
use glasplade_adapters::fake::{Fault, Recorded};

use crate::callers::{address, ask_all, put_again};
use crate::cold::{SIDE_BY_SIDE, SOURCES};
use crate::house::Street;
use crate::{median, percentile};

/// Services that have just begun, each of which is asked for this citizen once; the sources take no time but their work's.
const BEGUN: usize = 9;
/// Services that are at work, with sources that take as long as in [`SOURCES`].
const AT_WORK: usize = 3;
/// Others whom those have looked up: what is learnt once, such as the staff and how long a source usually takes, is learnt.
const OTHERS: usize = 110;
const WARM: usize = 300;
/// Questions that a source is asked directly at the same time, where it was asked several.
const AT_ONCE: usize = 8;

pub(crate) async fn measure(folder: &Path) {
    let street = Street::open(folder, 2_000).await;
    let mut warm = Vec::new();
    let begun = Cold::of(&street, (BEGUN, 1), &mut warm).await;
    for (source, milliseconds) in SOURCES {
        street.town.server(source).unwrap().faults().set(None, Fault::Latency(milliseconds));
    }
    let at_work = Cold::of(&street, (AT_WORK, OTHERS), &mut warm).await;
    println!("archive: 872 cases, {} bytes", begun.bytes);
    let new = format!("cold, {BEGUN} services that have begun");
    let busy = format!("cold, {AT_WORK} services at work, sources at 20, 50, 80, 120 and 50 ms");
    for (cold, name) in [(begun, new), (at_work, busy)] {
        let (whole, slowest) = (median(cold.whole), median(cold.slowest));
        println!(
            "  {name}: {whole:.1} ms, the slowest source asked directly {slowest:.1} ms, above it {:.1} ms; the citizen before \
             {:.1} ms",
            whole - slowest,
            median(cold.before)
        );
    }
    println!("  from memory p50 {:.2} ms, p99 {:.2} ms", percentile(&mut warm, 50), percentile(&mut warm, 99));
}

/// What services that know nothing of this citizen took, in milliseconds.
#[derive(Default)]
struct Cold {
    whole: Vec<f64>,
    slowest: Vec<f64>,
    /// For the last of the others.
    before: Vec<f64>,
    bytes: usize,
}

impl Cold {
    /// Asks so many services, each of which has looked up so many others; and from memory, what is put to `warm`.
    async fn of(street: &Street, (services, others): (usize, usize), warm: &mut Vec<f64>) -> Self {
        let named = |wanted: &str| NAMED.iter().find(|(name, ..)| *name == wanted).unwrap().1;
        let mut cold = Self::default();
        for _ in 0..services {
            let house = street.house();
            let mut caller = house.caller().await;
            let strangers = street.numbers();
            let strangers = strangers.iter().map(String::as_str).filter(|number| *number != named("ole"));
            let mut before = 0.0;
            for number in strangers.take(others - 1).chain([named("kirsten")]) {
                let begun = Instant::now();
                caller.ask(&house.look_up(number)).await;
                before = milliseconds(begun);
            }
            cold.before.push(before);
            street.take_recorded();
            let request = house.look_up(named("ole"));
            let begun = Instant::now();
            cold.bytes = caller.ask(&request).await.len();
            cold.whole.push(milliseconds(begun));
            let mut of_each = Vec::new();
            for server in &street.town.servers {
                // Once each: the second call beside one that was silent is the service's own.
                let mut asked = server.take_recorded();
                let mut known = HashSet::new();
                asked.retain(|one| known.insert((one.target.clone(), one.body.clone())));
                let again = one_after_another(asked);
                let begun = Instant::now();
                for together in &again {
                    ask_all(address(server), together, (AT_ONCE, 1)).await;
                }
                of_each.push(milliseconds(begun));
            }
            cold.slowest.push(of_each.into_iter().fold(0.0, f64::max));
            for _ in 0..WARM / services {
                let begun = Instant::now();
                caller.ask(&request).await;
                warm.push(milliseconds(begun));
            }
        }
        cold
    }
}

/// The questions to one source, those together that came together: the others needed an answer first.
fn one_after_another(mut asked: Vec<Recorded>) -> Vec<Arc<Vec<Vec<u8>>>> {
    asked.sort_by_key(|one| one.arrived);
    let together = asked.chunk_by(|one, next| next.arrived - one.arrived < SIDE_BY_SIDE);
    together.map(|questions| Arc::new(questions.iter().map(put_again).collect())).collect()
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1_000.0
}
