//! The twelve named situations of the demo, each as the people around the citizen see it. What rests on consent, emergency
//! or lists comes with them.

use serde_json::{Value, json};

use glasplade_adapters::fake::Fault;

use super::house::{House, NOBODY, items, number};
use super::told::Seen;
use crate::demo::handles::Handle;

const MSB: &str = "Magistratsafdelingen for Sociale Forhold og Beskæftigelse";

const fn caller(
    name: &'static str,
    employee: &'static str,
    (department, unit): (&'static str, &'static str),
    role: &'static str,
) -> Handle {
    Handle { name, employee, department, unit: Some(unit), role, kle: &["*"], sensitivity_max: 2 }
}

fn sources(fact: &Value) -> Vec<&str> {
    fact["sources"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn provenance(item: &Value) -> Vec<&str> {
    item["provenance"].as_array().into_iter().flatten().filter_map(|row| row["source"].as_str()).collect()
}

fn actor<'a>(seen: &'a Seen, employee: &str) -> Vec<&'a Value> {
    let actors = seen.overview["actors"].as_array().expect("actors");
    actors.iter().filter(|actor| actor["employee_id"] == employee).collect()
}

#[tokio::test]
async fn situation_1_claus_and_his_coordinator() {
    let house = House::open().await;
    let seen = house.situation("claus").as_seen_by("coordinator-youth").await;
    seen.says_to_call("Karen Prøve", "coordinator", "one coordinator stands first, with a number")
        .shows("job_plan", "she is named as its coordinator")
        .shows("youth_guidance", "it is her own case; two systems have it, and it is shown once")
        .shows_in_all(2, "being coordinator opens nothing by itself: there is no consent yet")
        .hides(&["cash_benefit", "education_benefit", "shelter_110"], "she is no actor on them")
        .hides(&["substance_101"], "that somebody is treated for substance use is health data")
        .mentions("contact", "Job, Sundhed og Ydelse", "a benefit case may be told of, with a number to call")
        .mentions("existence", MSB, "a stay at a shelter may be told of, under a name that tells nothing");
    assert_eq!(provenance(&seen.item("youth_guidance")), ["sbsys", "case_index"]);
    assert_eq!(seen.overview["call_first"]["call"], json!({"number": "+45 00 00 10 01", "kind": "direct"}));
    assert_eq!(seen.overview["actors"][0]["name"], "Karen Prøve");
    assert_eq!(actor(&seen, "az10001").len(), 1, "three systems and two spellings, one colleague");
}

#[tokio::test]
async fn situation_1_claus_and_the_benefit_officer_down_the_hall_from_his_treatment() {
    let house = House::open().await;
    let seen = house.situation("claus").as_seen_by("benefit-officer").await;
    seen.shows("cash_benefit", "he is its caseworker")
        .shows_in_all(1, "belonging to the same department as the treatment gives nothing")
        .hides(
            &["substance_101"],
            "no unit, law, subject, title, name or number of the treatment is anywhere in the answer",
        )
        .hides(&["shelter_110", "job_plan", "youth_guidance"], "others' cases are told of at most, never shown");
    assert_eq!(seen.overview["hidden_by_window"], 1, "his own unit's old case is counted, not shown");
    let words = serde_json::to_string(&seen.overview["groups"]).expect("JSON").to_lowercase();
    for word in ["rusmid", "misbrug", "stof", "behandl", "27.39", "§ 101"] {
        assert!(!words.contains(word), "`{word}` tells of the treatment");
    }
}

#[tokio::test]
async fn situation_1_claus_and_those_who_treat_him() {
    let house = House::open().await;
    let seen = house.situation("claus").as_seen_by("provider-substance").await;
    seen.shows("substance_101", "it is their own effort")
        .shows_in_all(2, "the effort, and that a case granted it")
        .hides(&["cash_benefit", "job_plan", "youth_guidance", "shelter_110"], "a provider sees own efforts only")
        .says_to_call("Lotte Prøve", "primary_caseworker", "the authority that granted the effort has a name");
    let all = items(&seen.overview);
    let granting = all.iter().find(|item| item["basis"]["code"] == "granting_case").expect("the granting case");
    let fields: Vec<&String> = granting.as_object().expect("an item").keys().collect();
    assert_eq!(
        fields,
        ["access", "actors", "basis", "department", "id"],
        "that it exists and in which department, and the people on it; nothing else"
    );
    assert_eq!(seen.item("substance_101")["relations"], json!([{"kind": "granted_by", "item": granting["id"]}]));
}

