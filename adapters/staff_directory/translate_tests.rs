//! The translation against answers that follow the published samples, and against what senders make of them.

use proptest::prelude::*;
use uuid::Uuid;

use super::book::Book;
use super::settings::{MANAGER, POSITION, Settings};
use super::translate::{Outcome, Translation};
use super::wire::{Hits, Listing, Object, Service};
use crate::contract::{StaffMember, StaffUnit};
use crate::transport::xml;

const USERS: &str = include_str!("fixtures/users.xml");
const PERSONS: &str = include_str!("fixtures/persons.xml");
const ADDRESSES: &str = include_str!("fixtures/addresses.xml");
const FUNCTIONS: &str = include_str!("fixtures/functions.xml");
const UNITS: &str = include_str!("fixtures/units.xml");
const MISFIT: &str = include_str!("fixtures/misfit.xml");
const NOW: &str = "2025-06-01T12:00:00Z";

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0xaaaa_aaaa_0000_4000_8000_0000_0000_0000 + number)
}

fn listing<T: Object>(text: &str) -> Listing<T> {
    Listing::read(xml::body(text).root()).expect("an answer")
}

fn put<T: Object>(shelf: &mut super::book::Shelf<T>, text: &str, mix: &dyn Fn(usize) -> usize) {
    let mut snapshots = listing(text).snapshots;
    let length = snapshots.len();
    for at in 0..length {
        snapshots.swap(at, mix(at) % length);
    }
    shelf.ask(snapshots.iter().map(|snapshot| snapshot.id));
    shelf.put(snapshots);
}

fn book_of(users: &str, mix: &dyn Fn(usize) -> usize) -> Book {
    let mut book = Book::default();
    put(&mut book.users, users, mix);
    put(&mut book.persons, PERSONS, mix);
    put(&mut book.addresses, ADDRESSES, mix);
    put(&mut book.functions, FUNCTIONS, mix);
    put(&mut book.units, UNITS, mix);
    let mut positions = vec![id(0x20), id(0x21), id(0x22)];
    positions.rotate_left(mix(0) % 3);
    book.positions.insert(id(1), positions);
    book.managers.insert(id(0x31), vec![id(0x22)]);
    book
}

fn book(users: &str) -> Book {
    book_of(users, &|at| at)
}

fn translated<R>(book: &Book, settings: &Settings, read: impl FnOnce(&Translation<'_>) -> R) -> R {
    read(&Translation { book, settings, now: NOW.parse().expect("a moment") })
}

fn member(book: &Book, user: Uuid) -> StaffMember {
    match translated(book, &Settings::default(), |translation| translation.member(user)) {
        Outcome::Found(member) => member,
        Outcome::Unknown | Outcome::Unreadable => panic!("no member"),
    }
}

fn outcome<T>(outcome: &Outcome<T>) -> &'static str {
    match outcome {
        Outcome::Found(_) => "found",
        Outcome::Unknown => "unknown",
        Outcome::Unreadable => "unreadable",
    }
}

fn ove() -> StaffMember {
    StaffMember {
        user: id(1),
        employee_id: Some("az00001".to_owned()),
        name: Some("Ove Prøve".to_owned()),
        title: Some("Sagsbehandler".to_owned()),
        email: Some("az00001@aarhus.example".to_owned()),
        phone: Some("+45 00 00 00 03".to_owned()),
        mobile: Some("+45 00 00 00 01".to_owned()),
        unit: Some(StaffUnit {
            uuid: id(0x31),
            name: Some("Opdigtet Team Nord".to_owned()),
            // The two above name each other: the circle is cut.
            above: vec![id(0x33), id(0x34)],
            phone: Some("+45 00 00 00 05".to_owned()),
            email: Some("teamnord@aarhus.example".to_owned()),
        }),
        stand_in: None,
        leader: Some(id(5)),
        employed: true,
        changed: "2024-02-01T07:15:00Z".parse().ok(),
    }
}

#[test]
fn the_samples_become_one_employee() {
    assert_eq!(member(&book(USERS), id(1)), ove());
}

proptest! {
    #[test]
    fn the_order_of_an_answer_means_nothing(seed in prop::collection::vec(0_usize..100, 8)) {
        let mix = |at: usize| seed[at % seed.len()];
        prop_assert_eq!(member(&book_of(USERS, &mix), id(1)), ove());
    }
}

