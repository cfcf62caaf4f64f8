//! Promises of a person register: whom an answer is about, and what must not be guessed where it is silent.

use glasplade_adapters::contract::{
    CivilStatus, CustodyHolder, PersonFacts, PersonStatus, Protection, RegisterDate, RelatedPerson,
};
use glasplade_adapters::fake::Fault;
use glasplade_adapters::fake::population::{Person, RegisterAnswer, RegisterFacts};
use jiff::civil::date;

use crate::bench::{Bench, Struck};
use crate::marks;
use crate::marks::people;
use crate::promise::{Outcome, PERSONS, Promise, Verdict, hold, promises};

/// Tried on the bench.
pub(crate) const PROMISES: &[Promise] = promises!["persons": PERSONS =>
    the_required_facts_are_told,
    a_leading_zero_stays,
    an_answer_about_another_citizen_says_so,
    protection_without_a_flag_is_never_open,
    a_flag_is_told_as_it_stands,
    somebody_who_disappeared_is_not_dead,
    a_replaced_number_is_told,
    an_empty_answer_is_nobody;
];

/// What the register tells of somebody who must be there.
async fn facts(bench: &Bench, person: &str) -> Result<PersonFacts, String> {
    let facts = bench.subject.facts(&marks::number(person)?).await?;
    facts.map(|facts| *facts).ok_or_else(|| "a known person is nobody".to_owned())
}

async fn the_required_facts_are_told(bench: &Bench) -> Outcome {
    let citizen = facts(bench, marks::CITIZEN).await?;
    let child = facts(bench, people::CHILD).await?;
    for fact in &bench.own.facts {
        let about = if fact == "custody" { &child } else { &citizen };
        hold!(is_told(fact, about, bench)?, "`{fact}` is missing or wrong");
    }
    Ok(Verdict::Kept)
}

/// The register tells this fact as the population has it.
fn is_told(fact: &str, told: &PersonFacts, bench: &Bench) -> Result<bool, String> {
    let person = bench.world.person(told.number.expose()).ok_or("the answer is about nobody of the town")?;
    let home = bench.world.household_of(&person.cpr).ok_or("the marked citizen has no home")?;
    let by_number = |told: &Option<RelatedPerson>, number: &str| {
        told.as_ref().and_then(RelatedPerson::number).is_some_and(|told| told.expose() == number)
    };
    let address = told.address.as_ref();
    let parts = (Some(&*home.house_number), home.floor.as_deref(), home.door.as_deref());
    Ok(match fact {
        "name" => told.name.as_ref().is_some_and(|name| {
            name.addressing == person.full_name() && name.family.as_ref() == Some(&person.family_name)
        }),
        "born" => told.born == Some(RegisterDate { day: person.born, uncertain: false }),
        "status" => told.status == PersonStatus::Resident,
        "protection" => told.protection == Protection::Protected,
        "address" => address.is_some_and(|told| {
            (told.house_number.as_deref(), told.floor.as_deref(), told.door.as_deref()) == parts
                && told.municipality == Some(person.municipality)
                && told.road_code == home.road_code
                && told.postal_code.as_ref() == Some(&home.postal_code)
                && told.line.as_ref().is_some_and(|line| line.contains(&home.road))
        }),
        "address_uuid" => address.and_then(|told| told.uuid) == Some(home.address_uuid),
        "address_since" => address.and_then(|told| told.since) == home.since && home.since.is_some(),
        "civil_status" => told.civil_status == Some(CivilStatus::Married),
        "spouse" => by_number(&told.spouse, people::SPOUSE),
        "children" => told.children == [marks::number(people::CHILD)?],
        "mother" => by_number(&told.mother, people::MOTHER),
        "father" => {
            let RegisterFacts { father: Some(named), .. } = &person.register else {
                return Err("the marked citizen has no father by name".to_owned());
            };
            let wanted = RelatedPerson::Named { born: named.born, name: named.name.clone() };
            told.father.as_ref() == Some(&wanted)
        }
        "custody" => {
            let [custody] = told.custody.as_slice() else { return Ok(false) };
            let holder = marks::number(marks::CITIZEN)?;
            custody.holder == CustodyHolder::Mother && custody.person == Some(holder)
        }
        "guardianship" => told.guardianship.as_ref().is_some_and(|told| {
            told.guardian.is_some_and(|guardian| guardian.expose() == people::MOTHER) && told.full == Some(true)
        }),
        other => return Err(format!("the settings file names a fact that nobody knows: {other}")),
    })
}

