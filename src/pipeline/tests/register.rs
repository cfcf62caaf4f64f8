//! What the civil register changes in an answer, and what a register that fails does not.

use std::time::Duration;

use glasplade_adapters::contract::{About, CprNumber, PersonFacts, PersonId, Protection, SourceErrorKind};
use serde_json::Value;

use super::{LONG, plan};
use crate::audit::Disclosure;
use crate::pipeline::{Errand, StreamEvent};
use crate::testing::house::House;
use crate::testing::{Vary as _, address, citizen, job_caseworker, number, person};

pub(super) fn json(disclosure: Disclosure) -> Value {
    serde_json::from_slice(&disclosure.into_parts().0).expect("an answer is JSON")
}

fn items(answer: &Value) -> usize {
    let groups = answer["groups"].as_object().expect("groups");
    groups.values().map(|group| group["items"].as_array().expect("items").len()).sum()
}

fn state<'a>(answer: &'a Value, id: &str) -> &'a str {
    let sources = answer["sources"].as_array().expect("sources");
    let source = sources.iter().find(|source| source["id"] == id).expect("a source");
    source["state"].as_str().expect("a state")
}

async fn ask(house: &House, change: impl FnOnce(&mut Errand)) -> Value {
    let mut errand = house.errand(job_caseworker(), LONG);
    change(&mut errand);
    json(house.pipeline.overview(&errand).await.expect("an answer"))
}

/// The job centre's caseworker has a case with the citizen, whom the register tells of like this.
fn house(facts: PersonFacts) -> House {
    let house = House::new();
    house.scripted.answers("sbsys", vec![plan("sbsys", "1")]);
    house.scripted.register.answers(citizen(), facts);
    house
}

fn living() -> PersonFacts {
    PersonFacts { address: Some(address("12")), ..person(citizen()) }
}

#[tokio::test]
async fn a_caller_with_a_case_is_told_name_and_age_and_the_address_only_for_a_reason() {
    let house = house(living());
    let answer = ask(&house, |_| {}).await;
    assert_eq!(answer["citizen"]["name"], "Opdigtet Prøve");
    assert_eq!(answer["citizen"]["age"], 38);
    assert_eq!(answer["citizen"]["protection"]["code"], "open");
    assert!(answer["citizen"]["address"].is_null() && !answer.to_string().contains("Prøvevej"));
    let with_reason =
        |errand: &mut Errand| errand.question.protected_reason = Some("Skal sende et brev i dag".to_owned());
    let answer = ask(&house, with_reason).await;
    assert_eq!(answer["citizen"]["address"]["line"], "Prøvevej 12");
}

#[tokio::test]
async fn without_a_case_nothing_is_told_of_the_citizen() {
    let house = House::new();
    house.scripted.register.answers(citizen(), living());
    let answer =
        ask(&house, |errand| errand.question.protected_reason = Some("Vil gerne vide adressen".to_owned())).await;
    assert!(answer["citizen"].is_null() && !answer.to_string().contains("Opdigtet"));
}

#[tokio::test]
async fn a_protected_name_and_address_are_hidden_and_an_unknown_flag_counts_as_protected() {
    for protection in [Protection::Protected, Protection::Unknown] {
        let house = house(PersonFacts { protection, ..living() });
        let reason =
            |errand: &mut Errand| errand.question.protected_reason = Some("Skal sende et brev i dag".to_owned());
        for answer in [ask(&house, |_| {}).await, ask(&house, reason).await] {
            assert_eq!(items(&answer), 1, "the case still comes");
            let text = answer.to_string();
            assert!(!text.contains("Opdigtet") && !text.contains("Prøvevej"), "by unit only: {text}");
            assert!(answer["citizen"]["name_text"].is_string() && answer["citizen"]["address_text"].is_string());
        }
    }
}

#[tokio::test]
async fn a_protected_name_and_address_open_for_a_reason_to_who_works_on_the_case_in_person() {
    let house = House::new();
    let own = plan("sbsys", "1").by(glasplade_adapters::contract::ActorRole::Primary, "az10002");
    house.scripted.answers("sbsys", vec![own]);
    house.scripted.register.answers(citizen(), PersonFacts { protection: Protection::Protected, ..living() });
    let answer = ask(&house, |_| {}).await;
    assert!(answer["citizen"]["name"].is_null());
    let reason = |errand: &mut Errand| errand.question.protected_reason = Some("Skal sende et brev i dag".to_owned());
    let answer = ask(&house, reason).await;
    assert_eq!(answer["citizen"]["name"], "Opdigtet Prøve");
    assert_eq!(answer["citizen"]["address"]["line"], "Prøvevej 12");
    assert_eq!(answer["citizen"]["protection"]["code"], "protected");
}

#[tokio::test]
async fn a_protected_child_at_home_hides_the_parent_s_address() {
    let house = house(PersonFacts { children: vec![number(1)], ..living() });
    let child = PersonFacts { address: Some(address("12")), protection: Protection::Protected, ..person(number(1)) };
    house.scripted.register.answers(number(1), child);
    let reason = |errand: &mut Errand| errand.question.protected_reason = Some("Skal sende et brev i dag".to_owned());
    let answer = ask(&house, reason).await;
    assert_eq!(answer["citizen"]["name"], "Opdigtet Prøve");
    assert!(answer["citizen"]["address"].is_null() && !answer.to_string().contains("Prøvevej"));
}

