//! The differential test of access: an oracle of product.md §3 that shares no code with `access`, and random worlds put to both.

mod citizen;
mod compare;
mod consent_state;
mod dice;
mod draw;
mod draw_grounds;
mod draw_items;
mod grounds;
mod mutants;
mod oracle;
mod real;
mod rows;
mod sight;
mod tables;
mod told;
mod world;

use compare::{Tally, compare, smallest};
use real::Towns;

/// How many worlds a run looks at when nobody says otherwise; `GLASPLADE_WORLDS` says otherwise.
const WORLDS: u64 = 100_000;

/// The run's parts, each a test of its own, so that they run beside each other.
const PARTS: u64 = 8;

fn worlds() -> u64 {
    let told = (crate::config::environment().0)("GLASPLADE_WORLDS");
    told.map_or(WORLDS, |told| told.parse().expect("GLASPLADE_WORLDS is a number"))
}

/// Every world of one part, and how often everything came.
fn part(part: u64) {
    let (towns, mut tally) = (Towns::shipped(), Tally::new());
    let (from, to) = (worlds() * part / PARTS, worlds() * (part + 1) / PARTS);
    for seed in from..to {
        let world = draw::world(seed);
        if compare(&towns, &world, &mut tally).is_some() {
            let smallest = smallest(&towns, &world);
            let difference = compare(&towns, &smallest, &mut Tally::new()).expect("the smallest world differs");
            panic!("seed {seed}, smallest world that differs: {smallest:#?}\n{difference}");
        }
    }
    println!("{tally:#?}");
}

#[test]
fn the_first_part_of_the_worlds_is_decided_as_the_oracle_says() {
    part(0);
}
