//! What changes while an answer is being made: a consent that is taken back, or that ends, opens nothing that has not left.

use std::time::Duration;

use glasplade_adapters::contract::{PersonFacts, RegisterDate};
use jiff::SignedDuration;
use jiff::civil::date;
use serde_json::Value;
use uuid::Uuid;

use super::register::json;
use super::{LONG, plan};
use crate::access::Caller;
use crate::audit::Request;
use crate::config::Language;
use crate::consents::{Act, Answer, Asked, Form, GiverAsked, SignatureAsked, Subject, Who, Withdrawal};
use crate::pipeline::{Errand, StreamEvent};
use crate::testing::house::House;
use crate::testing::{self, Vary as _, address, citizen, job_caseworker, number, person, pseudonyms, row};

/// A citizen who has a child.
fn facts() -> PersonFacts {
    let born = Some(RegisterDate { day: date(1988, 5, 5), uncertain: false });
    PersonFacts { born, address: Some(address("12")), children: vec![number(1)], ..person(citizen()) }
}

/// The job centre's own case, and a case of the benefit office that a consent lets it see.
struct Town {
    house: House,
    consent: Uuid,
}

impl Town {
    async fn new() -> Self {
        let house = House::new();
        house.scripted.answers("sbsys", vec![plan("sbsys", "own")]);
        house.scripted.answers("fasit", vec![row("fasit", "by consent").in_unit("201").law("aktivloven § 11")]);
        house.scripted.register.answers(citizen(), facts());
        house.scripted.register.answers(number(1), person(number(1)));
        let consent = Self::consent(&house).await;
        Self { house, consent }
    }

    async fn consent(house: &House) -> Uuid {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
        let asked = Asked {
            answer: Answer::Given,
            case_ref: "2026-4711".to_owned(),
            purpose: "coordination".to_owned(),
            from: texts(&["JSY-YDELSE"]),
            to: texts(&["JVS-JOB"]),
            categories: texts(&["benefit"]),
            field_classes: texts(&["existence", "contact", "core"]),
            signature: SignatureAsked {
                by: vec![GiverAsked::Citizen],
                form: Form::Oral,
                evidence: Some("NOTE-17".to_owned()),
                text_version: "samtykke-1".to_owned(),
                language: "da".to_owned(),
                interpreter: false,
                at: testing::now() - SignedDuration::from_hours(24),
            },
            valid_to: None,
            supersedes: None,
        };
        let (facts, numbers) = (facts(), [pseudonyms().of(&citizen())]);
        let subject = Subject { number: numbers[0], numbers: &numbers, facts: Some(&facts), is_seen: true };
        let (caller, request) = (registrar(), request());
        let act = Act { caller: &caller, request: &request, language: Language::Da };
        house.pipeline.consents.record(act, subject, &asked, None).await.expect("it is recorded").view.id()
    }

    async fn take_back(&self) {
        let (caller, request) = (registrar(), request());
        let act = Act { caller: &caller, request: &request, language: Language::Da };
        let withdrawal = Withdrawal { by: Who::Citizen, form: Form::Oral, evidence: None };
        self.house
            .pipeline
            .consents
            .revoke(act, self.consent, Some(withdrawal), (None, None))
            .await
            .expect("it is taken back");
    }

    fn errand(&self, time: Duration) -> Errand {
        let mut errand = self.house.errand(job_caseworker(), time);
        "coordination".clone_into(&mut errand.question.purpose);
        errand
    }

    async fn ask(&self) -> Value {
        json(self.house.pipeline.overview(&self.errand(LONG)).await.expect("an answer"))
    }
}

fn registrar() -> Caller {
    Caller::invented("az10001", &["consent_registrar"]).in_unit("JVS", "JVS-JOB")
}

fn request() -> Request {
    Request { route: "POST /v1/consents", trace_id: std::sync::Arc::from("4bf92f3577b34da6a3ce929d0e0e4736") }
}

fn bases(answer: &Value) -> Vec<String> {
    let groups = answer["groups"].as_object().expect("groups");
    let items = groups.values().flat_map(|group| group["items"].as_array().expect("items").clone());
    let mut bases: Vec<String> = items
        .map(|item| item["basis"]["code"].as_str().expect("a basis").split(':').next().unwrap_or_default().to_owned())
        .collect();
    bases.sort();
    bases
}

