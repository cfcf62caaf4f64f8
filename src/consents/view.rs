//! A consent as its unit is told it: no name, no number of anybody, no citizen.

use glasplade_adapters::contract::{CustodyHolder, danish_day};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::sight::Sight;
use super::{Event, Form, Giver, History, Party, Standing, State, Terms, Who, WhyNot};
use crate::config::{FieldClass, Language, Texts};
use crate::consents::asked::Checks;
use crate::overview::view::CodeView;

/// One consent, as much of it as the caller's unit may know.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ConsentView {
    /// To the unit that recorded it, to those who give (of whom each is told its own row alone), and to those who get while
    /// or after they did.
    Whole(Box<WholeConsentView>),
    /// To those who would have got something, and to whoever searches by the case.
    Brief(BriefConsentView),
}

impl ConsentView {
    /// The consent.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Whole(view) => view.id,
            Self::Brief(view) => view.id,
        }
    }

    /// Its state at this moment.
    pub fn state(&self) -> State {
        match self {
            Self::Whole(view) => view.state,
            Self::Brief(view) => view.state,
        }
    }

    /// All of it, where that is told.
    pub fn whole(&self) -> Option<&WholeConsentView> {
        match self {
            Self::Whole(view) => Some(view),
            Self::Brief(_) => None,
        }
    }
}

/// That there is a consent: neither what it is about nor who else is in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BriefConsentView {
    /// Id.
    #[schema(value_type = String, example = "01938a7e-0000-7000-8000-000000000000")]
    pub id: Uuid,
    /// Its state at this moment, as far as its own history tells.
    pub state: State,
    /// The day of the last answer, or of the end.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// The caller's own among those who give.
    pub from: Vec<CodeView>,
    /// The caller's own among those who get.
    pub to: Vec<CodeView>,
}

/// One consent, with everything that happened to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WholeConsentView {
    /// Id.
    #[schema(value_type = String, example = "01938a7e-0000-7000-8000-000000000000")]
    pub id: Uuid,
    /// Its state at this moment.
    pub state: State,
    /// It opens what it says, at this moment. Left out where that rests on the register, and the caller named the citizen by
    /// number: who asks about anybody is told nothing of what the register says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_force: Option<bool>,
    /// What stands in place of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Why it does not, although somebody said yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<WhyNot>,
    /// Who must still say yes.
    pub still_wanted: Vec<WantedView>,
    /// The case that it serves.
    #[schema(example = "2026-001234")]
    pub case_ref: String,
    /// Purpose, by code.
    #[schema(example = "coordination")]
    pub purpose: String,
    /// Who gives.
    pub from: Vec<CodeView>,
    /// Who gets.
    pub to: Vec<CodeView>,
    /// Categories.
    pub categories: Vec<CodeView>,
    /// Field classes.
    #[schema(value_type = Vec<String>)]
    pub field_classes: Vec<FieldClass>,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub valid_to: Date,
    /// What happened, in the order in which it was recorded.
    pub history: Vec<HistoryView>,
    /// The last event, ready to paste into the journal. No number and no name stands in it.
    pub journal_text: JournalText,
}

/// Somebody who must still say yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WantedView {
    /// Who, to the citizen.
    pub who: Who,
    /// In words.
    #[schema(example = "far eller medmor (forældremyndighed)")]
    pub text: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryView {
    /// `requested`, `given`, `refused`, `joined`, `declined`, `withdrawn`, `case_ended` or `superseded`.
    #[schema(example = "given")]
    pub what: &'static str,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// [DK] medarbejder-ident of who recorded it.
    #[schema(example = "az10001")]
    pub recorded_by: String,
    /// [DK] enhed of who recorded it.
    #[schema(example = "UUJ-KOORD")]
    pub unit: String,
    /// Who answered.
    pub by: Vec<Who>,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// When the answer was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// Where it is filed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// What the citizen was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_version: Option<String>,
    /// In which language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Through an interpreter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<bool>,
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JournalText {
    /// Danish.
    pub da: String,
    /// English.
    pub en: String,
}

/// [DK] afslag: told to those who would have got something, and to nobody else. It says neither what nor from whom: that
/// would tell what there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusalView {
    /// The day of the answer.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// In words.
    #[schema(example = "Borgeren har sagt nej til deling med jer (21. okt. 2026).")]
    pub text: String,
}

