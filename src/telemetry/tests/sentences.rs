//! What an operator is told of a source: one sentence, and whose turn it is.

use std::sync::Arc;

use glasplade_adapters::contract::{SourceError, SourceErrorKind, SourceId};
use jiff::Timestamp;

use crate::config::Language;
use crate::sources::{BreakerState, Health, HealthView};
use crate::telemetry::{Credential, Expiry, Turn, diagnose};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn failing(kind: SourceErrorKind, detail: &'static str) -> Health {
    let health = Health::default();
    health.failed(&SourceError::new(kind, "search", detail), at("2026-11-24T08:00:00Z"));
    health
}

fn credential(state: Expiry) -> Credential {
    let ends = (state != Expiry::Unknown).then(|| at("2026-12-01T12:00:00Z"));
    let source = Some(SourceId::new("sbsys"));
    Credential { name: Arc::from("sbsys.settings.password"), kind: "secret", source, ends, state }
}

fn told(health: &Health, credentials: &[Credential], language: Language) -> (Turn, String) {
    let credentials: Vec<&Credential> = credentials.iter().collect();
    let told = diagnose("SBSYS", &health.view(), &credentials, language);
    (told.turn, told.text)
}

#[test]
fn each_failure_is_one_sentence_that_says_whose_turn_it_is() {
    use SourceErrorKind as Kind;
    let all = [
        (Kind::Unavailable, "status 503", Turn::Vendor, "leverandørens tur"),
        (Kind::Unavailable, "status 429", Turn::Ours, "sænke `concurrency_max`"),
        (Kind::Unavailable, "no connection", Turn::Network, "netværkets tur"),
        (Kind::TimedOut, "no answer within the source's time limit", Turn::Network, "netværkets tur"),
        (Kind::Unauthorized, "status 401", Turn::Ours, "forny hemmeligheden"),
        (Kind::Forbidden, "status 403", Turn::Ours, "bede systemets ejer"),
        (Kind::ConfigInvalid, "the certificate does not verify", Turn::Ours, "certifikat"),
        (Kind::ConfigInvalid, "status 404", Turn::Ours, "rette adressen"),
        (Kind::Malformed, "line 1 column 21", Turn::Vendor, "leverandørens tur"),
        (Kind::Malformed, "the adapter broke off", Turn::Ours, "fejl hos os"),
        (Kind::WrongCitizen, "the answer is about another number", Turn::Vendor, "straks"),
        (Kind::Resting, "the breaker is open", Turn::Vendor, "sekunders ro"),
        (Kind::Unsupported, "no such ability", Turn::Nobody, "ikke noget at gøre"),
    ];
    for (kind, detail, turn, words) in all {
        let (whose, danish) = told(&failing(kind, detail), &[], Language::Da);
        assert_eq!(whose, turn, "{danish}");
        assert!(danish.starts_with("SBSYS ") && danish.contains(words), "{danish}");
        let (also, english) = told(&failing(kind, detail), &[], Language::En);
        assert!(also == turn && english != danish, "{english}");
        for text in [danish, english] {
            // One sentence: it ends once. Points within code and abbreviations have no space behind them.
            assert!(text.ends_with('.') && !text.trim_end_matches('.').contains(". "), "{text}");
        }
    }
}

#[test]
fn a_secret_that_ended_is_the_reason_why_a_source_turns_us_away() {
    let health = failing(SourceErrorKind::Unauthorized, "status 401");
    let (turn, text) = told(&health, &[credential(Expiry::Expired)], Language::Da);
    assert_eq!(turn, Turn::Ours);
    assert_eq!(
        text,
        "SBSYS afviser os, fordi `sbsys.settings.password` udløb den 1.12.2026: det er os, der skal forny den."
    );
}

#[test]
fn a_source_that_answers_is_still_our_turn_when_something_of_ours_ends_or_nobody_knows_when() {
    let health = Health::default();
    health.answered_at(at("2026-11-24T08:00:00Z"));
    assert_eq!(told(&health, &[], Language::Da), (Turn::Nobody, "SBSYS svarer, som den skal.".to_owned()));
    assert_eq!(told(&health, &[credential(Expiry::Ok)], Language::Da).0, Turn::Nobody);
    for (state, words) in [
        (Expiry::ExpiringSoon, "udløber den 1.12.2026"),
        (Expiry::Expired, "udløb den 1.12.2026"),
        (Expiry::Unknown, "ingen ved"),
    ] {
        let (turn, text) = told(&health, &[credential(Expiry::Ok), credential(state)], Language::Da);
        assert!(turn == Turn::Ours && text.contains(words), "{text}");
    }
    health.wrong_citizen();
    let (turn, text) = told(&health, &[credential(Expiry::Unknown)], Language::Da);
    assert!(turn == Turn::Vendor && text.contains("en anden borger"), "before all else: {text}");
}

#[test]
fn a_source_that_was_not_asked_is_nobodys_turn() {
    let (turn, text) = told(&Health::default(), &[], Language::Da);
    assert_eq!((turn, text.as_str()), (Turn::Nobody, "SBSYS er ikke spurgt, siden tjenesten startede."));
}

#[test]
fn a_source_that_is_left_alone_is_told_in_the_same_sentence() {
    let with = |health: &Health, language| {
        let view = HealthView { breaker: BreakerState::Open, ..health.view() };
        let told = diagnose("SBSYS", &view, &[], language);
        (told.turn, told.text)
    };
    let health = failing(SourceErrorKind::Unavailable, "no connection");
    assert_eq!(
        with(&health, Language::Da),
        (
            Turn::Network,
            "SBSYS kan ikke nås (no connection ved `search`): det er netværkets tur, eller systemet er lukket ned; den har \
             svigtet så ofte, at den får nogle sekunders ro og så prøves igen."
                .to_owned()
        )
    );
    assert!(with(&health, Language::En).1.ends_with("left alone for some seconds and then tried again."));
    let health = Health::default();
    health.answered_at(at("2026-11-24T08:00:00Z"));
    assert_eq!(
        with(&health, Language::Da),
        (
            Turn::Vendor,
            "SBSYS har svigtet så ofte, at den får nogle sekunders ro og så prøves igen: det er leverandørens tur."
                .to_owned()
        )
    );
}
