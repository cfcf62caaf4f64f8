//! The family view, asked for by several callers: nobody is seen through somebody else.

use serde_json::json;

use super::callers::JOB_COLLEAGUE;
use crate::audit::Phase;
use crate::demo::handles::Handle;
use crate::http::tests::house::{House, NOBODY, items};

/// Works on Amina's job plan in person and sits in the unit that has Sara's case: two cases, two citizens.
const BOTH: Handle = Handle {
    name: "case-with-both",
    employee: "az10014",
    department: "BFF",
    unit: Some("BFF-MYND"),
    roles: &["child_caseworker"],
    kle: &["*"],
    sensitivity_max: 3,
};

#[tokio::test]
async fn situation_2_amina_s_caseworker_learns_that_she_has_children_and_no_more() {
    let house = House::open().await;
    let seen = house.situation("amina").with_the_family().as_seen_by("caseworker-jobcenter").await;
    seen.has_the_family(&["child: nothing"; 3], "the register names three children at her address");
    for child in ["yasin", "sara", "adam", "karim"] {
        let because = "no number and no name of somebody with whom he has no case";
        assert!(!seen.overview.to_string().contains(crate::http::tests::house::number(child)), "{child}: {because}");
    }
    for member in seen.family() {
        let overview = &member["overview"];
        assert!(overview["citizen"].is_null() && overview["empty_text"].is_string(), "{member:#}");
    }
    seen.tells_nothing_of("sara", "the child with a case looks like the child without")
        .tells_nothing_of("yasin", "and so does the one whom the school knows");
}

#[tokio::test]
async fn situation_2_sara_s_brothers_and_sara_look_alike_to_their_mother_s_caseworker() {
    let house = House::open().await;
    let seen = house.situation("amina").with_the_family().as_seen_by("caseworker-jobcenter").await;
    let mut told: Vec<String> = seen
        .family()
        .into_iter()
        .map(|mut member| {
            member["overview"]["id"] = json!("-");
            member.to_string()
        })
        .collect();
    told.dedup();
    assert_eq!(told.len(), 1, "one child with a case, one with a school, one with nothing: the same words\n{told:#?}");
}

#[tokio::test]
async fn situation_2_sara_s_caseworker_does_not_reach_the_parents() {
    let house = House::open().await;
    let nobody = house.situation(NOBODY).with_the_family().as_seen_by("caseworker-child").await;
    let amina = house.situation("amina").with_the_family().as_seen_by("caseworker-child").await;
    amina.looks_exactly_like(&nobody, "asked for by number, the mother is nobody to the child's caseworker");
    let seen = house.situation("sara").with_the_family().as_seen_by("caseworker-child").await;
    seen.shows("child_support", "it is her own case")
        .has_the_family(&["parent: nothing", "parent: nothing"], "both have custody; of neither is anything told");
    seen.tells_nothing_of("amina", "the mother's benefits and employment are not the child's case")
        .tells_nothing_of("karim", "nor is the father's old case")
        .says_nothing_about("karim", "nor who or where he is");
}

#[tokio::test]
async fn situation_2_who_has_a_case_with_both_sees_each_under_its_own_access() {
    let house = House::open().await;
    let seen = house.situation("amina").with_the_family().seen_by(&BOTH).await;
    // The plan comes from Fasit; whoever is an actor on the work practice sees that, too.
    seen.shows("work_practice", "she is its caseworker in person");
    seen.has_the_family(
        &["child Sara Prøve: child_support (same address)", "child: nothing", "child: nothing"],
        "Sara's case is her unit's; her brothers have none there",
    );
    let sara = seen.family().into_iter().find(|member| !items(&member["overview"]).is_empty()).expect("Sara");
    assert!(sara["overview"]["citizen"]["address"].is_null(), "no address comes along");
    let handle = sara["overview"]["id"].as_str().expect("a handle").to_owned();
    let again = house.send(crate::http::tests::house::get(
        &format!("/v1/overviews/{handle}"),
        Some(&house.token_of(&BOTH)),
        &[],
    ));
    assert_eq!(again.await.overview()["citizen"]["name"], "Sara Prøve", "each relative can be opened by handle");
    let other = house.repeat("caseworker-jobcenter", &format!("/v1/overviews/{handle}"), &[]).await;
    assert_eq!(other.problem(), "handle-unknown", "and by nobody else");
}

#[tokio::test]
async fn situation_2_the_reason_for_amina_s_address_opens_no_child_s() {
    let house = House::open().await;
    let seen = house.situation("amina").with_a_reason().with_the_family().seen_by(&BOTH).await;
    seen.tells_the_address("it was asked for, and nobody at home is protected");
    for member in seen.family() {
        assert!(member["overview"]["citizen"]["address"].is_null(), "the reason was given for her: {member:#}");
    }
}

#[tokio::test]
async fn situation_2_roles_that_may_not_know_the_family_are_told_of_nobody() {
    let house = House::open().await;
    let seen = house.situation("amina").with_the_family().as_seen_by("benefit-officer").await;
    seen.shows("cash_benefit", "it is his own case").has_the_family(&[], "a benefit officer's role has no household");
    let entries = house.entries();
    assert!(entries.iter().all(|entry| entry.relation.is_none()), "and nobody else is looked at");
}

#[tokio::test]
async fn situation_2_every_relative_of_a_family_view_stands_in_the_audit() {
    let house = House::open().await;
    house.situation("amina").with_the_family().as_seen_by("caseworker-jobcenter").await;
    let entries = house.entries();
    let of = |phase: Phase| -> Vec<Option<String>> {
        let mut told: Vec<_> =
            entries.iter().filter(|entry| entry.phase == phase).map(|entry| entry.relation.clone()).collect();
        told.sort();
        told
    };
    let child = || Some("child".to_owned());
    for phase in [Phase::Intended, Phase::Completed] {
        assert_eq!(of(phase), [None, child(), child(), child()], "one entry a person, before and after");
    }
}

#[tokio::test]
async fn situation_2_karim_s_old_case_is_counted_for_its_unit_and_his_children_are_not_told_of() {
    let house = House::open().await;
    let seen = house.situation("karim").with_the_family().seen_by(&JOB_COLLEAGUE).await;
    assert_eq!(seen.overview["hidden_by_window"], 1, "her own case of 2019, past its window");
    assert!(seen.overview["citizen"].is_null(), "what is over gives no name");
    seen.has_the_family(&[], "and no family");
}
