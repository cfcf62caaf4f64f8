//! What is taken from a registrar, and what is sent back.

use glasplade_adapters::contract::{CustodyHolder, PersonFacts};
use jiff::SignedDuration;
use jiff::civil::date;

use super::{ADULT, MOTHER, STRANGER, born, citizen, of_both};
use crate::consents::asked::{Checks, Known};
use crate::consents::{Answer, Asked, Form, GiverAsked, NamedBy, Recorder, SignatureAsked, Terms, Unfit};
use crate::testing::{config, now, number, pseudonyms};

fn codes(all: &[&str]) -> Vec<String> {
    all.iter().map(|code| (*code).to_owned()).collect()
}

/// A consent that fits.
pub(super) fn asked() -> Asked {
    Asked {
        answer: Answer::Given,
        case_ref: "2026-001234".to_owned(),
        purpose: "coordination".to_owned(),
        from: codes(&["JSY-YDELSE", "JVS"]),
        to: codes(&["UUJ-KOORD"]),
        categories: codes(&["benefit", "employment"]),
        field_classes: codes(&["existence", "core", "people"]),
        signature: SignatureAsked {
            by: vec![GiverAsked::Citizen],
            form: Form::Oral,
            evidence: Some("NOTE-17".to_owned()),
            text_version: "samtykke-1".to_owned(),
            language: "da".to_owned(),
            interpreter: false,
            at: now() - SignedDuration::from_hours(24),
        },
        valid_to: None,
        supersedes: None,
    }
}

fn checked(facts: Option<&PersonFacts>, change: impl FnOnce(&mut Asked)) -> Result<Terms, Unfit> {
    let (mut asked, known, key) = (asked(), facts.map(citizen), pseudonyms());
    change(&mut asked);
    let recorder = Recorder { employee: "az10001".to_owned(), unit: "UUJ-KOORD".to_owned(), department: None };
    Checks::new(&config()).terms(
        &asked,
        &recorder,
        Known { citizen: known.as_ref(), key: &key, now: now(), tells_register: true },
    )
}

/// What is wrong with the consent after this change.
fn wrong(change: impl FnOnce(&mut Asked)) -> Unfit {
    checked(Some(&born(ADULT)), change).expect_err("it does not fit")
}

#[test]
fn a_consent_that_names_everything_is_taken_for_twelve_months() {
    let terms = checked(Some(&born(ADULT)), |_| {}).expect("it fits");
    assert_eq!(terms.at_recording.was_adult, Some(true));
    assert_eq!(terms.at_recording.lived_here, Some(true));
    assert_eq!(
        terms.valid_to,
        "2027-11-19T23:00:00Z".parse().expect("the midnight twelve months after 20 November 2026")
    );
    let silent = checked(None, |_| {}).expect("the register may be silent");
    assert_eq!(silent.at_recording, crate::consents::AtRecording::default());
}

#[test]
fn nobody_consents_to_all_relevant_information() {
    for all in ["all", "*", "alle"] {
        assert_eq!(wrong(|asked| asked.categories = codes(&[all])), Unfit::General);
    }
    let open: Vec<String> =
        config().access.category.iter().filter(|row| row.level < 3).map(|row| row.code.clone()).collect();
    assert_eq!(
        wrong(|asked| asked.categories = open.into_iter().filter(|code| code != "unclassified").collect()),
        Unfit::General
    );
    assert_eq!(wrong(|asked| asked.from = codes(&["MSB"])), Unfit::General);
    assert_eq!(wrong(|asked| asked.categories = Vec::new()), Unfit::List("categories"));
    assert_eq!(wrong(|asked| asked.categories = codes(&["benefit", "benefit"])), Unfit::List("categories"));
    assert_eq!(wrong(|asked| asked.field_classes = Vec::new()), Unfit::List("field_classes"));
}

#[test]
fn what_cannot_be_consented_to_is_refused() {
    assert_eq!(wrong(|asked| asked.categories = codes(&["child_report"])), Unfit::CategoryClosed);
    assert_eq!(wrong(|asked| asked.categories = codes(&["violence", "benefit"])), Unfit::CategoryClosed);
    assert_eq!(wrong(|asked| asked.categories = codes(&["unclassified"])), Unfit::CategoryClosed);
    assert_eq!(wrong(|asked| asked.categories = codes(&["astrology"])), Unfit::CategoryUnknown);
    for class in ["address", "household", "everything"] {
        assert_eq!(wrong(|asked| asked.field_classes = codes(&[class])), Unfit::FieldClass);
    }
    for purpose in ["own_case", "holistic_plan", "emergency", "no_such_purpose"] {
        assert_eq!(wrong(|asked| asked.purpose = purpose.to_owned()), Unfit::Purpose, "{purpose}");
    }
}

