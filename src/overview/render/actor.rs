//! Actors in words: a name, a number or why there is none.

use glasplade_adapters::contract::ActorKind;

use super::super::actors::{ActorEntry, Neutral, Number, Presence, ShownUnit, StandIn};
use super::super::call_first::{CallFirst, Why};
use super::super::view::{
    ActorPartView, ActorView, CallFirstView, CallView, NumberKind, OtherValue, StandInView, UnitView,
};
use super::fact::source_text;
use crate::config::{Language, Text, Texts, UnitRow};

/// The row in `actors`.
pub(super) fn view(entry: &ActorEntry, texts: &Texts, language: Language) -> ActorView {
    let unit = entry.unit.as_ref().map(|unit| shown_unit(unit, texts, language));
    let left = entry.presence == Presence::Left;
    // A unit that may not be named has its department's neutral name.
    let name =
        entry.name.clone().or_else(|| unit.as_ref().filter(|_| entry.kind == ActorKind::Unit)?.name.clone().into());
    ActorView {
        id: entry.id.clone(),
        kind: entry.kind,
        name,
        also_spelled: entry.also_spelled.clone(),
        employee_id: entry.employee_id.clone(),
        title: entry.title.clone(),
        email: entry.email.clone(),
        mobile: entry.mobile.as_ref().map(|number| number.value.clone()),
        unit,
        call: call(entry, texts, language),
        stand_in: entry.stand_in.as_ref().map(|stand_in| stand_in_view(stand_in, texts, language)),
        left,
        left_text: left.then(|| texts.has_left.get(language).to_owned()),
        not_in_directory_text: (entry.presence == Presence::NotInDirectory)
            .then(|| texts.not_in_directory.get(language).to_owned()),
        contact_pending: entry.is_pending(),
        items: entry
            .parts
            .iter()
            .map(|part| ActorPartView { item: part.item.clone(), role: part.role, since: part.since })
            .collect(),
        sources: entry.sources.iter().map(source_text).collect(),
    }
}

/// A configured unit.
pub(super) fn unit_view(unit: &UnitRow) -> UnitView {
    UnitView {
        code: Some(unit.code.clone()),
        name: unit.name.clone(),
        phone: unit.phone.clone(),
        mailbox: unit.mailbox.clone(),
        source_names: Vec::new(),
    }
}

/// An actor's unit, under the name that may be told.
pub(super) fn shown_unit(unit: &ShownUnit, texts: &Texts, language: Language) -> UnitView {
    match unit {
        ShownUnit::Named { code, name, phone, mailbox } => UnitView {
            code: code.clone(),
            name: name.clone(),
            phone: phone.clone(),
            mailbox: mailbox.clone(),
            source_names: Vec::new(),
        },
        ShownUnit::Neutral(neutral) => {
            let contact = neutral.department.contact.clone();
            let (mailbox, phone) = if is_mailbox(contact.as_deref()) { (contact, None) } else { (None, contact) };
            let name = neutral_name(neutral, texts, language).to_owned();
            UnitView { code: None, name, phone, mailbox, source_names: Vec::new() }
        }
    }
}

/// A department's contact may be a switchboard or a shared mailbox.
fn is_mailbox(contact: Option<&str>) -> bool {
    contact.is_some_and(|contact| contact.contains('@'))
}

fn neutral_name<'a>(neutral: &'a Neutral, texts: &'a Texts, language: Language) -> &'a str {
    match language {
        _ if !neutral.is_authority => texts.neutral_department.get(language),
        Language::Da => &neutral.department.name,
        Language::En => &neutral.department.name_en,
    }
}

