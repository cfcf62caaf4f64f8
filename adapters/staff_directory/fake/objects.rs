//! The population as the directory holds it: users, persons, addresses, functions and units.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::date;
use uuid::{Uuid, uuid};

use super::schema;
use super::things::{AddressRole, Directory, Entry, Relation, Span, Thing};
use crate::contract::danish_time_zone;
use crate::fake::World;
use crate::fake::population::{Staff, UnitRow};
use crate::staff_directory::settings::{
    MANAGER, POSITION, UNIT_EMAIL, UNIT_PHONE, USER_EMAIL, USER_LANDLINE, USER_MOBILE,
};
use crate::staff_directory::wire::Service;

/// The municipality's organisation.
pub(super) const ORGANISATION: Uuid = uuid!("aaaaaaaa-0000-4000-8000-000000000751");
/// A local kind of function: [DK] stedfortræder.
pub(crate) const STAND_IN: Uuid = uuid!("cccccccc-0000-4000-8000-000000000020");
/// A role that nobody has told us about.
const UNKNOWN_ROLE: Uuid = uuid!("cccccccc-0000-4000-8000-000000000021");
/// `Type` of a user's address.
const TYPE_USER: Uuid = uuid!("71a08d28-3af7-4bb4-9964-bc2b76b93d64");
/// `Type` of a unit's address.
const TYPE_UNIT: Uuid = uuid!("9b33c0a0-a566-4ec0-8200-325cb1e5bb9a");

/// What an object belongs to; it gives its UUID.
#[derive(Debug, Clone, Copy)]
enum Part {
    Person = 1,
    Address = 2,
    Position = 3,
    StandIn = 4,
    Manager = 5,
}

/// The UUID of a part of somebody: theirs, with another beginning.
fn part(of: Uuid, part: Part, number: usize) -> Uuid {
    Uuid::from_u128(of.as_u128() ^ ((part as u128) << 104) ^ ((number as u128) << 96))
}

/// Danish midnight.
fn midnight(year: i16, month: i8, day: i8) -> Timestamp {
    date(year, month, day).to_zoned(danish_time_zone().clone()).map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp())
}

fn hired() -> Span {
    Span::since(midnight(2020, 1, 1))
}

/// Everything that the directory holds.
pub(super) fn directory(world: &World) -> Directory {
    let mut directory = Directory::default();
    for unit in world.units() {
        add_unit(&mut directory, unit);
    }
    let known = || world.staff().iter().filter(|staff| !is(staff, "not_in_directory"));
    for staff in known() {
        add_user(&mut directory, world, staff);
    }
    for staff in known() {
        add_stand_in(&mut directory, world, staff);
    }
    for (unit, leader) in managers(world) {
        let relations = vec![
            link("d:Funktionstype", MANAGER, Span::UNTOLD),
            link("d:TilknyttedeBrugere", leader, hired()),
            link("d:TilknyttedeEnheder", unit, hired()),
            link("d:TilknyttedeOrganisationer", ORGANISATION, Span::UNTOLD),
        ];
        add_function(&mut directory, part(unit, Part::Manager, 0), "Leder", relations);
    }
    directory
}

fn is(staff: &Staff, quirk: &str) -> bool {
    staff.quirks.get(quirk).is_some_and(|value| value != false)
}

fn told<'a>(staff: &'a Staff, quirk: &str) -> Option<&'a str> {
    staff.quirks.get(quirk)?.as_str()
}

fn link(name: &'static str, target: Uuid, span: Span) -> Relation {
    Relation { name, target, span, address: None }
}

fn add(directory: &mut Directory, service: Service, id: Uuid, entries: Vec<Entry>) {
    let in_order = |mut entry: Entry| {
        entry.relations.sort_by_key(|relation| schema::place(service, relation.name.trim_start_matches("d:")));
        entry
    };
    directory.add(Thing { service, id, registrations: entries.into_iter().map(in_order).collect() });
}

fn entry(state: Option<&'static str>, texts: Vec<(&'static str, String)>, span: Span) -> Entry {
    Entry {
        registered: midnight(2024, 2, 1),
        lifecycle: "Importeret",
        state,
        properties: vec![(span, texts)],
        relations: Vec::new(),
    }
}

