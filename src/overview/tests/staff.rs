//! Who the actors are once the staff directory has spoken, or has not.

use std::sync::Arc;

use glasplade_adapters::contract::{Actor, ActorRole, Record, SourceId, StaffKey, StaffMember, StaffUnit};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Desk;
use crate::staff::{Entry, Known};
use crate::testing::{self, TODAY, Vary as _, job_caseworker, row};

/// The units of the demo by number: 1 is UUJ-KOORD, 6 JSY-RUS, 7 JVS-JOB.
pub(super) fn unit(number: u128) -> StaffUnit {
    let uuid = Uuid::from_u128(0x6a5b_0000_0001_4000_8000_0000_0000_0000 + number);
    StaffUnit { uuid, name: Some(format!("Katalogets enhed {number}")), above: Vec::new(), phone: None, email: None }
}

/// An employee of JVS-JOB; the last digits of the id give the user and the number.
pub(super) fn member(id: &str, name: &str) -> StaffMember {
    let last: u128 = id[2..].parse().expect("az and digits");
    StaffMember {
        user: Uuid::from_u128(last),
        employee_id: Some(id.to_owned()),
        name: Some(name.to_owned()),
        title: Some("Jobrådgiver".to_owned()),
        email: Some(format!("{id}@aarhus.example")),
        phone: Some(format!("+45 00 0{last}")),
        mobile: None,
        unit: Some(unit(7)),
        stand_in: None,
        leader: None,
        employed: true,
        changed: None,
    }
}

/// Somebody who was employed there once, with nobody to stand in.
pub(super) fn former(id: &str, name: &str) -> StaffMember {
    StaffMember { employed: false, ..member(id, name) }
}

/// The moment at which the tests' directory was read.
pub(super) fn read_at() -> Timestamp {
    testing::now().saturating_sub(SignedDuration::from_hours(1)).expect("an hour ago")
}

/// A directory that knows these, each by id and by user.
pub(super) fn knows(members: impl IntoIterator<Item = StaffMember>) -> Known {
    let entries = members.into_iter().flat_map(|member| {
        let keys = [StaffKey::User(member.user), by_id(member.employee_id.as_deref().expect("an id"))];
        let entry = Entry::Member { member: Arc::new(member), read_at: read_at(), aged: false };
        keys.map(|key| (key, entry.clone()))
    });
    Known::told(SourceId::new("staff"), entries)
}

/// A directory that says this of one employee.
pub(super) fn says(id: &str, entry: Entry) -> Known {
    Known::told(SourceId::new("staff"), [(by_id(id), entry)])
}

pub(super) fn by_id(id: &str) -> StaffKey {
    StaffKey::Employee(Arc::from(id))
}

/// Somebody whom a source names by id.
pub(super) fn named(id: &str, name: &str) -> Actor {
    Actor { employee_id: Some(id.to_owned()), name: Some(name.to_owned()), ..Actor::person(ActorRole::Primary) }
}

/// An own case of `source` with these actors.
pub(super) fn case(source: &str, id: &str, actors: Vec<Actor>) -> Record {
    row(source, id).in_unit("301").kle("15.20.00").law("LAB").with(|row| row.actors = actors)
}

pub(super) fn answer(rows: Vec<Record>, known: &Known) -> Value {
    Desk::new().sees_with(&job_caseworker(), rows, known, read_at())
}

pub(super) fn actors(rows: Vec<Record>, known: &Known) -> Vec<Value> {
    answer(rows, known)["actors"].as_array().expect("actors").clone()
}

/// The three rows in which one colleague stands by id, by e-mail and by user, each in its own spelling.
fn three_spellings() -> Vec<Record> {
    let by_email = Actor {
        email: Some("az10014@aarhus.example".to_owned()),
        name: Some("Prøve, Anne-Mette".to_owned()),
        ..Actor::person(ActorRole::Primary)
    };
    let by_user = Actor {
        native_id: Some(Uuid::from_u128(10014).to_string().to_uppercase()),
        name: Some("A.M. Prøve".to_owned()),
        ..Actor::person(ActorRole::Primary)
    };
    let index = case("case_index", "3", vec![by_user]).master("nexus");
    vec![case("sbsys", "1", vec![named("az10014", "Anne Mette Prøve")]), case("fasit", "2", vec![by_email]), index]
}

