//! A world's items as the rows that the sources tell.

use glasplade_adapters::contract::{
    About, Actor, ActorRole, CaseStatus, MasterSystem, Record, RecordKind, Relation, RelationKind, Sensitivity, Status,
    Unit,
};
use uuid::Uuid;

use super::tables::UNITS;
use super::world::{Item, Kind, KindBy, Owner, Screen, State, ToldBy, World};
use crate::testing::{self, Vary as _};

/// The employee who asks.
pub(super) const EMPLOYEE: &str = "az10002";

/// The caller's user in the staff directory.
pub(super) const USER: Uuid = Uuid::from_u128(0x0ca1_1e20);

/// The system that owns what the index alone tells of, of those that we read.
pub(super) const MASTER: &str = "sbsys";

/// All rows.
pub(super) fn rows(world: &World) -> Vec<Record> {
    world.items.iter().enumerate().flat_map(|(at, item)| rows_of(world, at, item)).collect()
}

/// The place of an item by the id of one of its rows.
pub(super) fn place(native_id: &str) -> usize {
    native_id[1..].parse().expect("one letter and the place")
}

fn rows_of(world: &World, at: usize, item: &Item) -> Vec<Record> {
    let index_alone = || told(world, at, item, "case_index", item.kind);
    match item.told_by {
        ToldBy::OwnerRow => vec![owner_row(world, at, item)],
        ToldBy::OwnerAndIndex => vec![owner_row(world, at, item), beside(world, at, item)],
        ToldBy::IndexOfRead => vec![index_alone().master(system(item))],
        ToldBy::IndexOfUnread => {
            let master = match item.owner {
                Owner::Department("MSO") => "nexus",
                Owner::Department(_) => "elevregister",
                Owner::Unit(_) | Owner::Nobody => "ky",
            };
            let named = MasterSystem { id: None, name: Some(master.to_owned()) };
            vec![index_alone().with(|row| row.keys.master = Some(named))]
        }
        ToldBy::IndexOfNobody => vec![index_alone()],
    }
}

fn source(item: &Item) -> &'static str {
    match item.kind.by {
        KindBy::FasitType(_) => "fasit",
        KindBy::Law(_) | KindBy::Nothing if item.is_effort => "oio",
        KindBy::Law(_) | KindBy::Nothing => "sbsys",
    }
}

/// What the joint index calls the owning system.
fn system(item: &Item) -> &'static str {
    match source(item) {
        "fasit" => "5b5b0002-0000-4000-8000-000000000002",
        "oio" => "5b5b0004-0000-4000-8000-000000000004",
        _ => "5b5b0001-0000-4000-8000-000000000001",
    }
}

fn owner_row(world: &World, at: usize, item: &Item) -> Record {
    told(world, at, item, source(item), item.kind)
}

/// The index row beside the owner's: what it says of unit and actors opens nothing, what it says of secrecy closes.
fn beside(world: &World, at: usize, item: &Item) -> Record {
    let row = testing::row("case_index", &format!("i{at}")).uuid(uuid(at)).master(system(item));
    let row = row.with(|row| {
        row.sensitivity = item.index_sensitivity.map(Sensitivity::from_level);
        row.screened_to = screened(world, item.index_screened.as_deref());
        if let Some(kind) = item.index_kind {
            is_of(row, kind);
        }
    });
    let row = match world.caller.unit {
        Some(unit) if item.index_names_caller => row.in_unit(unit.id),
        _ => row,
    };
    if item.index_names_caller { row.by(ActorRole::Primary, EMPLOYEE) } else { row }
}

fn told(world: &World, at: usize, item: &Item, source: &str, kind: Kind) -> Record {
    testing::row(source, &format!("n{at}")).uuid(uuid(at)).with(|row| {
        is_of(row, kind);
        row.kind = if item.is_effort { RecordKind::PlannedIntervention } else { RecordKind::Case };
        row.unit = unit(item, at);
        if let Some(subject) = item.kle {
            *row = row.clone().kle(subject);
        }
        row.sensitivity = item.sensitivity.map(Sensitivity::from_level);
        row.screened_to = screened(world, item.screened.as_deref());
        row.actors = item.actors.iter().map(|one| actor(*one)).collect();
        state(row, item.state, at);
        let people = [Some(testing::citizen()), item.names_caller_as_party.then(testing::stranger)];
        row.about = About::numbers(people.into_iter().flatten());
        let granted = item.granted_by.map(|by| Relation {
            kind: RelationKind::GrantedBy,
            uuid: Some(Uuid::from_u128(uuid(by))),
            number: None,
        });
        row.relations = granted.into_iter().collect();
    })
}

fn uuid(at: usize) -> u128 {
    at as u128 + 1
}

fn is_of(row: &mut Record, kind: Kind) {
    match kind.by {
        KindBy::Law(text) => row.law = Some(text.to_owned()),
        KindBy::FasitType(code) => row.case_type.code = Some(code.to_owned()),
        KindBy::Nothing => row.law = Some("en ukendt lov".to_owned()),
    }
}

fn unit(item: &Item, at: usize) -> Option<Unit> {
    match item.owner {
        Owner::Unit(unit) => Some(Unit { id: Some(unit.id.to_owned()), name: None }),
        Owner::Nobody if at.is_multiple_of(2) => Some(Unit { id: Some("999".to_owned()), name: None }),
        Owner::Nobody | Owner::Department(_) => None,
    }
}

fn screened(world: &World, list: Option<&[Screen]>) -> Vec<Uuid> {
    let of = |screen: &Screen| match screen {
        Screen::CallersUnit => {
            let place = world.caller.unit.and_then(|own| UNITS.iter().position(|unit| unit == own));
            place.map_or(Uuid::from_u128(0x0dd), org_uuid)
        }
        Screen::CallersUser => USER,
        Screen::Other(one) => Uuid::from_u128(0x0e00 + u128::from(*one)),
    };
    list.unwrap_or_default().iter().map(of).collect()
}

/// The demo numbers its units in the staff directory in the order of defaults §2.
fn org_uuid(place: usize) -> Uuid {
    Uuid::from_u128(0x6a5b_0000_0001_4000_8000_0000_0000_0001 + place as u128)
}

fn actor(one: super::world::Actor) -> Actor {
    let role = match (one.is_responsible, one.is_coordinator) {
        (true, _) => ActorRole::Responsible,
        (false, true) => ActorRole::Coordinator,
        (false, false) => ActorRole::Primary,
    };
    let employee = if one.is_caller { EMPLOYEE } else { "az10019" };
    Actor { employee_id: Some(employee.to_owned()), since: one.since, until: one.until, ..Actor::person(role) }
}

fn state(row: &mut Record, state: State, at: usize) {
    match state {
        State::Active => {}
        State::Future(day) => row.opened = Some(day),
        State::Closed(day) => {
            row.opened = row.opened.min(Some(day));
            row.closed = Some(day);
            // Some systems keep the status of a case that is over.
            if at.is_multiple_of(2) {
                row.status = Status::new(CaseStatus::Closed, "Lukket");
            }
        }
        State::Void(day) => {
            row.opened = row.opened.min(Some(day));
            row.closed = Some(day);
            row.status = Status::new(CaseStatus::Void, "Fejl");
        }
    }
}
