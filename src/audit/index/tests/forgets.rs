//! That what rests on a destroyed key is gone from the file, and nothing else.

use std::fs;

use super::*;
use jiff::civil::{Date, date};

/// The first day of which nothing is forgotten, when this one is the last that goes.
fn after(day: i8) -> Date {
    date(2026, 11, day + 1)
}

#[test]
fn a_day_and_class_goes_with_the_pseudonyms_that_nothing_else_names() {
    let scratch = Scratch::new();
    let mut store = Store::open(&scratch.index(), IndexSettings::new(key())).expect("the index opens");
    let known = AuditEntry { also_known_as: vec![testing::citizen(8)], ..intended(2, "az2", 2) };
    let rows = [
        row(1, 10, RetentionClass::Access, &intended(1, "az1", 1)),
        row(2, 10, RetentionClass::Access, &known),
        row(3, 10, RetentionClass::Event, &recorded(3, "az3", "emergency_opened")),
        row(4, 11, RetentionClass::Access, &intended(4, "az1", 4)),
        row(5, 11, RetentionClass::Access, &completed(&intended(1, "az1", 1), None)),
    ];
    let raised = store.add(&rows).expect("written");
    assert_eq!(raised.len(), 1);
    assert_eq!(store.forget_before(after(9), RetentionClass::Access, &[]).expect("nothing to forget"), 0);
    assert_eq!(store.forget_before(after(10), RetentionClass::Service, &[]).expect("nothing to forget"), 0);
    assert_eq!(store.forget_before(after(10), RetentionClass::Access, &[1, 2]).expect("held"), 0, "a hold keeps them");
    assert_eq!(
        store.forget_before(after(10), RetentionClass::Access, &[]).expect("forgotten"),
        2,
        "with the answer of the day after"
    );
    let search = AuditSearch::open(&scratch.index()).expect("a reader");
    let left: Vec<u64> = search.search(&all()).expect("a search").iter().map(|one| one.places[0].seq).collect();
    assert_eq!(left, [4, 3]);
    assert_eq!(search.alarms(&AlarmQuery::default()).expect("a search").len(), 1, "of another class");
    drop((store, search));
    let bytes = fs::read(scratch.index()).expect("the file is there");
    let holds = |name: &Pseudonym| bytes.windows(16).any(|window| window == name.bytes());
    for gone in [testing::citizen(2), testing::citizen(8), key().of_employee("az2")] {
        assert!(!holds(&gone), "overwritten, not only let go");
    }
    for kept in [testing::citizen(4), key().of_employee("az1"), testing::citizen(1), key().of_employee("az3")] {
        assert!(holds(&kept));
    }
}

#[test]
fn after_forgetting_new_names_are_not_taken_for_old_ones() {
    let scratch = Scratch::new();
    let mut store = Store::open(&scratch.index(), IndexSettings::new(key())).expect("the index opens");
    store.add(&[row(1, 10, RetentionClass::Access, &intended(1, "az1", 1))]).expect("written");
    store.forget_before(after(10), RetentionClass::Access, &[]).expect("forgotten");
    store
        .add(&[
            row(2, 11, RetentionClass::Access, &intended(2, "az2", 2)),
            row(3, 11, RetentionClass::Access, &intended(3, "az1", 1)),
        ])
        .expect("written");
    let search = AuditSearch::open(&scratch.index()).expect("a reader");
    let found = search.search(&about(1)).expect("a search");
    assert_eq!((found.len(), found[0].employee), (1, Some(employee("az1"))));
}

/// However much is forgotten at once: pages of it are written before they are 64 MiB.
#[test]
fn what_is_forgotten_need_not_fit_into_memory() {
    let scratch = Scratch::new();
    let store = Store::open(&scratch.index(), IndexSettings::new(key())).expect("the index opens");
    let pages = |name| store.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).expect("a number");
    assert_eq!(pages("page_size"), 4096);
    assert!((1..=16_384).contains(&pages("cache_spill")), "0 is never");
}

#[test]
fn who_was_looked_up_as_often_as_is_counted_is_counted_anew_after_forgetting() {
    let scratch = Scratch::new();
    let mut store = Store::open(&scratch.index(), IndexSettings::new(key())).expect("the index opens");
    let look_up = |number: u32, day| row(number.into(), day, RetentionClass::Access, &intended(number, "az1", 1));
    let full: Vec<Row> = (1..=260).map(|number| look_up(number, 10)).collect();
    store.add(&full).expect("written");
    store.forget_before(after(10), RetentionClass::Access, &[]).expect("forgotten");
    store.add(&[look_up(261, 11)]).expect("written");
    let search = AuditSearch::open(&scratch.index()).expect("a reader");
    let left = search.search(&all()).expect("a search");
    assert_eq!(left.iter().map(|one| one.repeats).collect::<Vec<_>>(), [1]);
}
