//! What stands beside the case list → the records: details of a case, and the caseworkers' numbers. Pure.

use jiff::civil::Date;
use serde_json::Value;
use uuid::Uuid;

use super::wire::{Department, Detail, User, VOCABULARY};
use crate::contract::{ActorRole, Kle, QualityFlag, Record, Unit};
use crate::odata::{day, moment};

/// Puts a case's details into its record. Details of another case than the one asked for change nothing, and are false.
pub(super) fn complete(record: &mut Record, detail: Detail) -> bool {
    if detail.id.as_deref() != Some(&record.native_id) {
        return false;
    }
    let mut readable = true;
    let mut day_of = |text: Option<String>| {
        let read = text.map_or(Ok(None), |text| day(&text));
        readable &= read.is_ok();
        read.ok().flatten()
    };
    record.opened = day_of(detail.opened);
    record.closed = day_of(detail.closed);
    let changed = detail.changed.map_or(Ok(None), |text| moment(&text));
    readable &= changed.is_ok();
    record.last_changed = changed.ok().flatten();
    if !readable && !record.flags.contains(&QualityFlag::UnreadableTime) {
        record.flags.push(QualityFlag::UnreadableTime);
    }
    if record.opened.zip(record.closed).is_some_and(|(opened, closed)| closed < opened) {
        record.flags.push(QualityFlag::EndsBeforeStart);
    }
    record.unit = detail.department.and_then(unit);
    record.kle = detail.kle.as_ref().and_then(kle);
    record.keys.uuid = detail.uuid.and_then(|text| Uuid::parse_str(&text).ok());
    if record.number.is_none() {
        record.keys.numbers.extend(detail.number.clone());
        record.number = detail.number;
    }
    true
}

fn unit(department: Department) -> Option<Unit> {
    let Department { id, name } = department;
    (id.is_some() || name.is_some()).then_some(Unit { id, name })
}

/// [DK] KLE-emne, where the key is a number of two to six digits in pairs; anything else is no KLE.
fn kle(value: &Value) -> Option<Kle> {
    let (subject, title) = VOCABULARY.coded.read(value).ok()?;
    let subject = subject.filter(|text| {
        let mut pairs = text.split('.');
        text.len() <= 8 && pairs.all(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_digit()))
    })?;
    Some(Kle { title: title.filter(|title| *title != subject), subject, facet: None, retired: false })
}

/// The caseworkers' own e-mails as the source spells them, each once.
pub(super) fn emails<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<&'a str> {
    let actors = records.into_iter().flat_map(|record| &record.actors);
    let mut emails: Vec<&str> =
        actors.filter(|actor| actor.role == ActorRole::Primary).filter_map(|actor| actor.email.as_deref()).collect();
    emails.sort_unstable();
    emails.dedup();
    emails
}

/// The users that came back for our e-mails. Those whose time is over are not in it: their number may be another's now.
pub(super) struct Directory(Vec<User>);

impl Directory {
    /// Reads users as they are on `today`; a user that cannot be read is left out.
    pub(super) fn read(users: Vec<Value>, today: Date) -> Self {
        let users = users.into_iter().filter_map(|user| serde_json::from_value::<User>(user).ok());
        let ended = |user: &User| {
            user.valid_to.as_deref().is_some_and(|text| matches!(day(text), Ok(Some(end)) if end < today))
        };
        Self(users.filter(|user| !ended(user)).collect())
    }

    /// The user with this e-mail. A shared mailbox names nobody unless the name tells who is meant.
    fn user(&self, email: &str, name: Option<&str>) -> Option<&User> {
        let has_email = |user: &&User| user.email.as_deref().is_some_and(|own| own.to_lowercase() == email);
        let mut sharing = self.0.iter().filter(has_email);
        let (first, second) = (sharing.next()?, sharing.next());
        if second.is_none() {
            return Some(first);
        }
        self.0.iter().filter(has_email).find(|user| user.name.is_some() && user.name.as_deref() == name)
    }

