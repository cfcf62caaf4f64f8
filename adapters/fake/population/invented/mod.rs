//! Any number of invented citizens from one seed, home by home: the same ones on every machine and at any `now`.

mod cases;
mod dice;
mod month;
mod people;
mod quirks;

use std::collections::{HashSet, VecDeque};

use jiff::Timestamp;

use self::cases::Desk;
use self::dice::Dice;
pub use self::month::MONTH;
use super::Line;

/// The lines of `count` invented citizens.
///
/// Names, numbers and families depend on the seed alone; the dates of cases follow `now`. A smaller count gives the
/// first citizens of a larger one, though the last home may be smaller.
pub fn invented(seed: u64, count: usize, now: Timestamp) -> Vec<Line> {
    Invented::new(seed, count, now).collect()
}

/// The same lines one by one, for files larger than memory.
#[derive(Debug)]
pub struct Invented {
    dice: Dice,
    desk: Desk,
    taken: HashSet<String>,
    ready: VecDeque<Line>,
    home: u64,
    left: usize,
}

impl Invented {
    /// `count` citizens from a seed. Numbers of the twelve situations are never used.
    pub fn new(seed: u64, count: usize, now: Timestamp) -> Self {
        let named = super::situations::numbers().map(str::to_owned);
        let (dice, desk) = (Dice::of(seed), Desk::new(now));
        Self { dice, desk, taken: named.collect(), ready: VecDeque::new(), home: 0, left: count }
    }

    /// One home more: its people, their earlier numbers, the address, the cases.
    fn furnish(&mut self) {
        let mut dice = self.dice.for_home(self.home);
        let mut home = people::home(&mut dice, &mut self.taken, self.home);
        home.people.truncate(self.left);
        home.keep_only_those_who_live_here();
        self.left -= home.people.len();
        self.home += 1;
        let mut rows = Vec::new();
        for person in &home.people {
            let former = home.aliases.iter().find(|alias| alias.cpr == person.cpr).map(|alias| alias.former.as_str());
            self.desk.cases_of(person, former, &mut dice, &mut rows);
        }
        self.ready.extend(home.people.into_iter().map(Line::Person));
        self.ready.extend(home.aliases.into_iter().map(Line::Alias));
        self.ready.push_back(Line::Household(home.household));
        self.ready.extend(rows.into_iter().map(|row| Line::Case(Box::new(row))));
    }
}

impl Iterator for Invented {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        while self.ready.is_empty() && self.left > 0 {
            self.furnish();
        }
        self.ready.pop_front()
    }
}
