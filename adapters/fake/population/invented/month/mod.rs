//! The same town a month later: what happens in thirty days to people and to their cases, by a seed.

mod cases;
mod people;

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};

use super::dice::Dice;
use crate::contract::danish_day;
use crate::fake::population::draft::morning;
use crate::fake::population::{Line, Staff, World, situations};

/// How long a month is: everything that happens in it lies within this much before its end.
pub const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

impl World {
    /// This town when a month has gone by, at `now`. Some cases have closed, begun, got another unit, status or caseworker,
    /// or are no longer at their source; one belongs to another citizen; some citizens have got a new number, died or moved
    /// away. Who is named in `situations/` stays as they are, with all their cases.
    ///
    /// The same town, seed and time give the same town. What has not changed is told as before, to the letter.
    #[must_use]
    pub fn a_month_later(&self, seed: u64, now: Timestamp) -> Self {
        let month = Month { dice: Dice::of(seed), today: danish_day(now), now, named: situations::numbers().collect() };
        let people = people::after(self, &month);
        let cases = cases::after(self, &people, &month);
        let employee = |staff: &Staff| {
            let cpr = staff.cpr.as_deref().map(|cpr| people.number_of(cpr).to_owned());
            Line::Staff(Staff { cpr, ..staff.clone() })
        };
        let staff: Vec<Line> = self.staff().iter().map(employee).collect();
        let units = self.units().iter().cloned().map(Line::Unit);
        let persons = people.persons.into_iter().map(Line::Person);
        let aliases = people.aliases.into_iter().map(Line::Alias);
        let households = people.households.into_iter().map(Line::Household);
        let cases = cases.into_iter().map(|row| Line::Case(Box::new(row)));
        Self::from_lines(units.chain(staff).chain(persons).chain(aliases).chain(households).chain(cases))
    }
}

/// The month, its chances, and whom it leaves alone.
#[derive(Debug)]
struct Month {
    dice: Dice,
    today: Date,
    now: Timestamp,
    named: HashSet<&'static str>,
}

impl Month {
    /// Chance of its own for each thing, so that one thing's luck never moves another's.
    fn dice(&self, what: &str, name: &str) -> Dice {
        let bytes = what.bytes().chain([0]).chain(name.bytes());
        let stream = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        self.dice.for_home(stream)
    }

    /// A day of the month, yesterday at the latest.
    fn day(&self, dice: &mut Dice) -> Date {
        self.today.saturating_sub(Span::new().days(dice.between(1, 30)))
    }

    /// Working hours of that day.
    fn moment(&self, day: Date, dice: &mut Dice) -> Timestamp {
        let minutes = SignedDuration::from_mins(i64::from(dice.below(7 * 60)));
        morning(day).checked_add(minutes).unwrap_or(self.now)
    }
}