#[test]
fn units_exist_on_the_day_give_to_others_and_the_registrar_s_own_is_one() {
    assert_eq!(wrong(|asked| asked.from = codes(&["XYZ"])), Unfit::UnitUnknown);
    assert_eq!(wrong(|asked| asked.from = codes(&["JU"])), Unfit::UnitUnknown, "it ended in 2019");
    assert_eq!(wrong(|asked| asked.from = codes(&["UUJ"])), Unfit::SameUnit, "the receiver is a part of it");
    assert_eq!(wrong(|asked| asked.to = codes(&["VJH-MYND"])), Unfit::NotOwnUnit);
    assert!(checked(Some(&born(ADULT)), |asked| asked.to = codes(&["UUJ"])).is_ok(), "by its department");
}

#[test]
fn the_answer_lies_behind_and_ends_within_a_year() {
    assert_eq!(wrong(|asked| asked.signature.at = now() + SignedDuration::from_secs(1)), Unfit::GivenLater);
    assert!(checked(Some(&born(ADULT)), |asked| asked.signature.at = now()).is_ok());
    let valid_to = |day| checked(Some(&born(ADULT)), |asked| asked.valid_to = Some(day)).map(|terms| terms.valid_to);
    assert!(valid_to(date(2027, 11, 19)).is_ok(), "a last day that ends within twelve months");
    assert_eq!(valid_to(date(2027, 11, 20)), Err(Unfit::ValidTo));
    assert_eq!(valid_to(date(2026, 11, 19)), Err(Unfit::ValidTo), "over before it began");
    assert!(valid_to(date(2026, 11, 20)).is_ok());
    assert_eq!(valid_to(jiff::civil::Date::MAX), Err(Unfit::ValidTo));
}

#[test]
fn no_personal_number_and_no_long_text_is_kept() {
    type Change = fn(&mut Asked, String);
    let fields: [(&str, Change); 5] = [
        ("case_ref", |asked, text| asked.case_ref = text),
        ("evidence", |asked, text| asked.signature.evidence = Some(text)),
        ("text_version", |asked, text| asked.signature.text_version = text),
        ("language", |asked, text| asked.signature.language = text),
        ("document", |asked, text| asked.signature.by = vec![GiverAsked::Representative(text)]),
    ];
    for (field, change) in fields {
        assert_eq!(wrong(|asked| change(asked, "note 010101-9999".to_owned())), Unfit::PersonalNumber(field));
        for text in [String::new(), "x".repeat(129), "a\u{7}b".to_owned()] {
            assert_eq!(wrong(|asked| change(asked, text)), Unfit::Text(field), "{field}");
        }
    }
    assert_eq!(wrong(|asked| asked.signature.evidence = None), Unfit::Text("evidence"));
    assert_eq!(wrong(|asked| asked.signature.by.clear()), Unfit::Givers);
    assert_eq!(wrong(|asked| asked.signature.by = vec![GiverAsked::Citizen; 2]), Unfit::Givers);
    assert_eq!(wrong(|asked| asked.answer = Answer::Requested), Unfit::Givers, "a question has no answer");
    let question = |asked: &mut Asked| {
        (asked.answer, asked.signature.evidence) = (Answer::Requested, None);
        asked.signature.by.clear();
    };
    assert!(checked(None, question).is_ok());
}

#[test]
fn whoever_answers_is_entitled_by_the_register_where_it_speaks() {
    let child = of_both(born(date(2015, 2, 17)));
    let by = |facts: Option<&PersonFacts>, by: GiverAsked| {
        checked(facts, |asked| asked.signature.by = vec![by]).map(|terms| terms.signature.by)
    };
    let mother = by(Some(&child), GiverAsked::Custodian(NamedBy::Holder(CustodyHolder::Mother)));
    assert_eq!(mother, by(Some(&child), GiverAsked::Custodian(NamedBy::Number(number(MOTHER)))));
    assert!(mother.is_ok());
    let stranger = GiverAsked::Custodian(NamedBy::Number(number(STRANGER)));
    assert_eq!(by(Some(&child), stranger.clone()), Err(Unfit::GiverMayNotAnswer));
    assert!(by(None, stranger).is_ok(), "kept; in force it is not");
    assert_eq!(
        by(Some(&child), GiverAsked::Custodian(NamedBy::Holder(CustodyHolder::Other))),
        Err(Unfit::GiverUnknown)
    );
    assert_eq!(by(None, GiverAsked::Custodian(NamedBy::Holder(CustodyHolder::Mother))), Err(Unfit::GiverUnknown));
    assert_eq!(by(Some(&born(ADULT)), GiverAsked::Guardian(None, codes(&["benefit"]))), Err(Unfit::GiverUnknown));
    assert_eq!(by(Some(&born(ADULT)), GiverAsked::Guardian(None, Vec::new())), Err(Unfit::List("scope")));
    assert!(by(Some(&child), GiverAsked::Citizen).is_ok(), "a child is heard");
    let no = |facts: &PersonFacts| checked(Some(facts), |asked| asked.answer = Answer::Refused).map(drop);
    assert_eq!(no(&child), Err(Unfit::GiverMayNotAnswer), "about benefits an eleven-year-old has no say");
    assert_eq!(no(&born(ADULT)), Ok(()));
}
