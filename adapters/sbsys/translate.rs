//! From SBSYS' words to ours. Pure: no clock, no network.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::Value;

use super::details::{Reading, Users};
use super::search::Searched;
use super::wire;
use crate::contract::{
    About, Actor, ActorRole, CaseStatus, CaseType, CprNumber, JoinKeys, Kle, PartyRole, PersonId, QualityFlag, Record,
    RecordKind, Sensitivity, SourceId, Status, Unit, danish_day, danish_time_zone,
};

/// One record from one case.
pub(super) fn record(
    source: &SourceId,
    asked: &CprNumber,
    reading: Reading,
    users: &Users,
    case_link: Option<&str>,
) -> Record {
    let Reading { hit, is_withheld, reminders } = reading;
    let stated = citizens(&hit.row);
    let party_role = party_role(&hit.row, PersonId::Cpr(*asked), &stated, hit.searched);
    let about = if stated.is_empty() { About::Unstated } else { About::Stated(stated) };
    let record = told(source, *hit.row, about, is_withheld, &reminders, users, case_link);
    Record { party_role, ..record }
}

/// One record for each citizen whom a row of a listing names; none for a row that names only firms, and `None` for one
/// that names nobody.
///
/// It is a row that stands for its case, so what it does not say of protection closes, as it does in a look-up.
pub(super) fn listed(source: &SourceId, case: wire::Case, case_link: Option<&str>) -> Option<Vec<Record>> {
    let stated = citizens(&case);
    if stated.is_empty() {
        return names_firms(&case).then(Vec::new);
    }
    let roles: Vec<_> = stated.iter().map(|citizen| party_role(&case, *citizen, &stated, Searched::Anyone)).collect();
    let record = told(source, case, About::Stated(stated.clone()), true, &[], &Users::new(), case_link);
    let parties = stated.into_iter().zip(roles);
    let of_one = |(citizen, party_role)| Record { about: About::Stated(vec![citizen]), party_role, ..record.clone() };
    Some(parties.map(of_one).collect())
}

/// What the case itself tells, whoever asks.
fn told(
    source: &SourceId,
    case: wire::Case,
    about: About,
    is_withheld: bool,
    reminders: &[wire::Reminder],
    users: &Users,
    case_link: Option<&str>,
) -> Record {
    let mut flags = Vec::new();
    if about == About::Unstated {
        flags.push(QualityFlag::CitizenNotStated);
    }
    let status = status(case.status.as_ref());
    if status.normal == CaseStatus::Other {
        flags.push(QualityFlag::UnknownStatus);
    }
    let mut time = |text: Option<&str>| {
        moment(text).unwrap_or_else(|Unreadable| {
            flags.push(QualityFlag::UnreadableTime);
            None
        })
    };
    let opened = time(case.arisen.as_deref()).or_else(|| time(case.created.as_deref())).map(danish_day);
    let last_changed = time(case.changed.as_deref());
    let is_closed = status.normal == CaseStatus::Closed;
    let closed = if is_closed { time(case.status_changed.as_deref()).map(danish_day) } else { None };
    if closed.zip(opened).is_some_and(|(closed, opened)| closed < opened) {
        flags.push(QualityFlag::EndsBeforeStart);
    }
    flags.sort_unstable();
    flags.dedup();
    let number = filled(case.number.clone());
    let id = case.id.to_string();
    Record {
        source: source.clone(),
        kind: RecordKind::Case,
        about,
        party_role: PartyRole::Unknown,
        keys: JoinKeys { uuid: case.uuid, numbers: number.iter().cloned().collect(), master: None },
        kle: kle(case.number_parts, number.as_deref()),
        number,
        title: filled(case.title).or_else(|| filled(case.other_title)),
        status,
        opened,
        closed,
        last_changed,
        deadline: if is_closed { None } else { deadline(reminders) },
        unit: case.unit.and_then(unit),
        actors: case.caseworker.and_then(|caseworker| actor(caseworker, users)).into_iter().collect(),
        law: None,
        case_type: CaseType {
            code: case.template.as_ref().and_then(|template| template.id).map(|id| id.to_string()),
            name: case.types.unwrap_or_default().into_iter().next().and_then(|first| filled(first.name)),
            template: case.template.and_then(|template| filled(template.name)),
        },
        sensitivity: sensitivity(case.is_protected, is_withheld),
        screened_to: Vec::new(),
        relations: Vec::new(),
        consents: Vec::new(),
        link: case_link.map(|link| link.replace("{id}", &id)),
        native_id: id.into(),
        flags,
    }
}

