//! The adapter against its fake, over HTTP on loopback.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::KIND;
use super::fake::STAND_IN;
use crate::contract::{
    CallContext, Directory, ManualClock, SourceErrorKind, SourceId, StaffAnswer, StaffKey, StaffMember, TraceContext,
    Traffic,
};
use crate::fake::population::{CALLERS, Line, Staff, UnitAbove, UnitRow};
use crate::fake::{FakeContext, FakeServer, FakeSystem, Fault, World};
use crate::register::{BuildError, Environment, SourceConfig};
use crate::transport::{ConnectionSettings, Limits};

fn now() -> Timestamp {
    "2025-06-01T12:00:00Z".parse().expect("a moment")
}

pub(super) fn id(number: u128) -> Uuid {
    Uuid::from_u128(0xbbbb_bbbb_0000_4000_8000_0000_0000_0000 + number)
}

/// Employee `number`, `az00001` and on, with what differs.
pub(super) fn staff(number: u128, fields: &Value) -> Line {
    let mut row = json!({
        "id": format!("az{number:05}"), "uuid": id(number), "number": number, "name": format!("Ove {number} Test"),
        "unit": "NORD", "title": "Sagsbehandler", "phone": format!("+45 00 00 {number:02} 01"),
        "email": format!("AZ{number:05}@aarhus.example"),
    });
    for (name, value) in fields.as_object().cloned().unwrap_or_default() {
        row[name] = value;
    }
    Line::Staff(serde_json::from_value::<Staff>(row).expect("staff"))
}

fn unit(code: &str, number: u32) -> Line {
    let above = [(9_101, "Center"), (9_102, "Forvaltning")];
    Line::Unit(UnitRow {
        code: code.to_owned(),
        name: format!("Team {code}"),
        department: "MSB".to_owned(),
        uuid: id(u128::from(number)),
        number,
        phone: Some(format!("+45 00 00 {number}")),
        mailbox: Some(format!("{code}@aarhus.example")),
        above: above.map(|(number, name)| UnitAbove { uuid: id(number), name: name.to_owned() }).into(),
    })
}

pub(super) fn context(rows: impl IntoIterator<Item = Line>) -> FakeContext {
    let units = [unit("NORD", 9_001), unit("SYD", 9_002)];
    let world = Arc::new(World::from_lines(units.into_iter().chain(rows)));
    FakeContext { world, clock: Arc::new(ManualClock::at(now())) }
}

pub(super) struct House {
    pub(super) server: FakeServer,
    pub(super) directory: Directory,
}

impl House {
    async fn with(context: FakeContext, settings: Value, rows_max: usize) -> Self {
        let world = Arc::clone(&context.world);
        Self::around((KIND.fake)(context), world, settings, Limits { rows_max, ..Limits::default() }).await
    }

    pub(super) async fn around(
        system: Arc<dyn FakeSystem>,
        world: Arc<World>,
        settings: Value,
        limits: Limits,
    ) -> Self {
        let anywhere = ([127, 0, 0, 1], 0).into();
        let server = FakeServer::start(system, world, anywhere, anywhere).await.expect("free ports");
        let directory = build(server.base_url(), settings, limits).expect("a directory");
        Self { server, directory }
    }

    async fn of(rows: impl IntoIterator<Item = Line>) -> Self {
        Self::with(context(rows), settings(), 100).await
    }

    pub(super) async fn try_resolve(&self, keys: &[StaffKey]) -> Result<StaffAnswer, SourceErrorKind> {
        self.directory.resolve(&call(), keys).await.map_err(|error| {
            let text = format!("{error} {error:?}");
            assert!(!text.contains("az0") && !text.contains("bbbbbbbb"), "a key in an error");
            error.kind
        })
    }

    async fn resolve(&self, keys: &[StaffKey]) -> BTreeMap<StaffKey, StaffMember> {
        let answer = self.try_resolve(keys).await.expect("an answer");
        assert_eq!(answer.unreadable, 0);
        let found: BTreeMap<_, _> = answer.found.iter().cloned().collect();
        assert_eq!(found.len(), answer.found.len(), "a key came twice");
        found
    }

    async fn one(&self, number: u128) -> StaffMember {
        let found = self.resolve(&[employee(number)]).await;
        found.into_values().next().expect("an employee")
    }

    /// How often each operation was called, by the last two parts of its action.
    fn calls(&self) -> BTreeMap<String, usize> {
        let mut calls = BTreeMap::new();
        for request in self.server.take_recorded() {
            let content_type = request.headers["content-type"].to_str().expect("text").to_owned();
            let action =
                content_type.split("organisation/").nth(1).expect("an action").trim_end_matches('"').to_owned();
            *calls.entry(action).or_default() += 1;
        }
        calls
    }
}

