//! What a citizen is told to be against the run before, and what no incomplete source can make of it.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn who(number: u8) -> Pseudonym {
    Pseudonym::parse(&format!("{number:032x}")).expect("32 characters")
}

fn why(number: u8) -> ReasonMark {
    ReasonKey::new(&[7; 32]).mark("rule", &format!("reason {number}"))
}

fn codes<const N: usize>(codes: [&str; N]) -> BTreeSet<Code> {
    codes.into_iter().map(Code::from).collect()
}

fn found(citizen: u8, reason: u8, sources: BTreeSet<Code>) -> Match {
    Match { citizen: who(citizen), reason: why(reason), sources }
}

/// A run over three sources, all of them complete.
fn run(matches: Vec<Match>) -> Run {
    Run {
        run: "run".to_owned(),
        rule: "rule".into(),
        receiver: "unit".into(),
        as_of: date(2026, 11, 22),
        matches,
        complete: codes(["dubu", "fasit", "sbsys"]),
        draws_on: codes(["dubu", "fasit", "sbsys"]),
        unreadable: BTreeSet::new(),
        untold: BTreeSet::new(),
        aliases: BTreeMap::new(),
    }
}

fn changes(diff: &Diff) -> Vec<(Pseudonym, Change)> {
    diff.differences.iter().map(|difference| (difference.citizen, difference.change)).collect()
}

fn two() -> Vec<Match> {
    vec![found(1, 1, codes(["fasit", "sbsys"])), found(2, 1, codes(["dubu", "sbsys"]))]
}

#[test]
fn a_first_run_finds_everybody_new_and_the_next_finds_them_still_there() {
    let first = diff(None, &run(two()));
    assert_eq!(changes(&first), [(who(1), Change::New), (who(2), Change::New)]);
    let second = diff(Some(&first.kept), &run(two()));
    assert_eq!(changes(&second), [(who(1), Change::Still), (who(2), Change::Still)]);
    assert_eq!(second.kept, first.kept);
}

#[test]
fn another_reason_is_a_change_and_an_end_is_told_once() {
    let first = diff(None, &run(two()));
    let second = diff(Some(&first.kept), &run(vec![found(1, 9, codes(["fasit"])), found(3, 1, codes(["dubu"]))]));
    assert_eq!(changes(&second), [(who(1), Change::Changed), (who(2), Change::Ended), (who(3), Change::New)]);
    let third = diff(Some(&second.kept), &run(vec![found(1, 9, codes(["fasit"])), found(3, 1, codes(["dubu"]))]));
    assert_eq!(changes(&third), [(who(1), Change::Still), (who(3), Change::Still)]);
}

#[test]
fn nobody_ends_while_a_source_behind_the_match_or_behind_the_rule_is_not_read() {
    let first = diff(None, &run(two()));
    for missing in ["dubu", "fasit", "sbsys"] {
        let mut next = run(Vec::new());
        next.complete.remove(missing);
        let second = diff(Some(&first.kept), &next);
        assert_eq!(changes(&second), [(who(1), Change::Unverified), (who(2), Change::Unverified)], "{missing}");
        assert!(second.differences.iter().all(|one| one.waits_for == [Code::from(missing)]));
        assert!(second.kept.citizens().iter().all(KeptCitizen::is_unverified));
        // It stays so, until a run knows.
        let third = diff(Some(&second.kept), &next);
        assert_eq!(changes(&third), changes(&second));
        let fourth = diff(Some(&third.kept), &run(Vec::new()));
        assert_eq!(changes(&fourth), [(who(1), Change::Ended), (who(2), Change::Ended)]);
        assert!(diff(Some(&fourth.kept), &run(Vec::new())).differences.is_empty());
        // Or until they are seen again, for the reason of before or another one.
        let again = diff(Some(&third.kept), &run(vec![found(1, 1, codes(["fasit"])), found(2, 5, codes(["dubu"]))]));
        assert_eq!(changes(&again), [(who(1), Change::Still), (who(2), Change::Changed)]);
    }
}

#[test]
fn a_source_behind_the_match_counts_though_the_rule_no_longer_draws_on_it() {
    let first = diff(None, &run(two()));
    let mut next = run(Vec::new());
    next.draws_on = codes(["sbsys"]);
    next.complete = codes(["sbsys", "fasit"]);
    let second = diff(Some(&first.kept), &next);
    assert_eq!(changes(&second), [(who(1), Change::Ended), (who(2), Change::Unverified)]);
}