#[tokio::test]
async fn situation_1_claus_will_move_into_the_shelter_and_has_not_yet() {
    let house = House::open().await;
    let shelter = caller("provider-shelter", "az10026", ("SUV", "SUV-FORSORG"), "provider_worker");
    let seen = house.situation("claus").seen_by(&shelter).await;
    seen.shows("shelter_110", "the shelter knows that he comes")
        .hides(&["substance_101"], "and not what else he needs");
    let stay = seen.item("shelter_110");
    assert_eq!((&stay["phase"]["code"], &stay["opened"]["value"]), (&json!("future"), &json!("2026-12-15")));
}

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
async fn situation_6_lone_does_not_exist_for_her_former_husband() {
    let house = House::open().await;
    for time in ["the first time", "and when he asks again, although what is kept of her differs"] {
        let nobody = house.situation(NOBODY).as_seen_by("caseworker-jobcenter").await;
        let ingrid = house.situation("ingrid").as_seen_by("caseworker-jobcenter").await;
        let lone = house.situation("lone").as_seen_by("caseworker-jobcenter").await;
        lone.shows_nothing("crisis centre, protection and a former husband: no trace")
            .looks_exactly_like(&nobody, time)
            .looks_exactly_like(&ingrid, time);
    }
}

#[tokio::test]
async fn situation_6_lone_the_strictest_system_counts() {
    let house = House::open().await;
    let seen = house.situation("lone").as_seen_by("caseworker-adult").await;
    seen.shows_nothing("SBSYS shows an ordinary case of his own; the index marks it screened");
    let sickness = caller("caseworker-sickness", "az10023", ("JSY", "JSY-SYG"), "caseworker");
    let seen = house.situation("lone").seen_by(&sickness).await;
    seen.shows("job_plan", "her employment case is in a unit of its own")
        .hides(&["crisis_centre_109", "adult_assessment"], "what is screened is not even told of")
        .shows_in_all(1, "and nothing besides");
    assert!(super::house::notices(&seen.overview).is_empty(), "the highest level is never mentioned");
}

#[tokio::test]
async fn situation_7_henrik_may_not_look_himself_up() {
    let house = House::open().await;
    let nobody = house.situation(NOBODY).as_seen_by("benefit-officer").await;
    let himself = house.situation("henrik").as_seen_by("benefit-officer").await;
    himself
        .shows_nothing("an employee's own cases are not theirs to see here")
        .looks_exactly_like(&nobody, "not even that there is something");
}

#[tokio::test]
async fn situation_8_yusufs_numbers_are_one_person_because_the_register_says_so() {
    let house = House::open().await;
    let before = house.situation("yusuf").as_seen_by("caseworker-jobcenter").await;
    before
        .shows("job_plan", "filed under the number in force, leading zero and all")
        .shows_in_all(1, "the rest is old");
    assert_eq!(before.overview["hidden_by_window"], 0, "nobody has told of another number yet");
    let former = house.situation("6702979979").as_seen_by("caseworker-jobcenter").await;
    former.shows("job_plan", "the register says that the old number is his, too");
    assert_eq!(former.overview["hidden_by_window"], 1, "the integration case under the old number is past its window");
    let after = house.situation("yusuf").as_seen_by("caseworker-jobcenter").await;
    assert_eq!(after.overview["hidden_by_window"], 1, "and from then on the new number finds the old one's case");
}

#[tokio::test]
async fn situation_9_two_of_the_same_name_and_birthday() {
    let house = House::open().await;
    let colleague = caller("colleague", "az10014", ("JVS", "JVS-JOB"), "caseworker");
    for (one, other, kind) in [("jens-a", "jens-b", "job_plan"), ("jens-b", "jens-a", "flex_job")] {
        let seen = house.situation(one).seen_by(&colleague).await;
        seen.shows(kind, "his own employment case").tells_nothing_of(other, "two people are never one");
    }
}

#[tokio::test]
async fn situation_9_a_source_that_answers_with_the_other_jens_is_caught() {
    let house = House::open().await;
    let colleague = caller("colleague", "az10014", ("JVS", "JVS-JOB"), "caseworker");
    for (at, source) in [(0, "sbsys"), (1, "fasit"), (3, "case_index")] {
        house.town.server(source).expect("a fake").faults().set(Some(number("jens-a")), Fault::AnotherCitizen);
        let seen = house.situation("jens-a").seen_by(&colleague).await;
        seen.tells_nothing_of("jens-b", "what the source says about somebody else is dropped");
        let told = &seen.overview["sources"][at];
        assert_eq!((&told["id"], &told["state"]), (&json!(source), &json!("invalid")), "and the answer says so");
        assert_eq!(told["reason"], "wrong_citizen", "{told}");
        house.clock.advance(jiff::SignedDuration::from_mins(11));
    }
}

