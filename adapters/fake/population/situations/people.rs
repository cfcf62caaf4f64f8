//! Who the named citizens are: register facts, families, earlier numbers and addresses.

use jiff::civil::{Date, date};

use super::numbers::{
    ADAM, AMINA, BENT, CLAUS, FREJA, HENRIK, INGRID, JENS_A, JENS_B, KARIM, KIRSTEN, LONE, MAJA, MICHAEL, MIKKEL, OLE,
    RASMUS, SARA, SIGNE, SIGNE_FATHER, SIGNE_MOTHER, TOM, YASIN, YUSUF, YUSUF_FORMER,
};
use crate::fake::population::ids::{Room, stable};
use crate::fake::population::{Alias, Household, Line, Person, RegisterFacts, Sex};

/// Everybody in the twelve situations, with aliases and households.
pub(super) fn lines() -> Vec<Line> {
    let mut lines: Vec<Line> = people().into_iter().map(Line::Person).collect();
    lines.push(Line::Alias(Alias { cpr: YUSUF.to_owned(), former: YUSUF_FORMER.to_owned() }));
    lines.extend((1..).zip(HOMES).map(|(at, home)| Line::Household(household(at, home))));
    lines
}

pub(super) fn person(cpr: &str, given_name: &str, family_name: &str, born: Date) -> Person {
    let male = cpr.ends_with(['1', '3', '5', '7', '9']);
    Person {
        cpr: cpr.to_owned(),
        given_name: given_name.to_owned(),
        family_name: family_name.to_owned(),
        born,
        sex: if male { Sex::M } else { Sex::K },
        died: None,
        protected: Some(false),
        municipality: 751,
        status: 1,
        civil_status: None,
        spouse: None,
        children: Vec::new(),
        custody: Vec::new(),
        register: RegisterFacts::default(),
    }
}

pub(super) fn owned(numbers: &[&str]) -> Vec<String> {
    numbers.iter().map(|number| (*number).to_owned()).collect()
}

/// Divorced, with children; the register still names the former spouse.
fn divorced(person: Person, former: &str, children: &[&str]) -> Person {
    let (civil_status, spouse) = (Some("F".to_owned()), Some(former.to_owned()));
    Person { civil_status, spouse, children: owned(children), ..person }
}

/// Married, with children.
fn married(person: Person, spouse: &str, children: &[&str]) -> Person {
    let (civil_status, spouse) = (Some("G".to_owned()), Some(spouse.to_owned()));
    Person { civil_status, spouse, children: owned(children), ..person }
}

/// A child with two homes since `since`.
fn shared(person: Person, since: Date) -> Person {
    Person { register: RegisterFacts { shared_residence: Some(since), ..RegisterFacts::default() }, ..person }
}

/// A child in the custody of both.
pub(super) fn child(person: Person, custody: [&str; 2]) -> Person {
    Person { civil_status: Some("U".to_owned()), custody: owned(&custody), ..person }
}