#[tokio::test]
async fn a_register_that_is_down_or_lies_closes_and_the_cases_still_come() {
    for (kind, word) in [
        (SourceErrorKind::Unavailable, "unavailable"),
        (SourceErrorKind::Malformed, "invalid"),
        (SourceErrorKind::Unauthorized, "unavailable"),
    ] {
        let house = house(living());
        house.scripted.register.is_down(kind);
        let answer = ask(&house, |_| {}).await;
        assert_eq!((items(&answer), state(&answer, "persons")), (1, word));
        assert_eq!(answer["citizen"]["protection"]["code"], "unknown");
        assert!(answer["citizen"]["name"].is_null());
    }
    let lying = house(PersonFacts { number: number(9), ..living() });
    let answer = ask(&lying, |_| {}).await;
    assert_eq!((items(&answer), state(&answer, "persons")), (1, "invalid"));
    assert!(answer["citizen"]["name"].is_null() && answer["citizen"]["age"].is_null());
}

#[tokio::test(start_paused = true)]
async fn a_slow_register_costs_the_name_and_not_the_answer() {
    let house = house(living());
    house.scripted.register.hold();
    let errand = house.errand(job_caseworker(), Duration::from_secs(1));
    let answer = json(house.pipeline.overview(&errand).await.expect("an answer"));
    assert_eq!((items(&answer), state(&answer, "persons")), (1, "timed_out"));
    house.scripted.register.release();
}

/// A row about the person with this number.
fn about(source: &str, id: &str, whom: CprNumber) -> glasplade_adapters::contract::Record {
    plan(source, id).with(|row| row.about = About::Stated(vec![PersonId::Cpr(whom)]))
}

#[tokio::test]
async fn cases_under_an_old_number_and_the_one_in_force_are_one_overview_with_the_same_ids() {
    let house = House::new();
    let (old, new) = (number(1), citizen());
    house.scripted.register.answers(new, living());
    house.scripted.register.answers(old, PersonFacts { in_force: new, ..person(old) });
    house.scripted.adapter("sbsys").answers(old, vec![about("sbsys", "1", old)]);
    house.scripted.adapter("fasit").answers(new, vec![about("fasit", "2", new).in_unit("301")]);
    let by_old = ask(&house, |errand| errand.question.citizen = old).await;
    let by_new = ask(&house, |_| {}).await;
    assert_eq!(by_old["groups"]["authority"]["items"][0]["id"], by_new["groups"]["authority"]["items"][0]["id"]);
    assert_eq!(items(&by_old), items(&by_new));
    assert_eq!(by_old["citizen"], by_new["citizen"]);
    let entries = house.entries();
    let completed: Vec<_> = entries.iter().filter(|entry| entry.phase.as_str() == "completed").collect();
    assert_eq!(completed[0].citizen.map(|one| vec![one]), Some(completed[1].also_known_as.clone()));
    assert_eq!(completed[1].citizen.map(|one| vec![one]), Some(completed[0].also_known_as.clone()));
}

#[tokio::test]
async fn a_row_under_another_number_that_the_register_does_not_name_is_nobody_s() {
    let house = house(living());
    house.scripted.answers("fasit", vec![about("fasit", "9", number(1))]);
    let answer = ask(&house, |_| {}).await;
    assert_eq!((items(&answer), state(&answer, "fasit")), (1, "invalid"));
}

#[tokio::test]
async fn a_stream_says_nothing_before_the_register_has_said_who_the_citizen_is() {
    let house = house(living());
    house.scripted.register.hold();
    house.scripted.adapter("dubu").hold();
    let mut events = house.pipeline.stream(house.errand(job_caseworker(), LONG)).await.expect("a stream");
    house.scripted.register.was_called(1).await;
    while house.scripted.sources.iter().any(|source| source.id.as_str() != "dubu" && source.health().answered == 0) {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.phases(), ["intended"]);
    house.scripted.register.release();
    let first = events.recv().await.expect("an event");
    assert!(matches!(first, StreamEvent::Partial(_)));
    house.scripted.adapter("dubu").release();
    let last = events.recv().await.expect("an event");
    let StreamEvent::Overview(last) = last else { panic!("the last event is the overview") };
    assert_eq!(json(last)["citizen"]["name"], "Opdigtet Prøve");
}

#[tokio::test]
async fn a_denied_caller_s_reason_asks_about_nobody_else() {
    let house = House::new();
    house.scripted.register.answers(citizen(), PersonFacts { children: vec![number(1), number(2)], ..living() });
    ask(&house, |errand| errand.question.protected_reason = Some("Vil gerne vide adressen".to_owned())).await;
    assert_eq!(house.scripted.register.calls(), 1);
}

#[tokio::test]
async fn a_case_that_is_over_is_shown_and_opens_nothing_of_the_citizen() {
    let house = House::new();
    house.scripted.answers("sbsys", vec![plan("sbsys", "1").closed(crate::testing::TODAY)]);
    house.scripted.register.answers(citizen(), living());
    let answer = ask(&house, |_| {}).await;
    assert_eq!(items(&answer), 1);
    assert!(answer["citizen"].is_null());
}

#[tokio::test]
async fn a_role_without_a_case_lends_nothing_to_one_that_has_one() {
    let house = house(living());
    let both = crate::access::Caller::invented("az10003", &["benefit_officer", "coordinator"]);
    let both = both.in_unit("JVS", "JVS-JOB").with_kle(&["*"]);
    let answer = ask(&house, |errand| (errand.caller, errand.question.household) = (both, true)).await;
    assert_eq!(answer["citizen"]["name"], "Opdigtet Prøve", "the unit's case is the benefit officer's");
    assert!(answer["household"]["members"].as_array().is_some_and(Vec::is_empty), "a coordinator's right is personal");
}
