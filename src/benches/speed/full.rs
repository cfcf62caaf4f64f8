//! Memory of many citizens, beside what the sources sent.

use std::path::Path;
use std::sync::Arc;

use crate::callers::ask_all;
use crate::house::{Street, settled};

/// Look-ups at once.
const CONNECTIONS: usize = 32;

pub(crate) async fn measure(folder: &Path, citizens: usize) {
    let street = Street::open(folder, citizens).await;
    let house = street.house();
    let numbers: Vec<String> = street.world.persons().iter().map(|person| person.cpr.clone()).collect();
    // One first, for what is learnt once.
    house.caller().await.ask(&house.look_up(&numbers[0])).await;
    let (before, sent) = (settled(house.process()).await, house.received().await);
    let requests = Arc::new(numbers.iter().map(|number| house.look_up(number)).collect::<Vec<_>>());
    let waited = ask_all(house.address, &requests, (CONNECTIONS, 1)).await;
    let (after, sent) = (settled(house.process()).await, house.received().await - sent);
    println!(
        "full: {} citizens in memory take {:.0} MiB, their sources sent {:.0} MiB: {:.2} times as much",
        waited.len(),
        (after - before) / 1_048_576.0,
        sent / 1_048_576.0,
        (after - before) / sent
    );
}
