//! What the service takes above the slowest source.

use std::path::Path;
use std::time::Instant;

use glasplade_adapters::fake::Fault;

use crate::callers::{Caller, address, put_again};
use crate::house::Street;
use crate::percentile;

/// How long each answers after; the others at once.
const SOURCES: [(&str, u64); 5] = [("sbsys", 20), ("fasit", 50), ("dubu", 80), ("case_index", 120), ("oio", 50)];
const SLOWEST: &str = "case_index";
/// In an answer that shows nothing.
const EMPTY: &[u8] = br#""empty_text":""#;
/// Look-ups, each of another citizen.
const LOOK_UPS: usize = 400;

pub(crate) async fn measure(folder: &Path) {
    let street = Street::open(folder, 20_000).await;
    let house = street.house();
    let mut caller = house.caller().await;
    // What is learnt once, such as the staff and the tokens of the sources, is learnt.
    for number in street.numbers().iter().rev().take(100) {
        caller.ask(&house.look_up(number)).await;
    }
    for (source, milliseconds) in SOURCES {
        let server = street.town.server(source).unwrap_or_else(|| panic!("{source} is there"));
        server.faults().set(None, Fault::Latency(milliseconds));
        server.take_recorded();
    }
    let slowest = street.town.server(SLOWEST).unwrap();
    let mut direct = Caller::to(address(slowest)).await;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for number in street.numbers().iter().take(LOOK_UPS) {
        let request = house.look_up(number);
        let begun = Instant::now();
        let shows = !caller.ask(&request).await.windows(EMPTY.len()).any(|bytes| bytes == EMPTY);
        let took = begun.elapsed().as_secs_f64() * 1_000.0;
        // What shows nothing waits for its moment, whatever the sources did.
        if !shows {
            continue;
        }
        ours.push(took);
        let Some(asked) = slowest.take_recorded().into_iter().next_back() else { continue };
        let bytes = put_again(&asked);
        let begun = Instant::now();
        direct.ask(&bytes).await;
        theirs.push(begun.elapsed().as_secs_f64() * 1_000.0);
        slowest.take_recorded();
    }
    println!(
        "cold: {} look-ups, each of a citizen who was not asked for before, sources at 20, 50, 80, 120 and 50 ms",
        ours.len()
    );
    for hundredths in [50, 99] {
        let (all, source) = (percentile(&mut ours, hundredths), percentile(&mut theirs, hundredths));
        println!(
            "  p{hundredths}: {all:.2} ms, the slowest source asked directly {source:.2} ms, above it {:.2} ms",
            all - source
        );
    }
}