#[test]
fn a_source_that_was_not_read_stays_behind_a_match_that_others_carry() {
    let first = diff(None, &run(vec![found(1, 1, codes(["fasit", "dubu", "sbsys"]))]));
    let mut next = run(vec![found(1, 2, codes(["fasit", "sbsys"]))]);
    next.complete.remove("dubu");
    next.draws_on.remove("dubu");
    let second = diff(Some(&first.kept), &next);
    assert_eq!(changes(&second), [(who(1), Change::Changed)]);
    assert_eq!(second.differences[0].waits_for, [Code::from("dubu")]);
    next.matches.clear();
    assert_eq!(changes(&diff(Some(&second.kept), &next)), [(who(1), Change::Unverified)]);
}

#[test]
fn who_cannot_be_read_does_not_end() {
    let first = diff(None, &run(two()));
    let mut next = run(Vec::new());
    next.unreadable = [who(1)].into();
    let second = diff(Some(&first.kept), &next);
    assert_eq!(changes(&second), [(who(1), Change::Unverified), (who(2), Change::Ended)]);
    assert!(second.differences[0].waits_for.is_empty());
}

#[test]
fn who_may_not_be_told_of_leaves_in_silence_and_comes_back_as_new() {
    let first = diff(None, &run(two()));
    for complete in [codes(["dubu", "fasit", "sbsys"]), codes([])] {
        for matches in [two(), vec![two().remove(1)], Vec::new()] {
            let mut next = run(matches);
            next.complete.clone_from(&complete);
            next.untold = [who(1)].into();
            next.unreadable = [who(1)].into();
            let second = diff(Some(&first.kept), &next);
            assert!(second.differences.iter().all(|one| one.citizen != who(1)));
            assert!(second.kept.citizens().iter().all(|one| one.citizen() != who(1)));
            let third = diff(Some(&second.kept), &run(two()));
            assert_eq!(changes(&third)[0], (who(1), Change::New));
        }
    }
}

#[test]
fn a_list_is_not_compared_for_another_receiver_or_rule() {
    let first = diff(None, &run(two()));
    let other = Run { receiver: "other".into(), ..run(vec![two().remove(0)]) };
    assert_eq!(changes(&diff(Some(&first.kept), &other)), [(who(1), Change::New)]);
    let other = Run { rule: "other".into(), ..run(Vec::new()) };
    assert!(diff(Some(&first.kept), &other).differences.is_empty());
}

#[test]
fn a_citizen_whose_number_changed_stays_one() {
    let first = diff(None, &run(two()));
    let mut next = run(vec![found(9, 1, codes(["fasit", "sbsys"])), found(2, 1, codes(["dubu", "sbsys"]))]);
    next.aliases = [(who(1), who(8)), (who(8), who(9))].into();
    let second = diff(Some(&first.kept), &next);
    assert_eq!(changes(&second), [(who(2), Change::Still), (who(9), Change::Still)]);
    // Somebody who names the former number is right, too, whatever it is about.
    next.matches = vec![found(1, 1, codes(["fasit"]))];
    next.untold = [who(8)].into();
    assert_eq!(changes(&diff(Some(&first.kept), &next)), [(who(2), Change::Ended)]);
}

#[test]
fn two_numbers_that_become_one_citizen_are_one_with_either_reason() {
    let first = diff(None, &run(vec![found(1, 1, codes(["fasit"])), found(2, 2, codes(["dubu"]))]));
    let mut next = run(vec![found(2, 1, codes(["fasit"]))]);
    next.aliases = [(who(1), who(2))].into();
    assert_eq!(changes(&diff(Some(&first.kept), &next)), [(who(2), Change::Still)]);
    next.matches.clear();
    next.complete.remove("dubu");
    next.draws_on.clear();
    let second = diff(Some(&first.kept), &next);
    assert_eq!(changes(&second), [(who(2), Change::Unverified)]);
    assert_eq!(second.kept.sources_of(&second.kept.citizens()[0]).count(), 2);
}

#[test]
fn aliases_in_a_circle_are_one_citizen_and_no_endless_search() {
    let aliases: BTreeMap<_, _> = [(who(5), who(3)), (who(3), who(4)), (who(4), who(3)), (who(6), who(6))].into();
    for number in [3, 4, 5] {
        assert_eq!(in_force(&aliases, who(number)), who(3));
    }
    assert_eq!((in_force(&aliases, who(6)), in_force(&aliases, who(7))), (who(6), who(7)));
}

