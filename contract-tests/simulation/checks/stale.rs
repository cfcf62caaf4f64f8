//! What is not new says so, and what it says is true.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Answer;
use crate::people::marks;
use crate::world::{Seen, TICK};

/// A look-up at a source may have begun so long before its answer counts as read.
const FETCH_MAX: Duration = Duration::from_millis(2_500);
/// Read lately, and shown while the source does not answer: so old at most.
const AGES: (SignedDuration, SignedDuration) = (SignedDuration::from_mins(10), SignedDuration::from_hours(4));
/// Employees change rarely.
const DIRECTORY_AGES: (SignedDuration, SignedDuration) =
    (SignedDuration::from_hours(4), SignedDuration::from_hours(168));

/// Each source whose state or moment is not what it says.
pub(super) fn mislabelled(answer: &Answer, seen: &Seen) -> Vec<String> {
    let mut found = Vec::new();
    let mut wrong = |id: &str, what: &str| found.push(format!("{}: {id} {what}", answer.name()));
    for (id, state, as_of) in answer.sources() {
        let Some(as_of) = as_of else {
            if matches!(state, "fresh" | "cached" | "stale") {
                wrong(id, "says that it was read, and not when");
            }
            continue;
        };
        let kept = if id == "staff_directory" { DIRECTORY_AGES } else { AGES };
        if !is_age_of(state, kept, as_of, answer, seen) {
            wrong(id, &format!("is called {state}, and is of {as_of}"));
        }
        if let Some(edition) = editions(answer, id).into_iter().find(|edition| !was_said(*edition, as_of, seen)) {
            wrong(id, &format!("says edition {edition}, which it did not say at {as_of}"));
        }
    }
    found
}

fn is_age_of(
    state: &str,
    (lately, at_most): (SignedDuration, SignedDuration),
    as_of: Timestamp,
    answer: &Answer,
    seen: &Seen,
) -> bool {
    let (asked, ended) = (answer.told.asked, answer.ended);
    match state {
        // By this request, or by one that was under way.
        "fresh" => seen.clock.when(as_of).into_iter().any(|read| read + FETCH_MAX >= asked && read <= ended + TICK),
        "cached" | "stale" => {
            let limit = if state == "cached" { lately } else { at_most };
            let ages = seen.clock.shown(asked, ended).into_iter().map(|now| now.duration_since(as_of));
            let slack = SignedDuration::try_from(answer.ended.saturating_sub(asked) + TICK).expect("short");
            ages.into_iter().any(|age| age >= -slack && age <= limit + slack)
        }
        // Nothing of it is shown.
        _ => true,
    }
}

/// The editions of the titles that this source says alone or with others.
fn editions(answer: &Answer, source: &str) -> Vec<usize> {
    let mut found = Vec::new();
    collect(&answer.overview["groups"], source, &mut found);
    found
}

fn collect(value: &serde_json::Value, source: &str, found: &mut Vec<usize>) {
    if let (Some(text), Some(sources)) = (value["value"].as_str(), value["sources"].as_array())
        && sources.iter().any(|one| one == source)
    {
        found.extend(marks(text).into_iter().map(|(_, edition)| edition));
    }
    match value {
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, source, found)),
        serde_json::Value::Object(fields) => fields.values().for_each(|value| collect(value, source, found)),
        _ => {}
    }
}

/// At the moment that the clock showed, or while the answer was on its way, the sources said this edition.
fn was_said(edition: usize, as_of: Timestamp, seen: &Seen) -> bool {
    seen.clock.when(as_of).into_iter().any(|read| {
        let from = read.saturating_sub(FETCH_MAX);
        let ends = seen.editions.iter().skip(1).map(|edition| edition.0).chain([Duration::MAX]);
        let said = seen.editions.iter().zip(ends);
        said.into_iter().any(|((since, said), until)| *said == edition && *since <= read + TICK && until >= from)
    })
}