pub(super) fn settings() -> Value {
    json!({"functions": {"stand_in": STAND_IN}})
}

pub(super) fn employee(number: u128) -> StaffKey {
    StaffKey::Employee(format!("az{number:05}").into())
}

fn build(base_url: String, settings: Value, limits: Limits) -> Result<Directory, BuildError> {
    let environment = Environment(Box::new(|_| None));
    KIND.staff(SourceConfig {
        id: SourceId::new("staff"),
        connection: ConnectionSettings { base_url, ca_file: None, limits },
        settings,
        environment: &environment,
    })
}

#[expect(clippy::disallowed_methods, reason = "a deadline far away, for the context")]
fn call() -> CallContext {
    CallContext {
        deadline: tokio::time::Instant::now() + Duration::from_mins(1),
        clock: Arc::new(ManualClock::at(now())),
        trace: TraceContext {
            trace_id: "0af7651916cd43dd8448eb211c80319c".into(),
            span_id: "b7ad6b7169203331".into(),
            sampled: true,
            state: None,
        },
        transaction: Uuid::from_u128(7),
        traffic: Traffic::default(),
    }
}

#[tokio::test]
async fn an_employee_is_whole_by_name_and_by_uuid() {
    let rows = [
        staff(1, &json!({"mobile": "+45 00 00 20 01", "leader": "az00002", "stand_in": "az00003"})),
        staff(2, &json!({"leader": "az00004", "title": "Leder"})),
        staff(3, &json!({})),
        staff(4, &json!({"unit": "SYD"})),
    ];
    let house = House::of(rows).await;
    let found = house.resolve(&[employee(1), StaffKey::User(id(1)), employee(2)]).await;
    let member = &found[&employee(1)];
    assert_eq!(member, &found[&StaffKey::User(id(1))]);
    assert_eq!((member.user, member.employee_id.as_deref()), (id(1), Some("az00001")));
    assert_eq!((member.name.as_deref(), member.title.as_deref()), (Some("Ove 1 Test"), Some("Sagsbehandler")));
    assert_eq!(member.email.as_deref(), Some("az00001@aarhus.example"));
    assert_eq!(member.phone.as_deref(), Some("+45 00 00 01 01"));
    assert_eq!(member.mobile.as_deref(), Some("+45 00 00 20 01"));
    assert_eq!((member.stand_in, member.leader, member.employed), (Some(id(3)), Some(id(2)), true));
    assert_eq!(member.changed, "2024-01-31T23:00:00Z".parse().ok());
    let unit = member.unit.as_ref().expect("a unit");
    assert_eq!((unit.uuid, unit.name.as_deref()), (id(9_001), Some("Team NORD")));
    assert_eq!(unit.above, [id(9_101), id(9_102)]);
    assert_eq!((unit.phone.as_deref(), unit.email.as_deref()), (Some("+45 00 00 9001"), Some("nord@aarhus.example")));
    // She manages the unit herself: her leader is the one of the unit above.
    assert_eq!(found[&employee(2)].leader, Some(id(4)));
}

#[tokio::test]
async fn what_is_listed_serves_all_and_only_searches_are_one_by_one() {
    let house = House::of((1..=20).map(|number| staff(number, &json!({})))).await;
    let keys: Vec<StaffKey> = (1..=20).map(employee).collect();
    assert_eq!(house.resolve(&keys).await.len(), 20);
    let calls = house.calls();
    let wanted = [
        ("adresse/list", 2), // of the users, then of their units
        ("bruger/list", 1),
        ("bruger/soeg", 20),
        ("organisationenhed/list", 3), // one a level
        ("organisationfunktion/list", 1),
        ("organisationfunktion/soeg", 20 + 20 + 1), // positions, stand-ins, one manager for the one unit
        ("person/list", 1),
    ];
    assert_eq!(calls, wanted.map(|(action, times)| (action.to_owned(), times)).into());
    let plain =
        House::with(context((1..=20).map(|number| staff(number, &json!({})))), json!({"leaders": false}), 100).await;
    let keys: Vec<StaffKey> = (1..=20).map(|number| StaffKey::User(id(number))).collect();
    assert_eq!(plain.resolve(&keys).await.len(), 20);
    let calls = plain.calls();
    assert_eq!((calls.get("bruger/soeg"), calls["organisationfunktion/soeg"]), (None, 20));
    assert_eq!(calls.values().sum::<usize>(), 20 + 8);
}

