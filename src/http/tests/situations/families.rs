//! Situations 2, 4 and 5: Amina and her children, Signe, Mikkel and Freja.

use jiff::SignedDuration;
use serde_json::json;

use super::callers::{CHILD_COLLEAGUE, YOUTH_AUTHORITY};
use super::{MSB, provenance};
use crate::http::tests::house::{House, NOBODY};

#[tokio::test]
async fn situation_2_amina_and_not_her_children() {
    let house = House::open().await;
    let seen = house.situation("amina").as_seen_by("caseworker-jobcenter").await;
    seen.shows("job_plan", "he is its caseworker")
        .shows("work_practice", "his unit runs it")
        .hides(&["cash_benefit", "transition_benefit", "education_benefit"], "her benefits are another unit's")
        .mentions("contact", "Job, Sundhed og Ydelse", "that she has one may be told")
        .tells_nothing_of("sara", "a parent's caseworker has no business in the child's case")
        .tells_nothing_of("yasin", "nor in what school knows of another child");
    assert_eq!(provenance(&seen.item("job_plan")), ["fasit", "case_index"], "seen in two systems, shown once");
    let practice = seen.item("work_practice");
    assert_eq!(
        practice["relations"][0]["item"],
        seen.item("job_plan")["id"],
        "the effort points at the case that granted it"
    );
}

#[tokio::test]
async fn situation_2_sara_is_unknown_to_those_who_do_not_work_with_children() {
    let house = House::open().await;
    let nobody = house.situation(NOBODY).as_seen_by("caseworker-jobcenter").await;
    let sara = house.situation("sara").as_seen_by("caseworker-jobcenter").await;
    sara.shows_nothing("only those who work with children may know that there is a case")
        .looks_exactly_like(&nobody, "a child with a case and a number that nobody has look alike");
    let own = house.situation("sara").as_seen_by("caseworker-child").await;
    own.shows("child_support", "she is its caseworker");
    assert_eq!(provenance(&own.item("child_support")), ["dubu", "case_index"]);
    assert_eq!(own.overview["hidden_by_window"], 1, "the assessment ended more than half a year ago");
}

#[tokio::test]
async fn situation_4_signe_on_her_way_from_childhood() {
    let house = House::open().await;
    let child = house.situation("signe").as_seen_by("caseworker-child").await;
    child.shows(
        "child_disability",
        "her unit's case, with a paragraph from before 2024 and a subject that has left the register",
    );
    let case = child.item("child_disability");
    assert_eq!(
        case["law"]["value"]["raw"], "LBK om social service (serviceloven) § 41",
        "the source's text, untouched"
    );
    let adult = house.situation("signe").as_seen_by("caseworker-adult").await;
    adult.hides(&["child_disability", "aftercare"], "the custodians' consent is wanted before she is eighteen");
}

#[tokio::test]
async fn situation_5_mikkel_and_freja_have_a_case_each() {
    let house = House::open().await;
    let mikkel = house.situation("mikkel").as_seen_by("caseworker-child").await;
    mikkel
        .shows("child_support", "her own case")
        .shows("child_report", "the report is hers to judge, and nobody else's")
        .tells_nothing_of("freja", "his sister's case is her own");
    let freja = house.situation("freja").as_seen_by("caseworker-child").await;
    freja
        .shows("child_assessment", "her own case")
        .tells_nothing_of("mikkel", "a report about the household is not seen through a sister");
    for other in ["caseworker-jobcenter", "caseworker-adult", "benefit-officer", "provider-support"] {
        let seen = house.situation("mikkel").as_seen_by(other).await;
        seen.shows_nothing("a report of concern is never visible");
    }
}

#[tokio::test]
async fn situation_4_signe_s_old_and_new_authority_each_see_their_own_case() {
    let house = House::open().await;
    let old = house.situation("signe").seen_by(&CHILD_COLLEAGUE).await;
    old.shows("child_disability", "she is its caseworker")
        .shows_in_all(1, "the new case is another unit's; DUBU names helpers by name only, which opens nothing")
        .mentions("existence", MSB, "who works with children is told that there is one")
        .names_the_citizen("open", "it is her own case");
    let new = house.situation("signe").seen_by(&YOUTH_AUTHORITY).await;
    new.shows("aftercare", "it is hers now")
        .shows_in_all(1, "the old case does not come along by itself")
        .hides(&["child_disability"], "it is the child authority's still")
        .mentions("contact", MSB, "that it exists may be told, under a name that tells nothing");
}

#[tokio::test]
async fn situation_4_signe_s_parents_leave_the_answer_on_the_day_she_turns_eighteen() {
    let house = House::open().await;
    let before = house.situation("signe").with_the_family().as_seen_by("caseworker-child").await;
    before.has_the_family(&["parent: nothing", "parent: nothing"], "a minor has parents in the family view");
    assert_eq!(before.overview["citizen"]["age"], 17);
    // 28 April 2027, early in the morning.
    house.clock.advance(SignedDuration::from_hours(24 * 155));
    let after = house.situation("signe").with_the_family().as_seen_by("caseworker-child").await;
    assert_eq!(after.overview["citizen"]["age"], 18);
    after.has_the_family(&[], "an adult's parents are not her caseworker's business");
}

#[tokio::test]
async fn situation_5_the_report_stays_with_the_unit_that_judges_it_and_names_no_parent() {
    let house = House::open().await;
    let unit = house.situation("mikkel").seen_by(&CHILD_COLLEAGUE).await;
    unit.shows("child_report", "the report is screened to the unit that judges it");
    for seen in [&unit, &house.situation("mikkel").with_the_family().as_seen_by("caseworker-child").await] {
        seen.says_nothing_about("1312849979", "whose household the report is about stands in no answer")
            .says_nothing_about("2505869980", "nor anything of the other parent");
        assert!(!seen.overview.to_string().contains("fars hjem"), "the index's secret title is never read");
    }
    let youth = house.situation("mikkel").seen_by(&YOUTH_AUTHORITY).await;
    youth.shows_nothing("who works with young people has no case with Mikkel, and is told of no report");
}

#[tokio::test]
async fn situation_5_neither_parent_is_reached_through_the_children() {
    let house = House::open().await;
    let nobody = house.situation(NOBODY).with_the_family().as_seen_by("caseworker-child").await;
    for parent in ["2505869980", "1312849979"] {
        let seen = house.situation(parent).with_the_family().as_seen_by("caseworker-child").await;
        seen.shows_nothing("the children's caseworker has no case with the parent")
            .looks_exactly_like(&nobody, "a parent without cases is nobody");
        assert_eq!(seen.overview["household"]["members"], json!([]), "and leads back to no child");
    }
    for child in ["mikkel", "freja"] {
        let seen = house.situation(child).with_the_family().as_seen_by("caseworker-child").await;
        seen.has_the_family(
            &["parent: nothing", "parent: nothing"],
            "joint custody: both parents are named as such, and nothing is told of either",
        );
    }
}
