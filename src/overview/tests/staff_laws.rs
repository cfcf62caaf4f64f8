//! What holds for every list of actors, on generated mentions over a space so small that everything collides.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use glasplade_adapters::contract::{Actor, ActorRole, Record, SourceId, StaffKey};
use proptest::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::Desk;
use super::staff::{by_id, case, member, read_at};
use crate::staff::{Entry, Known};
use crate::testing::{Vary as _, job_caseworker};

static DESK: LazyLock<Desk> = LazyLock::new(Desk::new);

const IDS: [&str; 3] = ["az10014", "az10015", "az10016"];

fn any_actor() -> impl Strategy<Value = Actor> {
    let id = prop::option::of(prop::sample::select(IDS.to_vec()));
    let email = prop::option::of(prop::sample::select(vec!["az10014@aarhus.example", "x@aarhus.example"]));
    let user = prop::option::of(prop::sample::select(vec![10014_u128, 10015, 7]));
    let name = prop::option::of(prop::sample::select(vec!["Jens Test", "Ida Prøve"]));
    let role = prop::sample::select(vec![ActorRole::Primary, ActorRole::Other, ActorRole::Coordinator]);
    (id, email, user, name, role).prop_map(|(id, email, user, name, role)| Actor {
        employee_id: id.map(str::to_owned),
        email: email.map(str::to_owned),
        native_id: user.map(|user| Uuid::from_u128(user).to_string()),
        name: name.map(str::to_owned),
        ..Actor::person(role)
    })
}

fn any_rows() -> impl Strategy<Value = Vec<Record>> {
    let source = prop::sample::select(vec!["sbsys", "fasit", "case_index"]);
    let actors = prop::collection::vec(any_actor(), 0..3);
    let row = (source, 0..3_u8, actors).prop_map(|(source, id, actors)| {
        let made = case(source, &id.to_string(), actors);
        // An index row is an own case only where it names a system that we do not read.
        if source == "case_index" { made.master("nexus") } else { made }
    });
    prop::collection::vec(row, 0..6)
}

fn any_entry(id: &'static str) -> impl Strategy<Value = Entry> {
    let there = |employed| Entry::Member {
        member: std::sync::Arc::new(glasplade_adapters::contract::StaffMember {
            employed,
            ..member(id, "Katalog Test")
        }),
        read_at: read_at(),
        aged: false,
    };
    prop::sample::select(vec![there(true), there(false), Entry::NotInDirectory, Entry::Pending, Entry::Unavailable])
}

fn any_known() -> impl Strategy<Value = Known> {
    let entries = IDS.map(|id| (any_entry(id), any_entry(id)));
    entries.prop_map(|entries| {
        let keyed = IDS.into_iter().zip(entries).flat_map(|(id, (by_key, by_user))| {
            let user = id[2..].parse().map(Uuid::from_u128).expect("digits");
            [(by_id(id), by_key), (StaffKey::User(user), by_user)]
        });
        Known::told(SourceId::new("staff"), keyed)
    })
}

fn actors(rows: Vec<Record>, known: &Known) -> Value {
    DESK.sees_with(&job_caseworker(), rows, known, read_at())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_and_actors_makes_no_difference(
        (rows, shuffled) in any_rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        known in any_known(),
    ) {
        prop_assert_eq!(actors(rows, &known), actors(shuffled, &known));
    }

    #[test]
    fn two_employee_ids_are_never_one_actor_and_one_is_never_two(rows in any_rows(), known in any_known()) {
        let wanted: BTreeSet<String> =
            rows.iter().flat_map(|row| &row.actors).filter_map(|actor| actor.employee_id.clone()).collect();
        let found = actors(rows, &known);
        let ids: Vec<&str> =
            found["actors"].as_array().expect("actors").iter().filter_map(|one| one["employee_id"].as_str()).collect();
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        prop_assert_eq!(distinct.len(), ids.len(), "one id is one actor");
        // Those that the directory gives a user are there besides.
        prop_assert!(wanted.iter().all(|id| distinct.contains(id.as_str())), "{:?} in {:?}", wanted, ids);
    }

    #[test]
    fn every_actor_has_a_number_or_a_reason_and_who_has_left_has_no_number_of_their_own(
        rows in any_rows(),
        known in any_known(),
    ) {
        for actor in actors(rows, &known)["actors"].as_array().expect("actors") {
            let call = &actor["call"];
            prop_assert!(call["number"].is_string() || call["reason"].is_string(), "{}", actor);
            let is_own = matches!(call["kind"].as_str(), Some("direct" | "mobile"));
            prop_assert!(!(actor["left"] == true && is_own), "{}", actor);
        }
    }
}
