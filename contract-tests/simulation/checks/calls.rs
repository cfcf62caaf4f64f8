//! While a source is asked something about a citizen, it is not asked the same again.
//!
//! Whoever asks for what is new (`no-cache`) joins nobody who asked before, and whoever asks after the clock was set may be told of
//! another first answer: then there are two look-ups, as the service's decision on its cache keys says.
//!
//! Calls that name no citizen are left out: two employees of one unit, or two citizens of one name, may lead to the same row.

use std::time::Duration;

use crate::people::CITIZENS;
use crate::plan::Event;
use crate::world::{Exchange, Seen};

/// A look-up goes on so long at most when nobody waits for it any more.
const FETCH_MAX: Duration = Duration::from_millis(2_500);

/// Calls that began while the very same one was under way.
pub(super) fn doubled(seen: &Seen) -> Vec<String> {
    // Then it is meant.
    if seen.plan.hedges {
        return Vec::new();
    }
    let calls: Vec<_> = seen.exchanges.iter().filter(|call| names_a_citizen(call)).collect();
    let mut found = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let is_same = |other: &&&Exchange| {
            !is_another_look_up(other, call, seen)
                && (&other.host, &other.target, plain(&other.body)) == (&call.host, &call.target, plain(&call.body))
                && other.ended.is_none_or(|ended| ended > call.began)
        };
        if calls[..at].iter().any(|other| is_same(&other)) {
            let operation = call.target.split('?').next().unwrap_or_default();
            found.push(format!("{} {operation} at {:?}", call.host, call.began));
        }
    }
    found
}

fn is_another_look_up(first: &Exchange, second: &Exchange, seen: &Seen) -> bool {
    let during = |moment: Duration| first.began <= moment && moment <= second.began;
    // An ask is under way for its deadline and a look-up beyond it, for as long as a source may take.
    let asks_anew = seen.plan.asks.iter().any(|ask| {
        let until = ask.at + ask.within + FETCH_MAX;
        ask.no_cache && names(second, CITIZENS[ask.citizen]) && ask.at <= second.began && second.began <= until
    });
    let is_set = seen.plan.events.iter().any(|(at, event)| matches!(event, Event::SetClock(_)) && during(*at));
    asks_anew || is_set
}

fn names_a_citizen(call: &Exchange) -> bool {
    CITIZENS.iter().any(|citizen| names(call, citizen))
}

fn names(call: &Exchange, citizen: &str) -> bool {
    // Some write it with a hyphen.
    let holds = |text: &str| text.replace('-', "").contains(citizen);
    holds(&call.target) || holds(&String::from_utf8_lossy(&call.body))
}

/// A body without the id that is drawn anew for each message, where a vendor wants one.
fn plain(body: &[u8]) -> String {
    const DRAWN: [&str; 2] = ["CallersServiceCallIdentifier", "TransactionUUID"];
    let text = String::from_utf8_lossy(body);
    let elements = text.split('<').filter(|element| {
        let name = element.split(['>', ' ']).next().unwrap_or_default();
        !DRAWN.contains(&name.rsplit(':').next().unwrap_or_default())
    });
    elements.collect::<Vec<_>>().join("<")
}
