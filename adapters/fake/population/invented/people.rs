//! Homes of invented people: numbers that belong to nobody, and families with custody.

use std::collections::HashSet;

use jiff::Span;
use jiff::civil::{Date, date};

use super::dice::Dice;
use crate::fake::population::check_digit::fits_modulus_11;
use crate::fake::population::ids::{Room, stable};
use crate::fake::population::{Alias, Household, NamedParent, Person, ProtectionRow, RegisterFacts, Sex};

/// The year in which ages are counted, so that a seed gives the same numbers at any time.
pub(super) const YEAR_OF_AGES: i32 = 2026;

/// The streams of dice from here on belong to the register.
const REGISTER_STREAM: u64 = 1 << 40;

const WOMEN: &[&str] = &[
    "Aisha", "Alma", "Anna", "Asta", "Birthe", "Bodil", "Camilla", "Clara", "Ditte", "Elif", "Ellen", "Emma", "Fatima",
    "Freja", "Gudrun", "Hanne", "Ida", "Ingrid", "Jytte", "Karla", "Kirsten", "Laura", "Lene", "Leyla", "Maja",
    "Mette", "Nadia", "Olga", "Pernille", "Ruth", "Sanne", "Sofie", "Tove", "Ulla", "Vera", "Zahra",
];

const MEN: &[&str] = &[
    "Ahmed",
    "Aksel",
    "Ali",
    "Anders",
    "Anton",
    "Bent",
    "Bjarne",
    "Carl",
    "Christian",
    "Emil",
    "Erik",
    "Finn",
    "Frederik",
    "Hans",
    "Hassan",
    "Henrik",
    "Ibrahim",
    "Jens",
    "Johan",
    "Kaj",
    "Karim",
    "Lars",
    "Magnus",
    "Mikkel",
    "Mohamad",
    "Niels",
    "Noah",
    "Ole",
    "Oskar",
    "Peter",
    "Rasmus",
    "Steen",
    "Svend",
    "Thomas",
    "Villads",
    "Yusuf",
];

const SURNAMES: &[&str] = &["Prøve", "Test"];

const ROADS: &[&str] = &["Prøvevej", "Testgade", "Prøvevænget", "Testallé", "Prøvestræde", "Testtoften", "Prøveparken"];

const TOWNS: &[(&str, &str)] = &[
    ("8000", "Aarhus C"),
    ("8200", "Aarhus N"),
    ("8210", "Aarhus V"),
    ("8220", "Brabrand"),
    ("8230", "Åbyhøj"),
    ("8240", "Risskov"),
    ("8260", "Viby J"),
    ("8270", "Højbjerg"),
];

/// People at one address.
pub(super) struct Home {
    pub(super) people: Vec<Person>,
    pub(super) aliases: Vec<Alias>,
    pub(super) household: Household,
}

impl Home {
    /// Forgets whoever was counted out: nobody may refer to a number that no line describes.
    pub(super) fn keep_only_those_who_live_here(&mut self) {
        let here: Vec<String> = self.people.iter().map(|person| person.cpr.clone()).collect();
        for person in &mut self.people {
            person.spouse.take_if(|spouse| !here.contains(spouse));
            person.children.retain(|child| here.contains(child));
            person.custody.retain(|custodian| here.contains(custodian));
        }
        self.aliases.retain(|alias| here.contains(&alias.cpr));
        self.household.members = here;
    }
}

/// One home: a single, a couple, or a family with up to three children.
pub(super) fn home(dice: &mut Dice, taken: &mut HashSet<String>, at: u64) -> Home {
    let age = match dice.weighted(&[28, 57, 15]) {
        0 => dice.between(18, 30),
        1 => dice.between(30, 67),
        _ => dice.between(67, 94),
    };
    let mut people = vec![someone(dice, taken, age)];
    if age >= 22 && dice.permille(380) {
        let apart = dice.between(-6, 7);
        people.push(someone(dice, taken, (age + apart).max(18)));
        marry(&mut people);
    }
    if (22..=55).contains(&age) && dice.permille(480) {
        let parents: Vec<String> = people.iter().map(|parent| parent.cpr.clone()).collect();
        for _ in 0..=dice.below(3) {
            let age = dice.between(0, (age - 19).clamp(1, 18));
            let mut child = someone(dice, taken, age);
            child.custody.clone_from(&parents);
            child.civil_status = Some("U".to_owned());
            people.iter_mut().take(parents.len()).for_each(|parent| parent.children.push(child.cpr.clone()));
            people.push(child);
        }
    }
    let mut aliases = Vec::new();
    for person in &people {
        // Once had a replacement number: day + 60.
        if dice.permille(12) {
            let former = number(dice, taken, person.born, person.sex, true);
            aliases.push(Alias { cpr: person.cpr.clone(), former });
        }
    }
    let mut household = address(dice, at);
    // Facts of the register have dice of their own, so that they never move a number, an address or a case.
    let mut register = dice.for_home(REGISTER_STREAM + at);
    for person in &mut people {
        oddities(person, &mut register);
    }
    move_in(&mut household, &mut people, &mut register);
    let mut home = Home { people, aliases, household };
    home.keep_only_those_who_live_here();
    home
}