/// Direct number, else mobile, else whom to call instead and why.
fn call(entry: &ActorEntry, texts: &Texts, language: Language) -> CallView {
    let own = if entry.kind == ActorKind::Person { NumberKind::Direct } else { NumberKind::Unit };
    let of = |number: &Number, kind| CallView {
        others: number
            .others
            .iter()
            .map(|(value, by)| OtherValue { value: value.clone(), sources: by.iter().map(source_text).collect() })
            .collect(),
        ..own_number(&number.value, kind)
    };
    match (&entry.phone, &entry.mobile) {
        (Some(phone), _) => of(phone, own),
        (None, Some(mobile)) => of(mobile, NumberKind::Mobile),
        (None, None) => instead(entry, texts, language),
    }
}

fn own_number(number: &str, kind: NumberKind) -> CallView {
    CallView { number: Some(number.to_owned()), kind: Some(kind), reason: None, others: Vec::new() }
}

/// Whom to call instead of somebody without a number: the stand-in of who has left, else the unit; and why.
fn instead(entry: &ActorEntry, texts: &Texts, language: Language) -> CallView {
    let why = match entry.presence {
        Presence::Left => &texts.has_left,
        Presence::NotInDirectory => &texts.not_in_directory,
        Presence::Pending => &texts.number_pending,
        Presence::Unavailable => &texts.directory_silent,
        Presence::Unknown | Presence::Employed => &texts.no_direct_number,
    };
    let stand_in = entry.stand_in.as_ref().filter(|_| entry.presence == Presence::Left);
    let of_stand_in = stand_in.and_then(|stand_in| {
        let (number, name) = (stand_in.phone.as_ref().or(stand_in.mobile.as_ref())?, stand_in.name.as_deref()?);
        let whose = texts.number_of_stand_in.fill(language, &[("navn", name)]);
        let reason = Some(format!("{whose} {}", why.get(language)));
        Some(CallView { reason, ..own_number(number, NumberKind::StandIn) })
    });
    of_stand_in.unwrap_or_else(|| unit_call(entry.unit.as_ref(), why, texts, language))
}

/// The unit's number, or the department's where the unit may not be named, and why it is not the person's own.
fn unit_call(unit: Option<&ShownUnit>, why: &Text, texts: &Texts, language: Language) -> CallView {
    let (kind, whose) = match unit {
        Some(ShownUnit::Neutral(_)) => (NumberKind::Department, &texts.number_of_department),
        Some(ShownUnit::Named { .. }) | None => (NumberKind::Unit, &texts.number_of_unit),
    };
    let why = why.get(language);
    if let Some(number) = unit.and_then(|unit| shown_unit(unit, texts, language).phone) {
        let reason = Some(format!("{} {why}", whose.get(language)));
        return CallView { reason, ..own_number(&number, kind) };
    }
    let nothing = texts.number_unknown.get(language);
    // "No direct number" and "no number" would say the same twice.
    let reason =
        if why == texts.no_direct_number.get(language) { nothing.to_owned() } else { format!("{why} {nothing}") };
    CallView { number: None, kind: None, reason: Some(reason), others: Vec::new() }
}

fn stand_in_view(stand_in: &StandIn, texts: &Texts, language: Language) -> StandInView {
    let why = if stand_in.is_pending { &texts.number_pending } else { &texts.no_direct_number };
    let call = match (&stand_in.phone, &stand_in.mobile) {
        (Some(phone), _) => own_number(phone, NumberKind::Direct),
        (None, Some(mobile)) => own_number(mobile, NumberKind::Mobile),
        (None, None) => unit_call(stand_in.unit.as_ref(), why, texts, language),
    };
    StandInView { name: stand_in.name.clone(), call }
}

