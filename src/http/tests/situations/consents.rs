//! Situations 1 to 5: what a citizen's yes opens, a no closes, and a withdrawal takes back at once.

use axum::body::Body;
use glasplade_adapters::fake::faults::Fault;
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::http::tests::house::{House, look_up, number};

/// The case that the demo's consents serve.
const CASE: &str = "DEMO-1";

impl House {
    async fn put(&self, caller: &str, path: &str, body: &Value) -> Value {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token(caller)));
        let answer = self.send(request.body(Body::from(body.to_string())).expect("a request")).await;
        assert!(answer.status.is_success(), "{} {}", answer.status, answer.text());
        answer.json()
    }

    /// Claus says yes to sharing about his treatment with his coordinator; tells the consent.
    async fn claus_says_yes_about_his_treatment(&self) -> String {
        let yes = json!({
            "cpr": number("claus"), "answer": "given", "by": [{"who": "citizen"}], "case_ref": CASE,
            "purpose": "coordination", "from": ["JSY-RUS"], "to": ["UUJ-KOORD"], "categories": ["substance_use"],
            "field_classes": ["existence", "contact", "core", "people"], "form": "oral", "evidence": "NOTAT-8",
            "text_version": "samtykke-2026-1", "given_at": "2026-11-24T08:30:00+01:00"
        });
        let consent = self.put("coordinator-youth", "/v1/consents", &yes).await;
        consent["id"].as_str().expect("an id").to_owned()
    }

    async fn claus_takes_it_back(&self, consent: &str) {
        let withdrawal = json!({"form": "oral", "by": "citizen", "evidence": "NOTAT-9"});
        let path = format!("/v1/consents/{consent}/revoke");
        let answer = self.put("coordinator-youth", &path, &withdrawal).await;
        assert_eq!(answer["state"], "withdrawn");
    }
}

#[tokio::test]
async fn situation_1_claus_said_yes_to_employment_benefits_and_shelter_and_not_to_substance_use() {
    let house = House::open().await;
    let seen = house.situation("claus").asked_for("coordination", CASE).as_seen_by("coordinator-youth").await;
    seen.shows("cash_benefit", "he said yes to benefits")
        .shows("shelter_110", "and to the shelter, which begins on a day to come")
        .shows("job_plan", "it is her own case besides")
        .hides(&["substance_101"], "he was not asked about his treatment, and it leaves no trace");
    let basis = &seen.item("cash_benefit")["basis"];
    assert!(basis["code"].as_str().is_some_and(|code| code.starts_with("consent:")), "{basis}");
    assert_eq!(seen.item("job_plan")["basis"]["code"], "own_case", "the stronger basis is told");
    let other = house.situation("claus").as_seen_by("coordinator-youth").await;
    other.hides(&["cash_benefit", "shelter_110"], "a consent is for its own case and for no other");
    let own = house.situation("claus").asked_for("own_case", CASE);
    own.as_seen_by("caseworker-jobcenter").await.hides(&["cash_benefit"], "nor for another unit or purpose");
}

#[tokio::test]
async fn situation_1_a_second_consent_opens_the_treatment_and_its_withdrawal_closes_it_on_the_next_answer() {
    let house = House::open().await;
    let look = async || house.situation("claus").asked_for("coordination", CASE).as_seen_by("coordinator-youth").await;
    look().await.hides(&["substance_101"], "not yet");
    let consent = house.claus_says_yes_about_his_treatment().await;
    let seen = look().await;
    let shown: Vec<String> = ["substance_101"].map(|kind| seen.items(kind).len().to_string()).to_vec();
    assert_ne!(shown, ["0"], "he has said yes to exactly this");
    for item in seen.items("substance_101") {
        assert_eq!(item["basis"]["code"], format!("consent:{consent}"));
        assert!(item.get("law").is_none() && item.get("kle").is_none(), "only the classes that he was asked about");
    }
    house.claus_takes_it_back(&consent).await;
    look().await.hides(&["substance_101"], "the very next answer knows nothing of it");
}

