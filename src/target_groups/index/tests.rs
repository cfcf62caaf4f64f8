//! Rows of every kind, changes that break off, damage, two hands on one file, and what is left of somebody who was deleted.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use glasplade_adapters::contract::CprNumber;
use rusqlite::Connection;

use super::*;
use crate::audit::testing::Scratch;
use crate::audit::{Pseudonym, PseudonymKey};
use crate::config::KindRole;
use crate::target_groups::{Day, Kinship};

fn key() -> PseudonymKey {
    PseudonymKey::new(&[7; 32]).expect("32 bytes")
}

fn number(at: u32) -> CprNumber {
    CprNumber::parse(&format!("010199{:04}", at % 10_000)).expect("ten digits")
}

fn who(at: u32) -> Pseudonym {
    key().of(&number(at))
}

fn fact(key: u64) -> IndexedFact {
    IndexedFact {
        source: CodeId(0),
        key: FactKey(key),
        joins: vec![JoinKey::Uuid(key), JoinKey::Number(u64::MAX)],
        master: None,
        is_owned_elsewhere: false,
        department: Some(CodeId(1)),
        unit: None,
        category: CodeId(2),
        kind: Some(CodeId(3)),
        role: KindRole::Authority,
        level: 2,
        stated_level: 0,
        is_screened: false,
        could_be_raised: true,
        standing: Standing::Open,
        opened: Some(Day(-4_000)),
        closed: Some(Day(i32::MAX)),
    }
}

fn row(at: u32, facts: &[u64]) -> CitizenRow {
    let mut row = CitizenRow::new(NumberSeal::new(&key()).seal(&who(at), &number(at)));
    for key in facts {
        row.take(fact(*key));
    }
    row
}

fn put(index: &mut TargetIndex, at: u32, facts: &[u64]) {
    index.change::<_, IndexError>(|change| change.put_citizen(&who(at), &row(at, facts))).expect("a change");
}

fn all(index: &mut TargetIndex) -> Vec<(Pseudonym, CitizenRow)> {
    let mut found = Vec::new();
    let each = |who, row| {
        found.push((who, row));
        Ok::<_, IndexError>(())
    };
    index.read(|reading| reading.citizens(each)).expect("every row reads");
    found
}

fn file(scratch: &Scratch) -> PathBuf {
    scratch.path().join("groups").join("index.sqlite")
}

#[test]
fn rows_of_every_kind_come_back_as_they_were_written() {
    let mut index = TargetIndex::in_memory().expect("an index");
    let mut full = row(1, &[9, 3, 3, u64::MAX]);
    full.register = Some(RegisterTold {
        on: Day(20_000),
        born: Some(Day(-25_000)),
        has_left: true,
        is_protected: true,
        kin: vec![Kin { kinship: Kinship::Child, who: who(2) }, Kin { kinship: Kinship::Spouse, who: who(3) }],
    });
    full.take(IndexedFact {
        master: Some(CodeId(7)),
        is_owned_elsewhere: true,
        department: None,
        kind: None,
        role: KindRole::Unclassified,
        is_screened: true,
        standing: Standing::Closed,
        opened: None,
        closed: None,
        ..fact(5)
    });
    assert_eq!(full.facts.iter().map(|fact| fact.key.0).collect::<Vec<_>>(), [3, 5, 9, u64::MAX], "each once, by key");
    index.change::<_, IndexError>(|change| change.put_citizen(&who(1), &full)).expect("a change");
    put(&mut index, 2, &[1]);
    let mut expected = vec![(who(1), full), (who(2), row(2, &[1]))];
    expected.sort_by_key(|(who, _)| *who);
    let mut found = all(&mut index);
    // Each seal has a nonce of its own.
    for ((_, found), (_, expected)) in found.iter_mut().zip(&expected) {
        found.number = expected.number.clone();
    }
    assert_eq!(found, expected);
}