#[tokio::test]
async fn lists_are_batched_and_none_is_empty() {
    let rows = || (1..=5).map(|number| staff(number, &json!({})));
    let house = House::with(context(rows()), json!({"batch_max": 2, "leaders": false}), 100).await;
    let whole = House::with(context(rows()), json!({"leaders": false}), 100).await;
    let keys: Vec<StaffKey> = (1..=5).map(employee).collect();
    assert_eq!(house.resolve(&keys).await, whole.resolve(&keys).await);
    assert_eq!(house.calls()["bruger/list"], 3);
    assert!(house.resolve(&[]).await.is_empty());
    assert!(house.resolve(&[employee(77)]).await.is_empty());
    assert_eq!(house.calls(), [("bruger/soeg".to_owned(), 1)].into());
}

#[tokio::test]
async fn whoever_is_not_there_is_missing_and_whoever_has_left_is_a_name() {
    let rows = [
        staff(1, &json!({})),
        staff(2, &json!({"left": true, "stand_in": "az00001", "leader": "az00001"})),
        staff(3, &json!({"quirks": {"not_in_directory": true}})),
        staff(4, &json!({"quirks": {"inactive": true}})),
        staff(5, &json!({"quirks": {"registrations": 0}})),
    ];
    let house = House::of(rows).await;
    let keys: Vec<StaffKey> = (1..=6).flat_map(|number| [employee(number), StaffKey::User(id(number))]).collect();
    let found = house.resolve(&keys).await;
    for number in [2, 4] {
        let left = &found[&employee(number)];
        assert_eq!((left.employed, left.name.clone()), (false, Some(format!("Ove {number} Test"))));
        assert_eq!((&left.phone, &left.mobile, &left.email, &left.unit), (&None, &None, &None, &None));
        assert_eq!((&left.title, left.leader), (&None, None));
        assert_eq!(left.stand_in, (number == 2).then(|| id(1)), "who has their cases");
        assert_eq!(left, &found[&StaffKey::User(id(number))]);
    }
    // Without a registration nobody is found by name; by UUID it is somebody who has left.
    assert!(!found[&StaffKey::User(id(5))].employed && !found.contains_key(&employee(5)));
    for missing in [employee(3), StaffKey::User(id(3)), employee(6), StaffKey::User(id(6))] {
        assert!(!found.contains_key(&missing), "{missing:?}");
    }
}

#[tokio::test]
async fn whoever_has_left_is_stood_in_for_also_when_nobody_employed_is_asked_for() {
    let rows = || context([staff(1, &json!({})), staff(2, &json!({"left": true, "stand_in": "az00001"}))]);
    let house = House::with(rows(), settings(), 100).await;
    assert_eq!(house.one(2).await.stand_in, Some(id(1)));
    let plain = House::with(rows(), json!({"leaders": false}), 100).await;
    assert_eq!(plain.one(2).await.stand_in, None, "no kind of function is configured");
}

#[tokio::test]
async fn every_oddity_of_the_directory_is_read() {
    let rows = [
        staff(1, &json!({"quirks": {"ended_phone": "+45 00 00 99 99"}})),
        staff(2, &json!({"phone": null, "quirks": {"unknown_role": "+45 00 00 99 99"}})),
        staff(3, &json!({"mobile": "+45 00 00 20 03", "quirks": {"labels": "none"}})),
        staff(4, &json!({"mobile": "+45 00 00 20 04", "quirks": {"labels": "other"}})),
        staff(5, &json!({"quirks": {"second_position": {"title": "Leder", "unit": "SYD"}}})),
        staff(6, &json!({"quirks": {"no_person": true}})),
        staff(7, &json!({"quirks": {"registrations": 2}})),
        staff(8, &json!({"quirks": {"phone_text": "Tlf.: 00 00 08 01 / 00 00 99 99"}})),
        staff(9, &json!({"quirks": {"label_only": "00 00 20 09"}})),
        staff(10, &json!({"cpr": "0101019999", "quirks": {"phone_text": "0101019999"}})),
    ];
    let house = House::of(rows).await;
    assert_eq!(house.one(1).await.phone.as_deref(), Some("+45 00 00 01 01"));
    let unknown_role = house.one(2).await;
    assert_eq!((unknown_role.phone, unknown_role.mobile), (None, None));
    for number in [3, 4] {
        assert_eq!(house.one(number).await.mobile, Some(format!("+45 00 00 20 {number:02}")));
        assert!(house.one(number).await.email.is_some());
    }
    let two = house.one(5).await;
    assert_eq!((two.title.as_deref(), two.unit.map(|unit| unit.uuid)), (Some("Sagsbehandler"), Some(id(9_001))));
    let nameless = house.one(6).await;
    assert_eq!((nameless.name, nameless.employed, nameless.phone.is_some()), (None, true, true));
    assert!(house.one(7).await.employed);
    assert_eq!(house.one(8).await.phone.as_deref(), Some("00 00 08 01"));
    assert_eq!(house.one(9).await.mobile.as_deref(), Some("00 00 20 09"));
    let numbered = house.one(10).await;
    assert_eq!((&numbered.phone, numbered.name.as_deref()), (&None, Some("Ove 10 Test")));
    assert!(!format!("{numbered:?}").contains("0101019999"));
    let asked: Vec<_> = house.server.take_recorded();
    assert!(asked.iter().all(|request| !String::from_utf8_lossy(&request.body).contains("0101019999")));
}

