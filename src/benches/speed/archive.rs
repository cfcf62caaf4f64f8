//! The citizen with 872 cases, most of them old or not for this caller: all are read, joined and decided, few are written.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use glasplade_adapters::fake::population::NAMED;

use crate::callers::{address, ask_all, put_again};
use crate::house::Street;
use crate::{median, percentile};

const COLD: usize = 9;
const WARM: usize = 300;
/// Questions that a source is asked directly at the same time, where it was asked several.
const AT_ONCE: usize = 8;

pub(crate) async fn measure(folder: &Path) {
    let street = Street::open(folder, 100).await;
    let number = NAMED.iter().find(|(name, ..)| *name == "ole").unwrap().1;
    let (mut cold, mut first, mut slowest, mut warm) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut bytes = 0;
    for _ in 0..COLD {
        let house = street.house();
        let mut caller = house.caller().await;
        // Somebody else first, for what is learnt once.
        let other = NAMED.iter().find(|(name, ..)| *name == "kirsten").unwrap().1;
        let begun = Instant::now();
        caller.ask(&house.look_up(other)).await;
        first.push(begun.elapsed().as_secs_f64() * 1_000.0);
        street.take_recorded();
        let request = house.look_up(number);
        let begun = Instant::now();
        bytes = caller.ask(&request).await.len();
        cold.push(begun.elapsed().as_secs_f64() * 1_000.0);
        let mut of_each = Vec::new();
        for server in &street.town.servers {
            let again = Arc::new(server.take_recorded().iter().map(put_again).collect::<Vec<_>>());
            let begun = Instant::now();
            ask_all(address(server), &again, (AT_ONCE, 1)).await;
            of_each.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
        slowest.push(of_each.into_iter().fold(0.0, f64::max));
        for _ in 0..WARM / COLD {
            let begun = Instant::now();
            caller.ask(&request).await;
            warm.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    println!("archive: 872 cases, {bytes} bytes, {COLD} services that know nothing");
    let (cold, slowest) = (median(cold), median(slowest));
    println!(
        "  cold {cold:.1} ms, the slowest source asked directly {slowest:.1} ms, above it {:.1} ms",
        cold - slowest
    );
    println!("  another citizen before it {:.1} ms", median(first));
    println!("  from memory p50 {:.2} ms, p99 {:.2} ms", percentile(&mut warm, 50), percentile(&mut warm, 99));
}
