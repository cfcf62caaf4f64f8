//! What a manager is shown, and what cannot be made of it.

use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;

use super::super::{ListedCitizen, Report};
use super::*;

fn counts<const N: usize>(counts: [(&str, u32); N]) -> BTreeMap<Code, u32> {
    counts.into_iter().map(|(code, count)| (Code::from(code), count)).collect()
}

fn counted<const D: usize, const U: usize>(
    total: u32,
    departments: [(&str, u32); D],
    units: [(&str, u32); U],
) -> Counted {
    let (departments, units) = (counts(departments), counts(units));
    Counted { as_of: date(2026, 11, 22), is_complete: true, total, departments, units }
}

/// Units are named after their department: `A1` is of `A`.
fn places(run: &Counted) -> Places {
    let unit = |code: &Code| (Code::clone(code), (format!("Enhed {code}"), Code::from(&code[..1])));
    let departments = run.departments.keys().map(|code| (Code::clone(code), format!("Afdeling {code}"))).collect();
    Places { departments, units: run.units.keys().map(unit).collect() }
}

fn told(run: &Counted) -> (Option<u32>, Vec<Option<u32>>, Vec<Option<u32>>) {
    let history = History::of("rule".into(), std::slice::from_ref(run), &places(run));
    let [run] = &history.runs[..] else { panic!("one run") };
    let counts = |rows: &[HistoryCount]| rows.iter().map(|row| row.count).collect();
    (run.total, counts(&run.departments), counts(&run.units))
}

#[test]
fn numbers_are_rounded_and_small_ones_are_not_shown() {
    let run = counted(100, [("A", 57), ("B", 43)], [("A1", 28), ("A2", 29), ("B1", 43)]);
    assert_eq!(told(&run), (Some(100), vec![Some(55), Some(45)], vec![Some(30), Some(30), Some(45)]));
    assert_eq!(told(&counted(4, [("A", 4)], [("A1", 4)])), (None, vec![None], vec![None]));
    assert_eq!(told(&counted(0, [], [])), (Some(0), vec![], vec![]));
    assert_eq!(told(&counted(5, [("A", 5)], [])), (Some(5), vec![Some(5)], vec![]));
}

#[test]
fn a_small_number_takes_the_smallest_beside_it_along() {
    let run = counted(100, [("A", 60), ("B", 37), ("C", 3)], []);
    assert_eq!(told(&run).1, [Some(60), None, None], "40 are in B or C, and that is all that can be computed");
    let run = counted(120, [("A", 60), ("B", 37), ("C", 20), ("D", 3)], []);
    assert_eq!(told(&run), (Some(120), vec![Some(60), Some(35), None, None], vec![]));
}

#[test]
fn who_stands_in_no_department_is_not_found_by_subtraction() {
    assert_eq!(told(&counted(100, [("A", 60), ("B", 38)], [])).1, [Some(60), None]);
    assert_eq!(told(&counted(100, [("A", 60), ("B", 30)], [])).1, [Some(60), Some(30)], "ten are a group");
    assert_eq!(told(&counted(100, [("A", 98)], [])).1, [None]);
}

#[test]
fn under_a_hidden_department_every_unit_is_hidden() {
    let run = counted(50, [("A", 30), ("B", 17), ("C", 3)], [("A1", 15), ("A2", 15), ("B1", 17), ("C1", 3)]);
    let (total, departments, units) = told(&run);
    assert_eq!((total, departments), (Some(50), vec![Some(30), None, None]));
    assert_eq!(units, [Some(15), Some(15), None, None]);
}

#[test]
fn a_unit_without_a_department_is_hidden_and_one_that_nobody_knows_is_not_there() {
    let run = counted(50, [("A", 50)], [("A1", 25), ("A2", 25), ("Z1", 20)]);
    assert_eq!(told(&run).2, [Some(25), Some(25), None]);
    let mut known = places(&run);
    known.units.remove("A2");
    let history = History::of("rule".into(), &[run], &known);
    let codes: Vec<&str> = history.runs[0].units.iter().map(|unit| &*unit.code).collect();
    assert_eq!(codes, ["A1", "Z1"]);
}