fn people() -> Vec<Person> {
    vec![
        person(CLAUS, "Claus", "Prøve", date(2004, 5, 14)),
        divorced(person(AMINA, "Amina", "Prøve", date(1988, 3, 9)), KARIM, &[YASIN, SARA, ADAM]),
        child(person(YASIN, "Yasin", "Prøve", date(2011, 6, 21)), [AMINA, KARIM]),
        child(person(SARA, "Sara", "Prøve", date(2015, 2, 17)), [AMINA, KARIM]),
        child(person(ADAM, "Adam", "Prøve", date(2020, 9, 3)), [AMINA, KARIM]),
        divorced(person(KARIM, "Karim", "Test", date(1985, 7, 12)), AMINA, &[YASIN, SARA, ADAM]),
        person(BENT, "Bent", "Prøve", date(1969, 4, 23)),
        child(person(SIGNE, "Signe", "Prøve", date(2009, 4, 28)), [SIGNE_MOTHER, SIGNE_FATHER]),
        married(person(SIGNE_MOTHER, "Marianne", "Prøve", date(1979, 11, 4)), SIGNE_FATHER, &[SIGNE]),
        married(person(SIGNE_FATHER, "Thomas", "Prøve", date(1977, 2, 22)), SIGNE_MOTHER, &[SIGNE]),
        shared(child(person(MIKKEL, "Mikkel", "Test", date(2016, 8, 11)), [MAJA, RASMUS]), date(2024, 3, 1)),
        shared(child(person(FREJA, "Freja", "Test", date(2011, 3, 30)), [MAJA, RASMUS]), date(2024, 3, 1)),
        divorced(person(MAJA, "Maja", "Test", date(1986, 5, 25)), RASMUS, &[MIKKEL, FREJA]),
        divorced(person(RASMUS, "Rasmus", "Test", date(1984, 12, 13)), MAJA, &[MIKKEL, FREJA]),
        // Name and address protection.
        Person { protected: Some(true), ..divorced(person(LONE, "Lone", "Prøve", date(1982, 6, 15)), MICHAEL, &[]) },
        divorced(person(MICHAEL, "Michael", "Test", date(1980, 2, 26)), LONE, &[]),
        person(HENRIK, "Henrik", "Prøve", date(1990, 10, 8)),
        person(YUSUF, "Yusuf", "Prøve", date(1997, 2, 7)),
        person(JENS_A, "Jens Møller", "Test", date(1963, 9, 18)),
        person(JENS_B, "Jens Møller", "Test", date(1963, 9, 18)),
        person(KIRSTEN, "Kirsten", "Prøve", date(1975, 5, 27)),
        // Lives in another municipality (615) while Aarhus acts.
        Person { municipality: 615, ..person(TOM, "Tom", "Prøve", date(1993, 8, 16)) },
        person(OLE, "Ole", "Prøve", date(1965, 1, 1)),
        // The register does not say whether she is protected: unknown counts as protected.
        Person {
            protected: None,
            civil_status: Some("E".to_owned()),
            ..person(INGRID, "Ingrid", "Test", date(1944, 4, 12))
        },
    ]
}

/// Members, road, house number, postal code, town.
pub(super) type Home = (&'static [&'static str], &'static str, &'static str, &'static str, &'static str);

const HOMES: &[Home] = &[
    (&[CLAUS], "Prøvevej", "1", "8000", "Aarhus C"),
    (&[AMINA, YASIN, SARA, ADAM], "Prøvevej", "12B", "8210", "Aarhus V"),
    (&[KARIM], "Testgade", "4", "8200", "Aarhus N"),
    (&[BENT], "Testgade", "9", "8000", "Aarhus C"),
    (&[SIGNE, SIGNE_MOTHER, SIGNE_FATHER], "Prøvevænget", "7", "8240", "Risskov"),
    (&[MAJA, MIKKEL, FREJA], "Testvænget", "21", "8260", "Viby J"),
    (&[RASMUS], "Testvænget", "88", "8260", "Viby J"),
    (&[LONE], "Prøvestræde", "3", "8000", "Aarhus C"),
    (&[MICHAEL], "Prøvestræde", "30", "8000", "Aarhus C"),
    (&[HENRIK], "Testallé", "16", "8230", "Åbyhøj"),
    (&[YUSUF], "Prøvevej", "40", "8220", "Brabrand"),
    (&[JENS_A], "Testallé", "2", "8270", "Højbjerg"),
    (&[JENS_B], "Testallé", "5", "8270", "Højbjerg"),
    (&[KIRSTEN], "Prøvevej", "55", "8000", "Aarhus C"),
    (&[TOM], "Prøvetorv", "1", "8700", "Horsens"),
    (&[OLE], "Testgade", "61", "8000", "Aarhus C"),
    (&[INGRID], "Prøvevænget", "82", "8240", "Risskov"),
];

pub(super) fn household(at: u64, (members, road, house_number, postal_code, town): &Home) -> Household {
    Household {
        members: owned(members),
        road: (*road).to_owned(),
        house_number: (*house_number).to_owned(),
        floor: None,
        door: None,
        postal_code: (*postal_code).to_owned(),
        town: (*town).to_owned(),
        address_uuid: stable(Room::Address, at),
        road_code: None,
        since: None,
    }
}
