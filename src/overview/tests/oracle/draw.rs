//! A random world from a seed: skewed so that every branch of the rules comes often, with clocks at their borders.

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};

use super::dice::Dice;
use super::draw_grounds;
use super::draw_items;
use super::tables::{PURPOSES, Purpose, ROLES, Role, UNITS};
use super::world::{Caller, Citizen, Custody, Kin, Protection, Relative, Silent, Town, World};

/// Moments with the Danish day that they lie in: noon, the last second of a day and the first of the next, winter and summer.
const MOMENTS: [(&str, Date); 5] = [
    ("2026-11-21T09:00:00Z", date(2026, 11, 21)),
    ("2026-11-21T22:59:59Z", date(2026, 11, 21)),
    ("2026-11-21T23:00:00Z", date(2026, 11, 22)),
    ("2026-06-30T21:59:59Z", date(2026, 6, 30)),
    ("2026-06-30T22:00:00Z", date(2026, 7, 1)),
];

/// The cases that callers work on.
pub(super) const CASES: [&str; 3] = ["2026-4711", "2026-4712", "27.03.00-G01-7-26"];

/// The world of a seed: always the same.
pub(super) fn world(seed: u64) -> World {
    let dice = &mut Dice::new(seed);
    let (now, today) = dice.pick(&MOMENTS);
    let now: Timestamp = now.parse().expect("a moment");
    let caller = caller(dice);
    let purpose = purpose(dice, &caller);
    let citizen = citizen(dice, today);
    let items = draw_items::items(dice, &caller, today);
    let mut world = World {
        seed,
        town: dice.weighted(&[
            (70, Town::Confirmed),
            (18, Town::Shipped),
            (6, Town::SwitchedOff),
            (6, Town::Unconfirmed),
        ]),
        now,
        today,
        caller,
        purpose,
        case_ref: if dice.chance(80) {
            Some(dice.weighted(&[(8, CASES[0]), (1, CASES[1]), (1, CASES[2])]))
        } else {
            None
        },
        has_reason: dice.chance(if purpose.takes_a_case() { 40 } else { 96 }),
        asks_address: dice.chance(40),
        kin: kin(dice),
        citizen,
        items,
        statutes: Vec::new(),
        consents: Vec::new(),
        emergency: None,
        silent: Silent { index: dice.chance(14), master: dice.chance(35) },
    };
    // A register that does not answer tells nothing.
    world.citizen.is_known &= !world.kin.is_silent;
    world.statutes = draw_grounds::statutes(dice, &world);
    world.consents = draw_grounds::consents(dice, &world);
    world.emergency = draw_grounds::emergency(dice, &world);
    world
}

fn caller(dice: &mut Dice) -> Caller {
    let first = dice.weighted(&[
        (24, Role::Caseworker),
        (16, Role::ChildCaseworker),
        (12, Role::BenefitOfficer),
        (14, Role::ProviderWorker),
        (12, Role::Coordinator),
        (7, Role::OnCall),
        (4, Role::EmergencyHolder),
        (6, Role::Reception),
        (5, Role::Leader),
    ]);
    let mut roles = vec![first];
    if dice.chance(30) {
        let second = dice.pick(&ROLES);
        if second != first {
            roles.push(second);
        }
    }
    let kle: &[&'static str] = dice.weighted(&[
        (60, &["*"] as &[&'static str]),
        (14, &["15", "32"]),
        (18, &["27", "34"]),
        (6, &["27.03"]),
        (6, &["15"]),
        (6, &["32.03", "03", "29"]),
        (5, &[]),
    ]);
    Caller {
        roles,
        unit: if dice.chance(92) { Some(&UNITS[dice.below(UNITS.len())]) } else { None },
        kle: kle.to_vec(),
        sensitivity_max: dice.weighted(&[(50, None), (15, Some(3)), (20, Some(2)), (11, Some(1)), (4, Some(0))]),
    }
}

/// Most often one that a role of the caller may state.
fn purpose(dice: &mut Dice, caller: &Caller) -> Purpose {
    let may: Vec<Purpose> =
        PURPOSES.into_iter().filter(|purpose| caller.roles.iter().any(|role| purpose.is_stated_by(*role))).collect();
    if may.is_empty() || dice.chance(5) {
        return dice.pick(&PURPOSES);
    }
    // What rests on consent or law has more to it than the others.
    let weighted: Vec<(usize, Purpose)> = may
        .into_iter()
        .map(|purpose| (if purpose.opens_by_consent() || purpose.opens_by_law() { 3 } else { 2 }, purpose))
        .collect();
    dice.weighted(&weighted)
}

fn kin(dice: &mut Dice) -> Kin {
    if dice.chance(66) {
        return Kin {
            caller_is: Relative::Nobody,
            is_caller_known: true,
            is_silent: false,
            is_hasty: dice.chance(10),
            is_colleague: false,
        };
    }
    Kin {
        caller_is: dice.weighted(&[
            (70, Relative::Nobody),
            (8, Relative::Oneself),
            (8, Relative::FormerNumber),
            (14, Relative::Household),
        ]),
        is_caller_known: dice.chance(60),
        is_silent: dice.chance(45),
        is_hasty: dice.chance(35),
        is_colleague: dice.chance(25),
    }
}

fn citizen(dice: &mut Dice, today: Date) -> Citizen {
    let years = |years: i32, days: i32| {
        today.checked_sub(years.years()).expect("our time").checked_add(days.days()).expect("our time")
    };
    let born = match dice.below(10) {
        0 => years(18, 0),
        1 => years(18, 1),
        2 => years(15, 0),
        3 => years(15, 1),
        4 => years(7, 11),
        5 => years(16, 40),
        _ => years(38, 200),
    };
    Citizen {
        is_known: dice.chance(85),
        protection: dice.weighted(&[(60, Protection::Open), (28, Protection::Protected), (12, Protection::Unknown)]),
        at_home: dice.weighted(&[(75, Protection::Open), (15, Protection::Protected), (10, Protection::Unknown)]),
        born,
        custody: dice.weighted(&[(15, Custody::Nobody), (35, Custody::One), (50, Custody::Joint)]),
        guardian: dice.chance(20),
        is_gone: dice.chance(4),
    }
}
