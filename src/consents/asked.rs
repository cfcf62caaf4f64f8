//! A request to record, checked against the rules: which facts, from whom, to whom, for which case. Pure.
//!
//! A consent states kinds of facts, sender and case (retssikkerhedsvejledningen pkt. 116–117). What is general is refused.

use std::collections::BTreeSet;

use glasplade_adapters::contract::{CprNumber, CustodyHolder, danish_day, danish_time_zone};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use uuid::Uuid;

use super::in_force::no_counts;
use super::{AtRecording, Citizen, Codes, Form, Giver, Recorder, Signature, Terms, Unfit};
use crate::access::{ClassSet, holds_personal_number};
use crate::audit::{Pseudonym, PseudonymKey};
use crate::config::{CategoryRow, Config, ConsentRules, FieldClass, PurposeRow};

/// Longest text that is kept, in characters.
const TEXT_CHARACTERS_MAX: usize = 128;
const LIST_MAX: usize = 64;
const GIVERS_MAX: usize = 4;

/// What the citizen answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    Requested,
    /// Yes.
    Given,
    /// No.
    Refused,
}

/// A consent as it comes from a registrar.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What the answer is.
    pub answer: Answer,
    /// The case.
    pub case_ref: String,
    /// Purpose, by code.
    pub purpose: String,
    /// Who gives.
    pub from: Vec<String>,
    /// Who gets.
    pub to: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Field classes.
    pub field_classes: Vec<String>,
    /// Who answered, and how.
    pub signature: SignatureAsked,
    /// Last day; without it the longest validity.
    pub valid_to: Option<Date>,
    /// The consent in whose place it stands.
    pub supersedes: Option<Uuid>,
}

/// One answer as it comes from a registrar.
#[derive(Debug, Clone)]
pub struct SignatureAsked {
    /// Who.
    pub by: Vec<GiverAsked>,
    /// How.
    pub form: Form,
    /// Where it is filed.
    pub evidence: Option<String>,
    /// What the citizen was told.
    pub text_version: String,
    /// In which language.
    pub language: String,
    /// Through an interpreter.
    pub interpreter: bool,
    /// When.
    pub at: Timestamp,
}

/// Somebody who answered, by number or by what they are to the citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GiverAsked {
    /// The citizen.
    Citizen,
    /// Somebody with custody.
    Custodian(NamedBy),
    /// A guardian, with the categories that the guardianship covers.
    Guardian(Option<CprNumber>, Vec<String>),
    /// Somebody with a power of attorney.
    Representative(String),
}

/// How somebody with custody is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedBy {
    /// By number.
    Number(CprNumber),
    /// By what the register calls them.
    Holder(CustodyHolder),
}

/// What a request is checked against.
#[derive(Debug)]
pub(super) struct Checks {
    pub(super) rules: ConsentRules,
    pub(super) codes: Codes,
    categories: Vec<CategoryRow>,
    /// Purposes that rest on a consent.
    purposes: Vec<PurposeRow>,
}

/// What is known of the citizen when a request is checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) citizen: Option<&'a Citizen>,
    pub(super) key: &'a PseudonymKey,
    pub(super) now: Timestamp,
    /// The registrar may be told what the register says; otherwise nothing is sent back because of it.
    pub(super) tells_register: bool,
}

impl Checks {
    pub(super) fn new(config: &Config) -> Self {
        let rules = config.access.consents.clone();
        let purposes = config.access.purpose.iter().filter(|row| rules.purposes.contains(&row.code));
        Self {
            purposes: purposes.cloned().collect(),
            codes: Codes::new(&config.departments),
            categories: config.access.category.clone(),
            rules,
        }
    }

    pub(super) fn category(&self, code: &str) -> Option<&CategoryRow> {
        self.categories.iter().find(|row| row.code == code)
    }