/// What the register says of one in some hundreds.
fn oddities(person: &mut Person, dice: &mut Dice) {
    let gone = dice.weighted(&[992, 3, 5]);
    let day = date(2025, 1, 6).saturating_add(Span::new().days(dice.between(0, 500)));
    if person.status == 1 && gone > 0 {
        person.status = if gone == 1 { 70 } else { 80 };
        person.register.status_since = Some(day);
    }
    person.register.born_uncertain = dice.permille(4);
    if dice.permille(15) && person.protected == Some(false) {
        let (from, to) = (date(2022, 2, 1), date(2023, 2, 1));
        person.register.protection = Some(ProtectionRow { from: Some(from), to: Some(to), flag: None });
    }
    if person.custody.len() == 1 {
        // Of the other parent the register has a name, or an empty element.
        let name = dice.permille(500).then(|| format!("Opdigtet {}", person.family_name));
        let other = Some(NamedParent { name, born: None });
        (person.register.mother, person.register.father) = (other.clone(), other);
        person.register.shared_residence = dice.permille(150).then_some(date(2024, 8, 1));
    }
}

/// Since when they live there; a few have no fixed address, and a status that says so.
fn move_in(home: &mut Household, people: &mut [Person], dice: &mut Dice) {
    home.since = Some(date(2008, 1, 1).saturating_add(Span::new().days(dice.between(0, 6_500))));
    if dice.permille(6) {
        home.road_code = Some(9_901);
        "Uden fast bopæl".clone_into(&mut home.road);
        home.house_number.clear();
        (home.floor, home.door) = (None, None);
        people.iter_mut().filter(|person| person.status == 1).for_each(|person| person.status = 3);
    }
}

fn marry(people: &mut [Person]) {
    if let [one, other] = people {
        one.spouse = Some(other.cpr.clone());
        other.spouse = Some(one.cpr.clone());
        one.civil_status = Some("G".to_owned());
        other.civil_status = Some("G".to_owned());
    }
}

fn someone(dice: &mut Dice, taken: &mut HashSet<String>, age: i32) -> Person {
    let sex = if dice.permille(500) { Sex::K } else { Sex::M };
    // Some live on a replacement number.
    let replaced = dice.permille(4);
    let born = birthday(dice, age);
    let cpr = number(dice, taken, born, sex, replaced);
    let names = if sex == Sex::K { WOMEN } else { MEN };
    let (given, family) = (dice.one(names), dice.one(SURNAMES));
    let died = (age > 70 && dice.permille(15))
        .then(|| date(2026, 1, 5).saturating_add(Span::new().days(dice.between(0, 200))));
    Person {
        cpr,
        given_name: given.copied().unwrap_or_default().to_owned(),
        family_name: family.copied().unwrap_or_default().to_owned(),
        born,
        sex,
        died,
        protected: match dice.weighted(&[30, 50, 920]) {
            0 => Some(true),
            1 => None,
            _ => Some(false),
        },
        municipality: if dice.permille(20) { 615 } else { 751 },
        status: if died.is_some() { 90 } else { 1 },
        civil_status: dice.permille(500).then(|| "U".to_owned()),
        spouse: None,
        children: Vec::new(),
        custody: Vec::new(),
        register: RegisterFacts::default(),
    }
}

/// A birthday that is never a 1 January, where numbers without check digit are really given.
fn birthday(dice: &mut Dice, age: i32) -> Date {
    let year = i16::try_from(YEAR_OF_AGES - age).unwrap_or(1990);
    date(year, 1, 1).saturating_add(Span::new().days(dice.between(1, 365)))
}

/// A number that nobody has had: the seventh digit tells the century, the last one the sex, and modulus 11 fails.
pub(super) fn number(dice: &mut Dice, taken: &mut HashSet<String>, born: Date, sex: Sex, replaced: bool) -> String {
    let centuries: &[u32] = match born.year() {
        ..1937 => &[0, 1, 2, 3],
        1937..2000 => &[0, 1, 2, 3, 4, 9],
        2000.. => &[4, 5, 6, 7, 8, 9],
    };
    loop {
        let century = dice.one(centuries).copied().unwrap_or(9);
        let sequence = century * 1000 + dice.below(500) * 2 + u32::from(sex == Sex::M);
        let day = born.day() + if replaced { 60 } else { 0 };
        let cpr = format!("{day:02}{:02}{:02}{sequence:04}", born.month(), born.year().rem_euclid(100));
        if !fits_modulus_11(&cpr) && taken.insert(cpr.clone()) {
            return cpr;
        }
    }
}

fn address(dice: &mut Dice, at: u64) -> Household {
    let (postal_code, town) = dice.one(TOWNS).copied().unwrap_or_default();
    let flat = dice.permille(600);
    Household {
        members: Vec::new(),
        road: dice.one(ROADS).copied().unwrap_or_default().to_owned(),
        house_number: format!("{}", 1 + dice.below(180)),
        floor: flat.then(|| format!("{}", 1 + dice.below(4))),
        door: flat.then(|| if dice.permille(500) { "tv" } else { "th" }.to_owned()),
        postal_code: postal_code.to_owned(),
        town: town.to_owned(),
        address_uuid: stable(Room::Address, 1_000 + at),
        road_code: None,
        since: None,
    }
}
