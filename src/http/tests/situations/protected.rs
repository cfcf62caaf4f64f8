//! Situation 6: Lone, who is hidden from her former husband.

use super::callers::{JOB_COLLEAGUE, SICKNESS_ADVISER, SICKNESS_COLLEAGUE};
use crate::http::tests::house::{House, NOBODY, notices};

#[tokio::test]
async fn situation_6_lone_does_not_exist_for_her_former_husband() {
    let house = House::open().await;
    for time in ["the first time", "and when he asks again, although what is kept of her differs"] {
        let nobody = house.situation(NOBODY).as_seen_by("caseworker-jobcenter").await;
        let ingrid = house.situation("ingrid").as_seen_by("caseworker-jobcenter").await;
        let lone = house.situation("lone").as_seen_by("caseworker-jobcenter").await;
        lone.shows_nothing("crisis centre, protection and a former husband: no trace")
            .looks_exactly_like(&nobody, time)
            .looks_exactly_like(&ingrid, time);
    }
}

#[tokio::test]
async fn situation_6_lone_the_strictest_system_counts() {
    let house = House::open().await;
    let seen = house.situation("lone").as_seen_by("caseworker-adult").await;
    seen.shows_nothing("SBSYS shows an ordinary case of his own; the index marks it screened");
    let seen = house.situation("lone").seen_by(&SICKNESS_ADVISER).await;
    seen.shows("job_plan", "her employment case is in a unit of its own")
        .hides(&["crisis_centre_109", "adult_assessment"], "what is screened is not even told of")
        .shows_in_all(1, "and nothing besides");
    assert!(notices(&seen.overview).is_empty(), "the highest level is never mentioned");
}

#[tokio::test]
async fn situation_6_whatever_her_former_husband_asks_for_he_gets_what_a_stranger_s_number_gets() {
    let house = House::open().await;
    let by = "caseworker-jobcenter";
    let nobody = house.situation(NOBODY).with_a_reason().with_the_family().as_seen_by(by).await;
    let lone = house.situation("lone").with_a_reason().with_the_family().as_seen_by(by).await;
    lone.shows_nothing("a reason opens nothing to him")
        .looks_exactly_like(&nobody, "address, name and family asked for, byte for byte the same")
        .says_nothing_about("lone", "neither her name nor where she lives");
    let nobody = house.situation(NOBODY).with_a_reason().streamed_to(by).await;
    let lone = house.situation("lone").with_a_reason().streamed_to(by).await;
    assert_eq!(lone, nobody, "a stream has the same events with the same words");
}

#[tokio::test]
async fn situation_6_the_audit_says_that_the_former_husband_asked_and_why_he_got_nothing() {
    let house = House::open().await;
    house.situation(NOBODY).as_seen_by("caseworker-jobcenter").await;
    assert!(house.bars_of_last_answer().is_empty(), "a number that nobody has stands in nobody's way");
    house.situation("lone").as_seen_by("caseworker-jobcenter").await;
    assert_eq!(house.bars_of_last_answer(), ["household", "protected"], "the register still names the former spouse");
    house.situation("2602809979").as_seen_by("caseworker-jobcenter").await.shows_nothing("himself, by his own number");
    assert_eq!(house.bars_of_last_answer(), ["oneself"]);
}

#[tokio::test]
async fn situation_6_lone_s_name_and_address_open_for_a_reason_to_who_works_on_her_case_in_person() {
    let house = House::open().await;
    let plain = house.situation("lone").with_the_family().seen_by(&SICKNESS_ADVISER).await;
    plain
        .shows("job_plan", "she is its caseworker")
        .closes_the_name("protected", "a protected name is closed until it is asked for")
        .has_the_family(&[], "the register's former spouse is no family")
        .says_nothing_about("2602809979", "and is named nowhere");
    let asked = house.situation("lone").with_a_reason().seen_by(&SICKNESS_ADVISER).await;
    asked
        .names_the_citizen("protected", "her own caseworker asks with a reason")
        .tells_the_address("and may write to her");
    assert_eq!(house.bars_of_last_answer(), ["protected"], "the audit says that she is protected");
    let unit = house.situation("lone").with_a_reason().seen_by(&SICKNESS_COLLEAGUE).await;
    unit.shows("job_plan", "it is her unit's case").closes_the_name("protected", "the unit alone never opens a name");
}

#[tokio::test]
async fn situation_6_lone_is_nobody_to_everybody_else() {
    let house = House::open().await;
    let nobody = house.situation(NOBODY).with_a_reason().seen_by(&JOB_COLLEAGUE).await;
    let lone = house.situation("lone").with_a_reason().seen_by(&JOB_COLLEAGUE).await;
    lone.looks_exactly_like(&nobody, "her employment case is not in the unit where he works");
    let nobody = house.situation(NOBODY).with_a_reason().as_seen_by("caseworker-adult").await;
    let lone = house.situation("lone").with_a_reason().as_seen_by("caseworker-adult").await;
    lone.looks_exactly_like(&nobody, "the index screens it above his level, although SBSYS names him as caseworker");
    assert_eq!(house.bars_of_last_answer(), ["protected"], "so his look-up is heard of, too");
}