#[tokio::test]
async fn a_consent_that_is_taken_back_after_the_sources_have_answered_opens_nothing_of_this_answer() {
    let town = Town::new().await;
    assert_eq!(bases(&town.ask().await), ["consent", "own_case"]);
    // The address is asked for: the register is asked about the child, after the cut.
    let register = &town.house.scripted.register;
    let calls = register.calls();
    register.hold();
    let mut errand = town.errand(LONG);
    errand.question.protected_reason = Some("Skal sende et brev i dag".to_owned());
    let meanwhile = async {
        register.was_called(calls + 1).await;
        town.take_back().await;
        register.release();
    };
    let (answer, ()) = tokio::join!(town.house.pipeline.overview(&errand), meanwhile);
    let answer = json(answer.expect("an answer"));
    assert_eq!(bases(&answer), ["own_case"]);
    assert_eq!(answer["citizen"]["address"]["line"], "Prøvevej 12", "what was asked meanwhile is not lost");
    let completed = town.house.entries().pop().expect("an entry");
    assert!(completed.shown.iter().all(|shown| !shown.basis.starts_with("consent")), "nor of what is written down");
}

#[tokio::test]
async fn a_consent_that_ends_by_the_clock_meanwhile_opens_nothing_of_this_answer() {
    let town = Town::new().await;
    town.ask().await;
    let register = &town.house.scripted.register;
    let calls = register.calls();
    register.hold();
    let mut errand = town.errand(LONG);
    errand.question.protected_reason = Some("Skal sende et brev i dag".to_owned());
    let meanwhile = async {
        register.was_called(calls + 1).await;
        town.house.scripted.clock.advance(SignedDuration::from_hours(24 * 400));
        register.release();
    };
    let (answer, ()) = tokio::join!(town.house.pipeline.overview(&errand), meanwhile);
    assert_eq!(bases(&json(answer.expect("an answer"))), ["own_case"]);
}

#[tokio::test]
async fn a_consent_that_is_taken_back_opens_nothing_of_the_next_repeat() {
    for is_taken_back in [true, false] {
        let town = Town::new().await;
        for _ in 0..3 {
            assert_eq!(bases(&town.ask().await), ["consent", "own_case"]);
        }
        assert_eq!(town.house.pipeline.answers.counts(), (1, 1));
        town.house.scripted.clock.advance(SignedDuration::from_secs(1));
        if is_taken_back {
            town.take_back().await;
        }
        let wanted: &[&str] = if is_taken_back { &["own_case"] } else { &["consent", "own_case"] };
        assert_eq!(bases(&town.ask().await), wanted);
        let completed = town.house.entries().pop().expect("an entry");
        assert_eq!(completed.shown.iter().any(|shown| shown.basis.starts_with("consent")), !is_taken_back);
    }
}

#[tokio::test]
async fn nothing_is_decided_for_a_client_that_does_not_read() {
    let town = Town::new().await;
    // Nobody waits for the index; each of the others is a part of its own.
    for id in ["fasit", "dubu", "oio"] {
        town.house.scripted.adapter(id).hold();
    }
    let errand = town.errand(LONG);
    let mut events = town.house.pipeline.stream(errand).await.expect("a stream");
    let log = town.house.pipeline.audit.log();
    let written = log.durable_seq();
    while log.durable_seq() == written {
        tokio::task::yield_now().await;
    }
    // The first part lies there unread; all that comes after it has to wait.
    for id in ["fasit", "oio"] {
        town.house.scripted.adapter(id).release();
    }
    let has_answered = |id: &str| {
        town.house.scripted.sources.iter().any(|source| source.id.as_str() == id && source.health().answered > 0)
    };
    while !has_answered("fasit") || !has_answered("oio") {
        tokio::task::yield_now().await;
    }
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    town.take_back().await;
    town.house.scripted.adapter("dubu").release();
    let mut parts = 0;
    while let Some(event) = events.recv().await {
        let (StreamEvent::Partial(part) | StreamEvent::Overview(part)) = event else { panic!("no refusal") };
        let text = String::from_utf8(part.into_parts().0.to_vec()).expect("text");
        assert!(!text.contains("consent:"), "{text}");
        parts += 1;
    }
    assert!(parts >= 2, "the first part and the last");
}