fn add_function(directory: &mut Directory, id: Uuid, name: &str, relations: Vec<Relation>) {
    let texts = vec![("d:FunktionNavn", name.to_owned())];
    let entry = Entry { relations, ..entry(Some("Aktiv"), texts, Span::UNTOLD) };
    add(directory, Service::Function, id, vec![entry]);
}

fn add_address(directory: &mut Directory, id: Uuid, text: &str) {
    let texts = vec![("t:AdresseTekst", text.to_owned())];
    add(directory, Service::Address, id, vec![entry(None, texts, Span::UNTOLD)]);
}

/// A unit, and those above it where they are not there yet.
fn add_unit(directory: &mut Directory, unit: &UnitRow) {
    let mut addresses = Vec::new();
    for (at, (role, text)) in [(UNIT_PHONE, &unit.phone), (UNIT_EMAIL, &unit.mailbox)].into_iter().enumerate() {
        let Some(text) = text else { continue };
        let id = part(unit.uuid, Part::Address, at);
        add_address(directory, id, text);
        let address = AddressRole { role, label: None, kind: TYPE_UNIT, index: at + 1 };
        addresses.push(Relation { address: Some(address), ..link("d:Adresser", id, hired()) });
    }
    let chain =
        std::iter::once((unit.uuid, &unit.name)).chain(unit.above.iter().map(|above| (above.uuid, &above.name)));
    let chain: Vec<_> = chain.collect();
    for (at, (id, name)) in chain.iter().enumerate() {
        if directory.get(Service::Unit, *id).is_some() {
            continue;
        }
        let above = chain.get(at + 1).map(|(above, _)| link("d:Overordnet", *above, hired()));
        let own = [link("d:Tilhoerer", ORGANISATION, Span::UNTOLD)].into_iter().chain(above);
        let relations = own.chain(std::mem::take(&mut addresses)).collect();
        let texts = vec![("d:EnhedNavn", (*name).clone())];
        add(directory, Service::Unit, *id, vec![Entry { relations, ..entry(Some("Aktiv"), texts, hired()) }]);
    }
}

/// A user with person, addresses and positions.
fn add_user(directory: &mut Directory, world: &World, staff: &Staff) {
    let mut relations = vec![link("d:Tilhoerer", ORGANISATION, Span::UNTOLD)];
    relations.extend(add_addresses(directory, staff));
    if !is(staff, "no_person") {
        let id = part(staff.uuid, Part::Person, 0);
        let number = staff.cpr.iter().map(|number| ("t:CPR-NummerTekst", number.clone()));
        let texts = number.chain([("x:NavnTekst", staff.name.clone())]).collect();
        add(directory, Service::Person, id, vec![entry(None, texts, Span::UNTOLD)]);
        relations.push(link("d:TilknyttedePersoner", id, hired()));
    }
    let texts = vec![("d:BrugervendtNoegleTekst", staff.id.clone()), ("d:BrugerNavn", staff.id.clone())];
    let state = if is(staff, "inactive") { "Inaktiv" } else { "Aktiv" };
    let mut now = Entry { relations, ..entry(Some(state), texts, hired()) };
    if staff.left {
        now.lifecycle = "Passiveret";
    }
    let former =
        Entry { registered: midnight(2021, 3, 1), state: Some("Inaktiv"), relations: Vec::new(), ..now.clone() };
    let entries = match staff.quirks.get("registrations").and_then(serde_json::Value::as_u64) {
        Some(0) => Vec::new(),
        Some(_) => vec![now, former],
        None => vec![now],
    };
    add(directory, Service::User, staff.uuid, entries);
    add_positions(directory, world, staff);
}

