//! Situations 3 and 11: Bent, who said no, and Tom, for whom Aarhus acts.

use super::MSB;
use crate::http::tests::house::House;

#[tokio::test]
async fn situation_3_bent_said_no_to_sharing_with_employment() {
    let house = House::open().await;
    let employment = house.situation("bent").as_seen_by("caseworker-jobcenter").await;
    employment
        .shows("job_plan", "it is his own case")
        .shows_in_all(1, "nothing of what Bent does not want to share")
        .hides(&["alcohol_141", "shelter_110", "support_contact_99"], "he said no, and the law says no without him")
        .mentions("existence", MSB, "the shelter's stay may be told of, not what it is");
    let treatment = house.situation("bent").as_seen_by("provider-substance").await;
    treatment.shows("alcohol_141", "their own effort").shows_in_all(1, "and no one else's");
    let support = house.situation("bent").as_seen_by("provider-support").await;
    support
        .shows("support_contact_99", "their own effort")
        .hides(&["alcohol_141"], "a support person is not told of the treatment");
    let parts = &employment.overview["groups"]["other_public"]["not_connected"];
    assert!(
        parts.to_string().contains("Regionens sundhedsvæsen"),
        "the region's psychiatry is not connected, and it says so"
    );
}

#[tokio::test]
async fn situation_11_tom_before_anybody_uses_emergency_access() {
    let house = House::open().await;
    let adult = house.situation("tom").as_seen_by("caseworker-adult").await;
    adult
        .shows("adult_assessment", "Aarhus acts although he lives elsewhere")
        .shows("support_85", "his unit's own case")
        .hides(&["support_contact_99"], "mental health is not told of");
    let assessment = adult.item("adult_assessment");
    assert_eq!(assessment["title"]["value"], "Voksenudredning, handlekommune Aarhus");
    let provider = house.situation("tom").as_seen_by("provider-support").await;
    provider.shows("support_85", "the effort is the provider's").shows("support_contact_99", "and so is this one");
    let effort = provider.item("support_85");
    assert!(effort["relations"][0]["item"].is_string(), "the case that granted it is told of");
}

#[tokio::test]
async fn situations_3_and_11_a_provider_knows_the_name_and_never_the_address() {
    let house = House::open().await;
    for who in ["bent", "tom"] {
        let seen = house.situation(who).with_a_reason().with_the_family().as_seen_by("provider-support").await;
        seen.names_the_citizen("open", "it is their own effort")
            .closes_the_address("the role never has an address")
            .has_the_family(&[], "nor the family");
    }
}
