//! A sample that anybody can draw again, and nobody could foresee.

use aws_lc_rs::digest;
use serde_json::{Value, json};

use super::super::house::House;

const SEED: &str = "OMXC25 2026-12-01 1712.45";

async fn busy() -> House {
    let house = House::open().await;
    for caller in ["benefit-officer", "caseworker-jobcenter", "caseworker-child", "coordinator-youth"] {
        for who in ["claus", "kirsten", "bent"] {
            house.look_up(caller, who).await;
        }
    }
    let early = house.asks(super::auditor(), "sample", &wanted(5)).await;
    assert_eq!(early.problem(), "invalid-body", "the day has not ended");
    house.clock.advance(jiff::SignedDuration::from_hours(17));
    house
}

fn wanted(count: u32) -> Value {
    json!({"from": "2026-11-24T00:00:00Z", "to": "2026-11-25T00:00:00Z", "count": count, "seed": SEED})
}

/// Drawn again from the attempts alone, by another hand than the service's.
fn draw(attempts: &[String], count: usize) -> Vec<String> {
    let mut ranked: Vec<(Vec<u8>, &String)> = attempts
        .iter()
        .map(|attempt| {
            let text = format!("{SEED}\0{}\0{attempt}", "2026-11-24T00:00:00Z/2026-11-25T00:00:00Z");
            (digest::digest(&digest::SHA256, text.as_bytes()).as_ref().to_vec(), attempt)
        })
        .collect();
    ranked.sort();
    ranked.into_iter().take(count).map(|(_, attempt)| attempt.clone()).collect()
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().expect("a list").iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

#[tokio::test]
async fn the_same_seed_gives_the_same_sample_and_the_attempts_alone_are_enough_to_draw_it_again() {
    let house = busy().await;
    let all: Vec<String> = house
        .look_ups_found(json!({}))
        .await
        .iter()
        .map(|row| row["attempt"].as_str().expect("an attempt").to_owned())
        .collect();
    assert_eq!(all.len(), 12);
    let sample = house.auditor_asks("sample", &wanted(5)).await;
    assert_eq!(sample["eligible"], 12);
    assert_eq!(texts(&sample["attempts"]), draw(&all, 5));
    assert_eq!(house.auditor_asks("sample", &wanted(5)).await, sample, "drawn again");
    let mut other = wanted(5);
    other["seed"] = json!("OMXC25 2026-12-02 1699.10");
    assert_ne!(house.auditor_asks("sample", &other).await["attempts"], sample["attempts"]);
    let event = house.entries().pop().expect("an entry").event.expect("an event");
    assert_eq!((event.what.as_str(), event.facts["seed"].as_str()), ("audit_sampled", "OMXC25 2026-12-02 1699.10"));
}

#[tokio::test]
async fn each_unit_is_asked_to_explain_its_own_and_what_a_case_explains_can_be_left_out() {
    let house = busy().await;
    let mut body = wanted(1);
    body["per_unit"] = json!(true);
    let sample = house.auditor_asks("sample", &body).await;
    let units = sample["units"].as_array().expect("a list");
    assert_eq!(units.len(), 4, "one of each unit");
    for unit in units {
        let look_ups = unit["look_ups"].as_array().expect("a list");
        assert!(unit["name"].as_str().is_some_and(|name| !name.is_empty()), "{unit}");
        assert!(look_ups.len() == 1 && look_ups[0]["unit"] == unit["unit"], "{unit}");
        assert!(look_ups[0]["employee"].is_string() && look_ups[0]["case_ref"].is_string());
    }
    let mut body = wanted(100);
    body["exclude_explained"] = json!(true);
    let rest = house.auditor_asks("sample", &body).await;
    let unexplained = house.look_ups_found(json!({"flags": ["unexplained"]})).await.len();
    assert!(unexplained > 0 && unexplained < 12);
    assert_eq!(rest["eligible"], unexplained);
}
