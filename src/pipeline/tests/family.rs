//! The family view: nobody rides on another's access.

use glasplade_adapters::contract::{About, CivilStatus, PersonFacts, PersonId, Protection, RelatedPerson};
use serde_json::Value;

use super::register::json;
use super::{LONG, plan};
use crate::access::{Access, Caller};
use crate::testing::house::House;
use crate::testing::{Vary as _, address, citizen, job_caseworker, number, person, pseudonyms};

/// A parent with a job plan, a spouse, and two children; the job centre has a case with the first child only.
fn house() -> House {
    let house = House::new();
    let about = |last: u16, id: &str| {
        plan("sbsys", id).with(|row| row.about = About::Stated(vec![PersonId::Cpr(number(last))]))
    };
    house.scripted.answers("sbsys", vec![plan("sbsys", "parent")]);
    house.scripted.adapter("sbsys").answers(number(1), vec![about(1, "child")]);
    house.scripted.adapter("sbsys").answers(number(2), vec![about(2, "other").in_unit("203").law("SEL § 101")]);
    let parent = PersonFacts {
        civil_status: Some(CivilStatus::Married),
        spouse: Some(RelatedPerson::Number(number(3))),
        children: vec![number(1), number(2)],
        address: Some(address("12")),
        ..person(citizen())
    };
    let at_home = |last: u16| PersonFacts { address: Some(address("12")), ..person(number(last)) };
    for facts in [at_home(1), PersonFacts { address: Some(address("88")), ..person(number(2)) }] {
        house.scripted.register.answers(facts.number, facts);
    }
    house.scripted.register.answers(number(3), PersonFacts { protection: Protection::Protected, ..at_home(3) });
    house.scripted.register.answers(citizen(), parent);
    house
}

async fn ask(house: &House, caller: Caller) -> Value {
    let mut errand = house.errand(caller, LONG);
    errand.question.household = true;
    json(house.pipeline.overview(&errand).await.expect("an answer"))
}

fn members(answer: &Value) -> &Vec<Value> {
    answer["household"]["members"].as_array().expect("members")
}

fn items(answer: &Value) -> usize {
    let groups = answer["groups"].as_object().expect("groups");
    groups.values().map(|group| group["items"].as_array().expect("items").len()).sum()
}

#[tokio::test]
async fn each_relative_is_shown_under_their_own_access() {
    let answer = ask(&house(), job_caseworker()).await;
    let members = members(&answer);
    let codes: Vec<&str> = members.iter().filter_map(|member| member["relation"]["code"].as_str()).collect();
    assert_eq!(codes, ["spouse", "child", "child"]);
    assert_eq!(members.iter().map(|member| items(&member["overview"])).collect::<Vec<_>>(), [0, 1, 0]);
    assert_eq!(members[1]["overview"]["citizen"]["name"], "Opdigtet Prøve");
    for hidden in [&members[0], &members[2]] {
        assert!(hidden["overview"]["citizen"].is_null(), "without a case not even a name");
        assert_eq!(hidden["overview"]["empty_text"], "Vi fandt ingen sager, du kan se.");
    }
    assert_eq!(members[1]["same_address"], true);
    for hidden in [&members[0], &members[2]] {
        assert!(hidden["same_address"].is_null(), "nothing is told of who is not shown");
    }
    assert_eq!(members[1]["overview"]["id"], "another", "each has a handle");
    assert!(!answer.to_string().contains("0399"), "no number is told");
}

#[tokio::test]
async fn one_attempt_with_an_entry_for_each_person_all_before_the_bytes() {
    let house = house();
    ask(&house, job_caseworker()).await;
    let entries = house.entries();
    assert!(entries.iter().all(|entry| entry.attempt == entries[0].attempt), "one attempt");
    let of = |phase: &str| -> Vec<_> {
        let chosen = entries.iter().filter(|entry| entry.phase.as_str() == phase);
        let mut people: Vec<_> = chosen.map(|entry| (entry.relation.clone(), entry.citizen)).collect();
        people.sort();
        people
    };
    let person = |relation: Option<&str>, number| (relation.map(str::to_owned), Some(pseudonyms().of(&number)));
    let mut everybody = vec![
        person(None, citizen()),
        person(Some("child"), number(1)),
        person(Some("child"), number(2)),
        person(Some("spouse"), number(3)),
    ];
    everybody.sort();
    assert_eq!(of("intended"), everybody);
    assert_eq!(of("completed"), everybody);
    let hashes: std::collections::BTreeSet<_> = entries.iter().filter_map(|entry| entry.body_hash.clone()).collect();
    assert_eq!(hashes.len(), 1, "all tell of the one body");
}

