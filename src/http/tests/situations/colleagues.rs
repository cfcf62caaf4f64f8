//! Situation 7: Henrik, who works here himself.

use super::callers::{SICKNESS_ADVISER, SICKNESS_COLLEAGUE, caller};
use crate::audit::{Bar, Flag, Query};
use crate::http::tests::house::{House, NOBODY};

#[tokio::test]
async fn situation_7_henrik_may_not_look_himself_up() {
    let house = House::open().await;
    let nobody = house.situation(NOBODY).as_seen_by("benefit-officer").await;
    let himself = house.situation("henrik").as_seen_by("benefit-officer").await;
    himself
        .shows_nothing("an employee's own cases are not theirs to see here")
        .looks_exactly_like(&nobody, "not even that there is something");
}

#[tokio::test]
async fn situation_7_henrik_s_own_look_up_is_empty_whatever_he_asks_for_and_is_heard_of() {
    let house = House::open().await;
    let nobody = house.situation(NOBODY).with_a_reason().with_the_family().as_seen_by("benefit-officer").await;
    let himself = house.situation("henrik").with_a_reason().with_the_family().as_seen_by("benefit-officer").await;
    himself
        .shows_nothing("a reason does not open one's own case")
        .looks_exactly_like(&nobody, "nor tells that there is one");
    assert_eq!(house.bars_of_last_answer(), ["oneself"]);
}

#[tokio::test]
async fn situation_7_a_colleague_s_case_is_for_who_works_on_it_in_person() {
    let house = House::open().await;
    let down_the_hall = caller("down-the-hall", "az10021", ("JSY", "JSY-YDELSE"), &["benefit_officer"]);
    for colleague in [&SICKNESS_COLLEAGUE, &down_the_hall] {
        let nobody = house.situation(NOBODY).with_a_reason().seen_by(colleague).await;
        let henrik = house.situation("henrik").with_a_reason().seen_by(colleague).await;
        henrik
            .shows_nothing("a unit's case is not the unit's when a colleague is the citizen")
            .looks_exactly_like(&nobody, "nor that there is one");
        assert_eq!(house.bars_of_last_answer(), ["colleague"]);
    }
    let adviser = house.situation("henrik").seen_by(&SICKNESS_ADVISER).await;
    adviser
        .shows("job_plan", "she is its caseworker")
        .shows_in_all(1, "the sickness benefit is screened above her level")
        .names_the_citizen("open", "she knows whom she works with");
    assert_eq!(house.bars_of_last_answer(), ["colleague"], "and it is looked at all the same");
    let other = house.situation("lone").seen_by(&SICKNESS_COLLEAGUE).await;
    other.shows("job_plan", "of a citizen who does not work here, the same unit sees its case");
}

#[tokio::test]
async fn situation_7_the_auditor_finds_the_look_ups_of_staff() {
    let house = House::open().await;
    for who in ["claus", "henrik", "kirsten"] {
        house.situation(who).as_seen_by("caseworker-jobcenter").await;
    }
    house.situation("henrik").as_seen_by("benefit-officer").await;
    let index = house.app.audit().index();
    assert!(index.caught_up(), "the index follows the log");
    let found = |bar| {
        let query = Query { flags: vec![Flag::from(bar)], ..Query::look_ups() };
        index.search(&query).expect("a search").len()
    };
    assert_eq!((found(Bar::Colleague), found(Bar::Oneself), found(Bar::Household)), (1, 1, 0));
}
