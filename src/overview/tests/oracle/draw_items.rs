//! The random items of a world: kinds, owners, provenances, screening, actors, windows, and who granted what.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::dice::Dice;
use super::tables::{UNITS, Unit, category};
use super::world::{Actor, Caller, Item, Kind, KindBy, Owner, Screen, Side, State, ToldBy};

const fn law(text: &'static str, category: &'static str, case_is: Side, effort_is: Side) -> Kind {
    Kind { by: KindBy::Law(text), category, case_is, effort_is, is_known: true }
}

/// [DK] barnets sag.
const CHILD: Kind = law("barnets lov § 32", "child", Side::Authority, Side::Provider);

/// [DK] sagstyper of defaults §11 by what a source writes, and one invented law for each category that has none there.
pub(super) const KINDS: [Kind; 25] = [
    law("LAB", "employment", Side::Authority, Side::Authority),
    Kind {
        by: KindBy::FasitType("M.1"),
        category: "employment",
        case_is: Side::Provider,
        effort_is: Side::Provider,
        is_known: true,
    },
    law("ungeindsatsloven", "youth_education", Side::Authority, Side::Provider),
    law("integrationsloven", "integration", Side::Authority, Side::Provider),
    law("aktivloven § 11", "benefit", Side::Benefit, Side::Benefit),
    law("sygedagpengeloven", "sickness", Side::Benefit, Side::Benefit),
    law("SEL § 85", "adult_support", Side::Authority, Side::Provider),
    law("SEL § 97", "disability", Side::Authority, Side::Provider),
    law("SEL § 110", "homelessness", Side::Provider, Side::Provider),
    law("SEL § 101", "substance_use", Side::Authority, Side::Provider),
    law("sundhedsloven § 141", "substance_use", Side::Provider, Side::Provider),
    law("SEL § 99", "mental_health", Side::Provider, Side::Provider),
    CHILD,
    law("barnets lov § 86", "disability", Side::Authority, Side::Provider),
    law("barnets lov § 133", "child_report", Side::Authority, Side::Provider),
    law("SEL § 109", "violence", Side::Provider, Side::Provider),
    law("værgemålsloven", "guardianship", Side::Authority, Side::Provider),
    law("prøvelov § 1", "health_care", Side::Authority, Side::Provider),
    law("prøvelov § 2", "school_day_care", Side::Authority, Side::Provider),
    law("prøvelov § 3", "housing", Side::Authority, Side::Provider),
    law("prøvelov § 4", "offence", Side::Authority, Side::Provider),
    law("prøvelov § 5", "control", Side::Authority, Side::Provider),
    law("prøvelov § 6", "private_network", Side::Authority, Side::Provider),
    law("prøvelov § 7", "employer", Side::Authority, Side::Provider),
    Kind {
        by: KindBy::Nothing,
        category: "unclassified",
        case_is: Side::Unclassified,
        effort_is: Side::Unclassified,
        is_known: false,
    },
];

/// One subject of each main group, of which no rule knows a kind.
const SUBJECTS: [&str; 6] = ["15.20.00", "27.03.00", "32.03.00", "34.05.00", "03.25.00", "29.03.00"];

pub(super) fn items(dice: &mut Dice, caller: &Caller, today: Date) -> Vec<Item> {
    let count = dice.weighted(&[(30, 1), (30, 2), (20, 3), (10, 4), (5, 5), (5, 6)]);
    let mut items: Vec<Item> = (0..count).map(|_| item(dice, caller, today)).collect();
    for (at, item) in items.iter_mut().enumerate() {
        if count > 1 && dice.chance(35) {
            item.granted_by = Some((at + 1 + dice.below(count - 1)) % count);
        }
    }
    items
}