#[tokio::test]
async fn two_users_of_one_name_are_nobody_and_stop_nobody() {
    let twin = || staff(2, &json!({"id": "az00001"}));
    let house = House::of([staff(1, &json!({})), twin(), staff(3, &json!({}))]).await;
    let answer = house.try_resolve(&[employee(1), employee(3)]).await.expect("an answer");
    assert_eq!((answer.found.len(), answer.unreadable), (1, 1));
    let former = staff(1, &json!({"left": true}));
    let house = House::of([former, twin(), staff(3, &json!({}))]).await;
    assert_eq!(house.one(1).await.user, id(2));
}

#[tokio::test]
async fn an_employee_whose_search_is_refused_or_whose_object_is_lost_stops_nobody() {
    let rows = [
        staff(1, &json!({"quirks": {"refused": true}})),
        staff(2, &json!({"quirks": {"not_listed": true}})),
        staff(3, &json!({})),
    ];
    let house = House::of(rows).await;
    let answer = house.try_resolve(&[employee(1), employee(2), employee(3)]).await.expect("an answer");
    let found: Vec<_> = answer.found.iter().map(|(_, member)| member.user).collect();
    assert_eq!((found, answer.unreadable), (vec![id(3)], 1));
    // Alone it is no longer the employee's fault.
    assert_eq!(house.try_resolve(&[employee(1)]).await, Err(SourceErrorKind::Malformed));
    assert_eq!(house.try_resolve(&[employee(2)]).await, Ok(StaffAnswer::default()));
}

#[tokio::test]
async fn more_keys_than_the_limit_are_counted_and_a_number_is_no_name_to_ask_for() {
    let house = House::with(context((1..=5).map(|number| staff(number, &json!({})))), settings(), 3).await;
    let keys: Vec<StaffKey> = (1..=5).chain(1..=5).map(employee).collect();
    let answer = house.try_resolve(&keys).await.expect("an answer");
    assert_eq!((answer.found.len(), answer.unreadable), (3, 2));
    house.calls();
    let answer = house.try_resolve(&[StaffKey::Employee("0101019999".into())]).await.expect("an answer");
    assert_eq!((answer.found.len(), answer.unreadable), (0, 1));
    assert!(house.calls().is_empty());
}

#[tokio::test]
async fn only_one_municipality_is_asked_for_where_it_is_configured() {
    for (organisation, found) in [(json!("aaaaaaaa-0000-4000-8000-000000000751"), 1), (json!(id(1)), 0)] {
        let house = House::with(context([staff(1, &json!({}))]), json!({"organisation": organisation}), 100).await;
        assert_eq!(house.resolve(&[employee(1)]).await.len(), found);
    }
}

#[tokio::test]
async fn faults_are_named_by_whose_turn_it_is() {
    let house = House::of([staff(1, &json!({}))]).await;
    for (fault, kind) in [
        (Fault::RefusedToken, SourceErrorKind::Unauthorized),
        (Fault::VendorFault, SourceErrorKind::Unavailable),
        (Fault::Status(503), SourceErrorKind::Unavailable),
        (Fault::Status(429), SourceErrorKind::Unavailable),
        (Fault::Html, SourceErrorKind::Malformed),
        (Fault::Truncated, SourceErrorKind::Malformed),
        (Fault::Endless, SourceErrorKind::Malformed),
    ] {
        house.server.faults().set(None, fault);
        for key in [employee(1), StaffKey::User(id(1))] {
            assert_eq!(house.try_resolve(&[key]).await, Err(kind), "{fault}");
        }
        assert_eq!(house.directory.probe(&call()).await.map_err(|error| error.kind), Err(kind), "{fault}");
    }
    house.server.faults().clear_all();
    assert!(house.directory.probe(&call()).await.is_ok());
}