#[test]
fn three_spellings_by_id_by_email_and_by_user_are_one_actor_under_the_directory_s_name() {
    let found = actors(three_spellings(), &knows([member("az10014", "Anne-Mette Prøve")]));
    assert_eq!(found.len(), 1, "{found:?}");
    let actor = &found[0];
    assert_eq!((&actor["name"], &actor["employee_id"]), (&json!("Anne-Mette Prøve"), &json!("az10014")));
    assert_eq!(actor["also_spelled"], json!(["A.M. Prøve", "Anne Mette Prøve", "Prøve, Anne-Mette"]));
    assert_eq!(actor["items"].as_array().map(Vec::len), Some(3));
    assert_eq!(actor["sources"], json!(["sbsys", "fasit", "case_index"]));
    assert_eq!(actor["call"], json!({ "number": "+45 00 010014", "kind": "direct" }));
    assert_eq!((&actor["title"], &actor["unit"]["code"]), (&json!("Jobrådgiver"), &json!("JVS-JOB")));
    assert_eq!((&actor["left"], &actor["contact_pending"]), (&json!(false), &json!(false)));
    assert_eq!(actors(three_spellings(), &Known::unconfigured()).len(), 3, "nobody resolves them");
}

#[test]
fn a_user_whom_the_directory_gives_to_somebody_else_joins_nobody() {
    let mut contradicted = named("az10014", "Anne-Mette Prøve");
    contradicted.native_id = Some(Uuid::from_u128(10015).to_string());
    let rows = vec![
        case("case_index", "1", vec![contradicted]).master("nexus"),
        case("sbsys", "2", vec![named("az10015", "Torben Test")]),
    ];
    let known = knows([member("az10014", "Anne-Mette Prøve"), member("az10015", "Torben Test")]);
    let names: Vec<Value> = actors(rows, &known).iter().map(|actor| actor["name"].clone()).collect();
    assert_eq!(names, ["Anne-Mette Prøve", "Torben Test"]);
}

#[test]
fn two_colleagues_of_one_name_stay_two_whatever_the_directory_says() {
    let known = knows([member("az10014", "Jens Test"), member("az10015", "Jens Test")]);
    let rows = || {
        let nameless = Actor { name: Some("Jens Test".to_owned()), ..Actor::person(ActorRole::Primary) };
        vec![
            case("sbsys", "1", vec![named("az10014", "Jens Test")]),
            case("fasit", "2", vec![named("az10015", "Jens Test")]),
            case("oio", "3", vec![nameless]),
        ]
    };
    assert_eq!(actors(rows(), &known).len(), 3);
    assert_eq!(actors(rows(), &Known::unconfigured()).len(), 3);
}

#[test]
fn a_unit_s_mailbox_is_nobody_s_own_address() {
    let with = |name: &str, email: &str| Actor {
        name: Some(name.to_owned()),
        email: Some(email.to_owned()),
        ..Actor::person(ActorRole::Primary)
    };
    let rows = |email: &str| {
        vec![case("sbsys", "1", vec![with("Jens Test", email)]), case("oio", "2", vec![with("Ida Prøve", email)])]
    };
    assert_eq!(actors(rows("Jobraadgivning@aarhus.example"), &Known::unconfigured()).len(), 2);
    assert_eq!(actors(rows("jens@aarhus.example"), &Known::unconfigured()).len(), 1);
}

#[test]
fn the_directory_is_asked_for_people_of_what_is_shown_and_for_nobody_else() {
    let desk = Desk::new();
    let user = Uuid::from_u128(7);
    let with_user = |source| {
        let actor = Actor { native_id: Some(user.to_string()), ..named("az10014", "Anne-Mette Prøve") };
        case(source, "1", vec![actor])
    };
    let keys = |rows| desk.redact(&job_caseworker(), rows).staff_keys();
    assert_eq!(keys(vec![with_user("sbsys")]), [by_id("az10014")], "SBSYS names users by its own ids");
    let index = with_user("case_index").master("nexus");
    assert_eq!(keys(vec![index]), [by_id("az10014"), StaffKey::User(user)]);
    let elsewhere = case("sbsys", "2", vec![named("az10004", "Nadia Test")]).in_unit("203").law("SEL § 101");
    assert_eq!(keys(vec![elsewhere]), []);
    let mut gone = named("az10015", "Torben Test");
    gone.until = Some(TODAY);
    assert_eq!(keys(vec![case("sbsys", "1", vec![gone])]), [], "who has left the case");
    let number = case("sbsys", "1", vec![named(testing::citizen().expose(), "Jens Test")]);
    assert_eq!(keys(vec![number]), [], "a personal number is no employee id");
}

