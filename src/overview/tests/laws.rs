//! What holds for every merge, on generated rows over a space so small that everything collides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use glasplade_adapters::contract::{About, Record};
use proptest::prelude::*;

use super::{Desk, SBSYS};
use crate::testing::{Vary as _, citizen, row, stranger};

static DESK: LazyLock<Desk> = LazyLock::new(Desk::new);

fn any_row() -> impl Strategy<Value = Record> {
    let source = prop::sample::select(vec!["sbsys", "fasit", "case_index", "oio"]);
    let master = prop::sample::select(vec![None, Some(SBSYS), Some("nexus")]);
    let about = prop::sample::select(vec![
        About::numbers([citizen()]),
        About::numbers([citizen(), stranger()]),
        About::numbers([stranger()]),
        About::Unstated,
    ]);
    let law = prop::sample::select(vec![None, Some("SEL § 85"), Some("SEL § 101 a")]);
    let numbers = prop::collection::vec(prop::sample::select(vec!["n1", "n2", " n1 "]), 0..2);
    (source, 0..4_u8, prop::option::of(1..4_u128), numbers, master, about, law).prop_map(
        |(source, id, uuid, numbers, master, about, law)| {
            let mut made = row(source, &id.to_string()).with(|row| {
                row.keys.numbers = numbers.into_iter().map(str::to_owned).collect();
                row.about = about;
                row.law = law.map(str::to_owned);
            });
            if let Some(uuid) = uuid {
                made = made.uuid(uuid);
            }
            match master.filter(|_| source == "case_index") {
                Some(master) => made.master(master),
                None => made,
            }
        },
    )
}

fn rows_and_shuffle() -> impl Strategy<Value = (Vec<Record>, Vec<Record>)> {
    prop::collection::vec(any_row(), 0..10).prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_makes_no_difference((rows, shuffled) in rows_and_shuffle()) {
        let desk = &*DESK;
        prop_assert_eq!(desk.merge(rows), desk.merge(shuffled));
    }

    #[test]
    fn merging_again_changes_nothing(rows in prop::collection::vec(any_row(), 0..10)) {
        let desk = &*DESK;
        let once = desk.merge(rows);
        let again: Vec<Record> = once.items.iter().flat_map(|item| item.rows.iter().map(|row| (**row).clone())).collect();
        prop_assert_eq!(desk.merge(again).items, once.items);
    }

    #[test]
    fn every_row_is_in_one_item_or_counted(rows in prop::collection::vec(any_row(), 0..10)) {
        let merged = DESK.merge(rows.clone());
        let is_ours = |row: &&Record| row.about.may_be(&citizen());
        let strangers = rows.iter().filter(|row| !is_ours(row)).count();
        let anonymous = |row: &&Record| row.law.as_deref() == Some("SEL § 101 a");
        prop_assert_eq!(merged.strangers_dropped, strangers);
        prop_assert_eq!(merged.anonymous_dropped, rows.iter().filter(is_ours).filter(anonymous).count());
        let wanted: BTreeSet<&Record> = rows.iter().filter(is_ours).filter(|row| !anonymous(row)).collect();
        let kept: Vec<&Record> = merged.items.iter().flat_map(|item| item.rows.iter().map(Arc::as_ref)).collect();
        prop_assert_eq!(kept.len(), wanted.len());
        prop_assert_eq!(kept.into_iter().collect::<BTreeSet<_>>(), wanted);
    }

    #[test]
    fn an_item_never_holds_two_cases_of_one_system_nor_another_citizen(rows in prop::collection::vec(any_row(), 0..10)) {
        for item in DESK.merge(rows).items {
            let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
            for row in &item.rows {
                let known = ids.insert(row.source.as_str(), &row.native_id);
                prop_assert!(known.is_none_or(|known| known == &*row.native_id));
                prop_assert!(row.about.may_be(&citizen()));
            }
        }
    }

    #[test]
    fn the_row_of_the_owning_system_decides(rows in prop::collection::vec(any_row(), 0..10)) {
        let desk = &*DESK;
        for item in desk.merge(rows).items {
            let owner = item.rows.iter().find_map(|row| desk.classifier.master_of(row));
            let first = item.deciding();
            if let Some(owner) = owner.filter(|owner| item.rows.iter().any(|row| row.source == **owner)) {
                prop_assert_eq!(&first.source, owner);
            }
            let has_own_row = item.rows.iter().any(|row| !desk.classifier.is_index(&row.source));
            prop_assert_eq!(!desk.classifier.is_index(&first.source), has_own_row);
            if !has_own_row {
                let is_elsewhere = first.keys.master.is_some() && desk.classifier.master_of(first).is_none();
                prop_assert_eq!(item.owner_row_decides, is_elsewhere);
            }
        }
    }
}