#[tokio::test]
async fn a_look_up_that_is_cut_holds_nothing() {
    let house = House::of((1..=3).map(|number| staff(number, &json!({})))).await;
    house.server.faults().set(None, Fault::Hang);
    let keys: Vec<StaffKey> = (1..=3).map(employee).collect();
    let cut = tokio::time::timeout(Duration::from_millis(50), house.try_resolve(&keys)).await;
    assert!(cut.is_err());
    house.server.faults().clear_all();
    assert_eq!(house.resolve(&keys).await.len(), 3);
}

#[tokio::test]
async fn every_call_is_soap_1_2_with_its_action_and_the_trace() {
    let house = House::of([staff(1, &json!({}))]).await;
    house.one(1).await;
    let recorded = house.server.take_recorded();
    let search = &recorded[0];
    assert_eq!(search.target, "/organisation/bruger/6/");
    assert_eq!(
        search.headers["content-type"],
        "application/soap+xml; charset=utf-8; action=\"http://kombit.dk/sts/organisation/bruger/soeg\""
    );
    let reads: BTreeSet<&str> = KIND.reads.iter().filter_map(|read| read.soap_action).collect();
    for request in recorded {
        assert!(request.headers["traceparent"].to_str().expect("text").contains("0af7651916cd43dd8448eb211c80319c"));
        let content_type = request.headers["content-type"].to_str().expect("text");
        assert!(reads.iter().any(|action| content_type.ends_with(&format!("action=\"{action}\""))), "{content_type}");
    }
}

#[tokio::test]
async fn the_demos_staff_can_be_called_or_say_why_not() {
    let now = "2026-11-24T08:00:00Z".parse().expect("a moment");
    let world = Arc::new(World::invent(1, 0, now));
    let context = FakeContext { world: Arc::clone(&world), clock: Arc::new(ManualClock::at(now)) };
    let house = House::with(context, settings(), 100).await;
    let keys: Vec<StaffKey> = world.staff().iter().map(|staff| StaffKey::Employee(staff.id.as_str().into())).collect();
    let found = house.resolve(&keys).await;
    let of = |id: &str| &found[&StaffKey::Employee(id.into())];
    assert_eq!(found.len(), keys.len() - 1, "one is not in the directory");
    for staff in world.staff().iter().filter(|staff| staff.id != "az10038") {
        let member = of(&staff.id);
        assert_eq!((member.user, member.employed), (staff.uuid, !staff.left), "{}", staff.id);
        assert_eq!(member.name.is_some(), staff.id != "az10037");
        let user = |id: &Option<String>| id.as_deref().and_then(|id| world.staff_member(id)).map(|staff| staff.uuid);
        let is_in_doubt = staff.id == "az10037";
        assert!(is_in_doubt || member.stand_in == user(&staff.stand_in), "{}", staff.id);
        if staff.left {
            assert_eq!((member.leader, &member.phone, &member.unit), (None, &None, &None));
            continue;
        }
        let unit = member.unit.as_ref().expect("a unit");
        assert_eq!(Some(unit.uuid), world.unit(&staff.unit).map(|unit| unit.uuid));
        assert!(unit.phone.is_some() && !unit.above.is_empty());
        assert_eq!(member.phone, staff.phone, "{}", staff.id);
        assert_eq!(member.leader, user(&staff.leader), "{}", staff.id);
    }
    assert!(CALLERS.iter().all(|(_, id, _)| of(id).employed));
    assert_eq!(of("az10015").stand_in, Some(of("az10014").user), "he has left, and she has his cases");
    assert_eq!(of("az10014").name.as_deref(), Some("Anne-Mette Prøve"));
    let everything = format!("{found:?}");
    assert!(world.persons().iter().all(|person| !everything.contains(&person.cpr)));
}

#[test]
fn settings_that_cannot_work_are_refused_by_field() {
    let role = "5ef6be2d-59f4-4652-a680-585929924ba9";
    for (settings, field) in [
        (json!({"security": "idws"}), "security"),
        (json!({"batch_max": 0}), "batch_max"),
        (json!({"batch_max": 1001}), "batch_max"),
        (json!({"roles": {"user_email": {"uuid": role}}}), "roles"),
        (json!({"functions": {"stand_in": super::settings::POSITION}}), "functions"),
        (json!({"batchmax": 1}), "batchmax"),
    ] {
        let error =
            build("http://127.0.0.1:1".to_owned(), settings, Limits::default()).expect_err("refused").to_string();
        assert!(error.contains(field), "{error}");
    }
    assert_eq!((KIND.warnings)(&json!({})).len(), 2);
    assert_eq!((KIND.warnings)(&settings()).len(), 1);
    assert!((KIND.warnings)(&json!({"security": "idws"}))[0].contains("not built"));
}
