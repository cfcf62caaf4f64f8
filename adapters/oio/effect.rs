//! [DK] virkning: when a fact holds, in the time format of `LoRa`'s database, and which fact to take for now.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::wire;
use crate::contract::{danish_day, danish_time_zone};

/// A moment, or one of the two that never come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Moment {
    /// `-infinity`.
    Beginning,
    /// A moment.
    At(Timestamp),
    /// `infinity`.
    End,
}

impl Moment {
    /// Reads `2025-03-01 00:00:00+00`, `…+02:00`, a `T` between, fractions, a bare day, `infinity`. Without an offset it
    /// is Danish time.
    pub(super) fn read(text: &str) -> Option<Self> {
        match text.trim() {
            "infinity" => Some(Self::End),
            "-infinity" => Some(Self::Beginning),
            text => {
                let local = || {
                    let civil: DateTime = text.parse().ok()?;
                    Some(civil.to_zoned(danish_time_zone().clone()).ok()?.timestamp())
                };
                text.parse().ok().or_else(local).map(Self::At)
            }
        }
    }

    /// The moment itself.
    pub(super) fn timestamp(self) -> Option<Timestamp> {
        match self {
            Self::At(moment) => Some(moment),
            Self::Beginning | Self::End => None,
        }
    }

    /// Its Danish day.
    pub(super) fn day(self) -> Option<Date> {
        self.timestamp().map(danish_day)
    }
}

/// When a fact holds. A side that is missing or cannot be read is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effect {
    /// When it begins.
    pub(super) from: Moment,
    /// When it ends.
    pub(super) to: Moment,
    from_included: bool,
    to_included: bool,
    /// Both sides could be read (or were not there).
    pub(super) readable: bool,
}

impl Effect {
    fn read(wire: Option<&wire::Effect>) -> Self {
        let from = wire.and_then(|effect| effect.from.as_deref()).map(Moment::read);
        let to = wire.and_then(|effect| effect.to.as_deref()).map(Moment::read);
        Self {
            from: from.flatten().unwrap_or(Moment::Beginning),
            to: to.flatten().unwrap_or(Moment::End),
            from_included: wire.and_then(|effect| effect.from_included).unwrap_or(true),
            to_included: wire.and_then(|effect| effect.to_included).unwrap_or(false),
            readable: from != Some(None) && to != Some(None),
        }
    }

    /// It has begun (and perhaps ended).
    pub(super) fn has_begun(&self, now: Timestamp) -> bool {
        let now = Moment::At(now);
        if self.from_included { self.from <= now } else { self.from < now }
    }

    /// It is over.
    pub(super) fn has_ended(&self, now: Timestamp) -> bool {
        let now = Moment::At(now);
        if self.to_included { self.to < now } else { self.to <= now }
    }

    /// It holds now.
    pub(super) fn covers(&self, now: Timestamp) -> bool {
        self.has_begun(now) && !self.has_ended(now)
    }
}

/// A fact with an effect.
pub(super) trait Effective {
    /// When it holds.
    fn effect(&self) -> Effect;
}

impl Effective for wire::Properties {
    fn effect(&self) -> Effect {
        Effect::read(self.effect.as_ref())
    }
}

impl Effective for wire::State {
    fn effect(&self) -> Effect {
        Effect::read(self.effect.as_ref())
    }
}

impl Effective for wire::Relation {
    fn effect(&self) -> Effect {
        Effect::read(self.effect.as_ref())
    }
}

/// The fact to go by: the one that holds now (the youngest of several), else the one that began last, else the first to come.
pub(super) fn in_force<T: Effective>(facts: &[T], now: Timestamp) -> Option<&T> {
    let youngest = |holds: &dyn Fn(&Effect) -> bool| {
        facts.iter().filter(|fact| holds(&fact.effect())).max_by_key(|fact| fact.effect().from)
    };
    youngest(&|effect| effect.covers(now))
        .or_else(|| youngest(&|effect| effect.has_begun(now)))
        .or_else(|| facts.iter().min_by_key(|fact| fact.effect().from))
}