#[test]
fn a_citizen_without_a_case_is_nobody_here() {
    let mut index = TargetIndex::in_memory().expect("an index");
    put(&mut index, 1, &[1]);
    put(&mut index, 1, &[]);
    put(&mut index, 2, &[]);
    assert!(all(&mut index).is_empty());
}

#[test]
fn a_change_that_breaks_off_has_never_been() {
    let scratch = Scratch::new();
    let mut index = TargetIndex::open(&file(&scratch)).expect("an index");
    put(&mut index, 1, &[1]);
    let before = all(&mut index);
    let broken = index.change(|change| {
        change.put_citizen(&who(1), &row(1, &[1, 2]))?;
        change.put_citizen(&who(2), &row(2, &[3]))?;
        change.hold(FactKey(3), &who(2))?;
        change.put_seen("sbsys", 1, &[1, 2])?;
        change.put_state("source", "sbsys", &"half")?;
        change.code("half")?;
        Err::<(), _>(IndexError::TooManyCodes)
    });
    assert!(matches!(broken, Err(IndexError::TooManyCodes)));
    drop(index);
    let mut index = TargetIndex::open(&file(&scratch)).expect("it opens again");
    assert_eq!(all(&mut index), before);
    index
        .change::<_, IndexError>(|change| {
            assert!(change.holders(FactKey(3))?.is_empty() && change.seen("sbsys")?.is_empty());
            assert_eq!(change.state::<String>("source", "sbsys")?, None);
            assert_eq!(change.codes().known("half"), None);
            Ok(())
        })
        .expect("a change");
}

#[test]
fn what_a_reading_has_seen_and_states_are_kept_by_name() {
    let mut index = TargetIndex::in_memory().expect("an index");
    let check = index.change::<_, IndexError>(|change| {
        change.put_seen("sbsys", 1, &[5, 1])?;
        change.put_seen("sbsys", 2, &[u64::MAX, 0])?;
        change.put_seen("sbsys", 2, &[3])?;
        change.put_seen("oio", 1, &[7])?;
        assert_eq!(change.seen("sbsys")?, [1, 3, 5], "a page that is read again stands once");
        change.clear_seen("sbsys")?;
        assert!(change.seen("sbsys")?.is_empty() && change.seen("oio")? == [7]);
        change.put_state("source", "b", &1)?;
        change.put_state("source", "a", &2)?;
        change.put_state("lease", "a", &3)?;
        assert_eq!(change.names("source")?, ["a", "b"]);
        assert!(change.drop_state("source", "a")? && !change.drop_state("source", "a")?);
        assert_eq!((change.state::<i32>("source", "a")?, change.state("lease", "a")?), (None, Some(3)));
        Ok(())
    });
    check.expect("a change");
}

#[test]
fn whoever_was_asked_about_longest_ago_comes_first() {
    let mut index = TargetIndex::in_memory().expect("an index");
    (1..=4).for_each(|at| put(&mut index, at, &[at.into()]));
    let check = index.change::<_, IndexError>(|change| {
        change.was_asked(&who(1), Day(30))?;
        change.was_asked(&who(2), Day(10))?;
        change.was_asked(&who(3), Day(20))?;
        // Another fact is no answer of the register.
        change.put_citizen(&who(2), &row(2, &[2, 7]))?;
        let order = |day, count| -> Result<Vec<Pseudonym>, IndexError> {
            Ok(change.asked_before(Day(day), count)?.into_iter().map(|(who, _)| who).collect())
        };
        assert_eq!(order(31, 9)?, [who(4), who(2), who(3), who(1)]);
        assert_eq!(order(20, 9)?, [who(4), who(2)]);
        assert_eq!(order(31, 1)?, [who(4)]);
        assert_eq!(change.count_asked_before(Day(20))?, (4, 2));
        Ok(())
    });
    check.expect("a change");
}