#[tokio::test]
async fn a_caller_without_a_case_is_told_of_no_family_and_nobody_is_asked_about() {
    let house = house();
    let stranger = Caller::invented("az10005", &["caseworker"]).in_unit("VJH", "VJH-MYND").with_kle(&["*"]);
    let denied = ask(&house, stranger).await;
    assert_eq!(house.scripted.register.calls(), 1, "the register is asked about the citizen only");
    let nobody = House::new();
    let stranger = Caller::invented("az10005", &["caseworker"]).in_unit("VJH", "VJH-MYND").with_kle(&["*"]);
    let unknown = ask(&nobody, stranger).await;
    assert_eq!(denied["household"], unknown["household"]);
    assert!(members(&denied).is_empty());
}

#[tokio::test]
async fn a_role_that_may_not_know_the_household_is_told_of_nobody() {
    let house = house();
    let benefits = Caller::invented("az10003", &["benefit_officer"]).in_unit("JVS", "JVS-JOB").with_kle(&["*"]);
    let answer = ask(&house, benefits).await;
    assert_eq!(items(&answer), 1, "the case is the unit's own");
    assert_eq!(answer["citizen"]["name"], "Opdigtet Prøve");
    assert!(members(&answer).is_empty());
}

#[tokio::test]
async fn a_register_that_names_more_people_than_an_answer_takes_is_cut_short_and_it_is_said() {
    let house = house();
    let many: Vec<_> = (100..120).map(number).collect();
    house.scripted.register.answers(citizen(), PersonFacts { children: many, ..person(citizen()) });
    let answer = ask(&house, job_caseworker()).await;
    assert_eq!(members(&answer).len(), 12);
    assert_eq!(answer["household"]["cut_short"], true);
}

#[tokio::test]
async fn without_the_wish_there_is_no_family_in_the_answer() {
    let house = house();
    let errand = house.errand(job_caseworker(), LONG);
    let answer = json(house.pipeline.overview(&errand).await.expect("an answer"));
    assert!(answer.get("household").is_none());
}

#[tokio::test]
async fn the_citizen_s_reason_opens_no_relative_s_address() {
    let house = house();
    let mut errand = house.errand(job_caseworker(), LONG);
    errand.question.household = true;
    errand.question.protected_reason = Some("Skal sende et brev i dag".to_owned());
    let answer = json(house.pipeline.overview(&errand).await.expect("an answer"));
    for member in members(&answer) {
        assert!(member["overview"]["citizen"]["address"].is_null());
    }
}

#[tokio::test]
async fn rules_that_come_into_force_meanwhile_decide_the_next_answer_for_the_relatives_too() {
    let house = house();
    house.scripted.adapter("dubu").hold();
    let replaces = async {
        house.scripted.adapter("dubu").was_called(1).await;
        let mut config = house.scripted.config.clone();
        config.access.role.iter_mut().for_each(|role| role.own_case = crate::config::OwnCase::Never);
        house.pipeline.access.replace(Access::new(&config));
        house.scripted.adapter("dubu").release();
    };
    let (answer, ()) = tokio::join!(ask(&house, job_caseworker()), replaces);
    let told = members(&answer).iter().map(|member| items(&member["overview"])).collect::<Vec<_>>();
    assert_eq!((items(&answer), told), (1, vec![0, 1, 0]), "one answer, one set of rules");
    let next = ask(&house, job_caseworker()).await;
    assert_eq!((items(&next), members(&next).len()), (0, 0));
}
