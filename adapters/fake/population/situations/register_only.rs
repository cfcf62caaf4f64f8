//! People who show what the civil register can say, one thing each. They have no cases.

use jiff::civil::date;

use super::numbers::{BODIL, ERIK, GUDRUN, HASSAN, IDA, KNUD, LEYLA, NADIA, NOAH, OTTO, RUTH, RUTH_FORMER, VIGGO};
use super::people::{Home, household, owned, person};
use crate::fake::population::{
    Alias, GuardianRow, Household, Line, NamedParent, Person, ProtectionRow, RegisterAnswer, RegisterFacts,
};

/// All of them, with an earlier number and their homes.
pub(super) fn lines() -> Vec<Line> {
    let people = people().into_iter().map(Line::Person);
    let alias = Line::Alias(Alias { cpr: RUTH.to_owned(), former: RUTH_FORMER.to_owned() });
    let homes = (FIRST_HOME..).zip(HOMES).map(|(at, home)| household(at, home));
    let since = Some(date(2019, 4, 1));
    // [DK] uden fast bopæl: the special road codes begin at 9900.
    let no_address = Household { road_code: Some(9_901), since, ..household(FIRST_HOME + 90, &NO_ADDRESS) };
    // A flat, so that floor and door are told too.
    let flat = Household {
        floor: Some("2".to_owned()),
        door: Some("tv".to_owned()),
        since,
        ..household(FIRST_HOME + 91, &FLAT)
    };
    people.chain([alias]).chain(homes.chain([no_address, flat]).map(Line::Household)).collect()
}

fn people() -> Vec<Person> {
    let facts = RegisterFacts::default;
    let parent_of = |child: &str, parent: Person| Person { children: owned(&[child]), ..parent };
    vec![
        Person {
            died: Some(date(2026, 4, 2)),
            status: 90,
            civil_status: Some("D".to_owned()),
            ..person(ERIK, "Erik", "Test", date(1950, 3, 8))
        },
        Person {
            status: 80,
            register: RegisterFacts { status_since: Some(date(2025, 8, 1)), ..facts() },
            ..person(NADIA, "Nadia", "Prøve", date(1992, 5, 17))
        },
        Person {
            status: 70,
            register: RegisterFacts { status_since: Some(date(2021, 11, 5)), ..facts() },
            ..person(VIGGO, "Viggo", "Test", date(1958, 9, 13))
        },
        Person {
            register: RegisterFacts {
                protection: Some(ProtectionRow {
                    from: Some(date(2020, 1, 15)),
                    to: Some(date(2021, 1, 15)),
                    flag: None,
                }),
                ..facts()
            },
            ..person(BODIL, "Bodil", "Prøve", date(1967, 6, 22))
        },
        Person {
            status: 3,
            register: RegisterFacts { born_uncertain: true, ..facts() },
            ..person(HASSAN, "Hassan", "Test", date(1979, 7, 1))
        },
        parent_of(IDA, person(KNUD, "Knud", "Prøve", date(1983, 11, 25))),
        Person {
            custody: owned(&[KNUD]),
            register: RegisterFacts {
                mother: Some(NamedParent { name: Some("Opdigtet Test".to_owned()), born: Some(date(1986, 5, 5)) }),
                ..facts()
            },
            ..person(IDA, "Ida", "Prøve", date(2014, 5, 6))
        },
        parent_of(NOAH, person(LEYLA, "Leyla", "Test", date(1991, 2, 19))),
        Person {
            custody: owned(&[LEYLA]),
            register: RegisterFacts { father: Some(NamedParent::default()), ..facts() },
            ..person(NOAH, "Noah", "Test", date(2018, 9, 12))
        },
        Person {
            register: RegisterFacts { answer_to_former: RegisterAnswer::Thin, ..facts() },
            ..person(RUTH, "Ruth", "Test", date(1985, 4, 4))
        },
        Person {
            register: RegisterFacts { answer: RegisterAnswer::Thin, ..facts() },
            ..person(OTTO, "Otto", "Prøve", date(1972, 9, 30))
        },
        Person {
            register: RegisterFacts {
                guardian: Some(GuardianRow {
                    number: Some(KNUD.to_owned()),
                    name: None,
                    full: Some(false),
                    since: date(2023, 10, 2),
                }),
                ..facts()
            },
            ..person(GUDRUN, "Gudrun", "Test", date(1939, 12, 9))
        },
    ]
}

/// Homes of the twelve situations come before.
const FIRST_HOME: u64 = 100;

const HOMES: &[Home] = &[
    (&[ERIK], "Prøveparken", "5", "8000", "Aarhus C"),
    (&[BODIL], "Prøveparken", "7", "8000", "Aarhus C"),
    (&[LEYLA, NOAH], "Testtoften", "14A", "8220", "Brabrand"),
    (&[RUTH], "Testtoften", "30", "8220", "Brabrand"),
    (&[OTTO], "Testtoften", "31", "8220", "Brabrand"),
    (&[GUDRUN], "Prøveparken", "9", "8000", "Aarhus C"),
];

const NO_ADDRESS: Home = (&[HASSAN], "Uden fast bopæl", "", "8000", "Aarhus C");

const FLAT: Home = (&[KNUD, IDA], "Testgade", "12B", "8200", "Aarhus N");
