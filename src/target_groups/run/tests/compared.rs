//! Runs against the run before: nobody ends because a source did not answer, and the same index gives the same bytes.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::{Citizen, SOURCES, Town, changes, citizen, told, who};
use crate::target_groups::lists::{self, Format};
use crate::target_groups::{Change, GapKind};
use crate::testing::now;

fn whole() -> Citizen {
    citizen(vec![told("fasit", "job", "employment", "JVS"), told("sbsys", "money", "benefit", "JSY")])
}

fn without(sources: &[&str]) -> Citizen {
    let mut citizen = whole();
    citizen.told.retain(|told| !sources.contains(&told.source));
    citizen
}

#[test]
fn new_still_changed_and_ended_are_told_against_the_run_before() {
    let town = Town::new([(1, whole()), (2, whole()), (3, whole())]);
    let first = town.run("cross_department", None);
    assert_eq!(changes(&first), [(1, Change::New), (2, Change::New), (3, Change::New)].into());
    let mut later = town;
    later.citizens.insert(2, without(&["sbsys"]));
    let moved = whole().told[1].clone().since(jiff::civil::date(2025, 5, 5));
    later.citizens.get_mut(&3).expect("there").told[1] = moved;
    later.citizens.insert(4, whole());
    let second = later.run("cross_department", Some(&first.kept));
    let expected = [(1, Change::Still), (2, Change::Ended), (3, Change::Changed), (4, Change::New)];
    assert_eq!(changes(&second), expected.into());
    let ended = second.report.citizens.iter().find(|row| row.change == Change::Ended).expect("one");
    assert_eq!(ended.reason, "Står ikke længere på listen.");
    assert!(ended.departments.is_empty() && ended.facts == 0);
    assert_eq!((second.counted.total, second.counted.is_complete), (3, true));
    assert_eq!(second.entries.len(), 4, "who has left is told of, too");
}

#[test]
fn nobody_ends_while_a_source_that_could_say_otherwise_was_not_read_whole() {
    let town = Town::new([(1, whole())]);
    let first = town.run("cross_department", None);
    let mut later = town;
    later.citizens.clear();
    for source in SOURCES {
        for how in 0..3 {
            let mut incomplete = later.clone();
            match how {
                0 => incomplete.state(source).complete_as_of = None,
                1 => incomplete.state(source).complete_as_of = Some(now() - SignedDuration::from_hours(37)),
                _ => incomplete.state(source).unreadable = 1,
            }
            let second = incomplete.run("cross_department", Some(&first.kept));
            assert_eq!(changes(&second), [(1, Change::Unverified)].into(), "{source} {how}");
            let kind = if how == 2 { GapKind::RowsUnreadable } else { GapKind::SourceIncomplete };
            assert!(second.report.gaps.iter().any(|gap| gap.kind == kind && gap.source.as_deref() == Some(source)));
        }
    }
    assert_eq!(changes(&later.run("cross_department", Some(&first.kept))), [(1, Change::Ended)].into());
}

#[test]
fn a_source_of_which_nobody_has_heard_is_not_complete() {
    let town = Town::new([(1, whole())]);
    let first = town.run("cross_department", None);
    let mut later = town;
    later.citizens.clear();
    later.states = SOURCES.map(|id| super::SourceState::unread(id.into())).to_vec();
    assert_eq!(changes(&later.run("cross_department", Some(&first.kept))), [(1, Change::Unverified)].into());
}

#[test]
fn a_citizen_with_a_new_number_is_still_the_same() {
    let town = Town::new([(1, whole())]);
    let first = town.run("cross_department", None);
    let mut later = Town::new([(2, whole())]);
    later.aliases.insert(who(1), who(2));
    assert_eq!(changes(&later.run("cross_department", Some(&first.kept))), [(2, Change::Still)].into());
    later.citizens.insert(1, without(&["sbsys"]));
    assert_eq!(
        changes(&later.run("cross_department", Some(&first.kept))),
        [(2, Change::Still)].into(),
        "two rows, one citizen"
    );
    let mut objects = later;
    objects.objecting.insert(who(2));
    assert!(objects.run("cross_department", Some(&first.kept)).report.citizens.is_empty());
}

#[test]
fn the_same_index_gives_the_same_bytes_on_one_thread_and_on_many() {
    let mut town = Town::new((1..40).map(|at| (at, if at % 3 == 0 { without(&["fasit"]) } else { whole() })));
    let bytes = |town: &Town, format| {
        let mut bytes = Vec::new();
        lists::write(&town.run("cross_department", None).report, format, &mut bytes).expect("memory");
        bytes
    };
    for format in Format::ALL {
        let two = bytes(&town, format);
        town.threads = 1;
        assert!(bytes(&town, format) == two, "{format:?}");
        town.threads = 7;
        assert!(bytes(&town, format) == two, "{format:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever goes missing from the index, a failing source never makes anybody ended whom the run without the failure does not.
    #[test]
    fn a_failing_source_never_adds_an_ended(
        gone in prop::collection::vec(0..4_u8, 6),
        failing in prop::sample::subsequence(SOURCES.to_vec(), 1..SOURCES.len()),
        stale in prop::bool::ANY,
    ) {
        let town = Town::new((1..=6).map(|at| (at, whole())));
        let first = town.run("cross_department", None);
        let mut later = town;
        for (at, gone) in (1_u16..).zip(gone) {
            match gone {
                0 => {}
                1 => drop(later.citizens.insert(at, without(&["sbsys"]))),
                2 => drop(later.citizens.remove(&at)),
                _ => later.citizens.get_mut(&at).expect("there").has_left = true,
            }
        }
        let ended = |town: &Town| -> Vec<u16> {
            let found = changes(&town.run("cross_department", Some(&first.kept)));
            found.into_iter().filter(|(_, change)| *change == Change::Ended).map(|(at, _)| at).collect()
        };
        let known = ended(&later);
        for source in &failing {
            later.state(source).complete_as_of = stale.then(|| now() - SignedDuration::from_hours(48));
        }
        let found = ended(&later);
        prop_assert!(found.iter().all(|at| known.contains(at)), "{found:?} {known:?}");
        prop_assert!(found.is_empty());
    }
}