impl RefusalView {
    /// A refusal in words.
    pub fn new(refused: &super::Refused, texts: &Texts, language: Language) -> Self {
        let day = crate::overview::danish_date(refused.on, language);
        Self { on: refused.on, text: texts.consent_refusal.fill(language, &[("dato", &day)]) }
    }
}

/// The words of consents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) texts: &'a Texts,
    pub(super) checks: &'a Checks,
}

/// One consent as it is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Telling<'a> {
    pub(super) events: &'a [Event],
    pub(super) standing: &'a Standing,
    /// What rests on the register may be told.
    pub(super) tells_register: bool,
    /// The unit that is told.
    pub(super) unit: &'a str,
    pub(super) language: Language,
}

impl Words<'_> {
    /// The consent as it stands; `None` where its first event is missing.
    pub(super) fn view(&self, telling: Telling<'_>, sight: Sight) -> Option<ConsentView> {
        match sight {
            Sight::Whole => self.whole(telling, History(telling.events).terms()?),
            Sight::OwnGiving => {
                let mut terms = History(telling.events).terms()?.clone();
                terms.from.retain(|code| self.checks.codes.names(code, telling.unit));
                self.whole(telling, &terms)
            }
            Sight::Brief => self.brief(telling),
        }
    }

    fn brief(&self, Telling { events, standing, unit, .. }: Telling<'_>) -> Option<ConsentView> {
        let (terms, last) = (History(events).terms()?, events.last()?);
        let own = |all: &[String]| {
            all.iter().filter(|code| self.checks.codes.names(code, unit)).map(|code| self.unit(code)).collect()
        };
        let on = danish_day(last.what.signature().map_or(last.recorded_at, |answer| answer.at));
        let (id, state) = (last.consent, standing.state);
        Some(ConsentView::Brief(BriefConsentView { id, state, on, from: own(&terms.from), to: own(&terms.to) }))
    }

    fn whole(&self, telling: Telling<'_>, terms: &Terms) -> Option<ConsentView> {
        let Telling { events, standing, tells_register, language, .. } = telling;
        let codes = |all: &[String]| all.iter().map(|code| self.unit(code)).collect();
        // By its own history it is over, or nobody has said yes: that is no word of the register's.
        let is_open = tells_register || standing.state != State::Given;
        let note = (!is_open).then(|| self.texts.consent_waits.get(language).to_owned());
        Some(ConsentView::Whole(Box::new(WholeConsentView {
            id: events.first()?.consent,
            state: standing.state,
            in_force: is_open.then(|| standing.is_in_force()),
            note,
            why_not: standing.why_not.filter(|_| is_open),
            still_wanted: standing.still_wanted.iter().map(|party| self.wanted(party, language)).collect(),
            case_ref: terms.case_ref.clone(),
            purpose: terms.purpose.clone(),
            from: codes(&terms.from),
            to: codes(&terms.to),
            categories: terms.categories.iter().map(|code| self.category(code, language)).collect(),
            field_classes: terms.classes.iter().collect(),
            valid_to: last_day(terms),
            history: events.iter().map(history).collect(),
            journal_text: JournalText {
                da: self.journal(terms, events.last()?, Language::Da),
                en: self.journal(terms, events.last()?, Language::En),
            },
        })))
    }

    fn unit(&self, code: &str) -> CodeView {
        CodeView { code: code.to_owned(), name: self.checks.codes.name(code).to_owned() }
    }

    fn category(&self, code: &str, language: Language) -> CodeView {
        let name = self.checks.category(code).map_or(code, |row| match language {
            Language::Da => &row.name,
            Language::En => &row.name_en,
        });
        CodeView { code: code.to_owned(), name: name.to_owned() }
    }

    fn wanted(&self, party: &Party, language: Language) -> WantedView {
        let texts = self.texts;
        let (who, text) = match party {
            Party::Citizen => (Who::Citizen, &texts.consent_by_citizen),
            Party::Representative => (Who::Representative, &texts.consent_by_representative),
            Party::Guardian(_) => (Who::Guardian, &texts.consent_by_guardian),
            Party::Custodian(CustodyHolder::Mother, _) => (Who::Custodian, &texts.consent_by_mother),
            Party::Custodian(CustodyHolder::Father, _) => (Who::Custodian, &texts.consent_by_father),
            Party::Custodian(CustodyHolder::Other, _) => (Who::Custodian, &texts.consent_by_custodian),
        };
        WantedView { who, text: text.get(language).to_owned() }
    }

    fn by(&self, by: &[Giver], language: Language) -> String {
        let texts = self.texts;
        let word = |giver: &Giver| match giver.who() {
            Who::Citizen => texts.consent_by_citizen.get(language),
            Who::Custodian => texts.consent_by_custodian.get(language),
            Who::Guardian => texts.consent_by_guardian.get(language),
            Who::Representative => texts.consent_by_representative.get(language),
        };
        by.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    /// What is to stand in the journal about one event.
    fn journal(&self, terms: &Terms, event: &Event, language: Language) -> String {
        use super::What;
        let texts = self.texts;
        let text = match &event.what {
            What::Requested(_) => &texts.consent_journal_requested,
            What::Given(_) | What::Joined(_) => &texts.consent_journal_given,
            What::Refused(_) | What::Declined(_) => &texts.consent_journal_refused,
            What::Withdrawn(_) => &texts.consent_journal_withdrawn,
            What::CaseEnded => &texts.consent_journal_case_ended,
            What::Superseded { .. } => &texts.consent_journal_superseded,
        };
        let names = |all: &[String]| all.iter().map(|code| self.checks.codes.name(code)).collect::<Vec<_>>().join(", ");
        let kinds: Vec<String> = terms.categories.iter().map(|code| self.category(code, language).name).collect();
        let answer = event.what.signature();
        let at = danish_day(answer.map_or(event.recorded_at, |answer| answer.at));
        let form = match answer.map_or(Form::Oral, |answer| answer.form) {
            Form::Written => &texts.consent_form_written,
            Form::Oral => &texts.consent_form_oral,
            Form::Digital => &texts.consent_form_digital,
        };
        let day = |day| crate::overview::danish_date(day, language);
        text.fill(
            language,
            &[
                ("dato", &day(at)),
                ("form", form.get(language)),
                ("hvem", &answer.map(|answer| self.by(&answer.by, language)).unwrap_or_default()),
                ("kategorier", &kinds.join(", ")),
                ("fra", &names(&terms.from)),
                ("til", &names(&terms.to)),
                ("slut", &day(last_day(terms))),
                ("tekst", answer.map(|answer| answer.text_version.as_str()).unwrap_or_default()),
                ("sag", &terms.case_ref),
            ],
        )
    }
}

fn last_day(terms: &Terms) -> Date {
    let first_after = danish_day(terms.valid_to);
    first_after.yesterday().unwrap_or(first_after)
}

fn history(event: &Event) -> HistoryView {
    let answer = event.what.signature();
    let withdrawal = match &event.what {
        super::What::Withdrawn(withdrawal) => Some(withdrawal),
        _ => None,
    };
    HistoryView {
        what: event.what.word(),
        recorded_at: event.recorded_at,
        recorded_by: event.recorded_by.employee.clone(),
        unit: event.recorded_by.unit.clone(),
        by: match (answer, withdrawal) {
            (Some(answer), _) => answer.by.iter().map(Giver::who).collect(),
            (None, Some(withdrawal)) => vec![withdrawal.by],
            (None, None) => Vec::new(),
        },
        form: answer.map(|answer| answer.form).or(withdrawal.map(|one| one.form)),
        at: answer.map(|answer| answer.at),
        evidence: answer.and_then(|one| one.evidence.clone()).or(withdrawal.and_then(|one| one.evidence.clone())),
        text_version: answer.map(|answer| answer.text_version.clone()),
        language: answer.map(|answer| answer.language.clone()),
        interpreter: answer.map(|answer| answer.interpreter),
    }
}