#[tokio::test]
async fn situation_10_kirsten_and_sources_that_disagree() {
    let house = House::open().await;
    let adult = house.situation("kirsten").as_seen_by("caseworker-adult").await;
    adult.shows("companion_97", "his unit's case");
    let status = adult.item("companion_97")["status"].clone();
    assert_eq!((status["value"]["normal"].as_str(), sources(&status)), (Some("running"), vec!["sbsys"]));
    assert_eq!(status["others"][0]["value"]["normal"], "closed", "what the index says stands beside it");
    assert!(status["disagreement_text"].as_str().is_some_and(|text| text.contains("SBSYS") && text.contains("uenige")));

    let employment = house.situation("kirsten").as_seen_by("caseworker-jobcenter").await;
    let mentor = employment.item("mentor");
    assert_eq!(mentor["relations"][0]["item"], Value::Null, "the case that granted the effort is gone");
    assert!(mentor["relations"][0]["text"].is_string(), "and the answer says that it cannot be shown");
    let named: Vec<_> = employment.item("job_plan")["actors"].as_array().expect("actors").clone();
    assert_eq!(
        named.len(),
        2,
        "Fasit names the new caseworker, the index the old one: both stand there, with their source"
    );
}

#[tokio::test]
async fn situation_10_kirstens_caseworker_is_one_colleague_under_three_spellings() {
    let house = House::open().await;
    let colleague = caller("colleague", "az10014", ("JVS", "JVS-JOB"), "caseworker");
    let seen = house.situation("kirsten").seen_by(&colleague).await;
    for kind in ["job_plan", "single_payment", "cash_benefit"] {
        seen.shows(kind, "she is the caseworker in all three systems");
    }
    let found = actor(&seen, "az10014");
    assert_eq!(found.len(), 1, "joined by her employee id, not by her name");
    assert_eq!(found[0]["name"], "Anne-Mette Prøve", "the directory's spelling counts");
    let spelled = found[0]["also_spelled"].as_array().map_or(0, Vec::len);
    assert_eq!(spelled, 3, "{}", found[0]);
    let cases = found[0]["items"].as_array().expect("items").iter().filter(|part| part["role"] == "primary").count();
    assert_eq!(cases, 3);
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
async fn situation_12_ole_has_many_cases_and_few_that_matter_now() {
    let house = House::open().await;
    let seen = house.situation("ole").as_seen_by("caseworker-adult").await;
    let hidden = seen.overview["hidden_by_window"].as_u64().expect("a number");
    assert!(hidden > 100, "most are long over");
    assert!(seen.overview["hidden_by_window_text"].as_str().is_some_and(|text| text.contains(&hidden.to_string())));
    let shown = items(&seen.overview);
    assert!(shown.len() < 50, "and {} are shown", shown.len());
    for item in &shown {
        let (status, phase) = (&item["status"]["value"]["normal"], &item["phase"]["code"]);
        assert_eq!(status == "void", phase == "void", "a case opened by mistake is never shown as closed: {item}");
    }
    let phases: Vec<&str> = shown.iter().filter_map(|item| item["phase"]["code"].as_str()).collect();
    let running = phases.iter().take_while(|phase| **phase == "active").count();
    assert!(phases[running..].iter().all(|phase| *phase != "active"), "running cases first: {phases:?}");
    let benefit = house.situation("ole").as_seen_by("benefit-officer").await;
    assert_ne!(benefit.overview["hidden_by_window"], hidden, "only rows that the caller could see are counted");
}

#[tokio::test]
async fn situation_12_ingrid_is_known_to_health_and_care_only() {
    let house = House::open().await;
    for caller in ["caseworker-jobcenter", "caseworker-adult", "benefit-officer", "provider-support"] {
        let nobody = house.situation(NOBODY).as_seen_by(caller).await;
        let ingrid = house.situation("ingrid").as_seen_by(caller).await;
        ingrid
            .shows_nothing("another authority's citizen")
            .looks_exactly_like(&nobody, "she cannot be told from a number that nobody has");
    }
}
