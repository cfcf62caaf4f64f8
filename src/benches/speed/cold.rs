//! What the service takes above the slowest source.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use glasplade_adapters::fake::{Fault, Recorded};

use crate::callers::{Caller, address, put_again};
use crate::house::Street;
use crate::percentile;

/// How long each answers after; the others at once.
pub(crate) const SOURCES: [(&str, u64); 5] =
    [("sbsys", 20), ("fasit", 50), ("dubu", 80), ("case_index", 120), ("oio", 50)];
/// Calls to one source that come so close to each other wait for the same answer; what follows waits for one more.
pub(crate) const SIDE_BY_SIDE: Duration = Duration::from_millis(10);
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
    let mut sources = Vec::new();
    for (source, milliseconds) in SOURCES {
        let server = street.town.server(source).unwrap();
        sources.push((server, milliseconds, Caller::to(address(server)).await));
    }
    let (mut ours, mut theirs, mut above, mut of_two) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for number in street.numbers().iter().take(LOOK_UPS) {
        let request = house.look_up(number);
        let begun = Instant::now();
        let shows = !caller.ask(&request).await.windows(EMPTY.len()).any(|bytes| bytes == EMPTY);
        let took = begun.elapsed().as_secs_f64() * 1_000.0;
        // What shows nothing waits for its moment, whatever the sources did.
        if !shows {
            continue;
        }
        // What waits longest: a source that needs an answer for its next question is waited for twice.
        let asked = sources.iter().map(|(server, milliseconds, _)| (one_by_one(server.take_recorded()), *milliseconds));
        let asked: Vec<_> = asked.collect();
        let slowest = (0..asked.len()).max_by_key(|at| asked[*at].0.len() as u64 * asked[*at].1).unwrap();
        let begun = Instant::now();
        for question in &asked[slowest].0 {
            sources[slowest].2.ask(question).await;
        }
        let direct = begun.elapsed().as_secs_f64() * 1_000.0;
        of_two += usize::from(asked[slowest].0.len() > 1);
        sources[slowest].0.take_recorded();
        ours.push(took);
        theirs.push(direct);
        above.push(took - direct);
    }
    println!(
        "cold: {} look-ups, each of a citizen who was not asked for before, sources at 20, 50, 80, 120 and 50 ms; {of_two} of them \
         waited longest for a source that needs several answers one after another",
        ours.len()
    );
    for hundredths in [50, 99] {
        let (all, source) = (percentile(&mut ours, hundredths), percentile(&mut theirs, hundredths));
        let each = percentile(&mut above, hundredths);
        println!(
            "  p{hundredths}: {all:.2} ms, the slowest source asked directly {source:.2} ms; above it, each by itself, {each:.2} ms"
        );
    }
    println!(
        "  of that, two waits for this disk: it has 2 kB within {:.2} ms when it has rested as long as between two of these waits, \
         {:.2} ms when it is kept busy (p50)",
        durable(folder, RESTED).await,
        durable(folder, Duration::ZERO).await
    );
}

/// As long as the slower sources take: so long the disk and this machine rest between a look-up's two waits.
const RESTED: Duration = Duration::from_millis(100);

/// What the disk takes by itself, in milliseconds: each look-up waits for it before it asks and before it answers.
async fn durable(folder: &Path, rest: Duration) -> f64 {
    let mut file = File::create(folder.join("durable")).unwrap();
    let mut waits = Vec::new();
    for _ in 0..100 {
        tokio::time::sleep(rest).await;
        let begun = Instant::now();
        file.write_all(&[0; 2_048]).unwrap();
        file.sync_data().unwrap();
        waits.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    percentile(&mut waits, 50)
}

/// The questions that had to wait for the answer to another, one of each time, to be put again.
fn one_by_one(mut asked: Vec<Recorded>) -> Vec<Vec<u8>> {
    asked.sort_by_key(|one| one.arrived);
    asked.dedup_by(|next, first| next.arrived - first.arrived < SIDE_BY_SIDE);
    asked.iter().map(put_again).collect()
}