    /// The terms of a consent that this employee records, or what does not fit.
    pub(super) fn terms(&self, asked: &Asked, recorder: &Recorder, known: Known<'_>) -> Result<Terms, Unfit> {
        let day = danish_day(asked.signature.at);
        text("case_ref", &asked.case_ref)?;
        text("purpose", &asked.purpose)?;
        let today = danish_day(known.now);
        if !self.purposes.iter().any(|row| row.code == asked.purpose && row.is_on(today)) {
            return Err(Unfit::Purpose);
        }
        self.units(asked, recorder, day)?;
        self.kinds(&asked.categories)?;
        let signature = self.signature(&asked.signature, &asked.categories, known)?;
        let is_answered = asked.answer != Answer::Requested;
        if is_answered == signature.by.is_empty() {
            return Err(Unfit::Givers);
        }
        if is_answered && signature.evidence.is_none() {
            return Err(Unfit::Text("evidence"));
        }
        if asked.answer == Answer::Refused {
            self.no(&signature, &asked.categories, known)?;
        }
        let age = known.citizen.and_then(|citizen| citizen.age(day));
        Ok(Terms {
            case_ref: asked.case_ref.clone(),
            purpose: asked.purpose.clone(),
            from: asked.from.clone(),
            to: asked.to.clone(),
            categories: asked.categories.clone(),
            classes: classes(&asked.field_classes)?,
            valid_to: self.valid_to(asked)?,
            at_recording: AtRecording {
                was_adult: age.map(|age| age >= self.rules.adult_age),
                lived_here: known.citizen.and_then(|citizen| citizen.lives_in(self.rules.municipality)),
            },
            signature,
        })
    }

    /// Somebody who is named unit by unit, and the registrar's own among them.
    fn units(&self, asked: &Asked, recorder: &Recorder, day: Date) -> Result<(), Unfit> {
        for (field, list) in [("from", &asked.from), ("to", &asked.to)] {
            each_once(field, list)?;
            if list.iter().any(|code| !self.codes.is_in_force(code, day)) {
                return Err(Unfit::UnitUnknown);
            }
            if list.iter().any(|code| self.codes.is_umbrella(code)) {
                return Err(Unfit::General);
            }
        }
        if asked.from.iter().any(|from| asked.to.iter().any(|to| self.codes.relates(from, to))) {
            return Err(Unfit::SameUnit);
        }
        if !asked.from.iter().chain(&asked.to).any(|code| self.codes.names(code, &recorder.unit)) {
            return Err(Unfit::NotOwnUnit);
        }
        Ok(())
    }

    /// Kinds of facts that somebody can consent to, and not all of them.
    fn kinds(&self, categories: &[String]) -> Result<(), Unfit> {
        if categories.iter().any(|code| matches!(code.as_str(), "all" | "*" | "alle")) {
            return Err(Unfit::General);
        }
        each_once("categories", categories)?;
        let is_closed = |row: &CategoryRow| row.level >= 3 || row.code == "unclassified";
        for code in categories {
            match self.category(code) {
                None => return Err(Unfit::CategoryUnknown),
                Some(row) if is_closed(row) => return Err(Unfit::CategoryClosed),
                Some(_) => {}
            }
        }
        let all = self.categories.iter().filter(|row| !is_closed(row)).count();
        if categories.len() > self.rules.categories_max || categories.len() == all {
            return Err(Unfit::General);
        }
        Ok(())
    }

    /// The last day as the first moment after it.
    fn valid_to(&self, asked: &Asked) -> Result<Timestamp, Unfit> {
        let zone = danish_time_zone();
        let given = asked.signature.at.to_zoned(zone.clone());
        let longest = given.checked_add(Span::new().months(self.rules.valid_months_max)).map_err(|_| Unfit::ValidTo)?;
        let Some(last) = asked.valid_to else {
            let day = longest.date().to_zoned(zone.clone()).map_err(|_| Unfit::ValidTo)?;
            return Ok(day.timestamp());
        };
        let after = last.tomorrow().ok().and_then(|day| day.to_zoned(zone.clone()).ok()).ok_or(Unfit::ValidTo)?;
        let fits = after.timestamp() <= longest.timestamp() && after.timestamp() > asked.signature.at;
        if fits { Ok(after.timestamp()) } else { Err(Unfit::ValidTo) }
    }