#[test]
fn a_former_number_leads_to_the_one_in_force_through_every_change() {
    let mut index = TargetIndex::in_memory().expect("an index");
    let seal = NumberSeal::new(&key());
    let sealed = |at| seal.seal(&who(at), &number(at));
    let check = index.change::<_, IndexError>(|change| {
        change.put_citizen(&who(3), &row(3, &[1]))?;
        change.put_former(&who(1), &sealed(1), &who(2))?;
        change.put_former(&who(2), &sealed(2), &who(3))?;
        assert_eq!((change.whose_former(&who(1))?, change.whose_former(&who(3))?), (Some(who(3)), None));
        let formers = change.formers(&who(3))?;
        let opened: Vec<_> = formers.iter().filter_map(|(former, number)| seal.open(former, number)).collect();
        assert!(opened.len() == 2 && opened.contains(&number(1)) && opened.contains(&number(2)));
        // Taken back: the one that was former is in force again.
        change.put_former(&who(3), &sealed(3), &who(1))?;
        assert_eq!((change.whose_former(&who(1))?, change.whose_former(&who(2))?), (None, Some(who(1))));
        change.forget_citizen(&who(1))?;
        assert_eq!(change.whose_former(&who(2))?, None);
        Ok(())
    });
    check.expect("a change");
}

#[test]
fn deleting_a_citizen_forgets_whose_the_cases_were_and_nobody_else_s() {
    let mut index = TargetIndex::in_memory().expect("an index");
    (1..=2).for_each(|at| put(&mut index, at, &[7, at.into()]));
    let check = index.change::<_, IndexError>(|change| {
        for (key, at) in [(7, 1), (7, 2), (1, 1), (2, 2)] {
            change.hold(FactKey(key), &who(at))?;
        }
        assert!(change.forget_citizen(&who(1))? && !change.forget_citizen(&who(1))?);
        assert_eq!(change.holders(FactKey(7))?, [who(2)]);
        assert!(change.holders(FactKey(1))?.is_empty());
        let mut left = change.citizen(&who(2))?.expect("still there");
        assert!(change.drop_facts(&who(2), &mut left, |fact| fact.key == FactKey(7))?);
        change.put_citizen(&who(2), &left)?;
        assert!(change.holders(FactKey(7))?.is_empty() && change.holders(FactKey(2))? == [who(2)]);
        Ok(())
    });
    check.expect("a change");
}

#[test]
fn a_damaged_row_is_told_and_can_be_deleted() {
    let scratch = Scratch::new();
    let mut index = TargetIndex::open(&file(&scratch)).expect("an index");
    (1..=3).for_each(|at| put(&mut index, at, &[at.into()]));
    index.change::<_, IndexError>(|change| change.hold(FactKey(2), &who(2))).expect("a change");
    let by_hand = Connection::open(file(&scratch)).expect("the file");
    for body in [&[][..], &[0xff; 7], &row(2, &[2]).bytes()[1..], &[row(2, &[2]).bytes(), vec![0]].concat()] {
        by_hand
            .execute("UPDATE citizen SET body = ?1 WHERE who = ?2", rusqlite::params![body, who(2).bytes().as_slice()])
            .expect("written");
        let read = index.read(|reading| reading.citizens(|_, _| Ok::<_, IndexError>(())));
        assert!(matches!(read, Err(IndexError::Damaged("a citizen's row"))), "never a shorter list");
    }
    index
        .change::<_, IndexError>(|change| {
            assert!(change.forget_citizen(&who(2))?);
            assert!(change.holders(FactKey(2))?.is_empty());
            Ok(())
        })
        .expect("a change");
    assert_eq!(all(&mut index).len(), 2);
}

#[test]
fn a_file_of_another_kind_or_format_is_left_as_it_is() {
    let scratch = Scratch::new();
    let text = scratch.path().join("notes.txt");
    fs::write(&text, "this is no index, and longer than the header of one would be ".repeat(20)).expect("written");
    assert!(matches!(TargetIndex::open(&text), Err(IndexError::Damaged("the file"))));
    assert!(fs::read_to_string(&text).expect("there").starts_with("this is"));
    let later = scratch.path().join("later.sqlite");
    Connection::open(&later)
        .and_then(|file| file.pragma_update(None, "user_version", error::FORMAT + 1))
        .expect("a file");
    assert!(matches!(TargetIndex::open(&later), Err(IndexError::Format { found }) if found == error::FORMAT + 1));
}