/// Whom to call first, in words.
pub(super) fn call_first(first: &CallFirst, actors: &[ActorEntry], texts: &Texts, language: Language) -> CallFirstView {
    let entry = first.actor.and_then(|at| actors.get(at));
    let call = entry.map_or_else(
        || unit_call(first.unit.as_ref(), &texts.no_direct_number, texts, language),
        |entry| call(entry, texts, language),
    );
    let shown = entry.map(|entry| view(entry, texts, language));
    let name = shown.as_ref().and_then(|actor| actor.name.clone().or_else(|| actor.employee_id.clone()));
    let left = shown.as_ref().is_some_and(|actor| actor.left);
    let stand_in = shown.as_ref().and_then(|actor| actor.stand_in.clone());
    let unit = entry.map_or(first.unit.as_ref(), |entry| entry.unit.as_ref());
    let unit = unit.map(|unit| shown_unit(unit, texts, language).name).unwrap_or_default();
    let number = call.number.clone().unwrap_or_default();
    let since = first.since.map(|day| danish_date(day, language)).unwrap_or_default();
    let instead = match (call.kind, &stand_in) {
        (Some(NumberKind::StandIn), Some(stand_in)) => stand_in.name.clone().unwrap_or_default(),
        _ => unit.clone(),
    };
    let values = [
        ("navn", name.as_deref().unwrap_or_default()),
        ("telefon", number.as_str()),
        ("enhed", unit.as_str()),
        ("kontakt", instead.as_str()),
        ("dato", since.as_str()),
    ];
    let (why, text) = words(first, left, call.number.is_some(), texts);
    CallFirstView {
        actor: entry.map(|entry| entry.id.clone()),
        text: text.fill(language, &values),
        name,
        call,
        why,
        since: first.since,
        is_new: first.is_new,
        stand_in,
        left,
        contact_pending: shown.is_some_and(|actor| actor.contact_pending),
    }
}

fn words<'a>(first: &CallFirst, left: bool, has_number: bool, texts: &'a Texts) -> (&'static str, &'a Text) {
    let is_new = first.is_new;
    match (first.why, left, has_number) {
        (Why::Coordinator, true, false) => ("coordinator", &texts.has_left_without_number),
        (Why::Coordinator, true, true) => ("coordinator", &texts.coordinator_has_left),
        (Why::Coordinator, false, false) => ("coordinator", &texts.coordinator_without_number),
        (Why::Coordinator, false, true) => ("coordinator", &texts.coordinator),
        (Why::PrimaryCaseworker, true, false) => ("primary_caseworker", &texts.has_left_without_number),
        (Why::PrimaryCaseworker, true, true) => ("primary_caseworker", &texts.caseworker_has_left),
        (Why::PrimaryCaseworker, false, false) => ("primary_caseworker", &texts.primary_caseworker_without_number),
        (Why::PrimaryCaseworker, false, true) if is_new => ("primary_caseworker", &texts.new_caseworker),
        (Why::PrimaryCaseworker, false, true) => ("primary_caseworker", &texts.primary_caseworker),
        (Why::UnitWithoutCaseworker, _, _) => ("unit_without_caseworker", nobody_named(has_number, texts)),
    }
}

/// What an item says when it names no caseworker: the words and the number of `call_first` for the same item.
pub(super) fn without_caseworker(unit: Option<&ShownUnit>, texts: &Texts, language: Language) -> String {
    let unit = unit.map(|unit| shown_unit(unit, texts, language));
    let (name, phone) = unit.map(|unit| (unit.name, unit.phone)).unwrap_or_default();
    let values = [("enhed", name.as_str()), ("telefon", phone.as_deref().unwrap_or_default())];
    nobody_named(phone.is_some(), texts).fill(language, &values)
}

fn nobody_named(has_number: bool, texts: &Texts) -> &Text {
    if has_number { &texts.no_caseworker } else { &texts.nobody_to_call }
}

/// `21. nov. 2026`.
pub(crate) fn danish_date(day: jiff::civil::Date, language: Language) -> String {
    const DANISH: [&str; 12] =
        ["jan.", "feb.", "mar.", "apr.", "maj", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."];
    const ENGLISH: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let at = usize::try_from(day.month() - 1).unwrap_or(0);
    match language {
        Language::Da => format!("{}. {} {}", day.day(), DANISH[at], day.year()),
        Language::En => format!("{} {} {}", day.day(), ENGLISH[at], day.year()),
    }
}
