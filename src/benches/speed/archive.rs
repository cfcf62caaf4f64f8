//! The citizen with 872 cases, most of them old or not for this caller: all are read, joined and decided, few are written.

use std::path::Path;
use std::time::Instant;

use glasplade_adapters::fake::population::NAMED;

use crate::house::Street;
use crate::{median, percentile};

const COLD: usize = 9;
const WARM: usize = 300;

pub(crate) async fn measure(folder: &Path) {
    let street = Street::open(folder, 100).await;
    let number = NAMED.iter().find(|(name, ..)| *name == "ole").unwrap().1;
    let (mut cold, mut first, mut warm, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..COLD {
        let house = street.house();
        let mut caller = house.caller().await;
        // Somebody else first, for what is learnt once.
        let other = NAMED.iter().find(|(name, ..)| *name == "kirsten").unwrap().1;
        let begun = Instant::now();
        caller.ask(&house.look_up(other)).await;
        first.push(begun.elapsed().as_secs_f64() * 1_000.0);
        let request = house.look_up(number);
        let begun = Instant::now();
        bytes = caller.ask(&request).await.len();
        cold.push(begun.elapsed().as_secs_f64() * 1_000.0);
        for _ in 0..WARM / COLD {
            let begun = Instant::now();
            caller.ask(&request).await;
            warm.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    println!("archive: 872 cases, {bytes} bytes, {COLD} services that know nothing");
    println!("  cold {:.1} ms (another citizen before it {:.1} ms)", median(cold), median(first));
    println!("  from memory p50 {:.2} ms, p99 {:.2} ms", percentile(&mut warm, 50), percentile(&mut warm, 99));
}
