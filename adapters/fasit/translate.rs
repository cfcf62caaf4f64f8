//! Fasit's cases in our words. Pure: the moment is lent, nothing is asked.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::settings::Settings;
use super::wire;
use crate::contract::{
    About, Actor, ActorRole, CaseStatus, CaseType, JoinKeys, PartyRole, PersonId, QualityFlag, Record, RecordKind,
    SourceError, SourceId, Status, Unit, danish_day,
};

/// What a status is called when Fasit gives neither code nor name.
const STATUS_NOT_TOLD: &str = "ikke oplyst";

/// What every case of one look-up shares.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    /// The configured source.
    pub(super) source: &'a SourceId,
    /// Codes, laws and the link.
    pub(super) settings: &'a Settings,
    /// The moment of the look-up.
    pub(super) now: Timestamp,
}

/// The number that a context tells, under whatever name and with or without the hyphen.
///
/// # Errors
/// `Malformed` when two names tell two numbers: then it confirms nobody.
pub(super) fn who(context: &wire::CitizenContext) -> Result<Option<PersonId>, SourceError> {
    let told = [&context.cpr_number, &context.cpr, &context.cpr_formatted];
    let mut numbers = told.into_iter().flatten().filter_map(|text| PersonId::parse(text).ok());
    let first = numbers.next();
    if numbers.any(|other| Some(other) != first) {
        return Err(SourceError::malformed(super::reads::CONTEXT.name, "the context tells two numbers"));
    }
    Ok(first)
}

/// One case as a record; `None` when it has no id to be known by.
pub(super) fn record(case: wire::Case, about: &About, frame: Frame<'_>) -> Option<Record> {
    let id = case.id?;
    let mut flags = Vec::new();
    if *about == About::Unstated {
        flags.push(QualityFlag::CitizenNotStated);
    }
    let opened = day(case.start.as_deref(), &mut flags);
    let closed = day(case.end.as_deref(), &mut flags);
    let created = moment(case.created_on.as_deref(), &mut flags);
    let ends_before_start = matches!((opened, closed), (Some(opened), Some(closed)) if closed < opened);
    if ends_before_start {
        flags.push(QualityFlag::EndsBeforeStart);
    }
    // An end before the start is no evidence that the case is over.
    let is_over = !ends_before_start && closed.is_some_and(|closed| closed < danish_day(frame.now));
    let status = status(case.status, case.status_name, is_over, frame.settings, &mut flags);
    let case_type = case.target_group.map_or_else(CaseType::default, |group| CaseType {
        code: group.code,
        name: group.name,
        template: None,
    });
    let law = case_type.code.as_ref().and_then(|code| frame.settings.law_by_target_group.get(code)).cloned();
    Some(Record {
        source: frame.source.clone(),
        kind: RecordKind::Case,
        about: about.clone(),
        party_role: PartyRole::Primary,
        keys: JoinKeys {
            uuid: Uuid::try_parse(&id).ok(),
            numbers: case.number.clone().into_iter().collect(),
            master: None,
        },
        number: case.number,
        title: None,
        status,
        opened,
        closed,
        last_changed: created,
        deadline: None,
        unit: case.unit.map(|unit| Unit { id: unit.id, name: unit.name }).filter(|unit| *unit != Unit::default()),
        actors: actors(case.coordinator, case.caseworker, case.other_caseworkers),
        kle: None,
        law,
        case_type,
        sensitivity: None,
        screened_to: Vec::new(),
        relations: Vec::new(),
        consents: Vec::new(),
        link: frame.settings.link(&id),
        flags,
        native_id: id.into(),
    })
}

/// Active codes are running, whatever the dates say. Closed is only what the settings call closed, or what has ended
/// with a code that nobody knows; every other code survives as it is, and counts as active.
fn status(
    code: Option<String>,
    name: Option<String>,
    is_over: bool,
    settings: &Settings,
    flags: &mut Vec<QualityFlag>,
) -> Status {
    let is_one_of = |codes: &[String]| code.as_ref().is_some_and(|code| codes.contains(code));
    let normal = if is_one_of(&settings.active_status_codes) {
        CaseStatus::Running
    } else if is_one_of(&settings.closed_status_codes) {
        CaseStatus::Closed
    } else {
        flags.push(QualityFlag::UnknownStatus);
        if is_over { CaseStatus::Closed } else { CaseStatus::Other }
    };
    Status { normal, raw: name.or(code).unwrap_or_else(|| STATUS_NOT_TOLD.to_owned()) }
}