    /// Puts numbers, employee ids and units on the record's primary caseworkers.
    pub(super) fn fill(&self, record: &mut Record) {
        for actor in record.actors.iter_mut().filter(|actor| actor.role == ActorRole::Primary) {
            let user = actor.email.as_deref().and_then(|email| self.user(email, actor.name.as_deref()));
            let Some(user) = user else { continue };
            actor.employee_id = user.employee_id.as_ref().map(|id| id.to_lowercase());
            actor.phone.clone_from(&user.phone);
            actor.mobile.clone_from(&user.mobile);
            actor.unit = user.memberships.as_ref().and_then(first_membership);
            if actor.name.is_none() {
                actor.name.clone_from(&user.name);
            }
        }
    }
}

fn first_membership(memberships: &Value) -> Option<Unit> {
    let first = memberships.as_array()?.first()?;
    serde_json::from_value::<Department>(first.clone()).ok().and_then(unit)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::contract::{About, CaseStatus, CprNumber, Sensitivity, SourceId};

    fn rows(fixture: &str) -> Vec<Value> {
        let mut answer: Value = serde_json::from_str(fixture).expect("a fixture is JSON");
        serde_json::from_value(answer["value"].take()).expect("rows")
    }

    fn known() -> Vec<Record> {
        let source = SourceId::new("dubu");
        let rows = rows(include_str!("fixtures/known.json"));
        rows.iter().map(|row| VOCABULARY.record(&source, row).expect("a row that fits")).collect()
    }

    fn detail() -> Detail {
        serde_json::from_str(include_str!("fixtures/details.json")).expect("a fixture is JSON")
    }

    #[test]
    fn a_row_of_the_list_is_a_case_with_caseworker_deadline_and_helpers() {
        let records = known();
        let case = &records[0];
        assert_eq!((&*case.native_id, case.number.as_deref()), ("606094", Some("25/004411")));
        assert_eq!((case.status.normal, case.status.raw.as_str()), (CaseStatus::Running, "Aktiv"));
        assert_eq!(case.about, About::numbers([CprNumber::parse("0101129999").expect("ten digits")]));
        assert_eq!(case.deadline, Some(date(2026, 3, 1)));
        assert_eq!(case.case_type.code.as_deref(), Some("Boernesag"));
        assert_eq!(case.sensitivity, None);
        let names: Vec<_> = case.actors.iter().map(|actor| (actor.role, actor.name.as_deref())).collect();
        let wanted = [
            (ActorRole::Primary, Some("Karen Prøve")),
            (ActorRole::Other, Some("Ole Test")),
            (ActorRole::Other, Some("Ida Prøve")),
        ];
        assert_eq!(names, wanted);
        assert_eq!(case.actors[0].email.as_deref(), Some("karen.proeve@example.dk"));
    }

    #[test]
    fn states_2_5_6_and_7_are_closed_and_an_unknown_one_stays_as_it_is_written() {
        let states: Vec<_> = known().iter().map(|case| (case.status.normal, case.status.raw.clone())).collect();
        assert_eq!(states[1], (CaseStatus::Closed, "Afsluttet".to_owned()));
        assert_eq!(states[2], (CaseStatus::Other, "Til høring".to_owned()));
        assert_eq!(known()[2].flags, [QualityFlag::CitizenNotStated, QualityFlag::UnknownStatus]);
        for key in ["SagStatus2", "SagStatus5", "SagStatus6", "SagStatus7"] {
            assert_eq!(VOCABULARY.status_of(key), Some(CaseStatus::Closed));
        }
        assert_eq!(
            VOCABULARY.active_filter(),
            "status/brugervendtNoegle ne 'SagStatus2' and status/brugervendtNoegle ne 'SagStatus5' \
             and status/brugervendtNoegle ne 'SagStatus6' and status/brugervendtNoegle ne 'SagStatus7'"
        );
    }

    #[test]
    fn a_sensitive_case_is_screened_and_coercion_is_kept_nowhere() {
        let case = &known()[1];
        assert_eq!(case.sensitivity, Some(Sensitivity::Screened));
        assert!(!format!("{case:?}").to_lowercase().contains("tvang"));
    }

    #[test]
    fn an_unknown_citizen_has_no_rows() {
        assert!(rows(include_str!("fixtures/unknown.json")).is_empty());
    }

    #[test]
    fn rows_that_do_not_fit_are_refused_one_by_one() {
        let rows = rows(include_str!("fixtures/misfit.json"));
        let readable: Vec<_> = rows.iter().map(|row| VOCABULARY.record(&SourceId::new("dubu"), row).is_ok()).collect();
        assert_eq!(readable, [false, false, false, false, true]);
    }

    #[test]
    fn details_bring_dates_department_subject_and_uuid() {
        let mut case = known().remove(0);
        complete(&mut case, detail());
        assert_eq!((case.opened, case.closed), (Some(date(2025, 2, 3)), None));
        assert_eq!(case.last_changed, "2025-11-20T13:14:15Z".parse().ok());
        let unit = case.unit.expect("a department");
        assert_eq!((unit.id.as_deref(), unit.name.as_deref()), (Some("3101"), Some("Børn og Unge, prøveteam")));
        assert_eq!(case.kle.map(|kle| kle.subject).as_deref(), Some("27.24.06"));
        assert!(case.keys.uuid.is_some());
        assert!(case.flags.is_empty());
    }

    #[test]
    fn details_of_another_case_change_nothing() {
        let (mut case, before) = (known().remove(1), known().remove(1));
        complete(&mut case, detail());
        assert_eq!(case, before);
    }

    #[test]
    fn odd_details_are_flagged_not_refused() {
        let mut case = known().remove(0);
        let text = r#"{"id":"606094","oprettetDato":"2025-05-01","afsluttetDato":"2025-04-01","senestAendret":"i går",
            "klEmne":"Boern","sagUuid":"ukendt","afdeling":{}}"#;
        complete(&mut case, serde_json::from_str(text).expect("JSON"));
        assert_eq!(case.flags, [QualityFlag::UnreadableTime, QualityFlag::EndsBeforeStart]);
        assert_eq!((case.kle, case.unit, case.keys.uuid), (None, None, None));
    }

    #[test]
    fn the_caseworker_gets_number_employee_id_and_unit_and_one_who_has_left_gets_none() {
        let users = || rows(include_str!("fixtures/users.json"));
        let mut case = known().remove(0);
        Directory::read(users(), date(2025, 12, 1)).fill(&mut case);
        let actor = &case.actors[0];
        assert_eq!(actor.phone.as_deref(), Some("89400001"));
        assert_eq!(actor.mobile.as_deref(), Some("20000001"));
        assert_eq!(actor.employee_id.as_deref(), Some("az90001"));
        assert_eq!(actor.unit.as_ref().and_then(|unit| unit.id.as_deref()), Some("3101"));
        assert_eq!(case.actors[1].phone, None);

        let mut later = known().remove(0);
        Directory::read(users(), date(2027, 1, 1)).fill(&mut later);
        assert_eq!(later.actors[0].phone, None);
    }

    #[test]
    fn a_shared_mailbox_gives_a_number_only_to_the_one_it_names() {
        let user =
            |name: &str| serde_json::json!({ "email": "Karen.Proeve@example.dk", "fuldeNavn": name, "telefon": name });
        let directory = |names: [&str; 2]| Directory::read(names.map(user).to_vec(), date(2025, 12, 1));
        let mut case = known().remove(0);
        directory(["Ole Test", "Ida Prøve"]).fill(&mut case);
        assert_eq!(case.actors[0].phone, None);
        directory(["Ole Test", "Karen Prøve"]).fill(&mut case);
        assert_eq!(case.actors[0].phone.as_deref(), Some("Karen Prøve"));
    }
}
