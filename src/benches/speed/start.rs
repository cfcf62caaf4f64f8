//! From nothing to the first answer.

use std::path::Path;

use glasplade_adapters::fake::population::NAMED;

use crate::house::{Street, own_memory, settled};
use crate::median;

const STARTS: usize = 9;

pub(crate) async fn measure(folder: &Path) {
    let street = Street::open(folder, 100).await;
    let number = NAMED.iter().find(|(name, ..)| *name == "kirsten").unwrap().1;
    let (mut listens, mut answers, mut idle, mut own) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let (house, begun) = street.house_timed();
        listens.push(begun.elapsed().as_secs_f64() * 1_000.0);
        idle.push(settled(house.process()).await / 1_048_576.0);
        own.push(own_memory(house.process()) / 1_048_576.0);
        drop(house);
        let (house, begun) = street.house_timed();
        house.caller().await.ask(&house.look_up(number)).await;
        answers.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    println!(
        "start: listens after {:.0} ms, its first answer after {:.0} ms, idle memory {:.1} MiB, {:.1} of it its own and the rest pages of the program's file (median of {STARTS}; the folder of keys is new each time)",
        median(listens),
        median(answers),
        median(idle),
        median(own)
    );
}