async fn a_leading_zero_stays(bench: &Bench) -> Outcome {
    let facts = facts(bench, marks::CITIZEN).await?;
    hold!(facts.number.expose() == marks::CITIZEN, "the answer is not about the ten digits asked for");
    hold!(facts.in_force == facts.number, "a number in force is told as replaced");
    let sent = bench.server.take_recorded();
    let has_digits = sent.iter().any(|request| String::from_utf8_lossy(&request.body).contains(marks::CITIZEN));
    hold!(has_digits, "no request has all ten digits");
    Ok(Verdict::Kept)
}

/// The house compares the number, so the adapter must hand on the one that the answer has.
async fn an_answer_about_another_citizen_says_so(bench: &Bench) -> Outcome {
    bench.switch(Fault::AnotherCitizen, Struck::TheMarked);
    let facts = facts(bench, marks::CITIZEN).await?;
    hold!(facts.number.expose() != marks::CITIZEN, "an answer about another citizen claims the one asked for");
    let other = bench.world.person(facts.number.expose());
    hold!(other.is_some(), "the number that is told is nobody's");
    let name = facts.name.map(|name| name.addressing);
    hold!(name == other.map(Person::full_name), "number and name are of two people");
    Ok(Verdict::Kept)
}

/// With the settings' default. The register is silent in several ways, and none of them opens an address.
async fn protection_without_a_flag_is_never_open(bench: &Bench) -> Outcome {
    for (what, person) in [
        ("without the element", people::WITHOUT_FLAG),
        ("with an empty element", people::EMPTY_FLAG),
        ("with the number alone", people::THIN),
        ("with the number alone, by a former number", people::FORMER_THIN),
    ] {
        let told = facts(bench, person).await?.protection;
        hold!(told != Protection::Open && told.hides(), "an answer {what} is told as open");
    }
    // And everybody of the town about whom nothing is said.
    let is_silent =
        |register: &RegisterFacts| register.protection.is_none() && register.answer != RegisterAnswer::Empty;
    let silent = bench.world.persons().iter().filter(|one| one.protected.is_none() && is_silent(&one.register));
    let mut asked = 0;
    for person in silent {
        let told = facts(bench, &person.cpr).await?.protection;
        hold!(told.hides(), "somebody of the town is told as open, and nothing says so");
        asked += 1;
    }
    hold!(asked > 0, "nobody of the town is without a flag");
    Ok(Verdict::Kept)
}

/// So that "never open" is not "never anything".
async fn a_flag_is_told_as_it_stands(bench: &Bench) -> Outcome {
    for (person, wanted) in [(people::OPEN, Protection::Open), (marks::CITIZEN, Protection::Protected)] {
        let told = facts(bench, person).await?.protection;
        hold!(told == wanted, "{told:?} instead of {wanted:?}");
    }
    Ok(Verdict::Kept)
}

async fn somebody_who_disappeared_is_not_dead(bench: &Bench) -> Outcome {
    let days = [
        (people::DISAPPEARED, PersonStatus::Disappeared, date(2024, 5, 6)),
        (people::DEAD, PersonStatus::Dead, date(2024, 7, 8)),
    ];
    for (person, wanted, day) in days {
        let told = facts(bench, person).await?;
        hold!(told.status == wanted, "{:?} instead of {wanted:?}", told.status);
        hold!(told.status_since == Some(day), "the day of {wanted:?} is missing or wrong");
    }
    Ok(Verdict::Kept)
}

/// Whether the answer about a former number is filled or nearly empty.
async fn a_replaced_number_is_told(bench: &Bench) -> Outcome {
    let people = [(people::FORMER, people::RENUMBERED), (people::FORMER_THIN, people::RENUMBERED_THIN)];
    for (former, in_force) in people {
        let told = facts(bench, former).await?;
        hold!(told.number.expose() == former, "the answer is not about the number asked for");
        hold!(told.in_force.expose() == in_force, "the number in force is not told");
        let told = facts(bench, in_force).await?;
        hold!(told.in_force == told.number, "the number in force is told as replaced");
        hold!(told.status != PersonStatus::Replaced, "whoever has a new number is told as replaced");
    }
    Ok(Verdict::Kept)
}

async fn an_empty_answer_is_nobody(bench: &Bench) -> Outcome {
    let told = bench.subject.facts(&marks::number(people::EMPTY)?).await?;
    hold!(told.is_none(), "an answer that holds nothing is somebody");
    Ok(Verdict::Kept)
}
