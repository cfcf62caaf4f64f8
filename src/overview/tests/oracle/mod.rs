//! The differential test of access: an oracle of product.md §3 that shares no code with `access`, and random worlds put to both.
//!
//! Reading order: `world.rs` (a situation), `tables.rs` (the design's tables, by hand), `verdict.rs` (what must be shown, in the
//! order of the six steps), `draw.rs` (random situations), `real.rs` (the product), `compare.rs`, `mutants.rs` (the test of the
//! test). A run looks at 100,000 worlds; `GLASPLADE_WORLDS` says how many others it should be.

mod citizen;
mod compare;
mod consent_state;
mod consents_told;
mod coverage;
mod dice;
mod draw;
mod draw_grounds;
mod draw_items;
mod grounds;
mod mutants;
mod real;
mod rows;
mod sight;
mod tables;
mod told;
mod verdict;
mod world;

use std::collections::BTreeMap;

use compare::{Tally, compare, smallest};
use real::Towns;

/// How many worlds a run looks at when nobody says otherwise.
const WORLDS: u64 = 100_000;

/// The run's parts, each a test of its own, so that they run beside each other.
const PARTS: u64 = 8;

/// Differences of one kind are told once, and no more kinds than these.
const KINDS_TOLD_MAX: usize = 6;

fn worlds() -> u64 {
    let told = (crate::config::environment().0)("GLASPLADE_WORLDS");
    told.map_or(WORLDS, |told| told.parse().expect("GLASPLADE_WORLDS is a number"))
}

/// Every world of one part: no difference, and every branch often enough.
fn part(part: u64) {
    let (towns, mut tally) = (Towns::shipped(), Tally::new());
    let mut differences: BTreeMap<String, (u64, usize)> = BTreeMap::new();
    for seed in worlds() * part / PARTS..worlds() * (part + 1) / PARTS {
        if let Some(difference) = compare(&towns, &draw::world(seed), &mut tally) {
            differences.entry(difference.kind()).or_insert((seed, 0)).1 += 1;
        }
    }
    for (kind, (seed, times)) in differences.iter().take(KINDS_TOLD_MAX) {
        let smallest = smallest(&towns, &draw::world(*seed), kind);
        let difference = compare(&towns, &smallest, &mut Tally::new()).expect("the smallest world still differs");
        println!("{kind}: {times} times. Seed {seed}, smallest world:\n{smallest:?}\n{difference:?}\n");
    }
    println!("{tally:#?}");
    assert!(differences.is_empty(), "the oracle says otherwise: {differences:#?}");
    coverage::check(&tally);
}

#[test]
fn the_first_eighth_of_the_worlds_is_decided_as_the_oracle_says() {
    part(0);
}

#[test]
fn the_second_eighth_of_the_worlds_is_decided_as_the_oracle_says() {
    part(1);
}

#[test]
fn the_third_eighth_of_the_worlds_is_decided_as_the_oracle_says() {
    part(2);
}

#[test]
fn the_fourth_eighth_of_the_worlds_is_decided_as_the_oracle_says() {
    part(3);
}

#[test]
fn the_fifth_eighth_of_the_worlds_is_decided_as_the_oracle_says() {
    part(4);
}

#[test]
fn the_sixth_eighth_of_the_worlds_is_decided_as_the_oracle_says() {
    part(5);
}

#[test]
fn the_seventh_eighth_of_the_worlds_is_decided_as_the_oracle_says() {
    part(6);
}

#[test]
fn the_last_eighth_of_the_worlds_is_decided_as_the_oracle_says() {
    part(7);
}
