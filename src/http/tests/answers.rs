//! What an overview looks like on the wire: headers, entity tags, language, and the answer in parts.

use aws_lc_rs::digest;
use http::{StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use glasplade_adapters::fake::Fault;

use super::house::{House, NOBODY, items, look_up, number, post};

#[tokio::test]
async fn an_overview_is_for_its_caller_alone() {
    let house = House::open().await;
    let answer = house.look_up("benefit-officer", "claus").await;
    assert_eq!(answer.header(header::CONTENT_TYPE), "application/json");
    assert_eq!(answer.header(header::CONTENT_LANGUAGE), "da");
    assert_eq!(answer.header(header::CACHE_CONTROL), "private, no-store");
    assert_eq!(answer.header(header::VARY), "Authorization, Accept");
    assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(answer.location(), format!("/v1/overviews/{}", answer.json()["id"].as_str().expect("a handle")));
    let hash = crate::hex(digest::digest(&digest::SHA256, &answer.body).as_ref());
    assert_eq!(answer.header(header::ETAG), format!("\"{hash}\""), "a strong tag: the hash of these very bytes");
}

#[tokio::test]
async fn the_same_bytes_are_not_sent_twice() {
    let house = House::open().await;
    let location = house.look_up("benefit-officer", "claus").await.location().to_owned();
    let first = house.repeat("benefit-officer", &location, &[]).await;
    let etag = first.header(header::ETAG).to_owned();
    for sent in [etag.clone(), format!("\"other\", {etag}")] {
        let again = house.repeat("benefit-officer", &location, &[("If-None-Match", &sent)]).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{sent}");
        assert_eq!(again.header(header::ETAG), etag);
        assert_eq!(again.header(header::CACHE_CONTROL), "private, no-store");
        assert_eq!(again.header(header::CONTENT_TYPE), "");
    }
    let other = house.repeat("benefit-officer", &location, &[("If-None-Match", "\"other\"")]).await;
    assert_eq!((other.status, other.body), (StatusCode::OK, first.body));
}

/// Looks a family up; the address of the answer, and what came.
async fn family(house: &House, caller: &str, who: &str) -> (String, Value) {
    let body = json!({"cpr": number(who), "purpose": "own_case", "case_ref": "2026-1", "household": true});
    let answer = house.send(post(Some(&house.token(caller)), &body)).await;
    (answer.location().to_owned(), answer.overview())
}

/// The handles of the relatives in an answer.
fn relatives(overview: &Value) -> Vec<String> {
    let members = overview["household"]["members"].as_array().expect("members");
    let ids: Vec<_> =
        members.iter().filter_map(|member| member["overview"]["id"].as_str()).map(str::to_owned).collect();
    assert!(!ids.is_empty() && ids.len() == members.len(), "the register names a family");
    ids
}

#[tokio::test]
async fn a_family_that_has_not_changed_is_not_sent_twice() {
    let house = House::open().await;
    let (location, asked) = family(&house, "caseworker-child", "sara").await;
    let first = house.repeat("caseworker-child", &location, &[]).await;
    let etag = first.header(header::ETAG).to_owned();
    let again = house.repeat("caseworker-child", &location, &[("If-None-Match", &etag)]).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(relatives(&asked), relatives(&first.overview()), "each relative keeps their handle");
    let (_, another) = family(&house, "caseworker-child", "sara").await;
    assert!(relatives(&another).iter().all(|id| !relatives(&asked).contains(id)), "another look-up has others");
}

#[tokio::test]
async fn a_relative_s_handle_is_of_use_to_its_own_caller_only() {
    let house = House::open().await;
    let (_, asked) = family(&house, "caseworker-child", "sara").await;
    for id in relatives(&asked) {
        let location = format!("/v1/overviews/{id}");
        let own = house.repeat("caseworker-child", &location, &[]).await;
        assert_eq!(own.overview()["id"], *id);
        let other = house.repeat("caseworker-jobcenter", &location, &[]).await;
        assert_eq!((other.status, other.problem().as_str()), (StatusCode::NOT_FOUND, "handle-unknown"));
    }
}

#[tokio::test]
async fn other_rights_give_other_bytes() {
    let house = House::open().await;
    let mut answers = Vec::new();
    for caller in ["benefit-officer", "coordinator-youth", "provider-substance"] {
        let location = house.look_up(caller, "claus").await.location().to_owned();
        let answer = house.repeat(caller, &location, &[]).await;
        answers.push((answer.header(header::ETAG).to_owned(), answer.overview()["groups"].clone()));
    }
    for (at, one) in answers.iter().enumerate() {
        for other in &answers[at + 1..] {
            assert_ne!(one.0, other.0);
            assert_ne!(one.1, other.1, "not only the handle differs");
        }
    }
}

#[tokio::test]
async fn texts_come_in_the_language_that_was_asked_for() {
    let house = House::open().await;
    let location = house.look_up("benefit-officer", "claus").await.location().to_owned();
    let danish = house.repeat("benefit-officer", &format!("{location}?lang=da"), &[]).await;
    let english = house.repeat("benefit-officer", &format!("{location}?lang=en"), &[]).await;
    assert_eq!((danish.header(header::CONTENT_LANGUAGE), english.header(header::CONTENT_LANGUAGE)), ("da", "en"));
    let (danish, english) = (danish.overview(), english.overview());
    assert_eq!((&danish["lang"], &english["lang"]), (&"da".into(), &"en".into()));
    assert_eq!(danish["groups"]["authority"]["label"], "Myndigheder i MSB");
    assert_ne!(english["groups"]["authority"]["label"], danish["groups"]["authority"]["label"]);
    assert_ne!(english["notice"], danish["notice"]);
    let ids = |overview: &Value| items(overview).iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&danish), ids(&english), "only the words differ");
}

