//! An emergency as its leader reads it. No number, no name: the leader knows their own staff.

use glasplade_adapters::contract::danish_time_zone;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::EmergencyCode;
use crate::config::{Language, Text, Texts};
use crate::emergencies::{
    Emergency, Event, HoldBack, Judgement, JudgementState, Listed, NoticeForm, NoticeState, Page, What,
};
use crate::overview::danish_date;

/// A page of emergencies.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct EmergencyListView {
    /// Newest first.
    emergencies: Vec<EmergencyRowView>,
    /// `before` of the next page; `null` when this is the last one.
    #[schema(value_type = Option<String>, format = "uuid")]
    next: Option<Uuid>,
    /// The staff directory did not say who leads some of the staff: asking again in a moment may tell more.
    incomplete: bool,
}

/// One emergency.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct EmergencyRowView {
    /// The emergency.
    #[schema(value_type = String, format = "uuid")]
    id: Uuid,
    /// AZ-ident of who opened it.
    #[schema(example = "az10009")]
    employee: String,
    /// Their department.
    department: Option<String>,
    /// Their unit.
    unit: Option<String>,
    /// The citizen, by pseudonyms: the same as in the audit.
    citizen: Vec<String>,
    /// Why.
    reason: ReasonView,
    /// The citizen had refused to share with them.
    after_refusal: bool,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// First moment after it.
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
    /// Where its judgement stands.
    state: JudgementState,
    /// First moment at which a judgement is late.
    #[schema(value_type = String, format = DateTime)]
    judge_by: Timestamp,
    /// Since when the judgement is late.
    #[schema(value_type = Option<String>, format = DateTime)]
    overdue_since: Option<Timestamp>,
    /// The caller is the one who judges it.
    yours: bool,
    /// The judgements, oldest first.
    judgements: Vec<JudgementView>,
    /// What became of the citizen's notice.
    notice: NoticeView,
}

/// Why an emergency was opened.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ReasonView {
    code: EmergencyCode,
    name: String,
    /// In their own words.
    text: String,
}

/// One judgement.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct JudgementView {
    judgement: Judgement,
    note: String,
    /// AZ-ident of who judged.
    by: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// The citizen's notice.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct NoticeView {
    /// Where it stands.
    state: NoticeState,
    /// First moment at which it is late.
    #[schema(value_type = String, format = DateTime)]
    tell_by: Timestamp,
    /// When the citizen was told, and how.
    #[schema(value_type = Option<String>, format = Date)]
    told_on: Option<Date>,
    form: Option<NoticeForm>,
    /// What stands against telling, oldest first.
    held_back: Vec<HeldBackView>,
    /// Ready to send: Danish.
    text_da: String,
    /// Ready to send: English.
    text_en: String,
}

/// A reason that was given against telling.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct HeldBackView {
    code: HoldBack,
    note: String,
    #[schema(value_type = String, format = Date)]
    until: Date,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl EmergencyListView {
    pub(in crate::http) fn new(page: &Page, texts: &Texts, language: Language) -> Self {
        let row = |listed: &Listed| EmergencyRowView::new(listed, texts, language);
        Self { emergencies: page.listed.iter().map(row).collect(), next: page.next, incomplete: page.is_incomplete }
    }
}

impl EmergencyRowView {
    pub(in crate::http) fn new(listed: &Listed, texts: &Texts, language: Language) -> Self {
        let one = &listed.emergency;
        let is_overdue = listed.judgement == JudgementState::Overdue;
        Self {
            id: one.id,
            employee: one.employee.clone(),
            department: one.department.clone(),
            unit: one.unit.clone(),
            citizen: one.citizen.iter().map(ToString::to_string).collect(),
            reason: ReasonView {
                code: one.code,
                name: name_of(one.code, texts).get(language).to_owned(),
                text: one.reason.clone(),
            },
            after_refusal: one.after_refusal,
            opened_at: one.opened_at,
            ends_at: one.ends_at,
            state: listed.judgement,
            judge_by: one.judge_by(),
            overdue_since: is_overdue.then(|| one.judge_by()),
            yours: listed.is_yours,
            judgements: one.events.iter().filter_map(judgement).collect(),
            notice: notice(one, listed.notice, texts),
        }
    }
}

fn name_of(code: EmergencyCode, texts: &Texts) -> &Text {
    match code {
        EmergencyCode::Life => &texts.emergency_life,
        EmergencyCode::ChildDanger => &texts.emergency_child_danger,
        EmergencyCode::Violence => &texts.emergency_violence,
        EmergencyCode::Other => &texts.emergency_other,
    }
}

fn judgement(event: &Event) -> Option<JudgementView> {
    let What::Judged { judgement, note, .. } = &event.what else { return None };
    Some(JudgementView { judgement: *judgement, note: note.clone(), by: event.by.clone(), at: event.at })
}

fn held_back(event: &Event) -> Option<HeldBackView> {
    let What::HeldBack { code, note, until } = &event.what else { return None };
    Some(HeldBackView { code: *code, note: note.clone(), until: *until, at: event.at })
}

fn notice(one: &Emergency, state: NoticeState, texts: &Texts) -> NoticeView {
    let told = one.told();
    let opened = one.opened_at.to_zoned(danish_time_zone().clone());
    let text = |language: Language| {
        let (day, time) = (danish_date(opened.date(), language), opened.strftime("%H.%M").to_string());
        texts.emergency_notice.fill(language, &[("dato", &day), ("tid", &time)])
    };
    NoticeView {
        state,
        tell_by: one.tell_by(),
        told_on: told.map(|(on, _)| on),
        form: told.map(|(_, form)| form),
        held_back: one.events.iter().filter_map(held_back).collect(),
        text_da: text(Language::Da),
        text_en: text(Language::En),
    }
}