#[test]
fn what_is_kept_is_read_back_and_nothing_else_is() {
    let kept = diff(None, &run(two())).kept;
    let bytes = kept.to_bytes();
    assert_eq!(Kept::parse(&bytes), Ok(kept.clone()));
    let text = String::from_utf8(bytes).expect("UTF-8");
    let other = text.replace("\"version\":1", "\"version\":2");
    assert_eq!(Kept::parse(other.as_bytes()), Err(NotKept::Version(2)));
    for (from, to) in [
        ("\"sources\":[\"dubu\",", "\"sources\":[\"zzz\","),
        ("[0,2]", "[0,3]"),
        ("[0,2]", "[2,0]"),
        ("[0,2]", "[0,0]"),
        ("\"rule\":", "\"ruler\":"),
        (",false]", "]"),
        (",false]", ",false,1]"),
    ] {
        let damaged = text.replacen(from, to, 1);
        assert_ne!(damaged, text, "{from}");
        assert_eq!(Kept::parse(damaged.as_bytes()), Err(NotKept::Damaged), "{to}");
    }
    for damaged in ["", "null", "{}", "[1]", &text[..text.len() - 1]] {
        assert_eq!(Kept::parse(damaged.as_bytes()), Err(NotKept::Damaged));
    }
    let per_citizen = {
        let many = (0..200).map(|number| found(number, 1, codes(["fasit", "sbsys"]))).collect();
        diff(None, &run(many)).kept.to_bytes().len() / 200
    };
    assert!(per_citizen < 100, "{per_citizen} bytes a citizen");
}

/// A world of citizens with cases in sources; the rule asks for two sources. Monotone, as every rule is.
type World = BTreeMap<u8, BTreeSet<u8>>;

const SOURCES: [&str; 4] = ["dubu", "fasit", "oio", "sbsys"];

fn matches_in(world: &World) -> Vec<Match> {
    let hit = |(citizen, sources): (&u8, &BTreeSet<u8>)| {
        let reason = sources.iter().fold(0, |reason, source| reason | 1 << source);
        let sources = sources.iter().map(|source| Code::from(SOURCES[usize::from(*source)])).collect();
        found(*citizen, reason, sources)
    };
    world.iter().filter(|(_, sources)| sources.len() >= 2).map(hit).collect()
}

/// What a run sees: of an incomplete source only what it happens to have read.
fn seen(world: &World, incomplete: &BTreeSet<u8>, is_lost: impl Fn(u8, u8) -> bool) -> Run {
    let see = |(citizen, sources): (&u8, &BTreeSet<u8>)| {
        let sources = sources.iter().copied();
        (*citizen, sources.filter(|source| !incomplete.contains(source) || !is_lost(*citizen, *source)).collect())
    };
    let mut run = run(matches_in(&world.iter().map(see).collect()));
    run.draws_on = codes(SOURCES);
    run.complete = (0..4)
        .filter(|source| !incomplete.contains(source))
        .map(|source| SOURCES[usize::from(source)].into())
        .collect();
    run
}

fn worlds() -> impl Strategy<Value = World> {
    proptest::collection::btree_map(0..12_u8, proptest::collection::btree_set(0..4_u8, 0..4), 0..12)
}