#[tokio::test]
async fn every_answer_lists_all_sources_and_all_groups() {
    let house = House::open().await;
    for who in ["claus", NOBODY] {
        let overview = house.look_up("caseworker-jobcenter", who).await.overview();
        let ids: Vec<_> = overview["sources"].as_array().expect("sources").iter().map(|s| s["id"].clone()).collect();
        assert_eq!(ids, ["sbsys", "fasit", "dubu", "case_index", "oio", "persons", "staff_directory"]);
        let groups: Vec<_> = overview["groups"].as_object().expect("groups").keys().collect();
        assert_eq!(groups.len(), 4, "{groups:?}");
        assert_eq!(overview["groups"]["private_network"]["state"], "not_connected");
    }
}

/// Name and data of each event.
fn events(text: &str) -> Vec<(String, Value)> {
    let blocks = text.split("\n\n").filter(|block| !block.is_empty());
    blocks
        .map(|block| {
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
            let data = field("data: ").expect("data");
            (field("event: ").expect("a name"), serde_json::from_str(&data).expect("JSON on one line"))
        })
        .collect()
}

#[tokio::test]
async fn the_last_event_of_a_stream_is_the_plain_answer() {
    let house = House::open().await;
    let location = house.look_up("coordinator-youth", "claus").await.location().to_owned();
    let plain = house.repeat("coordinator-youth", &location, &[]).await;
    let streamed = house.repeat("coordinator-youth", &location, &[("Accept", "text/event-stream")]).await;
    assert_eq!(streamed.status, StatusCode::OK);
    assert_eq!(streamed.header(header::CONTENT_TYPE), "text/event-stream");
    assert_eq!(streamed.header(header::CACHE_CONTROL), "private, no-store");
    let events = events(streamed.text());
    let (last, partial) = events.split_last().expect("an event");
    assert_eq!((last.0.as_str(), &last.1), ("overview", &plain.json()));
    assert!(streamed.text().contains(plain.text()), "the very same bytes");
    assert!(streamed.text().contains(&format!("id: {}", plain.header(header::ETAG).trim_matches('"'))));
    assert!(!partial.is_empty());
    let known: Vec<Value> = items(&plain.json()).iter().map(|item| item["id"].clone()).collect();
    for (name, data) in partial {
        assert_eq!(name, "items");
        for item in data["items"].as_array().expect("items") {
            assert!(known.contains(&item["id"]), "an event shows only what the whole answer shows");
        }
    }
}

#[tokio::test]
async fn the_first_items_are_sent_while_the_slowest_source_still_thinks() {
    let house = House::open().await;
    house.town.server("oio").expect("a fake").faults().set(None, Fault::Hang);
    let token = house.token("coordinator-youth");
    let mut request = look_up(&token, "claus", "coordination");
    request.headers_mut().insert(header::ACCEPT, "text/event-stream".parse().expect("a header"));
    request.headers_mut().insert("request-timeout-ms", 3_000.into());
    let mut body = house.send_only(request).await.into_body();
    let first = body.frame().await.expect("an event").expect("no error").into_data().expect("data");
    let first = events(std::str::from_utf8(&first).expect("UTF-8"));
    assert_eq!(first[0].0, "items");
    let answered = first[0].1["sources"].as_array().expect("sources");
    assert!(answered.iter().all(|source| source["id"] != "oio"), "oio has not answered yet");
    let rest = body.collect().await.expect("the rest").to_bytes();
    let rest = events(std::str::from_utf8(&rest).expect("UTF-8"));
    let (name, overview) = rest.last().expect("the last event");
    assert_eq!(name, "overview");
    assert_eq!(overview["sources"][4]["state"], "timed_out");
}

#[tokio::test]
async fn a_stream_about_nobody_has_one_event_only() {
    let house = House::open().await;
    for who in [NOBODY, "ingrid", "lone"] {
        let token = house.token("caseworker-jobcenter");
        let mut request = look_up(&token, who, "own_case");
        request.headers_mut().insert(header::ACCEPT, "text/event-stream".parse().expect("a header"));
        let names: Vec<String> = events(house.send(request).await.text()).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["overview"], "{who}");
    }
}

#[tokio::test]
async fn a_refusal_of_a_stream_is_a_problem_and_no_stream() {
    let house = House::open().await;
    let mut request = look_up(&house.token("on-call"), "claus", "own_case");
    request.headers_mut().insert(header::ACCEPT, "text/event-stream".parse().expect("a header"));
    let answer = house.send(request).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::FORBIDDEN, "purpose-not-for-role"));
}
