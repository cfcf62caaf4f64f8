//! What somebody else's client makes of the fake: the other paths of the interface.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};

use serde_json::{Value, json};

use super::{MIE, system, world};
use crate::fake::{FakeRequest, FakeSystem};

fn get(target: &str) -> (u16, Value) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = HeaderMap::new();
    headers.insert("cookie", HeaderValue::from_static("other=1; oiosamlCookie=demo; oiosamlSession=demo"));
    let request = FakeRequest {
        method: Method::GET,
        path: path.to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers,
        body: Bytes::new(),
        instead: None,
    };
    let answer = system(&world()).answer(&request);
    (answer.status.as_u16(), serde_json::from_slice(&answer.body).expect("JSON"))
}

#[test]
fn the_bulk_filter_by_department_finds_active_cases_raw_and_encoded() {
    for target in [
        "/odata/Sag?$filter=(afdeling/orgEnhedId eq 3101 or afdeling/orgEnhedId eq 1) and (status/brugervendtNoegle eq 'SagStatus1')&$count=true",
        "/odata/Sag?%24filter=%28afdeling%2ForgEnhedId+eq+3101%29%20and%20status%2FbrugervendtNoegle%20eq%20%27SagStatus1%27&%24count=true",
    ] {
        let (status, body) = get(target);
        assert_eq!((status, &body["@odata.count"]), (200, &json!(2)), "{target}");
        assert!(body["value"][0].get("afdeling").is_none(), "navigations come only when expanded");
    }
}

#[test]
fn search_finds_names_titles_and_part_of_a_number() {
    let count = |text: &str| get(&format!("/odata/Sag?search={text}&$count=true")).1["@odata.count"].clone();
    assert_eq!(count("mie"), 3);
    assert_eq!(count("SØSKENDE"), 1);
    assert_eq!(count("02021399"), 1);
    assert_eq!(count("010112-9999"), 0, "the screen knows no hyphen");
}

#[test]
fn bad_questions_are_refused_as_odata_does() {
    for target in ["/odata/Sag?$filter=titel like 'x'", "/odata/Sag?$select=navn", "/odata/Sag?$top=ti"] {
        let (status, body) = get(target);
        assert_eq!(status, 400, "{target}");
        assert!(body["error"]["message"].is_string() && body["error"]["code"].is_string());
    }
}

#[test]
fn case_party_activity_user_and_codes_hang_together() {
    let reference = get("/api/sager/601").1["sagReference"].clone();
    assert_eq!(reference["sagId"], 601);
    let party = get(&format!("/api/parter/borger/getBorgerAndRelationToSag/{}?sagId=601", reference["personId"])).1;
    assert_eq!((&party["borger"]["cprnr"], &party["borger"]["mellemnavn"]), (&json!(MIE), &json!("Sofie")));
    assert_eq!(party["borger"]["alder"], 13);
    let activities = get("/odata/Aktivitet/Default.GetBySag(Id=601)").1;
    assert_eq!(activities["value"][0]["fristDato"], "2026-03-01");
    assert_eq!(get("/odata/Aktivitet/Default.GetBySag(Id=602)").1["value"], json!([]));
    let users = get("/odata/OrgBruger/Default.GetByKommune?$select=email&$filter=startswith(email,'az9004')").1;
    assert_eq!(users["value"].as_array().map(Vec::len), Some(3));
    assert_eq!(get("/api/administration/bruger/orgBruger//41").1["brugernavn"], "AZ90041");
    for list in ["aktivitetstatuser", "aktivitetPrioriteter", "aktivitetTypeKlasseRelationResult"] {
        assert!(get(&format!("/api/klassifikation/{list}")).1[0]["brugervendtNoegle"].is_string());
    }
    assert_eq!(get("/api/sager/details/9").0, 404);
}
