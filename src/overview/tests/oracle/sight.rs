//! What is known of one item once its provenances are laid together.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::tables::category;
use super::verdict::Judge;
use super::world::{Item, Kind, Owner, Screen, Side, State, ToldBy};

/// Days for which a closed case stays visible in every source of the demo.
const WINDOW_DAYS: i64 = 180;

/// What is known of one item once its provenances are laid together.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in the rules")]
pub(super) struct Sight {
    pub(super) categories: BTreeSet<&'static str>,
    pub(super) level: u8,
    pub(super) side: Side,
    pub(super) unit: Option<&'static str>,
    pub(super) department: Option<&'static str>,
    pub(super) owner_row_decides: bool,
    /// Somebody who could make it stricter was asked and did not answer.
    pub(super) is_strictness_unknown: bool,
    pub(super) is_screened: bool,
    pub(super) is_screened_to_caller: bool,
    pub(super) in_person: bool,
    pub(super) by_unit: bool,
    pub(super) is_running: bool,
    pub(super) is_coming: bool,
    pub(super) is_past_window: bool,
}

impl Judge<'_> {
    /// "With several provenances the master system's row decides; an index row never widens access"; "the strictest secrecy
    /// counts".
    pub(super) fn sight(&mut self, item: &Item) -> Sight {
        let world = self.world;
        let has_owner_row = matches!(item.told_by, ToldBy::OwnerRow | ToldBy::OwnerAndIndex);
        let index_kind = item.index_kind.filter(|_| item.told_by == ToldBy::OwnerAndIndex);
        let kinds: Vec<Kind> = std::iter::once(item.kind).chain(index_kind).collect();
        let first = kinds.iter().find(|kind| kind.is_known).copied().unwrap_or(kinds[0]);
        // A provenance that no rule knows says nothing where another one does.
        let mut categories: BTreeSet<&'static str> =
            kinds.iter().filter(|kind| kind.is_known).map(|kind| kind.category).collect();
        if categories.is_empty() {
            categories.insert("unclassified");
        }
        let stated = match item.told_by {
            ToldBy::OwnerAndIndex => item.sensitivity.max(item.index_sensitivity),
            _ => item.sensitivity,
        };
        // "A source may raise an item's level, never lower it."
        let level = categories.iter().map(|code| category(code).level).chain(stated).max().unwrap_or(3);
        let (unit, department) = match item.owner {
            Owner::Unit(unit) => (Some(unit.code), Some(unit.department)),
            Owner::Department(department) => (None, Some(department)),
            Owner::Nobody => (None, None),
        };
        let lists =
            [item.screened.as_ref(), item.index_screened.as_ref().filter(|_| item.told_by == ToldBy::OwnerAndIndex)];
        let lists: Vec<&Vec<Screen>> = lists.into_iter().flatten().collect();
        // Only who stands on every list; the unit on one and the user on the other is nobody in common.
        let common = |who: Screen| lists.iter().all(|list| list.contains(&who));
        let has_unit = world.caller.unit.is_some();
        let (is_running, is_coming, is_past_window) = match item.state {
            State::Active => (true, false, false),
            State::Future(_) => (false, true, false),
            State::Closed(day) | State::Void(day) => (false, false, days_between(day, world.today) > WINDOW_DAYS),
        };
        // "is an actor on this citizen's case *now*", by the row that decides; the responsible post is nobody in person.
        let is_now = |since: Option<Date>, until: Option<Date>| {
            since.is_none_or(|since| since <= world.today) && until.is_none_or(|until| world.today < until)
        };
        let is_actor =
            item.actors.iter().any(|one| one.is_caller && !one.is_responsible && is_now(one.since, one.until));
        if !is_actor && item.actors.iter().any(|one| one.is_caller) {
            self.because("not own: no longer, not yet, or a post");
        }
        let is_of_unit = has_unit && unit == world.caller.unit.map(|unit| unit.code);
        // "own KLE ranges"
        let covers = is_subject_of(&world.caller.kle, item.kle, &categories);
        if (is_actor || is_of_unit) && !covers {
            self.because("not own: another subject");
        }
        if lists.len() > 1 {
            self.because("screened twice");
        }
        Sight {
            side: side_of(item, index_kind, first),
            categories,
            level,
            unit,
            department,
            // Decision: owner not configured: the index row decides.
            owner_row_decides: has_owner_row || item.told_by == ToldBy::IndexOfUnread,
            // Decision 0018: the index of an owner's row alone, and the owner of an index row alone.
            is_strictness_unknown: match item.told_by {
                ToldBy::OwnerRow => world.silent.index,
                ToldBy::IndexOfRead => world.silent.master,
                ToldBy::OwnerAndIndex | ToldBy::IndexOfUnread | ToldBy::IndexOfNobody => false,
            },
            is_screened: !lists.is_empty(),
            is_screened_to_caller: (has_unit && common(Screen::CallersUnit)) || common(Screen::CallersUser),
            in_person: is_actor && covers,
            by_unit: is_of_unit && covers,
            is_running,
            is_coming,
            is_past_window,
        }
    }
}

/// The first provenance that a rule knows says whose it is, and that one's own word on case or effort.
fn side_of(item: &Item, index_kind: Option<Kind>, first: Kind) -> Side {
    let is_owners = item.kind.is_known || index_kind.is_none_or(|kind| !kind.is_known);
    // The index tells cases only.
    if item.is_effort && is_owners { first.effort_is } else { first.case_is }
}

/// The caller's ranges cover the item's subject; where the source gives none, a main group of each of its categories.
fn is_subject_of(ranges: &[&str], subject: Option<&str>, categories: &BTreeSet<&'static str>) -> bool {
    let covers = |subject: &str| {
        ranges.iter().any(|range| {
            *range == "*"
                || subject == *range
                || (subject.starts_with(range) && subject[range.len()..].starts_with('.'))
        })
    };
    match subject {
        Some(subject) => covers(subject),
        // A category without a main group is nobody's own, whatever the range.
        None => categories.iter().all(|code| category(code).kle.iter().any(|group| covers(group))),
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    let span = from.until(to).expect("two days of our time");
    i64::from(span.get_days())
}
