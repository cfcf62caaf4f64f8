//! Whom the worlds are about, and who asks: few citizens, each of whose titles says whose it is and in which edition.

use std::sync::{Arc, LazyLock};

use glasplade_adapters::fake::World;
use glasplade_adapters::fake::population::{
    AMINA, BENT, CLAUS, JENS_A, JENS_B, KIRSTEN, Line, SIGNE, YUSUF, situations, staff, units,
};

use crate::clock::beginning;

/// So many editions of every title; the sources go from one to the next together.
pub(crate) const EDITIONS: usize = 2;

/// Who is asked about. Two of them have the same name.
pub(crate) const CITIZENS: [&str; 7] = [CLAUS, AMINA, BENT, SIGNE, JENS_A, JENS_B, YUSUF];

/// Who asks: the demo's name for the caller, and for what.
pub(crate) const CALLERS: [(&str, &str); 4] = [
    ("caseworker-jobcenter", "own_case"),
    ("caseworker-adult", "own_case"),
    ("coordinator-youth", "coordination"),
    ("benefit-officer", "own_case"),
];

/// The town of each edition.
pub(crate) static TOWNS: LazyLock<Vec<Arc<World>>> = LazyLock::new(|| (0..EDITIONS).map(town).collect());

fn town(edition: usize) -> Arc<World> {
    let people = units().into_iter().map(Line::Unit).chain(staff().into_iter().map(Line::Staff));
    let lines = people.chain(situations(beginning())).filter_map(|line| match line {
        Line::Case(mut row) => {
            let whose = CITIZENS.iter().chain(&[KIRSTEN]).position(|citizen| *citizen == row.citizen);
            // Who is not asked about has no cases: a world is small.
            let mark = mark(whose?, edition);
            for title in [&mut row.title, &mut row.secret_title].into_iter().flatten() {
                *title = format!("{title} {mark}");
            }
            Some(Line::Case(row))
        }
        other => Some(other),
    });
    Arc::new(World::from_lines(lines.collect::<Vec<_>>()))
}

/// With this a mark begins.
pub(crate) const MARK: &str = "[borger ";

/// What stands in each title of a citizen in this edition.
pub(crate) fn mark(citizen: usize, edition: usize) -> String {
    format!("{MARK}{citizen} udgave {edition}]")
}

/// Every mark in a text: whose it is, and of which edition.
pub(crate) fn marks(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for part in text.split(MARK).skip(1) {
        let Some((mark, _)) = part.split_once(']') else { continue };
        let Some((citizen, edition)) = mark.split_once(" udgave ") else { continue };
        found.extend(citizen.parse().ok().zip(edition.parse().ok()));
    }
    found
}