fn actors(
    coordinator: Option<wire::Caseworker>,
    primary: Option<wire::Caseworker>,
    others: Option<Vec<wire::Caseworker>>,
) -> Vec<Actor> {
    let coordinator = coordinator.map(|person| actor(ActorRole::Coordinator, person));
    let primary = primary.map(|person| actor(ActorRole::Primary, person));
    let others = others.into_iter().flatten().map(|person| actor(ActorRole::Other, person));
    coordinator.into_iter().chain(primary).chain(others).filter(|actor| *actor != Actor::person(actor.role)).collect()
}

fn actor(role: ActorRole, person: wire::Caseworker) -> Actor {
    Actor {
        native_id: person.id,
        employee_id: person.initials.map(|initials| initials.to_lowercase()),
        name: person.name,
        email: person.email.map(|email| email.to_lowercase()),
        phone: person.phone,
        // Unreadable is as good as not told: it is the least of what a row says.
        since: day(person.since.as_deref(), &mut Vec::new()),
        ..Actor::person(role)
    }
}

/// The Danish day that Fasit means by a moment; a day without a time is that day.
fn day(text: Option<&str>, flags: &mut Vec<QualityFlag>) -> Option<Date> {
    let text = text?;
    let day = text.parse::<Timestamp>().map(danish_day).or_else(|_| text.parse());
    flagged(day.ok(), flags)
}

fn moment(text: Option<&str>, flags: &mut Vec<QualityFlag>) -> Option<Timestamp> {
    flagged(text?.parse().ok(), flags)
}