/// Everybody whom the case names as its parties, the primary one first. Placeholders are nobody.
pub(super) fn citizens(case: &wire::Case) -> Vec<PersonId> {
    let mut citizens = Vec::new();
    for part in case.primary_part.iter().chain(case.persons.iter().flatten()) {
        if let Some(number) = person(part).filter(|number| !citizens.contains(number)) {
            citizens.push(number);
        }
    }
    citizens
}

fn person(part: &wire::Part) -> Option<PersonId> {
    let numbers = [part.party_cpr.as_deref(), part.person_cpr.as_deref()];
    numbers.into_iter().flatten().find_map(|text| PersonId::parse(text.trim()).ok())
}

/// Only firms are the case's parties.
fn names_firms(case: &wire::Case) -> bool {
    let is_there = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    };
    let parts = case.primary_part.iter().chain(case.persons.iter().flatten());
    parts.filter_map(|part| part.cvr.as_ref()).chain(&case.firms).any(is_there)
}

fn party_role(case: &wire::Case, asked: PersonId, stated: &[PersonId], searched: Searched) -> PartyRole {
    match case.primary_part.as_ref().and_then(person) {
        Some(primary) if primary == asked => PartyRole::Primary,
        Some(_) => PartyRole::Secondary,
        None if searched == Searched::Primary => PartyRole::Primary,
        None if stated.contains(&asked) => PartyRole::Secondary,
        None => PartyRole::Unknown,
    }
}

/// The day on which the case was closed, as the search row tells it.
pub(super) fn closed_on(case: &wire::Case) -> Option<Date> {
    if !is_closed(case) {
        return None;
    }
    moment(case.status_changed.as_deref()).ok().flatten().map(danish_day)
}

/// The search row says that the case is over.
pub(super) fn is_closed(case: &wire::Case) -> bool {
    status(case.status.as_ref()).normal == CaseStatus::Closed
}

/// Cases with this status are over.
pub(super) fn is_over(state: &wire::CaseState) -> bool {
    status(Some(state)).normal == CaseStatus::Closed
}

/// Names and ids of statuses are each installation's own; only the state is common to all.
fn status(status: Option<&wire::CaseState>) -> Status {
    let text = |text: Option<&String>| text.map(|text| text.trim().to_owned()).unwrap_or_default();
    let name = text(status.and_then(|status| status.name.as_ref()));
    let state = text(status.and_then(|status| status.state.as_ref()));
    let normal = match state.to_lowercase().as_str() {
        "aktiv" if is_arisen(&name) => CaseStatus::Opened,
        "aktiv" => CaseStatus::Running,
        "afsluttet" => CaseStatus::Closed,
        _ => CaseStatus::Other,
    };
    Status::new(normal, if name.is_empty() { state } else { name })
}

/// [DK] opstået, with the letter in one piece or as `a` and a ring.
fn is_arisen(name: &str) -> bool {
    matches!(name.to_lowercase().as_str(), "opstået" | "opsta\u{30a}et" | "opstaaet")
}

/// A protected case is screened. A case that we may know of but not open is too, unless its row says otherwise.
fn sensitivity(is_protected: Option<bool>, is_withheld: bool) -> Option<Sensitivity> {
    is_protected.unwrap_or(is_withheld).then_some(Sensitivity::Screened)
}