    /// An answer about these categories.
    pub(super) fn signature(
        &self,
        asked: &SignatureAsked,
        categories: &[String],
        known: Known<'_>,
    ) -> Result<Signature, Unfit> {
        text("text_version", &asked.text_version)?;
        text("language", &asked.language)?;
        if let Some(evidence) = &asked.evidence {
            text("evidence", evidence)?;
        }
        if asked.at > known.now {
            return Err(Unfit::GivenLater);
        }
        if asked.by.len() > GIVERS_MAX {
            return Err(Unfit::Givers);
        }
        let day = danish_day(asked.at);
        let mut by: Vec<Giver> = Vec::new();
        for giver in &asked.by {
            let giver = resolved(giver, categories, known, day)?;
            if by.contains(&giver) {
                return Err(Unfit::Givers);
            }
            let may = |citizen: &Citizen| citizen.may_answer(&giver, categories, &self.rules, day);
            // A child's own word is heard whatever it counts for; anybody else must be entitled, where that is known.
            let told = known.citizen.filter(|_| known.tells_register);
            if giver != Giver::Citizen && told.is_some_and(|citizen| citizen.born.is_some() && !may(citizen)) {
                return Err(Unfit::GiverMayNotAnswer);
            }
            by.push(giver);
        }
        Ok(Signature {
            by,
            form: asked.form,
            evidence: asked.evidence.clone(),
            text_version: asked.text_version.clone(),
            language: asked.language.clone(),
            interpreter: asked.interpreter,
            at: asked.at,
        })
    }

    /// A no of somebody whose no counts. Where that may not be told it is taken from anybody: it closes, while it counts.
    pub(super) fn no(&self, signature: &Signature, categories: &[String], known: Known<'_>) -> Result<(), Unfit> {
        let day = danish_day(signature.at);
        let counts =
            |giver: &Giver| no_counts(giver, categories, known.citizen, &self.rules, (day, danish_day(known.now)));
        if !known.tells_register || signature.by.iter().any(counts) { Ok(()) } else { Err(Unfit::GiverMayNotAnswer) }
    }
}

fn resolved(asked: &GiverAsked, categories: &[String], known: Known<'_>, day: Date) -> Result<Giver, Unfit> {
    let of = |number: &CprNumber| known.key.of(number);
    let told = known.citizen.filter(|_| known.tells_register);
    match asked {
        GiverAsked::Citizen => Ok(Giver::Citizen),
        GiverAsked::Custodian(NamedBy::Number(number)) => Ok(Giver::Custodian { person: of(number) }),
        GiverAsked::Custodian(NamedBy::Holder(holder)) => {
            let person = told.and_then(|citizen| citizen.custodian_as(*holder, day));
            Ok(Giver::Custodian { person: person.ok_or(Unfit::GiverUnknown)? })
        }
        GiverAsked::Guardian(number, scope) => {
            each_once("scope", scope)?;
            if scope.iter().any(|code| !categories.contains(code)) {
                return Err(Unfit::CategoryUnknown);
            }
            let registered = || -> Option<Pseudonym> { told?.guardian_person(day) };
            let person = number.as_ref().map(of).or_else(registered).ok_or(Unfit::GiverUnknown)?;
            Ok(Giver::Guardian { person, scope: scope.clone() })
        }
        GiverAsked::Representative(document) => {
            text("document", document)?;
            Ok(Giver::Representative { document: document.clone() })
        }
    }
}

/// What is kept for years is short, printable, and holds no personal number.
pub(super) fn text(field: &'static str, text: &str) -> Result<(), Unfit> {
    let is_fit =
        !text.trim().is_empty() && text.chars().count() <= TEXT_CHARACTERS_MAX && !text.chars().any(char::is_control);
    match () {
        () if holds_personal_number(text) => Err(Unfit::PersonalNumber(field)),
        () if is_fit => Ok(()),
        () => Err(Unfit::Text(field)),
    }
}

fn each_once(field: &'static str, list: &[String]) -> Result<(), Unfit> {
    let distinct: BTreeSet<&String> = list.iter().collect();
    let is_fit = !list.is_empty() && list.len() <= LIST_MAX && distinct.len() == list.len();
    if is_fit { Ok(()) } else { Err(Unfit::List(field)) }
}

/// Classes of a case's fields, and who the citizen is; family and address open by no consent between units.
fn classes(codes: &[String]) -> Result<ClassSet, Unfit> {
    each_once("field_classes", codes)?;
    codes.iter().try_fold(ClassSet::default(), |set, code| {
        let value = serde_json::Value::String(code.clone());
        let class: FieldClass = serde_json::from_value(value).map_err(|_| Unfit::FieldClass)?;
        if ClassSet::OF_AN_ITEM.with(FieldClass::Person).contains(class) {
            Ok(set.with(class))
        } else {
            Err(Unfit::FieldClass)
        }
    })
}