fn flagged<T>(time: Option<T>, flags: &mut Vec<QualityFlag>) -> Option<T> {
    if time.is_none() && !flags.contains(&QualityFlag::UnreadableTime) {
        flags.push(QualityFlag::UnreadableTime);
    }
    time
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::contract::{ActorKind, CprNumber};

    fn settings() -> Settings {
        let value = json!({"tenant": "aarhus", "site": "https://aarhus.schultzfasit.dk", "token": "file:token",
            "law_by_target_group": {"6.3": "LAB § 6, nr. 3"}, "case_link": "https://fasit.example/sag/{id}"});
        Settings::deserialize(value).expect("settings")
    }

    fn read(fixture: &str) -> Vec<Option<Record>> {
        let list: wire::Cases = serde_json::from_str(fixture).expect("a list of cases");
        let (source, settings) = (SourceId::new("fasit"), settings());
        let now = "2026-11-20T09:00:00Z".parse().expect("a moment");
        let frame = Frame { source: &source, settings: &settings, now };
        let about = About::numbers([CprNumber::parse("0101019999").expect("a number")]);
        let case = |value| wire::Case::deserialize(value).ok().and_then(|case| record(case, &about, frame));
        list.cases.into_iter().map(case).collect()
    }

    fn only(case: &serde_json::Value) -> Record {
        let list = json!({ "cases": [case] }).to_string();
        read(&list).pop().flatten().expect("a record")
    }

    fn date(text: &str) -> Option<Date> {
        text.parse().ok()
    }

    #[test]
    fn a_known_case_is_read_whole() {
        let record = read(include_str!("fixtures/known.json")).swap_remove(0).expect("a record");
        assert_eq!(&*record.native_id, "7b0c1d2e-0000-4000-8000-000000000001");
        assert_eq!(record.keys.uuid.map(|id| id.to_string()).as_deref(), Some("7b0c1d2e-0000-4000-8000-000000000001"));
        assert_eq!(record.keys.numbers, ["2025-004711"]);
        assert_eq!(record.status, Status::new(CaseStatus::Running, "Aktiv"));
        assert_eq!((record.opened, record.closed), (date("2025-03-01"), None));
        assert_eq!(record.last_changed, "2025-03-03T09:12:44.120Z".parse().ok());
        assert_eq!(record.case_type.code.as_deref(), Some("6.3"));
        assert_eq!(record.law.as_deref(), Some("LAB § 6, nr. 3"));
        assert_eq!(record.unit.and_then(|unit| unit.name).as_deref(), Some("Jobcenter Prøve"));
        let link = "https://fasit.example/sag/7b0c1d2e-0000-4000-8000-000000000001";
        assert_eq!(record.link.as_deref(), Some(link));
        assert!(record.flags.is_empty());
    }

    #[test]
    fn everybody_on_a_case_has_a_role_and_a_lower_case_id() {
        let record = read(include_str!("fixtures/known.json")).swap_remove(0).expect("a record");
        let roles: Vec<_> = record.actors.iter().map(|actor| (actor.role, actor.employee_id.as_deref())).collect();
        let wanted = [
            (ActorRole::Coordinator, Some("az10003")),
            (ActorRole::Primary, Some("az10001")),
            (ActorRole::Other, Some("az10002")),
        ];
        assert_eq!(roles, wanted);
        assert!(record.actors.iter().all(|actor| actor.kind == ActorKind::Person));
        assert_eq!(record.actors[1].email.as_deref(), Some("karen.proeve@example.dk"));
        assert_eq!(record.actors[1].phone, None);
    }

    #[test]
    fn odd_cases_are_kept_with_a_flag_and_unreadable_ones_are_none() {
        let records = read(include_str!("fixtures/misfit.json"));
        let [unknown, backwards, open_end, misfit, nameless] = &records[..] else { panic!("five cases") };
        let unknown = unknown.as_ref().expect("an unknown status");
        assert_eq!(unknown.status, Status::new(CaseStatus::Other, "7"));
        assert_eq!(unknown.flags, [QualityFlag::UnknownStatus]);
        assert_eq!((unknown.law.as_ref(), unknown.case_type.clone()), (None, CaseType::default()));
        assert!(unknown.actors.is_empty());
        let backwards = backwards.as_ref().expect("an end before the start");
        assert_eq!(backwards.flags, [QualityFlag::EndsBeforeStart]);
        assert_eq!((backwards.opened, backwards.closed), (date("2025-09-04"), date("2025-03-01")));
        let open_end = open_end.as_ref().expect("an end in the future");
        assert_eq!((open_end.closed, open_end.status.normal), (date("2027-07-01"), CaseStatus::Running));
        assert!(misfit.is_none() && nameless.is_none());
    }

    #[test]
    fn closed_is_what_the_settings_name_or_what_has_ended_under_an_unknown_code() {
        let status = |case| only(&case).status.normal;
        let ended = "2026-10-31T23:00:00.000Z";
        assert_eq!(status(json!({"caseId": "a", "caseStatus": "2"})), CaseStatus::Closed);
        assert_eq!(status(json!({"caseId": "a", "caseStatus": 3})), CaseStatus::Running);
        assert_eq!(status(json!({"caseId": "a", "caseStatus": "7", "caseEndDate": ended})), CaseStatus::Closed);
        assert_eq!(status(json!({"caseId": "a", "caseStatus": "1", "caseEndDate": ended})), CaseStatus::Running);
        let today = "2026-11-19T23:00:00.000Z";
        assert_eq!(status(json!({"caseId": "a", "caseStatus": "7", "caseEndDate": today})), CaseStatus::Other);
        let backwards = json!({"caseId": "a", "caseStatus": "7", "caseStartDate": today, "caseEndDate": ended});
        assert_eq!(status(backwards), CaseStatus::Other);
        assert_eq!(only(&json!({"caseId": "a"})).status, Status::new(CaseStatus::Other, STATUS_NOT_TOLD));
    }

    #[test]
    fn days_are_danish_and_what_is_no_time_is_flagged_once() {
        let summer = only(&json!({"caseId": "a", "caseStatus": "1", "caseStartDate": "2025-09-03T22:00:00.000Z"}));
        assert_eq!(summer.opened, date("2025-09-04"));
        let plain = only(&json!({"caseId": "a", "caseStatus": "1", "caseStartDate": "2025-09-04"}));
        assert_eq!(plain.opened, date("2025-09-04"));
        let broken = only(&json!({"caseId": " a ", "caseStatus": "1", "caseStartDate": "i går", "createdOn": "9999"}));
        assert_eq!((broken.opened, broken.last_changed), (None, None));
        assert_eq!(broken.flags, [QualityFlag::UnreadableTime]);
        assert_eq!((&*broken.native_id, broken.keys.uuid), ("a", None));
    }

    #[test]
    fn a_context_tells_one_number_under_any_name() {
        let told = |context| who(&wire::CitizenContext::deserialize(context).expect("a context"));
        let number = PersonId::parse("0101019999").ok();
        assert_eq!(told(json!({"cprNumber": "0101019999"})), Ok(number));
        assert_eq!(told(json!({"cpr": "010101-9999", "cprNumber": null})), Ok(number));
        assert_eq!(told(json!({"citizenCprFormatted": " 010101-9999 ", "cpr": "0101019999"})), Ok(number));
        assert_eq!(told(json!({"cprNumber": "******-****"})), Ok(None));
        assert_eq!(told(json!({"citizenId": "x"})), Ok(None));
        assert_eq!(told(json!({"cpr": "010101-5AB9"})), Ok(PersonId::parse("0101015AB9").ok()), "a replacement number");
        assert!(told(json!({"cpr": "0101019999", "cprNumber": "0101018888"})).is_err());
    }
}