/// Which of several facts to go by: all that hold now, else all that begin together with the one to go by.
pub(super) fn are_in_force<T: Effective>(facts: &[T], now: Timestamp) -> impl Fn(&T) -> bool {
    let any_holds = facts.iter().any(|fact| fact.effect().covers(now));
    let nearest = in_force(facts, now).map(|fact| fact.effect().from);
    move |fact| {
        let effect = fact.effect();
        if any_holds { effect.covers(now) } else { nearest == Some(effect.from) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn state(progress: &str, from: &str, to: &str) -> wire::State {
        let effect = wire::Effect {
            from: Some(from.to_owned()),
            to: Some(to.to_owned()),
            from_included: Some(true),
            to_included: Some(false),
        };
        wire::State { progress: Some(progress.to_owned()), effect: Some(effect) }
    }

    #[test]
    fn every_spelling_of_a_time_is_one_moment() {
        let wanted = Some(Moment::At(moment("2025-03-01T00:00:00Z")));
        for text in [
            "2025-03-01 00:00:00+00",
            "2025-03-01 01:00:00+01",
            "2025-03-01 02:00:00+02:00",
            "2025-03-01T00:00:00+00:00",
            "2025-03-01T00:00:00.000000+00:00",
            "2025-03-01T00:00:00Z",
            " 2025-03-01 01:00:00 ",
        ] {
            assert_eq!(Moment::read(text), wanted, "{text}");
        }
        assert_eq!(Moment::read("2025-03-01"), Some(Moment::At(moment("2025-02-28T23:00:00Z"))));
        assert_eq!(
            Moment::read("2018-03-09T14:38:45.310653+01:00"),
            Some(Moment::At(moment("2018-03-09T13:38:45.310653Z")))
        );
    }

    #[test]
    fn the_two_infinities_lie_outside_all_moments() {
        let now = Moment::At(Timestamp::MAX);
        assert!(Moment::read("-infinity").expect("known") < Moment::At(Timestamp::MIN));
        assert!(Moment::read("infinity").expect("known") > now);
    }

    #[test]
    fn what_is_not_a_time_is_open_and_said_so() {
        for text in ["", "i morgen", "0044-03-15 00:00:00+00 BC", "2025-13-01 00:00:00+00"] {
            assert_eq!(Moment::read(text), None, "{text}");
        }
        let effect = state("Oplyst", "i morgen", "infinity").effect();
        assert!(!effect.readable && effect.covers(moment("2026-01-01T00:00:00Z")));
    }

    #[test]
    fn the_state_of_now_comes_before_the_last_and_the_last_before_the_next() {
        let states = [
            state("Afgjort", "2026-01-01 00:00:00+00", "2026-02-01 00:00:00+00"),
            state("Oplyst", "2025-06-01 00:00:00+00", "2025-07-01 00:00:00+00"),
            state("Opstaaet", "2025-01-01 00:00:00+00", "2025-06-01 00:00:00+00"),
        ];
        let at = |now: &str| in_force(&states, moment(now)).and_then(|state| state.progress.as_deref());
        assert_eq!(at("2024-01-01T00:00:00Z"), Some("Opstaaet"), "nothing has begun: the first to come");
        assert_eq!(at("2025-05-31T23:59:59Z"), Some("Opstaaet"));
        assert_eq!(at("2025-06-01T00:00:00Z"), Some("Oplyst"), "the end is not included, the beginning is");
        assert_eq!(at("2025-09-01T00:00:00Z"), Some("Oplyst"), "a gap: the last one");
        assert_eq!(at("2026-01-15T00:00:00Z"), Some("Afgjort"));
        assert_eq!(at("2030-01-01T00:00:00Z"), Some("Afgjort"));
    }
}
