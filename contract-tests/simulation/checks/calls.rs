//! While a source is asked something about a citizen, it is not asked the same again.
//!
//! Whoever asks for what is new (`no-cache`) joins nobody who asked before, and whoever asks after the clock was set may be told of
//! another first answer: then there are two look-ups, as the service's decision on its cache keys says.
//!
//! Two such look-ups may both fail, and both be tried again: then their second tries are two as well.
//!
//! Calls that name no citizen are left out: two employees of one unit, or two citizens of one name, may lead to the same row.

use std::time::Duration;

use crate::people::CITIZENS;
use crate::plan::Event;
use crate::world::{Exchange, Seen};

/// A look-up goes on so long at most when nobody waits for it any more.
const FETCH_MAX: Duration = Duration::from_millis(2_500);

/// A second try begins so long after the first has failed, at most: what the service waits, and a step of the world.
const AGAIN_MAX: Duration = Duration::from_millis(60);

/// A call, and when its look-up put the same question first: before, if this is its second try.
struct Tried<'a> {
    call: &'a Exchange,
    since: Duration,
    is_tried_again: bool,
}

/// Calls that began while the very same one was under way.
pub(super) fn doubled(seen: &Seen) -> Vec<String> {
    // Then it is meant.
    if seen.plan.hedges {
        return Vec::new();
    }
    let mut tried: Vec<Tried<'_>> = Vec::new();
    let mut found = Vec::new();
    for call in seen.exchanges.iter().filter(|call| names_a_citizen(call)) {
        let mut same: Vec<_> = tried.iter_mut().filter(|other| is_same(other.call, call)).collect();
        // Each call is tried again once.
        let first = same.iter_mut().find(|other| !other.is_tried_again && follows(call, other.call));
        let since = first.map_or(call.began, |first| {
            first.is_tried_again = true;
            first.since
        });
        let is_under_way = |other: &Tried<'_>| other.call.ended.is_none_or(|ended| ended > call.began);
        let mut doubles = same.iter().filter(|other| is_under_way(other));
        if doubles.any(|other| !is_another_look_up(other.since, (call, since), seen)) {
            let operation = call.target.split('?').next().unwrap_or_default();
            found.push(format!("{} {operation} at {:?}", call.host, call.began));
        }
        tried.push(Tried { call, since, is_tried_again: false });
    }
    found
}

fn is_same(one: &Exchange, other: &Exchange) -> bool {
    (&one.host, &one.target, plain(&one.body)) == (&other.host, &other.target, plain(&other.body))
}

/// The call began when the other had ended, and so soon that it may be its second try.
fn follows(call: &Exchange, other: &Exchange) -> bool {
    other.ended.is_some_and(|ended| ended <= call.began && call.began <= ended + AGAIN_MAX)
}

fn is_another_look_up(first: Duration, (second, since): (&Exchange, Duration), seen: &Seen) -> bool {
    let (from, until) = (first.min(since), first.max(since));
    // An ask is under way for its deadline and a look-up beyond it, for as long as a source may take.
    let asks_anew = seen.plan.asks.iter().any(|ask| {
        let until = ask.at + ask.within + FETCH_MAX;
        ask.no_cache && names(second, CITIZENS[ask.citizen]) && ask.at <= second.began && second.began <= until
    });
    let is_set = |(at, event): &(Duration, Event)| matches!(event, Event::SetClock(_)) && from <= *at && *at <= until;
    asks_anew || seen.plan.events.iter().any(is_set)
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
