//! The citizen with 872 cases, most of them old or not for this caller: all are read, joined and decided, few are written.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use glasplade_adapters::fake::population::NAMED;

use crate::callers::{address, ask_all, put_again};
use crate::house::Street;
use crate::{median, percentile};

/// Services, each of which is asked for this citizen once.
const COLD: usize = 9;
/// Others who are looked up before, where the service has been at work: what is learnt once, such as the staff, is learnt.
const OTHERS: usize = 100;
const WARM: usize = 300;
/// Questions that a source is asked directly at the same time, where it was asked several.
const AT_ONCE: usize = 8;

pub(crate) async fn measure(folder: &Path) {
    let street = Street::open(folder, 2_000).await;
    let mut warm = Vec::new();
    let begun = Cold::of(&street, 1, &mut warm).await;
    let at_work = Cold::of(&street, OTHERS, &mut warm).await;
    println!("archive: 872 cases, {} bytes, {COLD} services that have begun, and {COLD} that are at work", begun.bytes);
    for (cold, name) in [(begun, "cold, after one other citizen"), (at_work, "cold, after a hundred others")] {
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
    /// Asks [`COLD`] services, each of which has looked up so many others; and from memory, what is put to `warm`.
    async fn of(street: &Street, others: usize, warm: &mut Vec<f64>) -> Self {
        let named = |wanted: &str| NAMED.iter().find(|(name, ..)| *name == wanted).unwrap().1;
        let mut cold = Self::default();
        for _ in 0..COLD {
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
                let again = Arc::new(server.take_recorded().iter().map(put_again).collect::<Vec<_>>());
                let begun = Instant::now();
                ask_all(address(server), &again, (AT_ONCE, 1)).await;
                of_each.push(milliseconds(begun));
            }
            cold.slowest.push(of_each.into_iter().fold(0.0, f64::max));
            for _ in 0..WARM / COLD {
                let begun = Instant::now();
                caller.ask(&request).await;
                warm.push(milliseconds(begun));
            }
        }
        cold
    }
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1_000.0
}