fn add_addresses(directory: &mut Directory, staff: &Staff) -> Vec<Relation> {
    let ended = Span { to: Some(midnight(2022, 6, 1)), ..hired() };
    let phone = told(staff, "phone_text").or(staff.phone.as_deref());
    let labels: [Option<&str>; 2] = match told(staff, "labels") {
        Some("none") => [None, None],
        Some("other") => [Some("Bruger.Adresse.email"), Some("Bruger.Adresse.Telefon")],
        _ => [Some("Email_bruger"), Some("Mobiltelefon_bruger")],
    };
    let labelled = told(staff, "label_only").map(|text| (UNKNOWN_ROLE, Some("MOBILTELEFON_BRUGER"), text, hired()));
    let rows = [
        staff.email.as_deref().map(|text| (USER_EMAIL, labels[0], text, hired())),
        // The one that has ended stands first, and has the lower index.
        told(staff, "ended_phone").map(|text| (USER_LANDLINE, None, text, ended)),
        phone.map(|text| (USER_LANDLINE, None, text, hired())),
        staff.mobile.as_deref().map(|text| (USER_MOBILE, labels[1], text, hired())),
        told(staff, "unknown_role").map(|text| (UNKNOWN_ROLE, None, text, hired())),
        labelled,
    ];
    let mut relations = Vec::new();
    for (at, (role, label, text, span)) in rows.into_iter().flatten().enumerate() {
        let id = part(staff.uuid, Part::Address, at);
        add_address(directory, id, text);
        let address = AddressRole { role, label: static_label(label), kind: TYPE_USER, index: at + 1 };
        relations.push(Relation { address: Some(address), ..link("d:Adresser", id, span) });
    }
    relations
}

/// The labels that public clients are seen to meet, for as long as the program.
fn static_label(label: Option<&str>) -> Option<&'static str> {
    const LABELS: [&str; 5] = [
        "Email_bruger",
        "Mobiltelefon_bruger",
        "Bruger.Adresse.email",
        "Bruger.Adresse.Telefon",
        "MOBILTELEFON_BRUGER",
    ];
    LABELS.into_iter().find(|known| Some(*known) == label)
}

fn add_positions(directory: &mut Directory, world: &World, staff: &Staff) {
    let second = staff.quirks.get("second_position");
    let text = |name: &str| second.and_then(|second| second.get(name)?.as_str());
    let later = Span::since(midnight(2023, 8, 1));
    let positions =
        [(staff.title.as_deref(), Some(staff.unit.as_str()), hired()), (text("title"), text("unit"), later)];
    for (at, (title, code, span)) in positions.into_iter().enumerate() {
        let Some(unit) = code.and_then(|code| world.unit(code)) else { continue };
        let relations = vec![
            link("d:Funktionstype", POSITION, Span::UNTOLD),
            link("d:TilknyttedeBrugere", staff.uuid, span),
            link("d:TilknyttedeEnheder", unit.uuid, span),
            link("d:TilknyttedeOrganisationer", ORGANISATION, Span::UNTOLD),
        ];
        add_function(directory, part(staff.uuid, Part::Position, at), title.unwrap_or("Medarbejder"), relations);
    }
}

/// A function whose user stands in for its person.
fn add_stand_in(directory: &mut Directory, world: &World, staff: &Staff) {
    let Some(stand_in) = staff.stand_in.as_deref().and_then(|id| world.staff_member(id)) else { return };
    let relations = vec![
        link("d:Funktionstype", STAND_IN, Span::UNTOLD),
        link("d:TilknyttedeBrugere", stand_in.uuid, hired()),
        link("d:TilknyttedeOrganisationer", ORGANISATION, Span::UNTOLD),
        link("d:TilknyttedePersoner", part(staff.uuid, Part::Person, 0), hired()),
    ];
    add_function(directory, part(staff.uuid, Part::StandIn, 0), "Stedfortræder", relations);
}

/// Unit and manager: the leader that its people name. The leader of a unit's manager manages the unit above.
fn managers(world: &World) -> BTreeSet<(Uuid, Uuid)> {
    let leader = |staff: &Staff| staff.leader.as_deref().and_then(|id| world.staff_member(id));
    let manages =
        |boss: &Staff| world.staff().iter().any(|one| one.unit == boss.unit && one.leader.as_ref() == Some(&boss.id));
    let pair = |staff: &Staff| {
        let (unit, leader) = (world.unit(&staff.unit)?, leader(staff)?);
        let unit = if manages(staff) { unit.above.first()?.uuid } else { unit.uuid };
        Some((unit, leader.uuid))
    };
    world.staff().iter().filter_map(pair).collect()
}
