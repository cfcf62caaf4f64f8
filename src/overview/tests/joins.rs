//! Which rows are one case: the named cases.

use glasplade_adapters::contract::{About, Record};

use super::{Desk, SBSYS};
use crate::testing::{Vary as _, row, stranger};

/// The sources of each item, in its order.
fn items(desk: &Desk, rows: Vec<Record>) -> Vec<Vec<String>> {
    let merged = desk.merge(rows);
    let name = |row: &Record| format!("{} {}", row.source, row.native_id);
    merged.items.iter().map(|item| item.rows.iter().map(|row| name(row)).collect()).collect()
}

#[test]
fn the_same_uuid_is_the_same_case() {
    let rows = vec![row("case_index", "i1").uuid(1), row("sbsys", "7").uuid(1), row("oio", "9").uuid(2)];
    assert_eq!(items(&Desk::new(), rows), [vec!["oio 9"], vec!["sbsys 7", "case_index i1"]]);
}

#[test]
fn a_number_joins_within_the_system_that_the_index_names() {
    let rows = vec![row("case_index", "i1").number(" 27-1 ").master(SBSYS), row("sbsys", "7").number("27-1")];
    assert_eq!(items(&Desk::new(), rows), [vec!["sbsys 7", "case_index i1"]]);
}

#[test]
fn the_same_number_in_two_systems_is_two_cases() {
    let rows = vec![row("fasit", "1").number("27-1"), row("sbsys", "7").number("27-1")];
    assert_eq!(items(&Desk::new(), rows).len(), 2);
    let other_master = row("case_index", "i1").number("27-1").master("5b5b0002-0000-4000-8000-000000000002");
    assert_eq!(items(&Desk::new(), vec![other_master, row("sbsys", "7").number("27-1")]).len(), 2);
}

#[test]
fn a_master_system_that_is_not_mapped_never_joins_by_number() {
    for master in ["11111111-0000-4000-8000-000000000000", "nexus"] {
        let rows = vec![row("case_index", "i1").number("27-1").master(master), row("sbsys", "7").number("27-1")];
        assert_eq!(items(&Desk::new(), rows).len(), 2, "{master}");
    }
    let two_of_it = vec![
        row("case_index", "i1").number("27-1").master("nexus"),
        row("case_index", "i2").number("27-1").master("nexus"),
    ];
    assert_eq!(items(&Desk::new(), two_of_it).len(), 2);
}

#[test]
fn a_number_that_two_index_rows_have_proves_nothing_and_the_uuid_decides() {
    let rows = vec![
        row("case_index", "i1").number("27-1").master(SBSYS).uuid(1),
        row("case_index", "i2").number("27-1").master(SBSYS),
        row("sbsys", "7").number("27-1").uuid(1),
    ];
    assert_eq!(items(&Desk::new(), rows), [vec!["case_index i2"], vec!["sbsys 7", "case_index i1"]]);
}

#[test]
fn a_uuid_that_one_source_uses_twice_proves_nothing() {
    let rows = vec![row("oio", "1").uuid(1), row("oio", "2").uuid(1), row("sbsys", "7").uuid(1)];
    assert_eq!(items(&Desk::new(), rows).len(), 3);
}

#[test]
fn one_id_of_one_source_is_one_case_even_when_it_is_told_in_two_ways() {
    let rows = vec![row("sbsys", "7").uuid(1), row("sbsys", "7").law("SEL § 85"), row("sbsys", "7").uuid(2)];
    assert_eq!(items(&Desk::new(), rows), [vec!["sbsys 7"; 3]]);
    let chained =
        vec![row("sbsys", "7").uuid(1), row("sbsys", "7").uuid(2), row("oio", "1").uuid(1), row("oio", "2").uuid(2)];
    assert_eq!(items(&Desk::new(), chained), [vec!["oio 1"], vec!["oio 2"], vec!["sbsys 7", "sbsys 7"]]);
}

#[test]
fn an_index_row_alone_never_decides_for_a_system_that_is_read() {
    let desk = Desk::new();
    let decides = |row: Record| desk.merge(vec![row]).items[0].owner_row_decides;
    assert!(!decides(row("case_index", "i1").master(SBSYS)), "SBSYS is read: its own row decides or nobody's");
    assert!(!decides(row("case_index", "i1")), "no owner is named");
    assert!(decides(row("case_index", "i1").master("nexus")), "nexus is not read: the index is all there is");
    assert!(decides(row("sbsys", "7")));
}

#[test]
fn rows_about_somebody_else_and_anonymous_treatment_are_dropped_and_counted() {
    let rows = vec![
        row("sbsys", "1").with(|row| row.about = About::numbers([stranger()])),
        row("sbsys", "2").law("SEL § 101 a"),
        row("sbsys", "3").law("serviceloven §101a, stk. 1"),
        row("sbsys", "4").law("SEL § 101"),
        row("sbsys", "5").with(|row| row.about = About::Unstated),
    ];
    let merged = Desk::new().merge(rows);
    assert_eq!((merged.strangers_dropped, merged.anonymous_dropped), (1, 2));
    let kept: Vec<&str> = merged.items.iter().map(|item| &*item.deciding().native_id).collect();
    assert_eq!(kept, ["4", "5"]);
}