#[test]
fn runs_come_the_oldest_first_and_show_the_same_whatever_is_beside_them() {
    let earlier = Counted { as_of: date(2026, 10, 1), is_complete: false, ..counted(21, [("A", 21)], []) };
    let later = counted(24, [("A", 24)], []);
    let places = places(&later);
    let both = History::of("rule".into(), &[later.clone(), earlier.clone()], &places);
    assert_eq!((both.runs[0].as_of, both.runs[0].is_complete), (date(2026, 10, 1), false));
    assert_eq!((both.runs[0].total, both.runs[1].total), (Some(20), Some(25)));
    for (alone, place) in [(earlier, 0), (later, 1)] {
        assert_eq!(History::of("rule".into(), &[alone], &places).runs[0], both.runs[place]);
    }
}

#[test]
fn the_answer_has_its_shape() {
    let run = counted(30, [("A", 27), ("B", 3)], [("A1", 27)]);
    let history = History::of("rule".into(), std::slice::from_ref(&run), &places(&run));
    let wanted = serde_json::json!({"rule": "rule", "rounded_to": 5, "runs": [{
        "as_of": "2026-11-22", "is_complete": true, "total": 30,
        "departments": [{"code": "A", "name": "Afdeling A", "count": null}, {"code": "B", "name": "Afdeling B", "count": null}],
        "units": [{"code": "A1", "name": "Enhed A1", "count": null}],
    }]});
    assert_eq!(serde_json::to_value(&history).expect("JSON"), wanted);
    let kept = serde_json::to_vec(&run).expect("JSON");
    assert_eq!(serde_json::from_slice::<Counted>(&kept).expect("what was kept"), run);
}

fn listed(change: Change, departments: &[&str], units: &[&str]) -> ListedCitizen {
    ListedCitizen {
        pseudonym: String::new(),
        number: None,
        change,
        reason: String::new(),
        age_years: None,
        departments: departments.iter().map(|code| Code::from(*code)).collect(),
        units: units.iter().map(|code| Code::from(*code)).collect(),
        since: None,
        facts: 0,
    }
}

#[test]
fn who_is_found_is_counted_once_in_each_place() {
    let citizens = vec![
        listed(Change::New, &["A", "B"], &["A1", "A2", "B1"]),
        listed(Change::Still, &["A", "A"], &["A1", "A1"]),
        listed(Change::Changed, &[], &[]),
        listed(Change::Ended, &["A"], &["A1"]),
        listed(Change::Unverified, &["A"], &["A1"]),
    ];
    let report = Report {
        run: String::new(),
        rule: "rule".into(),
        name: String::new(),
        rule_hash: String::new(),
        as_of: date(2026, 11, 22),
        made_at: jiff::Timestamp::UNIX_EPOCH,
        legal_basis: String::new(),
        receiver: "A1".into(),
        citizens,
        gaps: Vec::new(),
    };
    assert_eq!(Counted::of(&report), counted(3, [("A", 2), ("B", 1)], [("A1", 2), ("A2", 1), ("B1", 1)]));
}

const DEPARTMENTS: [&str; 5] = ["A", "B", "C", "D", "E"];

/// A world in which everybody stands in at most one department and one unit, so that an attacker who knows this can add and subtract.
/// `who[d][u]`: citizens of unit `u` of department `d`; the first of each are in no unit, the first department is none.
#[derive(Debug, Clone)]
struct Apart(Vec<Vec<u32>>);

fn apart() -> impl Strategy<Value = Apart> {
    let cell = prop_oneof![2 => Just(0), 3 => 1..5_u32, 3 => 5..9_u32, 2 => 9..60_u32];
    proptest::collection::vec(proptest::collection::vec(cell, 1..5), 1..6).prop_map(|mut who| {
        who[0].truncate(1);
        Apart(who)
    })
}

