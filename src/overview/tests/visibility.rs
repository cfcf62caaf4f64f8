//! Every field of an item stands in `visibility.toml`, or is never shown.

use std::collections::BTreeSet;

use glasplade_adapters::contract::{
    Actor, ActorRole, ConsentRef, Kle, QualityFlag, Record, Relation, RelationKind, Sensitivity, Unit,
};
use jiff::civil::date;
use serde_json::Value;
use utoipa::PartialSchema as _;
use uuid::Uuid;

use super::{Desk, items};
use crate::config::FieldClass;
use crate::overview::render::ALWAYS;
use crate::overview::view::ItemView;
use crate::testing::{Vary as _, job_caseworker, now, row};

/// A row in which every field has a value. Nobody is primary on it, so that the text for that is there, too.
fn full() -> Record {
    row("sbsys", "1").in_unit("301").law("LAB").number("15-1").closed(date(2026, 12, 1)).with(|row| {
        row.status.normal = glasplade_adapters::contract::CaseStatus::Running;
        row.title = Some("Min plan".to_owned());
        row.last_changed = Some(now());
        row.deadline = Some(date(2026, 12, 1));
        row.unit = Some(Unit { id: Some("301".to_owned()), name: Some("Jobrådgivning, hold 2".to_owned()) });
        row.actors = vec![Actor { name: Some("Torben Test".to_owned()), ..Actor::person(ActorRole::Other) }];
        row.kle = Some(Kle { subject: "15.20.00".to_owned(), title: None, facet: None, retired: false });
        row.sensitivity = Some(Sensitivity::Confidential);
        row.relations = vec![Relation { kind: RelationKind::GrantedBy, uuid: Some(Uuid::from_u128(1)), number: None }];
        row.consents = vec![ConsentRef { reference: "urn:samtykke:1".to_owned() }];
        row.link = Some("https://sbsys.demo.example/sag/1".to_owned());
        row.flags = vec![QualityFlag::UnknownStatus];
    })
}

fn named() -> BTreeSet<String> {
    let desk = Desk::new();
    desk.config.visibility.item.keys().cloned().chain(ALWAYS.map(str::to_owned)).collect()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

#[test]
fn every_field_of_a_full_item_stands_in_the_table_and_every_line_of_the_table_is_a_field() {
    let answer = Desk::new().sees(&job_caseworker(), vec![full()]);
    assert_eq!(keys(&items(&answer)[0]), named());
}

#[test]
fn the_documented_fields_are_those_of_the_table() {
    let schema = serde_json::to_value(ItemView::schema()).expect("a schema is JSON");
    assert_eq!(keys(&schema["properties"]), named());
}

#[test]
fn a_field_that_the_table_does_not_name_is_hidden() {
    for field in Desk::new().config.visibility.item.keys() {
        let without = Desk::with(|config| config.visibility.item.retain(|name, _| name != field));
        let item = items(&without.sees(&job_caseworker(), vec![full()])).remove(0);
        assert!(item.get(field).is_none(), "{field}");
        assert_eq!(keys(&item).len(), named().len() - 1, "{field}");
    }
}

#[test]
fn a_field_of_a_class_that_nobody_is_shown_is_hidden() {
    let desk = Desk::with(|config| {
        config.visibility.item.insert("title".to_owned(), FieldClass::Address);
    });
    assert!(items(&desk.sees(&job_caseworker(), vec![full()]))[0].get("title").is_none());
}

#[test]
fn sources_that_disagree_are_both_shown_with_the_sentence() {
    let index =
        row("case_index", "i1").uuid(1).master(super::SBSYS).with(|row| row.title = Some("En anden".to_owned()));
    let item = items(&Desk::new().sees(&job_caseworker(), vec![full().uuid(1), index])).remove(0);
    assert_eq!(item["title"]["value"], "Min plan");
    assert_eq!(item["title"]["others"][0]["value"], "En anden");
    assert_eq!(
        item["title"]["disagreement_text"],
        "Kilderne er uenige: SBSYS siger Min plan, Sags- og Dokumentindeks siger En anden."
    );
    assert_eq!(item["provenance"][0]["decides"], true);
    assert_eq!(item["provenance"][1]["source"], "case_index");
}
