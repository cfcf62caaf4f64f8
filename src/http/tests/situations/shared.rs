//! The screen is turned to the citizen: the same cases, without third persons and staff's own remarks.

use crate::http::tests::house::{House, items};

#[tokio::test]
async fn what_is_shared_with_the_citizen_names_no_third_person_and_holds_no_remark() {
    let house = House::open().await;
    let full = house.situation("sara").with_the_family().as_seen_by("caseworker-child").await;
    let shared =
        house.situation("sara").with_the_family().shared_with_the_citizen().as_seen_by("caseworker-child").await;
    let ids = |overview| items(overview).iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&full.overview), ids(&shared.overview), "it is the same overview");
    assert!(items(&full.overview).iter().any(|item| item.get("title").is_some()));
    for item in items(&shared.overview) {
        for field in ["title", "flags", "provenance", "party_role"] {
            assert!(item.get(field).is_none(), "{field} may name others: {item}");
        }
        assert!(item["kind"]["name"].is_string() && item["actors"].is_array(), "what it is and whom to call: {item}");
    }
    assert!(full.overview["citizen"]["spoken_for"].is_array() && !full.text_of_family().is_empty());
    assert!(shared.overview["citizen"].get("spoken_for").is_none());
    assert!(shared.text_of_family().is_empty(), "the family are third persons");
}