#[test]
fn two_hands_on_one_file_give_codes_one_meaning() {
    let scratch = Scratch::new();
    let mut one = TargetIndex::open(&file(&scratch)).expect("an index");
    let mut two = TargetIndex::open(&file(&scratch)).expect("the same");
    let code = |index: &mut TargetIndex, text: &str| {
        index.change::<_, IndexError>(|change| change.code(text)).expect("a code")
    };
    assert_eq!(
        (code(&mut one, "sbsys"), code(&mut two, "oio"), code(&mut one, "oio")),
        (CodeId(0), CodeId(1), CodeId(1))
    );
    put(&mut two, 1, &[1]);
    one.read::<_, IndexError>(|reading| {
        assert_eq!(reading.count()?, 1);
        put(&mut two, 2, &[1]);
        assert_eq!((reading.count()?, reading.citizen(&who(2))?), (1, None), "one moment");
        Ok(())
    })
    .expect("read");
    assert_eq!(all(&mut one), all(&mut two));
}

/// What lies on disk: the file and its log.
fn bytes(path: &Path) -> Vec<u8> {
    let log = path.with_extension("sqlite-wal");
    [path, &log].into_iter().flat_map(|path| fs::read(path).unwrap_or_default()).collect()
}

fn holds(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn of_somebody_who_was_deleted_nothing_is_left_on_disk() {
    let scratch = Scratch::new();
    let path = file(&scratch);
    let mut index = TargetIndex::open(&path).expect("an index");
    let seal = NumberSeal::new(&key());
    index
        .change::<_, IndexError>(|change| {
            // Enough for pages to be split and merged, in an order that is nobody's.
            for at in (0..3_000).map(|at| at * 7 % 3_000) {
                let keys: Vec<u64> = (0..=u64::from(at % 5)).map(|key| key * 10_000 + u64::from(at)).collect();
                change.put_citizen(&who(at), &row(at, &keys))?;
                for key in keys {
                    change.hold(FactKey(key), &who(at))?;
                }
                if at % 3 == 0 {
                    change.put_former(&who(at + 3_000), &seal.seal(&who(at + 3_000), &number(at + 3_000)), &who(at))?;
                }
                change.was_asked(&who(at), Day(20_000 + i32::try_from(at % 9).expect("small")))?;
            }
            Ok(())
        })
        .expect("a change");
    assert!(holds(&bytes(&path), who(6).bytes()));
    let gone: Vec<u32> = (0..3_000).filter(|at| at % 2 == 0).collect();
    index
        .change::<_, IndexError>(|change| {
            for at in &gone {
                assert!(change.forget_citizen(&who(*at))?);
            }
            Ok(())
        })
        .expect("a change");
    assert!(index.erase().expect("nobody reads"));
    let left = bytes(&path);
    let left: HashSet<&[u8]> = left.windows(16).collect();
    assert!(left.contains(who(1).bytes().as_slice()));
    for at in gone {
        assert!(!left.contains(who(at).bytes().as_slice()), "citizen {at}");
        assert!(!left.contains(who(at + 3_000).bytes().as_slice()), "former number of citizen {at}");
    }
    assert_eq!(all(&mut index).len(), 1_500);
}

#[test]
fn the_numbers_lie_nowhere_in_clear() {
    let scratch = Scratch::new();
    let path = file(&scratch);
    let mut index = TargetIndex::open(&path).expect("an index");
    (1..=50).for_each(|at| put(&mut index, at, &[1]));
    index.checkpoint().expect("nobody reads");
    let left = bytes(&path);
    for at in 1..=50 {
        let digits = number(at);
        let value: u64 = digits.expose().parse().expect("digits");
        assert!(!holds(&left, digits.expose().as_bytes()));
        assert!(!holds(&left, &value.to_be_bytes()[3..]) && !holds(&left, &value.to_le_bytes()[..5]));
    }
}

#[test]
fn a_row_of_facts_that_are_bytes_already_is_the_row_of_the_facts() {
    let mut row = row(1, &[9, 3, u64::MAX]);
    for told in
        [None, Some(RegisterTold { on: Day(1), born: None, has_left: false, is_protected: true, kin: Vec::new() })]
    {
        row.register = told;
        let facts: Vec<Vec<u8>> = row.facts.iter().map(|fact| postcard::to_stdvec(fact).expect("bytes")).collect();
        let mut bytes = b"another row".to_vec();
        CitizenRow::push(&mut bytes, &row.number, row.register.as_ref(), facts.iter().map(Vec::as_slice));
        assert_eq!(bytes.strip_prefix(b"another row"), Some(row.bytes().as_slice()));
    }
}

#[test]
fn a_fresh_index_takes_the_place_of_the_old_one_while_others_have_that_open() {
    let scratch = Scratch::new();
    let path = file(&scratch);
    let (mut builder, mut reader) =
        (TargetIndex::open(&path).expect("an index"), TargetIndex::open(&path).expect("an index"));
    put(&mut reader, 1, &[1]);
    for round in 0..3_u32 {
        let fresh = FreshIndex::begin(&path, &round.to_string()).expect("a fresh one");
        let work = |old: &Old<'_>, fresh: &mut FreshIndex| {
            assert!(FreshIndex::begin(&path, "another").is_err(), "one at a time");
            let mut found = Vec::new();
            for first in 0..=u8::MAX {
                found.extend(old.citizens(first)?);
            }
            assert_eq!(found.len(), 1 + round as usize * 41, "what was written since the last one is there");
            found.sort_by_key(|one| one.who);
            let mut all: Vec<_> = found.iter().map(|one| (one.who, one.asked, one.row.bytes())).collect();
            // More than one statement takes at once, and some over.
            let new = 1_000 * (round + 1);
            all.extend((new..new + 40).map(|at| (who(at), 0, row(at, &[2]).bytes())));
            let mut bodies = Vec::new();
            let citizens: Vec<_> = all
                .iter()
                .map(|(who, asked, body)| {
                    bodies.extend_from_slice(body);
                    (*who, *asked, bodies.len())
                })
                .collect();
            fresh.citizens()?.put_all(&citizens, &bodies)?;
            fresh.take_over(old)
        };
        builder.replace::<_, IndexError>(fresh, work).expect("it takes its place");
        // Whoever had the old one open writes into the fresh one.
        put(&mut reader, 200 + round, &[3]);
        assert_eq!(all(&mut reader).len(), 42 + round as usize * 41);
        assert_eq!(all(&mut builder), all(&mut TargetIndex::open(&path).expect("an index")));
    }
    let files = fs::read_dir(path.parent().expect("a folder")).expect("a folder").count();
    assert!(files <= 5, "the link, the lock, and the one in use with its log and its map: {files}");
    assert!(fs::symlink_metadata(&path).expect("a link").is_symlink());
}

#[test]
fn a_fresh_index_that_fails_is_removed_and_the_old_one_stands() {
    let scratch = Scratch::new();
    let path = file(&scratch);
    let mut index = TargetIndex::open(&path).expect("an index");
    put(&mut index, 1, &[1]);
    let fresh = FreshIndex::begin(&path, "fresh").expect("a fresh one");
    let failed = index.replace::<(), IndexError>(fresh, |_, fresh| {
        let body = row(2, &[2]).bytes();
        fresh.citizens()?.put_all(&[(who(2), 0, body.len())], &body)?;
        Err(IndexError::Damaged("a test"))
    });
    assert!(failed.is_err());
    assert_eq!(all(&mut index).len(), 1);
    assert!(fs::metadata(path.with_file_name("index.sqlite.of-fresh")).is_err());
    put(&mut index, 2, &[1]);
}