#[test]
fn who_has_left_is_said_to_have_left_and_the_stand_in_s_number_is_given() {
    let mut torben = StaffMember { employed: false, ..member("az10015", "Torben Test") };
    torben.stand_in = Some(Uuid::from_u128(10014));
    let known = knows([torben, member("az10014", "Anne-Mette Prøve")]);
    let phone = Some("+45 00 00 10 15".to_owned());
    let row = || case("sbsys", "1", vec![Actor { phone: phone.clone(), ..named("az10015", "Torben Test") }]);
    let actor = &actors(vec![row()], &known)[0];
    assert_eq!(
        (&actor["left"], &actor["left_text"]),
        (&json!(true), &"Står ikke længere i medarbejderkataloget.".into())
    );
    assert_eq!((&actor["call"]["number"], &actor["call"]["kind"]), (&json!("+45 00 010014"), &json!("stand_in")));
    assert_eq!(
        actor["call"]["reason"],
        "Det er nummeret til stedfortræderen, Anne-Mette Prøve. Står ikke længere i medarbejderkataloget."
    );
    assert_eq!((&actor["email"], &actor["title"], &actor["mobile"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(actor["not_in_directory_text"], Value::Null);
    let alone = actors(vec![row()], &knows([former("az10015", "Torben Test")]));
    assert_eq!((&alone[0]["left"], &alone[0]["name"]), (&json!(true), &json!("Torben Test")));
    assert_eq!((&alone[0]["call"]["number"], &alone[0]["call"]["kind"]), (&json!("+45 00 00 07 00"), &json!("unit")));
}

#[test]
fn what_the_directory_has_not_said_yet_is_marked_and_nobody_is_said_to_have_left() {
    let row = || case("sbsys", "1", vec![named("az10015", "Torben Test")]);
    let pending = answer(vec![row()], &says("az10015", Entry::Pending));
    let actor = &pending["actors"][0];
    assert_eq!((&pending["contact_pending"], &actor["contact_pending"]), (&json!(true), &json!(true)));
    assert_eq!((&actor["left"], &actor["name"]), (&json!(false), &json!("Torben Test")));
    assert_eq!(
        actor["call"]["reason"],
        "Det er enhedens nummer. Medarbejderkataloget har ikke svaret endnu. Prøv igen om lidt."
    );
    assert_eq!(pending["call_first"]["contact_pending"], true);
    let down = answer(vec![row()], &says("az10015", Entry::Unavailable));
    assert_eq!((&down["contact_pending"], &down["actors"][0]["left"]), (&json!(false), &json!(false)));
    let reason = &down["actors"][0]["call"]["reason"];
    assert_eq!(reason, "Det er enhedens nummer. Medarbejderkataloget kan ikke læses lige nu.");
    let nothing = answer(Vec::new(), &Known::told(SourceId::new("staff"), []));
    assert_eq!(nothing["contact_pending"], false);
}

#[test]
fn a_stand_in_has_name_and_number_once_read_and_a_leader_is_shown_nowhere() {
    let mut karen = member("az10001", "Karen Prøve");
    (karen.stand_in, karen.leader) = (Some(Uuid::from_u128(10016)), Some(Uuid::from_u128(10040)));
    let row = || case("sbsys", "1", vec![named("az10001", "Karen Prøve")]);
    let leader = member("az10040", "Jytte Test");
    let known = knows([karen.clone(), member("az10016", "Camilla Test"), leader.clone()]);
    let found = answer(vec![row()], &known);
    let stand_in = json!({ "name": "Camilla Test", "call": { "number": "+45 00 010016", "kind": "direct" } });
    assert_eq!(found["actors"][0]["stand_in"], stand_in);
    assert_eq!(found["call_first"]["stand_in"], stand_in);
    assert!(!found.to_string().contains("Jytte"), "{found}");
    let unread = &actors(vec![row()], &knows([karen.clone(), leader]))[0];
    assert_eq!((&unread["contact_pending"], &unread["stand_in"]["name"]), (&json!(true), &Value::Null));
    assert!(unread["stand_in"]["call"]["reason"].as_str().is_some_and(|why| why.contains("ikke svaret endnu")));
    let left = StaffMember { employed: false, ..member("az10016", "Camilla Test") };
    assert_eq!(
        actors(vec![row()], &knows([karen, left]))[0]["stand_in"],
        Value::Null,
        "who has left stands in for nobody"
    );
}

/// Who is called first of these rows.
fn first(rows: Vec<Record>, known: &Known) -> Value {
    answer(rows, known)["call_first"].clone()
}

fn opened(record: Record, day: Date) -> Record {
    record.with(|row| row.opened = Some(day))
}

#[test]
fn the_primary_on_a_case_of_a_unit_that_coordinates_is_called_first() {
    let desk = |coordinates: bool| {
        Desk::with(|config| {
            config
                .departments
                .unit
                .iter_mut()
                .for_each(|unit| unit.coordinates = coordinates && unit.code == "JVS-JOB");
        })
    };
    let older = opened(case("sbsys", "1", vec![named("az10001", "Karen Prøve")]), date(2024, 1, 1));
    let newer = opened(case("sbsys", "2", vec![named("az10003", "Henrik Prøve")]), date(2026, 1, 1))
        .in_unit("201")
        .by(ActorRole::Other, "az10002");
    let rows = || vec![older.clone(), newer.clone()];
    let found = |coordinates| desk(coordinates).sees(&job_caseworker(), rows())["call_first"].clone();
    assert_eq!((&found(true)["why"], &found(true)["name"]), (&json!("coordinator"), &json!("Karen Prøve")));
    assert_eq!((&found(false)["why"], &found(false)["name"]), (&json!("primary_caseworker"), &json!("Henrik Prøve")));
    let by_role = older
        .clone()
        .with(|row| row.actors.push(Actor { role: ActorRole::Coordinator, ..named("az10016", "Camilla Test") }));
    let both = desk(true).sees(&job_caseworker(), vec![by_role, newer.clone()])["call_first"]["name"].clone();
    assert_eq!(both, "Camilla Test", "the role comes before the unit");
    let closed = older.closed(date(2026, 11, 1));
    let over = desk(true).sees(&job_caseworker(), vec![closed, newer])["call_first"]["why"].clone();
    assert_eq!(over, "primary_caseworker");
}

#[test]
fn who_has_left_is_never_called_first_without_saying_so() {
    let mut karen = StaffMember { employed: false, ..member("az10001", "Karen Prøve") };
    karen.stand_in = Some(Uuid::from_u128(10016));
    let coordinator = || Actor { role: ActorRole::Coordinator, ..named("az10001", "Karen Prøve") };
    let row = || case("sbsys", "1", vec![coordinator()]);
    let known = knows([karen, member("az10016", "Camilla Test")]);
    let found = first(vec![row()], &known);
    assert_eq!((&found["left"], &found["call"]["kind"]), (&json!(true), &json!("stand_in")));
    assert_eq!(
        found["text"],
        "Koordinatoren Karen Prøve står ikke længere i medarbejderkataloget. Ring i stedet til Camilla Test, +45 00 010016."
    );
    let gone = knows([former("az10001", "Karen Prøve")]);
    assert_eq!(
        first(vec![row()], &gone)["text"],
        "Koordinatoren Karen Prøve står ikke længere i medarbejderkataloget. Ring i stedet til Jobrådgivning, +45 00 00 07 00."
    );
    let primary = case("sbsys", "1", vec![named("az10001", "Karen Prøve")]);
    let text = first(vec![primary], &gone)["text"].clone();
    assert!(
        text.as_str().is_some_and(|text| text.starts_with("Sagsbehandleren Karen Prøve står ikke længere")),
        "{text}"
    );
    let nowhere = row().in_unit("999").by(ActorRole::Other, "az10002");
    let text = first(vec![nowhere], &gone)["text"].clone();
    assert!(text.as_str().is_some_and(|text| text.contains("vi kender intet andet nummer")), "{text}");
}

#[test]
fn another_coordinator_who_is_still_there_is_called_before_one_who_has_left() {
    let coordinator = |id, name, since| Actor { role: ActorRole::Coordinator, since: Some(since), ..named(id, name) };
    let rows = vec![case(
        "sbsys",
        "1",
        vec![
            coordinator("az10001", "Karen Prøve", date(2026, 10, 1)),
            coordinator("az10016", "Camilla Test", date(2025, 1, 1)),
        ],
    )];
    assert_eq!(first(rows.clone(), &Known::unconfigured())["name"], "Karen Prøve");
    assert_eq!(first(rows.clone(), &knows([former("az10001", "Karen Prøve")]))["name"], "Camilla Test");
    let unknown = says("az10001", Entry::NotInDirectory);
    assert_eq!(first(rows, &unknown)["name"], "Karen Prøve", "whom the directory does not know is still there");
}

#[test]
fn a_primary_who_stands_only_in_the_index_does_not_beat_the_owning_system_s() {
    let own = || case("sbsys", "1", vec![named("az10014", "New Prøve")]).uuid(1);
    let mut old = named("az10015", "Old Test");
    old.since = Some(date(2026, 1, 1));
    let index = || row("case_index", "i").uuid(1).master(super::SBSYS).with(|row| row.actors = vec![old.clone()]);
    // The old one has another case, too, and so stands first among the actors.
    let busy = opened(case("sbsys", "2", vec![named("az10015", "Old Test")]), date(2020, 1, 1));
    let found = answer(vec![own(), index(), busy.clone()], &Known::unconfigured());
    assert_eq!((&found["actors"][0]["name"], &found["call_first"]["name"]), (&json!("Old Test"), &json!("New Prøve")));
    let unnamed = answer(vec![case("sbsys", "1", Vec::new()).uuid(1), index(), busy], &Known::unconfigured());
    assert_eq!(unnamed["call_first"]["name"], "Old Test", "the index is better than nobody");
}

#[test]
fn since_is_what_the_row_that_decides_says() {
    let with = |since| Actor { since: Some(since), ..named("az10014", "Anne-Mette Prøve") };
    let own = case("fasit", "1", vec![with(date(2026, 11, 16))]).uuid(1);
    let index = row("case_index", "i").uuid(1).with(|row| row.actors = vec![with(date(2020, 1, 1))]);
    let found = first(vec![own, index], &Known::unconfigured());
    assert_eq!((&found["since"], &found["is_new"]), (&json!("2026-11-16"), &json!(true)));
}

#[test]
fn the_directory_stands_among_the_sources_in_words_of_its_own() {
    let desk = Desk::with(|config| {
        let row = toml::from_str(
            "id = \"staff\"\nkind = \"scripted\"\nname = \"Medarbejderkataloget\"\ncontact = \"tlf. 1\"\n\
             connection = { base_url = \"https://directory.example\" }",
        );
        config.sources.staff_directory = Some(row.expect("a row"));
    });
    let source = |known: &Known| {
        let statuses: Vec<_> = known.status().into_iter().collect();
        let redacted = desk.redact(&job_caseworker(), Vec::new());
        let body =
            redacted.render(&Arc::from("handle"), &statuses, None, None, (&desk.wording, crate::config::Language::Da));
        serde_json::from_slice::<Value>(&body.into_parts().0).expect("an answer is JSON")["sources"][0].clone()
    };
    let nobody = source(&Known::told(SourceId::new("staff"), []));
    assert_eq!((&nobody["state"], &nobody["reason"]), (&json!("not_consulted"), &json!("nobody_to_look_up")));
    assert_eq!(nobody["text"], "Medarbejderkataloget er ikke spurgt: der er ingen medarbejdere at slå op.");
    let read = source(&knows([member("az10001", "Karen Prøve")]));
    assert_eq!((&read["state"], &read["as_of"]), (&json!("cached"), &json!("2026-11-21T08:00:00Z")));
    let pending = source(&says("az10001", Entry::Pending));
    assert_eq!(pending["text"], "Medarbejderkataloget nåede ikke at svare. Prøv igen, eller ring til tlf. 1.");
}
