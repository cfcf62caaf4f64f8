//! The random statutes, consents and emergencies of a world, most of them nearly fitting.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan as _};

use super::dice::Dice;
use super::draw::CASES;
use super::tables::{CATEGORIES, PURPOSES, Purpose, UNITS, class};
use super::world::{Consent, Custody, Emergency, Owner, Signer, Statute, World};

pub(super) fn statutes(dice: &mut Dice, world: &World) -> Vec<Statute> {
    let count = if world.purpose.opens_by_law() { dice.pick(&[0, 1, 1, 2]) } else { usize::from(dice.chance(8)) };
    let days = |days: i32| world.today.checked_add(days.days()).expect("our time");
    (0..count)
        .map(|at| Statute {
            id: ["law-a", "law-b"][at],
            purpose: same_or_any(dice, world.purpose),
            categories: categories(dice, world),
            from: from(dice, world),
            to: to(dice, world),
            classes: classes(dice),
            level_max: dice.weighted(&[(30, 3), (45, 2), (25, 1)]),
            is_confirmed: dice.chance(90),
            has_basis: dice.chance(94),
            valid_from: dice.weighted(&[(40, None), (30, Some(days(-100))), (20, Some(days(0))), (10, Some(days(1)))]),
            valid_to: dice.weighted(&[(45, None), (25, Some(days(100))), (20, Some(days(0))), (10, Some(days(-1)))]),
        })
        .collect()
}

pub(super) fn consents(dice: &mut Dice, world: &World) -> Vec<Consent> {
    let count =
        if world.purpose.opens_by_consent() { dice.pick(&[0, 1, 1, 1, 2, 3]) } else { usize::from(dice.chance(10)) };
    (1..=count).map(|id| consent(dice, world, u8::try_from(id).expect("three at most"))).collect()
}

fn consent(dice: &mut Dice, world: &World, id: u8) -> Consent {
    let after = |seconds: i64| world.now.checked_add(seconds.seconds()).expect("our time");
    let once = |dice: &mut Dice| Some(after(dice.pick(&[-86_400, -1, 0, 1, 86_400])));
    // The clock stands at the start, or a second before, or well inside.
    let given: Timestamp = after(dice.weighted(&[(70, -3_000_000), (12, 0), (8, -1), (10, 1)]));
    let valid_to = match dice.below(100) {
        0..=64 => after(5_000_000),
        65..=76 => after(1),
        77..=88 => after(0),
        _ => after(-1),
    };
    let happens = dice.weighted(&[(70, 0), (6, 1), (8, 2), (6, 3), (6, 4), (4, 5)]);
    Consent {
        id,
        purpose: same_or_any(dice, world.purpose),
        case_ref: world.case_ref.filter(|_| dice.chance(85)).unwrap_or_else(|| dice.pick(&CASES)),
        from: from(dice, world),
        to: to(dice, world),
        categories: categories(dice, world),
        classes: classes(dice),
        signed: if happens == 5 { Vec::new() } else { signed(dice, world, given) },
        is_in_scope: dice.chance(75),
        refused: if happens == 1 { once(dice) } else { None },
        withdrawn: if happens == 2 { once(dice) } else { None },
        superseded: if happens == 3 { once(dice) } else { None },
        case_ended: if happens == 4 { once(dice) } else { None },
        valid_to,
    }
}

/// Most often everybody whose word it takes, sometimes one too few.
fn signed(dice: &mut Dice, world: &World, given: Timestamp) -> Vec<(Signer, Timestamp)> {
    let age = super::consent_state::age(&world.citizen, world.today);
    let mut who = match (age, world.citizen.custody) {
        (18.., _) if world.citizen.guardian && dice.chance(50) => vec![Signer::Guardian],
        (18.., _) => vec![dice.weighted(&[(80, Signer::Citizen), (20, Signer::Mother)])],
        (_, Custody::Nobody) if world.citizen.guardian => vec![Signer::Guardian],
        (_, Custody::Joint) => vec![Signer::Mother, Signer::Father],
        _ => vec![Signer::Mother],
    };
    if (15..18).contains(&age) {
        who.push(Signer::Citizen);
    }
    if who.len() > 1 && dice.chance(30) {
        who.remove(dice.below(who.len()));
    }
    // The last one signs last, sometimes only a second from now.
    let late = dice.chance(8);
    let last = who.len() - 1;
    let soon = world.now.checked_add(1.second()).expect("our time");
    who.into_iter().enumerate().map(|(at, one)| (one, if late && at == last { soon } else { given })).collect()
}

pub(super) fn emergency(dice: &mut Dice, world: &World) -> Option<Emergency> {
    if !dice.chance(if world.purpose == Purpose::Emergency { 90 } else { 6 }) {
        return None;
    }
    let ago = dice.weighted(&[(50, 600), (12, 0), (12, 3_599), (13, 3_600), (8, 90_000), (5, -1)]);
    let since = world.now.checked_sub(ago.seconds()).expect("our time");
    Some(Emergency { since, is_for_this_citizen: dice.chance(90) })
}

fn same_or_any(dice: &mut Dice, purpose: Purpose) -> Purpose {
    if dice.chance(92) { purpose } else { dice.pick(&PURPOSES) }
}

/// Those of the items, most of the time, and others.
fn categories(dice: &mut Dice, world: &World) -> Vec<&'static str> {
    let mut all: BTreeSet<&'static str> = BTreeSet::new();
    for item in &world.items {
        for kind in [Some(item.kind), item.index_kind].into_iter().flatten() {
            if dice.chance(78) {
                all.insert(kind.category);
            }
        }
    }
    all.insert(CATEGORIES[dice.below(CATEGORIES.len())].code);
    all.into_iter().collect()
}

fn from(dice: &mut Dice, world: &World) -> Vec<&'static str> {
    let mut all: BTreeSet<&'static str> = BTreeSet::new();
    for item in &world.items {
        if !dice.chance(78) {
            continue;
        }
        match item.owner {
            Owner::Unit(unit) => all.insert(if dice.chance(50) { unit.code } else { unit.department }),
            Owner::Department(department) => all.insert(department),
            Owner::Nobody => false,
        };
    }
    let other = &UNITS[dice.below(UNITS.len())];
    all.insert(if dice.chance(50) { other.code } else { other.department });
    all.into_iter().collect()
}

fn to(dice: &mut Dice, world: &World) -> Vec<&'static str> {
    let other = &UNITS[dice.below(UNITS.len())];
    match world.caller.unit.filter(|_| dice.chance(88)) {
        Some(unit) if dice.chance(50) => vec![unit.code, other.code],
        Some(unit) => vec![unit.department],
        None => vec![if dice.chance(50) { other.code } else { other.department }],
    }
}

fn classes(dice: &mut Dice) -> u16 {
    let mut all = 0;
    for bit in 0..13 {
        let one = 1_u16 << bit;
        let percent = match one {
            class::EXISTENCE => 88,
            one if one & class::OF_ITEM != 0 => 55,
            _ => 35,
        };
        if dice.chance(percent) {
            all |= one;
        }
    }
    all
}
