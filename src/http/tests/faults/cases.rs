//! Each fault in each case system: the answer comes in time, says which source failed, keeps the others, and shows nobody else.

use http::StatusCode;
use serde_json::Value;

use glasplade_adapters::fake::Fault;

use super::watch::Watch;
use crate::config::CacheAges;
use crate::http::tests::house::{Answer, House, LONG_MS, gives, items, look_up, number, world};
use crate::http::tests::situations::callers::JOB_COLLEAGUE;

/// The first of the two look-ups shows rows of these sources, the second those of DUBU.
const SOURCES: [&str; 5] = ["sbsys", "fasit", "dubu", "case_index", "oio"];

/// A house that asks with every look-up, and gives one of its systems so much time.
async fn open(faults: &[String], (source, time_ms): (&str, u32)) -> House {
    House::open_with(faults, |config| {
        gives(config, source, time_ms);
        // Every look-up asks: nothing is remembered.
        let never = CacheAges { fresh_s: 0, stale_s: 0 };
        (config.service.cache.confidential, config.service.cache.sensitive) = (never, never);
    })
    .await
}

async fn ask(house: &House) -> [Answer; 2] {
    let kirsten = house.send(look_up(&house.token_of(&JOB_COLLEAGUE), "kirsten", "own_case")).await;
    let mikkel = house.send(look_up(&house.token("caseworker-child"), "mikkel", "own_case")).await;
    [kirsten, mikkel]
}

/// The states of the case systems.
fn states(overview: &Value) -> Vec<(String, String)> {
    let sources = overview["sources"].as_array().expect("sources").iter();
    let sources = sources.filter(|source| SOURCES.iter().any(|id| source["id"] == *id));
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    sources.map(|source| (text(&source["id"]), text(&source["state"]))).collect()
}

/// The items that owe nothing to `source`, without the actors' places in the list, which shift with the rest, and without
/// the opaque id, which another house makes from another key.
fn items_without(overview: &Value, source: &str) -> Vec<Value> {
    let owes_nothing = |item: &Value| {
        let provenance = item["provenance"].as_array().expect("an own case says where it is from");
        provenance.iter().all(|row| row["source"] != source)
    };
    let mut left: Vec<Value> = items(overview).into_iter().filter(owes_nothing).collect();
    for item in &mut left {
        for part in item["actors"].as_array_mut().into_iter().flatten() {
            part["actor"] = Value::Null;
        }
        item["id"] = Value::Null;
        // The granting case may have been in the source that fails.
        item["relations"] = Value::Null;
    }
    left
}

/// Numbers and identifiers of every row that is not `who`'s.
fn others_rows(who: &str) -> Vec<String> {
    let rows = world().cases().iter().filter(|row| row.citizen != number(who));
    rows.flat_map(|row| [Some(row.id.to_string()), row.number.clone()]).flatten().collect()
}

fn assert_intact(name: &str, source: &str, who: &str, before: &Value, answer: &Answer, expected: &[&str]) {
    assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.text());
    let overview = answer.json();
    for (id, state) in states(&overview) {
        if id == source {
            // Fasit and DUBU search first: whom they do not know they cannot mix up.
            let has_nobody = name.contains("another-citizen") && world().cases_of(source, number(who)).next().is_none();
            assert!(expected.contains(&state.as_str()) || has_nobody, "{name}: {id} is {state}");
        } else {
            assert_eq!(state, "fresh", "{name}: {id} has nothing to do with it");
        }
    }
    let after = items_without(&overview, source);
    for item in items_without(before, source) {
        assert!(after.contains(&item), "{name}: what the others say is intact: {item:#}");
    }
    for stranger in others_rows(who) {
        assert!(!answer.text().contains(&stranger), "{name}: {stranger} is somebody else's");
    }
}

/// Every source in turn shows `fault` and gets so much time; `expected` are the states that say so.
async fn shown_by_every_source_within(fault: &str, time_ms: u32, expected: &[&str]) {
    for source in SOURCES {
        // A fetch that hangs goes on after its request: each source gets a house of its own.
        let house = open(&[], (source, LONG_MS)).await;
        let before = ask(&house).await.map(|answer| answer.overview());
        for overview in &before {
            assert!(states(overview).iter().all(|(_, state)| state == "fresh"), "{:?}", states(overview));
        }
        // Whose faults are of the connection, or of its time, is opened with them.
        let broken = match fault {
            "tls" => open(&[format!("{source}=tls")], (source, time_ms)).await,
            _ if time_ms < LONG_MS => open(&[], (source, time_ms)).await,
            _ => house,
        };
        let switches = broken.town.server(source).expect("a fake").faults();
        switches.set(None, fault.parse::<Fault>().expect("a fault"));
        let watch = Watch::start();
        let after = ask(&broken).await;
        if time_ms < LONG_MS {
            watch.assert_in_time(2, time_ms, &format!("{source}={fault}"));
        }
        for ((who, before), answer) in ["kirsten", "mikkel"].into_iter().zip(&before).zip(&after) {
            let name = format!("{source}={fault}, {who}");
            assert_intact(&name, source, who, before, answer, expected);
        }
    }
}

async fn shown_by_every_source(fault: &str, expected: &[&str]) {
    shown_by_every_source_within(fault, LONG_MS, expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_hangs_is_not_waited_for() {
    shown_by_every_source_within("hang", 300, &["timed_out"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_breaks_is_unavailable() {
    shown_by_every_source("500", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_closed_is_unavailable() {
    shown_by_every_source("503", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_has_had_enough_is_unavailable() {
    shown_by_every_source("429", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_reports_a_fault_of_its_own_is_not_believed_to_be_empty() {
    shown_by_every_source("soap-fault", &["unavailable", "invalid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_to_log_in_at_is_no_answer() {
    shown_by_every_source("html", &["unavailable", "invalid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_an_answer_is_no_answer() {
    shown_by_every_source("truncated", &["unavailable", "invalid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_an_end_is_cut() {
    shown_by_every_source_within("endless", 2_500, &["invalid", "timed_out"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_about_another_citizen_is_dropped() {
    shown_by_every_source("another-citizen", &["invalid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_does_not_verify_ends_the_call() {
    shown_by_every_source("tls", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_a_source_refuses_is_said_so() {
    shown_by_every_source("refused-token", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_slow_is_waited_for_within_the_deadline() {
    shown_by_every_source("latency:20", &["fresh"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_where_nobody_listens_is_unavailable() {
    shown_by_every_source("down", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_instead_of_an_answer_is_unavailable() {
    shown_by_every_source("reset", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_drips_is_not_waited_for() {
    shown_by_every_source_within("drip", 300, &["timed_out"]).await;
}

/// Freshness is by our own clock: what a source believes the time to be changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_whose_clock_is_wrong_is_read_all_the_same() {
    for skew in ["skew:900", "skew:-900"] {
        shown_by_every_source(skew, &["fresh"]).await;
    }
}