fn incomplete() -> impl Strategy<Value = BTreeSet<u8>> {
    proptest::collection::btree_set(0..4_u8, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_run_against_itself_is_all_still(world in worlds()) {
        let run = seen(&world, &BTreeSet::new(), |_, _| false);
        let first = diff(None, &run);
        let again = diff(Some(&first.kept), &run);
        prop_assert!(again.differences.iter().all(|one| one.change == Change::Still));
        prop_assert_eq!(again.differences.len(), run.matches.len());
        prop_assert_eq!(again.kept, first.kept);
    }

    /// Whatever is incomplete, and whatever of it is lost: nobody who is on the true list is told as ended.
    #[test]
    fn no_end_is_told_that_is_not_true(
        history in proptest::collection::vec((worlds(), incomplete(), any::<u64>()), 1..6),
    ) {
        let mut kept: Option<Kept> = None;
        for (world, incomplete, lost) in &history {
            let is_lost = |citizen: u8, source: u8| lost >> ((u32::from(citizen) * 4 + u32::from(source)) % 64) & 1 == 1;
            let run = seen(world, incomplete, is_lost);
            let told = diff(kept.as_ref(), &run);
            let truly: BTreeSet<Pseudonym> = matches_in(world).iter().map(|one| one.citizen).collect();
            let ended: Vec<_> = told.differences.iter().filter(|one| one.change == Change::Ended).collect();
            prop_assert!(ended.iter().all(|one| !truly.contains(&one.citizen)));
            prop_assert!(incomplete.is_empty() || ended.is_empty());
            // And nobody is lost: who was on the list is on the report.
            let on_report: BTreeSet<Pseudonym> = told.differences.iter().map(|one| one.citizen).collect();
            prop_assert!(kept.iter().flat_map(Kept::citizens).all(|one| on_report.contains(&one.citizen())));
            kept = Some(told.kept);
        }
    }

    /// The reports, applied one after the other to an empty list, give the list that is kept; and once everything has been read,
    /// it makes no difference which runs came before.
    #[test]
    fn reports_in_sequence_are_the_report_against_the_last(
        history in proptest::collection::vec((worlds(), incomplete(), any::<u64>()), 1..6),
        last in worlds(),
    ) {
        let mut kept: Option<Kept> = None;
        let mut list: BTreeSet<Pseudonym> = BTreeSet::new();
        for (world, incomplete, lost) in &history {
            let is_lost = |citizen: u8, source: u8| lost >> ((u32::from(citizen) * 4 + u32::from(source)) % 64) & 1 == 1;
            let told = diff(kept.as_ref(), &seen(world, incomplete, is_lost));
            for one in &told.differences {
                let is_known = match one.change {
                    Change::New => list.insert(one.citizen),
                    Change::Ended => list.remove(&one.citizen),
                    _ => list.contains(&one.citizen),
                };
                prop_assert!(is_known);
            }
            let on_kept: BTreeSet<Pseudonym> = told.kept.citizens().iter().map(KeptCitizen::citizen).collect();
            prop_assert_eq!(&list, &on_kept);
            kept = Some(Kept::parse(&told.kept.to_bytes()).expect("just written"));
        }
        let whole = seen(&last, &BTreeSet::new(), |_, _| false);
        let through_all = diff(kept.as_ref(), &whole);
        let from_nothing = diff(None, &whole);
        prop_assert_eq!(&through_all.kept, &from_nothing.kept);
        let next = diff(Some(&through_all.kept), &seen(&history[0].0, &BTreeSet::new(), |_, _| false));
        prop_assert_eq!(next, diff(Some(&from_nothing.kept), &seen(&history[0].0, &BTreeSet::new(), |_, _| false)));
    }

    #[test]
    fn the_order_of_what_comes_in_says_nothing(before in worlds(), world in worlds(), turn in 0..12_usize) {
        let first = diff(None, &seen(&before, &BTreeSet::new(), |_, _| false));
        let mut one = seen(&world, &[1].into(), |_, _| false);
        // The same citizen twice, for two reasons.
        one.matches.extend(matches_in(&before));
        let mut other = one.clone();
        let turn = turn % other.matches.len().max(1);
        other.matches.rotate_left(turn);
        other.matches.reverse();
        prop_assert_eq!(diff(Some(&first.kept), &one), diff(Some(&first.kept), &other));
    }

    /// A number that changed changes nothing but the name.
    #[test]
    fn renaming_everybody_changes_nothing(before in worlds(), world in worlds(), incomplete in incomplete()) {
        let first = diff(None, &seen(&before, &BTreeSet::new(), |_, _| false));
        let run = seen(&world, &incomplete, |_, _| true);
        let plain = diff(Some(&first.kept), &run);
        let mut renamed = run.clone();
        renamed.aliases = (0..12).map(|number| (who(number), who(number + 100))).collect();
        let renamed = diff(Some(&first.kept), &renamed);
        let as_before = |(citizen, change): &(Pseudonym, Change)| {
            ((0..12).find(|number| who(number + 100) == *citizen).map(who), *change)
        };
        let found: Vec<_> = changes(&renamed).iter().map(as_before).collect();
        let wanted: Vec<_> = changes(&plain).into_iter().map(|(citizen, change)| (Some(citizen), change)).collect();
        prop_assert_eq!(found, wanted);
    }
}
