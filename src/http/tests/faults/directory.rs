//! Each fault in the staff directory: cases, people and the sources' own numbers still come, and the answer says why a
//! number is missing.

use glasplade_adapters::fake::Fault;
use serde_json::{Value, json};

use super::watch::Watch;
use crate::http::tests::house::{House, LONG_MS, gives, items, world};
use crate::http::tests::situations::callers::JOB_COLLEAGUE;
use crate::http::tests::told::Seen;

/// The directory's state; every other source is well.
fn state(seen: &Seen, name: &str) -> String {
    let mut directory = None;
    for source in seen.overview["sources"].as_array().expect("sources") {
        let state = source["state"].as_str().expect("a state").to_owned();
        if source["id"] == "staff_directory" {
            assert!(source["text"].as_str().is_some_and(|text| !text.is_empty()), "{name}: {source}");
            directory = Some(state);
        } else {
            assert!(["fresh", "not_consulted"].contains(&state.as_str()), "{name}: not touched by it: {source}");
        }
    }
    directory.expect("the demo has a directory")
}

/// The items without the actors' places in the list, which may shift when the directory joins them.
fn cases(seen: &Seen) -> Vec<Value> {
    let mut all = items(&seen.overview);
    for item in &mut all {
        for part in item["actors"].as_array_mut().into_iter().flatten() {
            part["actor"] = Value::Null;
        }
        // Another town makes ids with another key.
        item["id"] = Value::Null;
        item["relations"] = Value::Null;
    }
    all
}

fn actors(seen: &Seen) -> &Vec<Value> {
    seen.overview["actors"].as_array().expect("actors")
}

/// The names by which the sources know an employee.
fn spellings(employee: &str) -> Vec<String> {
    let member = world().staff_member(employee).expect("somebody of the staff");
    ["sbsys", "fasit", "dubu", "case_index", "oio"].map(|source| world().spelled(member, source).to_owned()).to_vec()
}

async fn shown_by_the_directory(fault: &str, expected: &[&str]) {
    shown_by_the_directory_within(fault, LONG_MS, expected).await;
}

/// The directory shows `fault` and gets so much time; `expected` are the states that say so.
async fn shown_by_the_directory_within(fault: &str, time_ms: u32, expected: &[&str]) {
    let well = House::open().await;
    let before = well.situation("kirsten").seen_by(&JOB_COLLEAGUE).await;
    let faults = if fault == "tls" { vec![format!("staff_directory={fault}")] } else { Vec::new() };
    // A town of its own: who has been read is remembered for hours.
    let house = House::open_with(&faults, |config| gives(config, "staff_directory", time_ms)).await;
    house.town.server("staff_directory").expect("a fake").faults().set(None, fault.parse::<Fault>().expect("a fault"));
    let watch = Watch::start();
    let seen = house.situation("kirsten").seen_by(&JOB_COLLEAGUE).await;
    if time_ms < LONG_MS {
        watch.assert_in_time(1, time_ms, fault);
    }
    let state = state(&seen, fault);
    assert!(expected.contains(&state.as_str()), "{fault}: the directory is {state}");
    assert_eq!(cases(&seen), cases(&before), "{fault}: the cases are intact");
    seen.names_the_citizen("open", "and so is the citizen");
    let is_pending = seen.overview["contact_pending"].as_bool().expect("a flag");
    assert_eq!(is_pending, state == "timed_out", "{fault}: only who has not answered yet may still answer");
    for actor in actors(&seen).iter().filter(|actor| actor["kind"] == "person") {
        let employee = actor["employee_id"].as_str().expect("the demo's sources name employees by id");
        match actor["name"].as_str() {
            Some(name) => {
                assert!(spellings(employee).iter().any(|one| one == name), "{fault}: a source's spelling: {actor:#}");
            }
            // OIO names an employee by id alone: the id stands for the name until the directory answers.
            None => assert_eq!(actor["sources"], json!(["oio"]), "{fault}: {actor:#}"),
        }
        assert!(actor["stand_in"].is_null(), "{fault}: nobody says who stands in");
        assert_eq!(actor["left"], false, "{fault}: silence is not that somebody has left");
        let (number, kind, reason) = (&actor["call"]["number"], &actor["call"]["kind"], &actor["call"]["reason"]);
        if kind == "direct" {
            let is_own = world().staff().iter().any(|member| member.phone.as_deref() == number.as_str());
            assert!(is_own, "{fault}: a number from a source stays: {actor:#}");
        } else {
            let why = reason.as_str().expect("a number that is not one's own has a reason");
            let expected = if is_pending { "ikke svaret endnu" } else { "kan ikke læses lige nu" };
            assert!(why.contains(expected), "{fault}: {actor:#}");
        }
    }
    let own = |seen: &Seen| actors(seen).iter().filter(|actor| actor["call"]["kind"] == "direct").count();
    assert!(own(&seen) > 0, "{fault}: a number that a source gives is there");
    let first = &seen.overview["call_first"];
    assert!(first["name"].is_string() && first["call"]["number"].is_string(), "{fault}: somebody to call: {first:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_hangs_is_not_waited_for() {
    shown_by_the_directory_within("hang", 1_000, &["timed_out"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_breaks_is_unavailable() {
    shown_by_the_directory("500", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_closed_is_unavailable() {
    shown_by_the_directory("503", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_has_had_enough_is_unavailable() {
    shown_by_the_directory("429", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_with_a_fault_of_its_own_does_not_say_that_everybody_has_left() {
    shown_by_the_directory("soap-fault", &["unavailable", "invalid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_to_log_in_at_is_no_colleague() {
    shown_by_the_directory("html", &["unavailable", "invalid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_directory_is_none() {
    shown_by_the_directory("truncated", &["unavailable", "invalid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_without_an_end_is_cut() {
    shown_by_the_directory_within("endless", 2_500, &["invalid", "timed_out"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_whose_certificate_does_not_verify_is_not_asked() {
    shown_by_the_directory("tls", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_refuses_us_is_said_so() {
    shown_by_the_directory("refused-token", &["unavailable", "invalid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_is_never_asked_about_a_citizen_and_cannot_mix_one_up() {
    let house = House::open().await;
    let directory = house.town.server("staff_directory").expect("a fake");
    directory.faults().set(None, Fault::AnotherCitizen);
    let seen = house.situation("kirsten").seen_by(&JOB_COLLEAGUE).await;
    assert_eq!(state(&seen, "another-citizen"), "fresh");
    assert_eq!(seen.actor("az10014")["name"], "Anne-Mette Prøve", "the directory's spelling");
    let asked = directory.take_recorded();
    assert!(!asked.is_empty(), "it was asked about the colleagues");
    let number = crate::http::tests::house::number("kirsten");
    for request in asked {
        let text = format!("{} {}", request.target, String::from_utf8_lossy(&request.body));
        assert!(!text.contains(number) && !text.contains("Kirsten"), "no word about the citizen");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_slow_is_waited_for_within_the_deadline() {
    let house = House::open().await;
    house.town.server("staff_directory").expect("a fake").faults().set(None, Fault::Latency(10));
    let seen = house.situation("kirsten").seen_by(&JOB_COLLEAGUE).await;
    assert_eq!(state(&seen, "latency"), "fresh");
    assert_eq!(seen.actor("az10014")["name"], "Anne-Mette Prøve", "the directory's spelling");
    assert_eq!(seen.overview["contact_pending"], false);
}