impl Apart {
    fn code(department: usize, unit: usize) -> Code {
        format!("{}{unit}", DEPARTMENTS[department - 1]).into()
    }

    fn counted(&self) -> Counted {
        let mut run = counted(self.0.iter().flatten().sum(), [], []);
        for (department, units) in self.0.iter().enumerate().skip(1) {
            run.departments.insert(DEPARTMENTS[department - 1].into(), units.iter().sum());
            for (unit, citizens) in units.iter().enumerate().skip(1) {
                run.units.insert(Self::code(department, unit), *citizens);
            }
        }
        run
    }

    /// Every group that stands in one place and has somebody in it.
    fn atoms(&self) -> Vec<(usize, usize, u32)> {
        let unit = |(department, units): (usize, &Vec<u32>)| {
            units.iter().enumerate().map(move |(unit, citizens)| (department, unit, *citizens)).collect::<Vec<_>>()
        };
        self.0.iter().enumerate().flat_map(unit).filter(|(_, _, citizens)| *citizens > 0).collect()
    }
}

/// What an attacker can compute: all sums and differences of what is shown, each a row over the atoms, kept in echelon form.
struct Attacker(Vec<Vec<i128>>);

impl Attacker {
    fn reduce(&self, mut row: Vec<i128>) -> Vec<i128> {
        for known in &self.0 {
            let lead = known.iter().position(|value| *value != 0).expect("no empty row is kept");
            let (take, scale) = (row[lead], known[lead]);
            if take != 0 {
                for (value, known) in row.iter_mut().zip(known) {
                    *value = *value * scale - known * take;
                }
                let common = row.iter().fold(0, |common, value| gcd(common, value.abs()));
                for value in &mut row {
                    *value /= common.max(1);
                }
            }
        }
        row
    }

    fn learn(&mut self, row: Vec<i128>) {
        let row = self.reduce(row);
        if row.iter().any(|value| *value != 0) {
            self.0.push(row);
        }
    }

    fn knows(&self, row: Vec<i128>) -> bool {
        self.reduce(row).iter().all(|value| *value == 0)
    }
}