#[test]
fn the_employees_own_number_is_dropped_at_the_border() {
    let everything = format!("{:?}", member(&book(USERS), id(1)));
    assert!(PERSONS.contains("0101019999") && !everything.contains("0101019999"));
    let as_user_name = member(&book(MISFIT), id(0x45));
    assert_eq!((as_user_name.employee_id, as_user_name.employed), (None, false));
    let as_phone = ADDRESSES.replace("Mobil: +45 00 00 00 01", "010101-9999");
    let mut book = book(USERS);
    book.addresses = super::book::Shelf::default();
    put(&mut book.addresses, &as_phone, &|at| at);
    assert_eq!(member(&book, id(1)).mobile, None);
}

#[test]
fn of_somebody_who_has_left_only_the_name_is_told() {
    let left = member(&book(MISFIT), id(1));
    let wanted = StaffMember {
        employee_id: Some("az00001".to_owned()),
        name: Some("Ove Prøve".to_owned()),
        employed: false,
        // Without an offset it is Danish time.
        changed: "2023-12-31T23:00:00.1234567Z".parse().ok(),
        title: None,
        email: None,
        phone: None,
        mobile: None,
        unit: None,
        stand_in: None,
        leader: None,
        ..ove()
    };
    assert_eq!(left, wanted);
    let bare = member(&book(MISFIT), id(0x41));
    assert_eq!((bare.user, bare.employed, bare.name, bare.changed), (id(0x41), false, None, None));
}

#[test]
fn a_link_to_a_person_that_has_ended_names_only_who_has_left() {
    let linked = |code: &str, from: &str, to: &str| {
        let end = |name, moment| format!("<d:{name}><d:TidsstempelDatoTid>{moment}</d:TidsstempelDatoTid></d:{name}>");
        let effect = format!("<d:Virkning>{}{}</d:Virkning>", end("FraTidspunkt", from), end("TilTidspunkt", to));
        let users = USERS
            .replace("<d:TilknyttedePersoner>", &format!("<d:TilknyttedePersoner>{effect}"))
            .replace("Importeret", code);
        let book = book(&users);
        let person = translated(&book, &Settings::default(), |translation| translation.person(id(1)));
        let member = member(&book, id(1));
        assert_eq!((member.employed, member.phone.is_some()), (code == "Importeret", code == "Importeret"));
        assert_eq!(member.name.is_some(), person.is_some());
        person
    };
    let (past, lately, future) =
        ("2020-01-01T00:00:00+01:00", "2025-05-31T00:00:00+02:00", "2026-01-01T00:00:00+01:00");
    assert_eq!(linked("Importeret", past, future), Some(id(2)));
    assert_eq!(linked("Importeret", past, lately), None);
    assert_eq!(linked("Importeret", future, "9999-12-31T00:00:00Z"), None);
    assert_eq!(linked("Importeret", past, "i morgen"), None);
    assert_eq!(linked("Passiveret", past, lately), Some(id(2)));
}

#[test]
fn contradictions_are_unreadable_and_who_is_not_there_is_unknown() {
    let book = book(MISFIT);
    let of = |number| translated(&book, &Settings::default(), |translation| outcome(&translation.member(id(number))));
    assert_eq!(of(0x42), "unreadable");
    assert_eq!(of(0x44), "unreadable");
    assert_eq!(of(0x99), "unknown");
    assert_eq!(listing::<super::wire::User>(MISFIT).nameless, 1);
}

#[test]
fn a_name_is_compared_again_and_the_current_user_comes_first() {
    let named = |users: &str, ident: &str, hits: &[Uuid]| {
        let book = book(users);
        translated(&book, &Settings::default(), |translation| match translation.user_named(ident, hits) {
            Outcome::Found(user) => Ok(user),
            other => Err(outcome(&other)),
        })
    };
    assert_eq!(named(USERS, "az00001", &[id(1)]), Ok(id(1)));
    assert_eq!(named(USERS, "az0000", &[id(1)]), Err("unknown"));
    assert_eq!(named(USERS, "az00001", &[]), Err("unknown"));
    // One user passivated, another whose answer cannot be read: the former is somebody, the latter nobody we know.
    assert_eq!(named(MISFIT, "az00001", &[id(1)]), Ok(id(1)));
    assert_eq!(named(MISFIT, "az00042", &[id(0x42)]), Err("unreadable"));
    let two = |code: &str| {
        let second = USERS.split_once("<x:FiltreretOejebliksbillede>").expect("one").1;
        let second = second.split_once("</x:ListOutput>").expect("an end").0;
        let second = second.replacen("0000000000001", "0000000000091", 1).replacen("000000000001", "000000000091", 1);
        let second = second.replace("Importeret", code);
        USERS.replace("</x:ListOutput>", &format!("<x:FiltreretOejebliksbillede>{second}</x:ListOutput>"))
    };
    assert_eq!(named(&two("Passiveret"), "az00001", &[id(1), id(0x91)]), Ok(id(1)));
    assert_eq!(named(&two("Importeret"), "az00001", &[id(1), id(0x91)]), Err("unreadable"));
}

