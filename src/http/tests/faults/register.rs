//! Each fault in the civil register: the cases still come, what the register would have said is closed, and nobody gets
//! closer to a citizen because the register is silent.

use glasplade_adapters::fake::Fault;

use super::watch::Watch;
use crate::config::CacheAges;
use crate::http::tests::house::{House, LONG_MS, gives, items, number, world};
use crate::http::tests::situations::callers::JOB_COLLEAGUE;
use crate::http::tests::told::Seen;

/// Ids of what is shown, sorted: they hang on the citizen's number in force, which the register says.
fn ids(seen: &Seen) -> Vec<String> {
    let mut ids: Vec<String> = items(&seen.overview).iter().map(|item| item["id"].to_string()).collect();
    ids.sort();
    ids
}

/// A town whose register is asked with every look-up, and gets so much time.
async fn open(faults: &[String], time_ms: u32) -> House {
    House::open_with(faults, |config| {
        gives(config, "persons", time_ms);
        let register = config.sources.person_register.as_mut().expect("the demo has a register");
        register.ages = CacheAges { fresh_s: 0, stale_s: 0 };
    })
    .await
}

fn assert_register(seen: &Seen, expected: &[&str], name: &str) {
    for source in seen.overview["sources"].as_array().expect("sources") {
        let state = source["state"].as_str().expect("a state");
        if source["id"] == "persons" {
            assert!(expected.contains(&state), "{name}: the register is {source}");
        } else {
            assert!(["fresh", "cached", "not_consulted"].contains(&state), "{name}: not touched by it: {source}");
        }
    }
}

async fn shown_by_the_register(fault: &str, expected: &[&str]) {
    shown_by_the_register_within(fault, LONG_MS, expected).await;
}

/// The register shows `fault` and gets so much time; `expected` are the states that say so.
async fn shown_by_the_register_within(fault: &str, time_ms: u32, expected: &[&str]) {
    let well = open(&[], LONG_MS).await;
    let before = well.situation("kirsten").seen_by(&JOB_COLLEAGUE).await;
    let tls = [format!("persons={fault}")];
    // Ids of another town are made with another key: only a fault of the connection, or of its time, needs one.
    let (house, is_same_town) = match fault {
        "tls" => (open(&tls, time_ms).await, false),
        _ if time_ms < LONG_MS => (open(&[], time_ms).await, false),
        _ => (well, true),
    };
    house.town.server("persons").expect("a fake").faults().set(None, fault.parse::<Fault>().expect("a fault"));
    let watch = Watch::start();

    let kirsten = house.situation("kirsten").with_a_reason().with_the_family();
    let kirsten = kirsten.seen_by(&JOB_COLLEAGUE).await;
    assert_register(&kirsten, expected, fault);
    kirsten
        .shows_in_all(items(&before.overview).len(), "whom the staff register does not know has no household to hide")
        .closes_the_name("unknown", "what the register does not say closes, whatever the reason")
        .has_the_family(&[], "and nobody is named as family");
    assert!(!is_same_town || ids(&kirsten) == ids(&before), "{fault}: what the others say is intact");
    assert!(house.bars_of_last_answer().is_empty(), "{fault}: nothing stands in her way");

    let amina = house.situation("amina").with_the_family().as_seen_by("caseworker-jobcenter").await;
    assert_register(&amina, expected, fault);
    amina
        .shows("job_plan", "who works on the case in person sees it, whoever the register would have named")
        .shows_in_all(1, "his unit's work practice is closed: she might be close to him, and nobody can say")
        .has_the_family(&[], "and nobody is named as family");
    assert_eq!(house.bars_of_last_answer(), ["household_unknown"], "{fault}");

    let henrik = house.situation("henrik").with_a_reason().as_seen_by("benefit-officer").await;
    henrik.shows_nothing("oneself needs no register");
    assert_eq!(house.bars_of_last_answer(), ["oneself", "household_unknown"], "{fault}");

    let lone = house.situation("lone").with_a_reason().as_seen_by("caseworker-jobcenter").await;
    lone.shows_nothing("her former husband works on no case of hers").says_nothing_about("lone", "and learns no name");
    assert_eq!(house.bars_of_last_answer(), ["household_unknown"], "{fault}");
    if time_ms < LONG_MS {
        watch.assert_in_time(4, time_ms, fault);
    }

    for (seen, who) in [(&kirsten, "kirsten"), (&amina, "amina"), (&henrik, "henrik"), (&lone, "lone")] {
        let other = world().somebody_else(number(who), "persons").expect("a town of many");
        seen.says_nothing_about(other, "a register that lies tells nothing of the person it lies about");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_hangs_is_not_waited_for() {
    shown_by_the_register_within("hang", 1_000, &["timed_out"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_breaks_is_unavailable() {
    shown_by_the_register("500", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_is_closed_is_unavailable() {
    shown_by_the_register("503", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_has_had_enough_is_unavailable() {
    shown_by_the_register("429", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_with_a_fault_of_its_own_is_not_believed_to_know_nobody() {
    shown_by_the_register("soap-fault", &["unavailable", "invalid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_to_log_in_at_is_no_person() {
    shown_by_the_register("html", &["unavailable", "invalid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_person_is_nobody() {
    shown_by_the_register("truncated", &["unavailable", "invalid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_without_an_end_is_cut() {
    shown_by_the_register_within("endless", 2_500, &["invalid", "timed_out"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_answers_about_another_person_is_not_believed() {
    shown_by_the_register("another-citizen", &["invalid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_whose_certificate_does_not_verify_is_not_asked() {
    shown_by_the_register("tls", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_refuses_us_is_said_so() {
    shown_by_the_register("refused-token", &["unavailable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_is_slow_is_waited_for_within_the_deadline() {
    let house = open(&[], LONG_MS).await;
    house.town.server("persons").expect("a fake").faults().set(None, Fault::Latency(20));
    let seen = house.situation("kirsten").seen_by(&JOB_COLLEAGUE).await;
    assert_register(&seen, &["fresh"], "latency");
    seen.names_the_citizen("open", "it answered in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_lies_to_lone_s_former_husband_opens_nothing() {
    let house = open(&[], LONG_MS).await;
    let faults = house.town.server("persons").expect("a fake").faults();
    // The lie is about Lone alone: of everybody else the register says the truth.
    faults.set(Some(number("lone")), Fault::AnotherCitizen);
    let seen = house.situation("lone").with_a_reason().with_the_family();
    let seen = seen.as_seen_by("caseworker-jobcenter").await;
    seen.shows_nothing("another person's entry would not have named him");
    assert_eq!(house.bars_of_last_answer(), ["household_unknown"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_leaves_the_register_no_time_does_not_get_round_a_bar() {
    let house = open(&[], LONG_MS).await;
    house.situation("amina").as_seen_by("caseworker-jobcenter").await.shows("job_plan", "it is his case");
    house.town.server("persons").expect("a fake").faults().set(None, Fault::Hang);
    let hasty = house.situation("amina").within_ms(500).as_seen_by("caseworker-jobcenter").await;
    hasty.shows_nothing("his own haste is why nobody can say whether she is close to him");
    assert_eq!(house.bars_of_last_answer(), ["household_unknown"]);
}