#[tokio::test]
async fn situation_1_a_withdrawal_cuts_a_stream_that_is_running_before_its_next_part() {
    let house = House::open().await;
    let consent = house.claus_says_yes_about_his_treatment().await;
    // The joint index answers last: until then rows of the treatment wait, and meanwhile Claus takes his yes back.
    house.town.server("case_index").expect("a fake").faults().set(None, Fault::Hang);
    let mut request = look_up(&house.token("coordinator-youth"), "claus", "coordination");
    *request.body_mut() =
        Body::from(json!({"cpr": number("claus"), "purpose": "coordination", "case_ref": CASE}).to_string());
    request.headers_mut().insert(header::ACCEPT, "text/event-stream".parse().expect("a header"));
    // The look before the recording has asked the index: what it remembers would let the stream end at once.
    request.headers_mut().insert(header::CACHE_CONTROL, "no-cache".parse().expect("a header"));
    request.headers_mut().insert("request-timeout-ms", 4_000.into());
    let response = house.send_only(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    house.claus_takes_it_back(&consent).await;
    let rest = response.into_body().collect().await.expect("the stream").to_bytes();
    let text = std::str::from_utf8(&rest).expect("UTF-8");
    assert!(text.contains("event: overview"), "the stream ends as it should");
    let last = text.rsplit("data: ").next().expect("the last event");
    assert!(!last.contains("substance_101") && !last.contains(&consent), "what was taken back is in no later part");
}

#[tokio::test]
async fn situation_1_no_consent_shows_the_benefit_officer_the_treatment_down_the_hall() {
    let house = House::open().await;
    let yes = json!({
        "cpr": number("claus"), "answer": "given", "by": [{"who": "citizen"}], "case_ref": CASE,
        "purpose": "coordination", "from": ["JSY-RUS"], "to": ["UUJ-KOORD", "JSY-YDELSE"],
        "categories": ["substance_use"], "field_classes": ["existence", "core"], "form": "oral",
        "evidence": "NOTAT-9", "text_version": "samtykke-2026-1", "given_at": "2026-11-24T08:30:00+01:00"
    });
    house.put("coordinator-youth", "/v1/consents", &yes).await;
    let seen = house.situation("claus").asked_for("coordination", CASE).as_seen_by("benefit-officer").await;
    seen.hides(&["substance_101"], "the role never sees substance use, nor by consent");
}

#[tokio::test]
async fn situation_2_each_in_amina_s_family_is_asked_for_themselves_and_both_custodians_count() {
    let house = House::open().await;
    let amina = house.situation("amina").asked_for("coordination", CASE).as_seen_by("caseworker-child").await;
    amina.shows("cash_benefit", "Amina said yes to the child authority about her benefits");
    let sara = house.situation("sara").asked_for("coordination", CASE).as_seen_by("caseworker-jobcenter").await;
    sara.shows_nothing("her mother's caseworker gets nothing about Sara, whatever was said yes to for her");
}

#[tokio::test]
async fn situation_3_bent_s_no_is_told_to_employment_so_that_nobody_asks_again() {
    let house = House::open().await;
    let told = house.situation("bent").as_seen_by("caseworker-jobcenter").await;
    let refusals = told.overview["refusals"].as_array().expect("the refusal");
    assert_eq!(refusals.len(), 1);
    assert!(
        refusals[0]["text"].as_str().is_some_and(|text| text.starts_with("Borgeren har sagt nej til deling med jer"))
    );
    for word in ["rusmid", "forsorg", "alkohol", "SUV", "JSY"] {
        assert!(!refusals[0].to_string().contains(word), "`{word}` would tell what there is");
    }
    let support = house.situation("bent").as_seen_by("provider-support").await;
    assert!(support.overview["refusals"].is_null(), "whom he did not refuse is told of no refusal");
}

#[tokio::test]
async fn situation_4_what_signe_s_parents_said_yes_to_lapses_at_midnight_on_her_birthday() {
    let house = House::open().await;
    let look = async || house.situation("signe").asked_for("coordination", CASE).as_seen_by("caseworker-adult").await;
    let by_consent = |seen: &crate::http::tests::told::Seen| {
        crate::http::tests::house::items(&seen.overview)
            .iter()
            .filter(|item| item["basis"]["code"].as_str().is_some_and(|code| code.starts_with("consent:")))
            .count()
    };
    // An hour before the midnight of 28 April 2027.
    house.clock.advance(SignedDuration::from_hours(24 * 154 + 13));
    assert!(by_consent(&look().await) > 0, "she and both parents said yes to the adult authority");
    house.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(by_consent(&look().await), 0, "from eighteen only her own word counts");
}

#[tokio::test]
async fn situation_5_a_yes_of_one_custodian_and_a_no_of_the_other_opens_nothing() {
    let house = House::open().await;
    for who in ["mikkel", "freja"] {
        let seen = house.situation(who).asked_for("coordination", CASE).as_seen_by("caseworker-child").await;
        let by_consent = crate::http::tests::house::items(&seen.overview)
            .into_iter()
            .any(|item| item["basis"]["code"].as_str().is_some_and(|code| code.starts_with("consent:")));
        assert!(!by_consent, "{who}: the father said no");
    }
}