fn gcd(one: i128, other: i128) -> i128 {
    if other == 0 { one } else { gcd(other, one % other) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    /// The attacker knows who is nowhere, knows that nobody is in two places, and has the true numbers of the rows that are shown: still,
    /// no group of 1–4, and no groups that are 1–4 together, can be computed.
    #[test]
    fn no_shown_numbers_give_a_small_group(world in apart()) {
        let run = world.counted();
        let history = History::of("rule".into(), std::slice::from_ref(&run), &places(&run));
        let shown = &history.runs[0];
        let atoms = world.atoms();
        let row = |is_in: &dyn Fn(usize, usize) -> bool| -> Vec<i128> {
            atoms.iter().map(|(department, unit, _)| i128::from(is_in(*department, *unit))).collect()
        };
        let mut attacker = Attacker(Vec::new());
        if shown.total.is_some() {
            attacker.learn(row(&|_, _| true));
        }
        for department in shown.departments.iter().filter(|department| department.count.is_some()) {
            let at = 1 + DEPARTMENTS.iter().position(|code| **code == *department.code).expect("a department");
            attacker.learn(row(&|department, _| department == at));
        }
        for unit in shown.units.iter().filter(|unit| unit.count.is_some()) {
            attacker.learn(row(&|department, number| number > 0 && department > 0 && Apart::code(department, number) == unit.code));
        }
        let small: Vec<usize> = (0..atoms.len()).filter(|atom| atoms[*atom].2 < SHOWN_MIN).collect();
        for chosen in 1_u32..1 << small.len().min(10) {
            let group: Vec<usize> =
                (0..small.len().min(10)).filter(|at| chosen >> at & 1 == 1).map(|at| small[at]).collect();
            if group.iter().map(|atom| atoms[*atom].2).sum::<u32>() < SHOWN_MIN {
                let row = (0..atoms.len()).map(|atom| i128::from(group.contains(&atom))).collect();
                prop_assert!(!attacker.knows(row), "{:?} of {:?} in {:?}", group, atoms, shown);
            }
        }
    }

    /// Where citizens stand in several places, as on the list of those with cases across departments.
    #[test]
    fn lists_across_departments_keep_what_is_promised(
        citizens in proptest::collection::vec(proptest::collection::btree_set((0..4_usize, 0..3_usize), 0..4), 0..60),
    ) {
        let mut run = counted(u32::try_from(citizens.len()).expect("few"), [], []);
        for places in &citizens {
            for department in places.iter().map(|(department, _)| *department).collect::<BTreeSet<_>>() {
                *run.departments.entry(DEPARTMENTS[department].into()).or_default() += 1;
            }
            for (department, unit) in places {
                *run.units.entry(Apart::code(department + 1, *unit)).or_default() += 1;
            }
        }
        let history = History::of("rule".into(), std::slice::from_ref(&run), &places(&run));
        let shown = &history.runs[0];
        prop_assert_eq!(shown.total.is_none(), (1..SHOWN_MIN).contains(&run.total));
        keeps_rows_apart(run.total, &shown.departments, &run.departments)?;
        for department in &shown.departments {
            let units: Vec<HistoryCount> =
                shown.units.iter().filter(|unit| unit.code.starts_with(&*department.code)).cloned().collect();
            if department.count.is_some() {
                keeps_rows_apart(run.departments[&department.code], &units, &run.units)?;
            } else {
                prop_assert!(units.iter().all(|unit| unit.count.is_none()));
            }
        }
    }

    #[test]
    fn what_is_shown_moves_by_fives(world in apart(), next in apart()) {
        let mut numbers = vec![0];
        for world in [world, next] {
            let (total, departments, units) = told(&world.counted());
            numbers.extend(total.into_iter().chain(departments.into_iter().flatten()).chain(units.into_iter().flatten()));
        }
        for one in &numbers {
            for other in &numbers {
                prop_assert!(one == other || one.abs_diff(*other) >= SHOWN_MIN);
            }
        }
    }

    /// Nothing is hidden where nothing is small.
    #[test]
    fn large_numbers_are_shown(departments in proptest::collection::vec(5..500_u32, 2..5)) {
        let mut run = counted(departments.iter().sum(), [], []);
        for (code, citizens) in DEPARTMENTS.iter().zip(&departments) {
            run.departments.insert((*code).into(), *citizens);
            run.units.insert(format!("{code}1").into(), *citizens);
        }
        let (total, departments, units) = told(&run);
        prop_assert!(total.is_some() && departments.iter().chain(&units).all(Option::is_some));
    }
}

/// Under one number: none is small, all but a few is not shown, and never is one hidden alone.
fn keeps_rows_apart(above: u32, shown: &[HistoryCount], truly: &BTreeMap<Code, u32>) -> Result<(), TestCaseError> {
    let mut hidden = Vec::new();
    for row in shown {
        let citizens = truly[&row.code];
        match row.count {
            Some(count) => {
                prop_assert!(citizens >= SHOWN_MIN && count.abs_diff(citizens) <= 2);
                prop_assert!(!(1..SHOWN_MIN).contains(&(above - citizens)), "{} of {above}", citizens);
            }
            None => hidden.push(citizens),
        }
    }
    let in_rows: u32 = shown.iter().map(|row| truly[&row.code]).sum();
    let in_none = above.saturating_sub(in_rows);
    if hidden.len() < shown.len() && !hidden.is_empty() {
        prop_assert!(hidden.len() + usize::from(in_none > 0) >= 2);
        prop_assert!(hidden.iter().sum::<u32>() + in_none >= SHOWN_MIN);
    }
    Ok(())
}
