//! How much of a consent a unit is told: what the citizen said no to, and from whom, is nobody's but those who know it. Pure.

use jiff::Timestamp;

use super::{Citizen, Codes, Event, History, State};
use crate::config::ConsentRules;

/// How much of a consent is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// All of it.
    Whole,
    /// All of it, but of those who give the unit's own row alone.
    OwnGiving,
    /// That it is there, where it stands, and the unit's own row.
    Brief,
}

/// What is told to this unit; `None` where the consent is none of its own. `citizen` as the register says, `None` while it
/// has no word.
pub(super) fn sight(
    events: &[Event],
    unit: &str,
    citizen: Option<&Citizen>,
    (rules, codes): (&ConsentRules, &Codes),
    now: Timestamp,
) -> Option<Sight> {
    let terms = History(events).terms()?;
    let names = |all: &[String]| all.iter().any(|code| codes.names(code, unit));
    if events.first()?.recorded_by.unit == unit {
        return Some(Sight::Whole);
    }
    if names(&terms.from) {
        return Some(Sight::OwnGiving);
    }
    if !names(&terms.to) {
        return None;
    }
    let state = History(events).standing(citizen, rules, now).state;
    let is_told = !matches!(state, State::Requested | State::Refused) && was_in_force(events, citizen, rules);
    Some(if is_told { Sight::Whole } else { Sight::Brief })
}

/// It has opened what it says at some moment: judged when each yes was recorded, by what was on record then.
fn was_in_force(events: &[Event], citizen: Option<&Citizen>, rules: &ConsentRules) -> bool {
    let yes = events.iter().enumerate().filter(|(_, event)| event.what.is_yes());
    yes.into_iter().any(|(at, event)| {
        let then = History(&events[..=at]);
        let opened = |citizen| then.standing(citizen, rules, event.recorded_at).is_in_force();
        // Who has died or moved since was there then: an adult's own word rests on nothing that the register says.
        opened(citizen) || opened(None)
    })
}