fn item(dice: &mut Dice, caller: &Caller, today: Date) -> Item {
    let told_by = dice.weighted(&[
        (62, ToldBy::OwnerRow),
        (22, ToldBy::OwnerAndIndex),
        (7, ToldBy::IndexOfRead),
        (6, ToldBy::IndexOfUnread),
        (3, ToldBy::IndexOfNobody),
    ]);
    let is_of_index = matches!(told_by, ToldBy::IndexOfRead | ToldBy::IndexOfUnread | ToldBy::IndexOfNobody);
    let by_law: Vec<Kind> = KINDS.into_iter().filter(|kind| !matches!(kind.by, KindBy::FasitType(_))).collect();
    let kind = match is_of_index {
        true => dice.pick(&by_law),
        // What only those who work with children are told of is seldom somebody else's.
        false if dice.chance(6) => CHILD,
        false => dice.pick(&KINDS),
    };
    // The index tells of cases only; the employment act's rule knows cases only.
    let is_effort = !is_of_index && kind.by != KindBy::Law("LAB") && dice.chance(40);
    let owner = match dice.below(100) {
        _ if told_by == ToldBy::IndexOfUnread && dice.chance(40) => Owner::Department(dice.pick(&["MSO", "MBU"])),
        0..=4 => Owner::Nobody,
        5..=54 => caller.unit.map_or_else(|| any_unit(dice), Owner::Unit),
        55..=63 => neighbour(dice, caller),
        _ => any_unit(dice),
    };
    let kle = match dice.below(100) {
        0..=39 => None,
        40..=79 => Some(subject_of(kind.category)),
        _ => Some(dice.pick(&SUBJECTS)),
    };
    let has_caller = dice.chance(45);
    let mut actors: Vec<Actor> = Vec::new();
    for is_caller in [has_caller, false] {
        if is_caller || dice.chance(30) {
            actors.push(actor(dice, is_caller, today));
        }
    }
    Item {
        told_by,
        kind,
        is_effort,
        index_kind: if dice.chance(30) { Some(dice.pick(&by_law)) } else { None },
        owner,
        kle,
        sensitivity: stated(dice),
        index_sensitivity: stated(dice),
        screened: screen(dice, 12),
        index_screened: screen(dice, 15),
        actors,
        index_names_caller: dice.chance(20),
        state: state(dice, today),
        names_caller_as_party: dice.chance(2),
        granted_by: None,
    }
}

fn any_unit(dice: &mut Dice) -> Owner {
    Owner::Unit(&UNITS[dice.below(UNITS.len())])
}

/// Another unit of the caller's department.
fn neighbour(dice: &mut Dice, caller: &Caller) -> Owner {
    let Some(own) = caller.unit else { return any_unit(dice) };
    let others: Vec<&'static Unit> =
        UNITS.iter().filter(|unit| unit.department == own.department && unit.code != own.code).collect();
    if others.is_empty() { any_unit(dice) } else { Owner::Unit(dice.pick(&others)) }
}

fn subject_of(code: &str) -> &'static str {
    let group = category(code).kle.first().copied().unwrap_or("27");
    SUBJECTS.into_iter().find(|subject| subject.starts_with(group)).unwrap_or("27.03.00")
}

fn stated(dice: &mut Dice) -> Option<u8> {
    dice.weighted(&[(70, None), (5, Some(0)), (8, Some(1)), (9, Some(2)), (8, Some(3))])
}

fn screen(dice: &mut Dice, percent: usize) -> Option<Vec<Screen>> {
    if !dice.chance(percent) {
        return None;
    }
    let one = |dice: &mut Dice| {
        dice.weighted(&[
            (35, Screen::CallersUnit),
            (25, Screen::CallersUser),
            (25, Screen::Other(1)),
            (15, Screen::Other(2)),
        ])
    };
    let mut list = vec![one(dice)];
    if dice.chance(50) {
        list.push(one(dice));
    }
    Some(list)
}

fn actor(dice: &mut Dice, is_caller: bool, today: Date) -> Actor {
    let days = |days: i32| today.checked_add(days.days()).expect("our time");
    Actor {
        is_caller,
        is_responsible: dice.chance(8),
        is_coordinator: dice.chance(25),
        since: dice.weighted(&[(50, None), (25, Some(days(-40))), (15, Some(days(0))), (10, Some(days(1)))]),
        until: dice.weighted(&[
            (60, None),
            (15, Some(days(40))),
            (10, Some(days(1))),
            (10, Some(days(0))),
            (5, Some(days(-9))),
        ]),
    }
}

fn state(dice: &mut Dice, today: Date) -> State {
    let days = |days: i32| today.checked_add(days.days()).expect("our time");
    match dice.below(100) {
        0..=59 => State::Active,
        60..=69 => State::Future(days(dice.pick(&[1, 30]))),
        70..=90 => State::Closed(days(dice.pick(&[-1, -60, -180, -181, -181, -400]))),
        _ => State::Void(days(dice.pick(&[-1, -180, -181, -900]))),
    }
}