#[test]
fn a_label_counts_only_where_the_roles_uuid_says_nothing() {
    let labelled = |role: &str, label: &str| {
        let users = USERS
            .replace("5ef6be2d-59f4-4652-a680-585929924ba9", role)
            .replace("<d:Label>Bruger.Adresse.Telefon</d:Label>", label);
        member(&book(&users), id(1)).mobile
    };
    let (mobile, unknown) = ("5ef6be2d-59f4-4652-a680-585929924ba9", "cccccccc-0000-4000-8000-000000000022");
    let known = Some("+45 00 00 00 01".to_owned());
    assert_eq!(labelled(mobile, ""), known);
    assert_eq!(labelled(mobile, "<d:Label>Email_bruger</d:Label>"), known);
    assert_eq!(labelled(unknown, "<d:Label>MOBILTELEFON_BRUGER</d:Label>"), known);
    assert_eq!(labelled(unknown, "<d:Label>Omstilling</d:Label>"), None);
    assert_eq!(labelled(unknown, ""), None);
}

#[test]
fn whoever_leads_the_unit_has_a_leader_in_the_one_above() {
    let leads = FUNCTIONS.replace(
        "<d:UUIDIdentifikator>aaaaaaaa-0000-4000-8000-000000000005</d:UUIDIdentifikator>",
        "<d:UUIDIdentifikator>aaaaaaaa-0000-4000-8000-000000000001</d:UUIDIdentifikator>",
    );
    let mut book = book(USERS);
    book.functions = super::book::Shelf::default();
    put(&mut book.functions, &leads, &|at| at);
    assert_eq!(member(&book, id(1)).leader, None);
    translated(&book, &Settings::default(), |translation| {
        assert_eq!(translation.boss_unit(id(1)), Some(id(0x33)));
    });
}

#[test]
fn a_function_of_another_kind_or_somebody_elses_is_no_position() {
    for (from, to) in [
        (POSITION.to_string(), MANAGER.to_string()),
        ("<o:GyldighedStatusKode>Aktiv".to_owned(), "<o:GyldighedStatusKode>Inaktiv".to_owned()),
        (
            "<d:TilTidspunkt><d:GraenseIndikator>true</d:GraenseIndikator>".to_owned(),
            "<d:TilTidspunkt><d:TidsstempelDatoTid>2025-05-31T00:00:00+02:00</d:TidsstempelDatoTid>".to_owned(),
        ),
        (
            "<d:TilTidspunkt><d:GraenseIndikator>true</d:GraenseIndikator>".to_owned(),
            "<d:TilTidspunkt><d:TidsstempelDatoTid>i morgen</d:TidsstempelDatoTid>".to_owned(),
        ),
    ] {
        assert!(FUNCTIONS.contains(&from));
        let mut book = book(USERS);
        book.functions = super::book::Shelf::default();
        put(&mut book.functions, &FUNCTIONS.replace(&from, &to), &|at| at);
        let member = member(&book, id(1));
        assert_eq!((member.title, member.unit, member.employed), (None, None, true), "{from}");
    }
}

#[test]
fn an_answer_of_another_service_or_without_a_code_is_none() {
    assert!(Listing::<super::wire::Person>::read(xml::body(USERS).root()).is_none());
    assert!(Hits::read(xml::body(USERS).root(), Service::User).is_none());
    let without = USERS.replace("<d:StatusKode>20</d:StatusKode>", "");
    assert!(Listing::<super::wire::User>::read(xml::body(&without).root()).is_none());
    let unknown = listing::<super::wire::User>(include_str!("fixtures/unknown.xml"));
    assert_eq!((unknown.code, unknown.snapshots.len()), (44, 0));
}