/// The source wrote a time that is none.
#[derive(Debug, PartialEq, Eq)]
struct Unreadable;

/// A moment with an offset and up to seven decimals; without an offset it is Danish local time (the earlier one in the
/// hour that comes twice). .NET's first and last moment mean "not set".
fn moment(text: Option<&str>) -> Result<Option<Timestamp>, Unreadable> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.starts_with("0001-01-01") || text.starts_with("9999-12-31") {
        return Ok(None);
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(Some(moment));
    }
    let local = text.parse::<DateTime>().map_err(|_| Unreadable)?;
    let zoned = local.to_zoned(danish_time_zone().clone()).map_err(|_| Unreadable)?;
    Ok(Some(zoned.timestamp()))
}

/// The earliest deadline that nobody has met yet; one that has passed is still the next to meet.
fn deadline(reminders: &[wire::Reminder]) -> Option<Date> {
    let open =
        reminders.iter().filter(|reminder| reminder.is_done != Some(true) && reminder.has_deadline != Some(false));
    open.filter_map(|reminder| moment(reminder.deadline.as_deref()).ok().flatten()).min().map(danish_day)
}

fn unit(unit: wire::Named) -> Option<Unit> {
    let unit = Unit { id: unit.id.map(|id| id.to_string()), name: filled(unit.name) };
    (unit != Unit::default()).then_some(unit)
}

fn actor(caseworker: wire::Caseworker, users: &Users) -> Option<Actor> {
    let user = caseworker.uuid.and_then(|id| users.get(&id));
    let contact = |read: fn(&wire::User) -> [&Option<String>; 3]| {
        user.and_then(|user| read(user).into_iter().find_map(|text| filled(text.clone())))
    };
    let lower = |text: String| text.to_lowercase();
    let actor = Actor {
        native_id: caseworker.uuid.map(|id| id.to_string()).or_else(|| caseworker.id.map(|id| id.to_string())),
        employee_id: filled(caseworker.logon).map(lower),
        name: filled(caseworker.name),
        phone: contact(|user| [&user.direct_phone, &user.phone, &user.phone_number]),
        mobile: contact(|user| [&user.mobile, &user.mobile_phone, &None]),
        email: contact(|user| [&user.email, &user.e_mail, &user.mail]).map(lower),
        ..Actor::person(ActorRole::Primary)
    };
    (actor.native_id.is_some() || actor.employee_id.is_some() || actor.name.is_some()).then_some(actor)
}

/// The number's own parts; a search row has only the number: `27.27.42-G01-7-25`.
fn kle(parts: Option<wire::NumberParts>, number: Option<&str>) -> Option<Kle> {
    let mut segments = number.unwrap_or_default().split('-').map(str::trim);
    let spelled_subject = segments.next().filter(|text| is_subject(text)).map(str::to_owned);
    let spelled_facet = segments.next().filter(|text| is_facet(text)).map(str::to_owned);
    let (subject, facet) = parts.map_or((None, None), |parts| (parts.subject, parts.facet));
    let (told, title, retired) = subject
        .map_or((None, None, None), |subject| (filled(subject.number), filled(subject.name), subject.is_retired));
    let same = told.is_none() || told == spelled_subject;
    Some(Kle {
        subject: told.or(spelled_subject)?,
        title,
        facet: facet.and_then(|facet| filled(facet.number)).or(spelled_facet.filter(|_| same)),
        retired: retired.unwrap_or(false),
    })
}

/// `27`, `27.27` or `27.27.42`.
fn is_subject(text: &str) -> bool {
    text.split('.').count() <= 3
        && text.split('.').all(|pair| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_digit()))
}

/// A letter (Danish ones occur) and two digits.
fn is_facet(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(char::is_alphabetic)
        && characters.as_str().len() == 2
        && characters.all(|next| next.is_ascii_digit())
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
