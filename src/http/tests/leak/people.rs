//! Marked people around the marked citizen: what the civil register and the staff directory tell of them.

use glasplade_adapters::fake::population::{Alias, CaseRow, Household, Line, Person, RegisterFacts, Sex, Staff, staff};
use jiff::civil::{Date, date};
use uuid::Uuid;

use crate::citizen::CPR;

// Nobody's numbers: each fails modulus 11 on a date that is not listed.

/// The citizen's number before this one.
pub(crate) const FORMER: &str = "8911839979";
/// The citizen's child, who lives at home and has a case.
pub(crate) const CHILD: &str = "2911119979";
/// The citizen's spouse, who works here and has a protected address elsewhere.
pub(crate) const SPOUSE: &str = "2911809980";

fn person(cpr: &str, given_name: &str, born: Date, children: &[&str]) -> Person {
    Person {
        cpr: cpr.to_owned(),
        given_name: given_name.to_owned(),
        family_name: "Test".to_owned(),
        born,
        sex: Sex::M,
        died: None,
        protected: Some(false),
        municipality: 751,
        status: 1,
        civil_status: Some("U".to_owned()),
        spouse: None,
        children: children.iter().map(|child| (*child).to_owned()).collect(),
        custody: Vec::new(),
        register: RegisterFacts::default(),
    }
}

fn home(members: &[&str], road: &str, address: u128) -> Line {
    Line::Household(Household {
        members: members.iter().map(|member| (*member).to_owned()).collect(),
        road: road.to_owned(),
        house_number: "77".to_owned(),
        floor: None,
        door: None,
        postal_code: "8000".to_owned(),
        town: "Aarhus C".to_owned(),
        address_uuid: Uuid::from_u128(address),
        road_code: None,
        since: None,
    })
}

/// The marked citizen, the family, the number before, and where they live.
pub(crate) fn family() -> Vec<Line> {
    let citizen = person(CPR, "Mærkeborger", date(1983, 11, 29), &[CHILD]);
    let citizen = Person { civil_status: Some("G".to_owned()), spouse: Some(SPOUSE.to_owned()), ..citizen };
    let child = person(CHILD, "Mærkebarn", date(2011, 11, 29), &[]);
    let child = Person { custody: vec![CPR.to_owned(), SPOUSE.to_owned()], ..child };
    let spouse = person(SPOUSE, "Mærkefælle", date(1980, 11, 29), &[CHILD]);
    let spouse =
        Person { civil_status: Some("G".to_owned()), spouse: Some(CPR.to_owned()), protected: Some(true), ..spouse };
    let alias = Alias { cpr: CPR.to_owned(), former: FORMER.to_owned() };
    let people = [citizen, child, spouse].map(Line::Person);
    let homes = [home(&[CPR, CHILD], "Mærkevej", 0xfee1), home(&[SPOUSE], "Mærkestræde", 0xfee2)];
    people.into_iter().chain([Line::Alias(alias)]).chain(homes).collect()
}

/// The marked caseworker and the marked stand-in, who is the citizen's spouse.
pub(crate) fn colleagues() -> [Staff; 2] {
    let like = staff().into_iter().find(|member| member.id == "az10014").expect("a colleague of the demo");
    let caseworker = Staff {
        id: "az19999".to_owned(),
        uuid: Uuid::from_u128(0xfeed),
        number: 9_999,
        name: "Mærkenavn Prøve".to_owned(),
        email: Some("mark.mail@aarhus.example".to_owned()),
        phone: Some("+45 00 00 77 71".to_owned()),
        mobile: Some("+45 00 00 77 72".to_owned()),
        stand_in: Some("az19998".to_owned()),
        spellings: std::collections::BTreeMap::default(),
        ..like
    };
    let stand_in = Staff {
        id: "az19998".to_owned(),
        uuid: Uuid::from_u128(0xfeee),
        number: 9_998,
        name: "Mærkeafløser Prøve".to_owned(),
        phone: Some("+45 00 00 77 73".to_owned()),
        mobile: None,
        stand_in: None,
        cpr: Some(SPOUSE.to_owned()),
        ..caseworker.clone()
    };
    [caseworker, stand_in]
}

/// The child's own case, in the unit that has the parent's.
pub(crate) fn childs_case(like: &CaseRow) -> Line {
    Line::Case(Box::new(CaseRow {
        id: Uuid::from_u128(0xfeef),
        serial: 90_100,
        citizen: CHILD.to_owned(),
        number: Some("MARKNUM-90100".to_owned()),
        ..like.clone()
    }))
}
