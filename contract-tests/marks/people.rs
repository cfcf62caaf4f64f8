//! The marked citizen's family, and people of whom the register tells something that is easily got wrong.

use glasplade_adapters::fake::population::{
    Alias, GuardianRow, Household, Line, NamedParent, Person, ProtectionRow, RegisterAnswer, RegisterFacts, Sex,
};
use jiff::civil::date;

use super::{CITIZEN, CROWDED, MARK, id};

/// The marked citizen's spouse.
pub(crate) const SPOUSE: &str = "1104027892";
/// The marked citizen's child.
pub(crate) const CHILD: &str = "0612206784";
/// The marked citizen's mother and guardian.
pub(crate) const MOTHER: &str = "0707746784";
/// Of whose protection the register says nothing: the element is not there.
pub(crate) const WITHOUT_FLAG: &str = "0808766785";
/// Of whose protection the register says nothing: the element is there and empty.
pub(crate) const EMPTY_FLAG: &str = "2204027787";
/// Of whom the register says nothing but the number.
pub(crate) const THIN: &str = "2305036788";
/// Whose flag says that nothing is protected.
pub(crate) const OPEN: &str = "2405046789";
/// Disappeared.
pub(crate) const DISAPPEARED: &str = "2506056790";
/// Dead.
pub(crate) const DEAD: &str = "0608356791";
/// Has a new number; asked for by the former one, the register tells all.
pub(crate) const RENUMBERED: &str = "2708576792";
/// The former number of [`RENUMBERED`].
pub(crate) const FORMER: &str = "6512826793";
/// Has a new number; asked for by the former one, the register tells nothing but the numbers.
pub(crate) const RENUMBERED_THIN: &str = "1212826794";
/// The former number of [`RENUMBERED_THIN`].
pub(crate) const FORMER_THIN: &str = "6104006786";
/// Of whom the answer holds nothing at all.
pub(crate) const EMPTY: &str = "1308066795";

/// All of them.
pub(super) const NUMBERS: [&str; 15] = [
    CITIZEN,
    SPOUSE,
    CHILD,
    MOTHER,
    WITHOUT_FLAG,
    EMPTY_FLAG,
    THIN,
    OPEN,
    DISAPPEARED,
    DEAD,
    RENUMBERED,
    FORMER,
    RENUMBERED_THIN,
    FORMER_THIN,
    EMPTY,
];

/// The lines of a population.
pub(super) fn lines() -> Vec<Line> {
    let with = |cpr: &str, register: RegisterFacts| Person { register, ..person(cpr) };
    let thin = || RegisterFacts { answer: RegisterAnswer::Thin, ..RegisterFacts::default() };
    let empty_flag = RegisterFacts { protection: Some(ProtectionRow::default()), ..RegisterFacts::default() };
    let empty = RegisterFacts { answer: RegisterAnswer::Empty, ..RegisterFacts::default() };
    let told_thinly = RegisterFacts { answer_to_former: RegisterAnswer::Thin, ..RegisterFacts::default() };
    let away = RegisterFacts { status_since: Some(date(2024, 5, 6)), ..RegisterFacts::default() };
    let people = [
        citizen(),
        Person { given_name: "Mylder".to_owned(), ..person(CROWDED) },
        Person { spouse: Some(CITIZEN.to_owned()), sex: Sex::M, ..person(SPOUSE) },
        Person { custody: vec![CITIZEN.to_owned()], born: date(2020, 12, 6), ..person(CHILD) },
        Person { children: vec![CITIZEN.to_owned()], ..person(MOTHER) },
        person(WITHOUT_FLAG),
        with(EMPTY_FLAG, empty_flag),
        with(THIN, thin()),
        Person { protected: Some(false), ..person(OPEN) },
        Person { status: 70, ..with(DISAPPEARED, away) },
        Person { status: 90, died: Some(date(2024, 7, 8)), ..person(DEAD) },
        person(RENUMBERED),
        with(RENUMBERED_THIN, told_thinly),
        with(EMPTY, empty),
    ];
    let former = [(RENUMBERED, FORMER), (RENUMBERED_THIN, FORMER_THIN)];
    let aliases = former.map(|(cpr, former)| Line::Alias(Alias { cpr: cpr.to_owned(), former: former.to_owned() }));
    people.into_iter().map(Line::Person).chain(aliases).chain([Line::Household(home())]).collect()
}

/// With every fact that a register can tell.
fn citizen() -> Person {
    let guardian =
        GuardianRow { number: Some(MOTHER.to_owned()), name: None, full: Some(true), since: date(2020, 1, 2) };
    let father = NamedParent { name: Some(format!("{MARK}-far Test")), born: Some(date(1973, 4, 5)) };
    Person {
        born: date(2001, 2, 9),
        protected: Some(true),
        civil_status: Some("G".to_owned()),
        spouse: Some(SPOUSE.to_owned()),
        children: vec![CHILD.to_owned()],
        register: RegisterFacts { guardian: Some(guardian), father: Some(father), ..RegisterFacts::default() },
        ..person(CITIZEN)
    }
}

fn home() -> Household {
    Household {
        members: [CITIZEN, SPOUSE, CHILD].map(str::to_owned).into(),
        road: format!("{MARK}vej"),
        house_number: "12B".to_owned(),
        floor: Some("2".to_owned()),
        door: Some("tv".to_owned()),
        postal_code: "8000".to_owned(),
        town: "Aarhus C".to_owned(),
        address_uuid: id(4),
        road_code: Some(1_234),
        since: Some(date(2022, 3, 4)),
    }
}

fn person(cpr: &str) -> Person {
    Person {
        cpr: cpr.to_owned(),
        given_name: MARK.to_owned(),
        family_name: "Test".to_owned(),
        born: date(1980, 2, 3),
        sex: Sex::K,
        died: None,
        protected: None,
        municipality: 751,
        status: 1,
        civil_status: None,
        spouse: None,
        children: Vec::new(),
        custody: Vec::new(),
        register: RegisterFacts::default(),
    }
}
