//! The adapter against its fake, over HTTP on loopback.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, date};
use serde_json::{Value, json};
use uuid::Uuid;

use super::KIND;
use crate::contract::{
    CallContext, CivilStatus, CprNumber, CustodyHolder, ManualClock, PersonFacts, PersonStatus, Protection, Register,
    RegisterDate, RelatedPerson, SourceErrorKind, SourceId, TraceContext, Traffic,
};
use crate::fake::population::*;
use crate::fake::{FakeAnswer, FakeContext, FakeRequest, FakeServer, FakeSystem, Fault, VendorFault, World};
use crate::register::{BuildError, Environment, SourceConfig};
use crate::transport::{ConnectionSettings, Limits};

const NOW: &str = "2026-11-24T08:00:00Z";
const UNKNOWN: &str = "0101018888";

pub(super) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(NOW.parse().expect("a moment")))
}

/// The settings with which the fake takes a question.
pub(super) fn settings() -> Value {
    json!({
        "municipality_cvr": "55133018",
        "service_agreement": "11111111-1111-4111-8111-111111111111",
        "user_system": "22222222-2222-4222-8222-222222222222",
        "user": "33333333-3333-4333-8333-333333333333"
    })
}

fn settings_with(name: &str, value: Value) -> Value {
    let mut settings = settings();
    settings[name] = value;
    settings
}

pub(super) fn town() -> Arc<World> {
    Arc::new(World::invent(1, 400, NOW.parse().expect("a moment")))
}

struct House {
    server: FakeServer,
    register: Register,
}

impl House {
    async fn of(world: Arc<World>, settings: Value) -> Self {
        let context = FakeContext { world: Arc::clone(&world), clock: clock() };
        Self::before((KIND.fake)(context), world, settings).await
    }

    async fn before(system: Arc<dyn FakeSystem>, world: Arc<World>, settings: Value) -> Self {
        let anywhere = ([127, 0, 0, 1], 0).into();
        let server = FakeServer::start(system, world, anywhere, anywhere).await.expect("free ports");
        let register = build(server.base_url(), settings).expect("a register");
        Self { server, register }
    }

    async fn of_town() -> Self {
        Self::of(town(), settings()).await
    }

    async fn look_up(&self, cpr: &str) -> Result<Option<PersonFacts>, SourceErrorKind> {
        let person = number(cpr);
        self.register.look_up(&call(2_000), &person).await.map_err(|error| {
            assert!(!format!("{error} {error:?}").contains(cpr), "a number in an error");
            error.kind
        })
    }

    async fn facts(&self, cpr: &str) -> PersonFacts {
        self.look_up(cpr).await.expect("an answer").expect("a person")
    }
}

fn build(base_url: String, settings: Value) -> Result<Register, BuildError> {
    let environment = Environment(Box::new(|_| None));
    KIND.persons(SourceConfig {
        id: SourceId::new("cpr"),
        connection: ConnectionSettings { base_url, ca_file: None, limits: Limits::default() },
        settings,
        environment: &environment,
    })
}

#[expect(clippy::disallowed_methods, reason = "a deadline lies in the machine's time")]
fn call(milliseconds: u64) -> CallContext {
    let deadline = tokio::time::Instant::now() + Duration::from_millis(milliseconds);
    let trace = TraceContext {
        trace_id: "0af7651916cd43dd8448eb211c80319c".into(),
        span_id: "b7ad6b7169203331".into(),
        ..TraceContext::default()
    };
    CallContext { deadline, clock: clock(), trace, transaction: Uuid::nil(), traffic: Traffic::default() }
}

fn number(text: &str) -> CprNumber {
    CprNumber::parse(text).expect("ten digits")
}

fn is(relative: Option<&RelatedPerson>, cpr: &str) -> bool {
    relative.and_then(RelatedPerson::number) == Some(&number(cpr))
}

#[tokio::test]
async fn everybody_of_the_town_is_told_as_the_town_has_them() {
    let (world, house) = (town(), House::of_town().await);
    for person in world.persons().iter().filter(|person| person.register.answer == RegisterAnswer::Full) {
        let facts = house.facts(&person.cpr).await;
        assert_eq!((facts.number, facts.in_force), (number(&person.cpr), number(&person.cpr)));
        assert_eq!(facts.name.map(|name| name.addressing), Some(person.full_name()));
        assert!(facts.born == Some(RegisterDate { day: person.born, uncertain: person.register.born_uncertain }));
        let protection = match (&person.register.protection, person.protected) {
            (Some(_), _) | (None, Some(false)) => Protection::Open,
            (None, Some(true)) => Protection::Protected,
            (None, None) => Protection::Unknown,
        };
        assert_eq!(facts.protection, protection);
        let children: Vec<CprNumber> = person.children.iter().map(|child| number(child)).collect();
        assert_eq!(facts.children, children);
        assert_eq!(facts.custody.len(), person.custody.len());
        let holders = facts.custody.iter().map(|custody| custody.person.expect("every custodian has a number"));
        let mut holders: Vec<CprNumber> = holders.collect();
        let mut custodians: Vec<CprNumber> = person.custody.iter().map(|custodian| number(custodian)).collect();
        holders.sort();
        custodians.sort();
        assert_eq!(holders, custodians);
        let home = world.household_of(&person.cpr).filter(|_| !matches!(person.status, 70 | 80 | 90));
        assert_eq!(facts.address.is_some(), home.is_some());
        if let (Some(address), Some(home)) = (facts.address, home) {
            assert_eq!(
                (address.municipality, address.postal_code),
                (Some(person.municipality), Some(home.postal_code.clone()))
            );
            assert_eq!((address.floor, address.door), (home.floor.clone(), home.door.clone()));
            let house_number = Some(home.house_number.clone()).filter(|text| !text.is_empty());
            assert_eq!(address.house_number, house_number);
            let uuid = address.road_code.is_some_and(|code| code < 9_900).then_some(home.address_uuid);
            assert_eq!(address.uuid, uuid);
        }
    }
}

#[tokio::test]
async fn the_family_of_the_demo_is_known_from_the_register_alone() {
    let house = House::of_town().await;
    let (lone, michael) = (house.facts(LONE).await, house.facts(MICHAEL).await);
    assert_eq!((lone.protection, lone.civil_status), (Protection::Protected, Some(CivilStatus::Divorced)));
    assert!(is(lone.spouse.as_ref(), MICHAEL) && is(michael.spouse.as_ref(), LONE));
    let (mikkel, maja, rasmus) = (house.facts(MIKKEL).await, house.facts(MAJA).await, house.facts(RASMUS).await);
    assert!(is(mikkel.mother.as_ref(), MAJA) && is(mikkel.father.as_ref(), RASMUS));
    let custody: Vec<_> = mikkel.custody.iter().map(|custody| (custody.holder, custody.person)).collect();
    let expected = [(CustodyHolder::Mother, Some(number(MAJA))), (CustodyHolder::Father, Some(number(RASMUS)))];
    assert_eq!(custody, expected);
    assert_eq!(maja.children, [number(MIKKEL), number(FREJA)]);
    let home = |facts: PersonFacts| facts.address.expect("an address");
    let (with_mother, with_father) = (home(maja), home(rasmus));
    assert_eq!(home(mikkel).is_same(&with_mother), Some(true));
    assert_eq!(with_mother.is_same(&with_father), Some(false));
    // Ingrid: the register does not say, and that is not "open".
    assert_eq!(house.facts(INGRID).await.protection, Protection::Unknown);
}

#[tokio::test]
async fn version_4_tells_the_same_but_for_what_it_lacks() {
    let (five, four) = (House::of_town().await, House::of(town(), settings_with("version", json!(4))).await);
    for cpr in [CLAUS, AMINA, SARA, LONE, MIKKEL, KNUD, GUDRUN, RUTH_FORMER, OTTO] {
        let (mut newer, older) = (five.facts(cpr).await, four.facts(cpr).await);
        if let Some(address) = &mut newer.address {
            address.uuid = None;
        }
        if let Some(guardianship) = &mut newer.guardianship {
            assert_eq!(guardianship.full.take(), Some(false));
        }
        assert!(newer == older, "{cpr}");
    }
    let target = four.server.take_recorded().remove(0).target;
    assert_eq!(target, "/service/CPR/PersonBaseDataExtended/4");
}

#[tokio::test]
async fn each_oddity_of_the_register_comes_through() {
    let house = House::of_town().await;
    let status = async |cpr: &str| {
        let facts = house.facts(cpr).await;
        (facts.status, facts.status_since, facts.address.is_some())
    };
    assert_eq!(status(ERIK).await, (PersonStatus::Dead, Some(date(2026, 4, 2)), false));
    assert_eq!(status(NADIA).await, (PersonStatus::Emigrated, Some(date(2025, 8, 1)), false));
    assert_eq!(status(VIGGO).await, (PersonStatus::Disappeared, Some(date(2021, 11, 5)), false));
    assert_eq!(house.facts(BODIL).await.protection, Protection::Open);
    let hassan = house.facts(HASSAN).await;
    assert!(hassan.born.is_some_and(|born| born.uncertain));
    assert_eq!(hassan.status, PersonStatus::Resident);
    let address = hassan.address.expect("an address");
    assert_eq!((address.road_code, address.house_number.clone()), (Some(9_901), None));
    assert_eq!(address.is_same(&address), None, "who lives with somebody without a fixed address is not known");
    let (ida, noah) = (house.facts(IDA).await, house.facts(NOAH).await);
    let named = RelatedPerson::Named { born: Some(date(1986, 5, 5)), name: Some("Opdigtet Test".to_owned()) };
    assert!(ida.mother == Some(named) && is(ida.father.as_ref(), KNUD));
    assert!(is(noah.mother.as_ref(), LEYLA) && noah.father.is_none());
    let guardianship = house.facts(GUDRUN).await.guardianship.expect("a guardian");
    assert_eq!((guardianship.guardian, guardianship.full), (Some(number(KNUD)), Some(false)));
    let knud = house.facts(KNUD).await.address.expect("an address");
    assert_eq!(
        (knud.floor.as_deref(), knud.door.as_deref(), knud.since),
        (Some("2"), Some("tv"), Some(date(2019, 4, 1)))
    );
    let otto = house.facts(OTTO).await;
    assert!(otto.name.is_none() && otto.address.is_none());
    assert_eq!((otto.status, otto.protection), (PersonStatus::Unknown, Protection::Unknown));
}

#[tokio::test]
async fn a_replaced_number_names_the_one_in_force_whether_its_answer_is_filled_or_not() {
    let house = House::of_town().await;
    for (former, in_force, is_filled) in [(YUSUF_FORMER, YUSUF, true), (RUTH_FORMER, RUTH, false)] {
        let facts = house.facts(former).await;
        assert_eq!((facts.number, facts.in_force), (number(former), number(in_force)));
        let status = if is_filled { PersonStatus::Replaced } else { PersonStatus::Unknown };
        assert_eq!((facts.name.is_some(), facts.status), (is_filled, status));
        assert_eq!(house.facts(in_force).await.status, PersonStatus::Resident);
    }
}

#[tokio::test]
async fn an_unknown_number_and_an_empty_answer_are_nobody_and_not_an_error() {
    let house = House::of_town().await;
    assert!(matches!(house.look_up(UNKNOWN).await, Ok(None)));
    assert!(house.register.probe(&call(2_000)).await.is_ok());
    let empty = RegisterFacts { answer: RegisterAnswer::Empty, ..RegisterFacts::default() };
    let empty = born_on_first_of_january(1960, empty);
    let cpr = empty.cpr.clone();
    let house = House::of(Arc::new(World::from_lines([Line::Person(empty)])), settings()).await;
    assert!(matches!(house.look_up(&cpr).await, Ok(None)));
}

fn born_on_first_of_january(year: i16, register: RegisterFacts) -> Person {
    let person = json!({
        "cpr": format!("0101{:02}9979", year % 100), "given_name": "Ida", "family_name": "Prøve",
        "born": Date::constant(year, 1, 1).to_string(), "sex": "M", "protected": false
    });
    Person { register, ..serde_json::from_value(person).expect("a person") }
}

#[tokio::test]
async fn every_listed_date_with_numbers_without_check_digit_is_taken() {
    let listed = LISTED_YEARS.iter().map(|year| born_on_first_of_january(*year, RegisterFacts::default()));
    let people: Vec<Person> = listed.collect();
    let world = World::from_lines(people.iter().cloned().map(Line::Person));
    let house = House::of(Arc::new(world), settings()).await;
    for person in &people {
        let facts = house.facts(&person.cpr).await;
        assert_eq!(facts.number.expose(), person.cpr);
        assert_eq!(facts.born.map(|born| born.day), Some(person.born));
    }
    assert_eq!(people.len(), 26);
}

#[tokio::test]
async fn faults_are_named_by_whose_turn_it_is() {
    let house = House::of_town().await;
    for (fault, kind) in [
        (Fault::RefusedToken, SourceErrorKind::Unauthorized),
        (Fault::VendorFault, SourceErrorKind::Unavailable),
        (Fault::Status(500), SourceErrorKind::Unavailable),
        (Fault::Status(503), SourceErrorKind::Unavailable),
        (Fault::Status(429), SourceErrorKind::Unavailable),
        (Fault::Html, SourceErrorKind::Malformed),
        (Fault::Truncated, SourceErrorKind::Malformed),
        (Fault::Endless, SourceErrorKind::Malformed),
    ] {
        house.server.faults().set(Some(CLAUS), fault);
        assert_eq!(house.look_up(CLAUS).await.map(drop), Err(kind), "{fault}");
        assert!(house.look_up(AMINA).await.is_ok(), "a fault for one citizen is for that one");
    }
}

#[tokio::test]
async fn an_answer_about_somebody_else_says_so() {
    let house = House::of_town().await;
    house.server.faults().set(Some(JENS_A), Fault::AnotherCitizen);
    let facts = house.facts(JENS_A).await;
    assert_eq!((facts.number, facts.in_force), (number(JENS_B), number(JENS_B)));
}

#[tokio::test]
async fn a_register_that_hangs_is_left_at_the_deadline_and_can_be_asked_again() {
    let house = House::of_town().await;
    for fault in [Fault::Hang, Fault::Latency(5_000)] {
        house.server.faults().set(Some(CLAUS), fault);
        let (call, claus) = (call(80), number(CLAUS));
        // The house cuts every look-up at its deadline; the adapter itself must neither answer nor give up before.
        let outcome = tokio::time::timeout_at(call.deadline, house.register.look_up(&call, &claus)).await;
        let outcome = outcome.map_or(Err(SourceErrorKind::TimedOut), |answer| answer.map_err(|error| error.kind));
        assert_eq!(outcome.map(drop), Err(SourceErrorKind::TimedOut));
        house.server.faults().clear(Some(CLAUS));
        assert_eq!(house.facts(CLAUS).await.number, number(CLAUS));
    }
}

/// Answers everything with these bytes.
struct Canned(Vec<u8>);

impl FakeSystem for Canned {
    fn name(&self) -> &'static str {
        "persons"
    }
    fn citizen(&self, _: &FakeRequest) -> Option<String> {
        None
    }
    fn answer(&self, _: &FakeRequest) -> FakeAnswer {
        FakeAnswer::new(200, "text/xml; charset=utf-8", self.0.clone())
    }
    fn fault(&self, request: &FakeRequest, _: VendorFault) -> FakeAnswer {
        self.answer(request)
    }
}

#[tokio::test]
async fn hostile_answers_are_refused_in_bounded_time_and_memory() {
    let known = include_str!("fixtures/known.xml");
    let deep = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    let children = "<barn><personnummer>0303239999</personnummer></barn>".repeat(500_000);
    for (what, text) in [
        ("a document type", format!("<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>{known}")),
        ("an outside entity", known.replace("Signe", "&xxe;")),
        ("a deep tree", known.replace("<koen>K</koen>", &deep)),
        ("a huge body", known.replace("<barn>", &format!("{children}<barn>"))),
        ("two bodies", known.replace("</s:Body>", "</s:Body><s:Body/>")),
        ("another service", known.replace("PersonLookupResponse", "PersonUpdateResponse")),
        ("nothing", String::new()),
    ] {
        let house = House::before(Arc::new(Canned(text.into_bytes())), town(), settings()).await;
        assert_eq!(house.look_up("0101019999").await.map(drop), Err(SourceErrorKind::Malformed), "{what}");
    }
}

#[tokio::test]
async fn no_number_stands_in_an_address_or_a_header_that_we_send() {
    let house = House::of_town().await;
    house.facts(CLAUS).await;
    assert!(!format!("{:?}", house.register).contains(CLAUS));
    let recorded = house.server.take_recorded();
    let [sent] = recorded.as_slice() else { panic!("one look-up is one call") };
    assert_eq!(sent.target, "/service/CPR/PersonBaseDataExtended/5");
    let header = |name: &str| sent.headers[name].to_str().expect("text").to_owned();
    assert_eq!(
        header("soapaction"),
        "\"http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/5/PersonLookup\""
    );
    assert_eq!(header("content-type"), "text/xml; charset=utf-8");
    assert!(header("traceparent").contains("0af7651916cd43dd8448eb211c80319c"));
    assert!(sent.headers.values().all(|value| !String::from_utf8_lossy(value.as_bytes()).contains(CLAUS)));
    assert_eq!(String::from_utf8_lossy(&sent.body).matches(CLAUS).count(), 1, "the number stands once, in the body");
}

#[tokio::test]
async fn a_gateway_has_its_own_path_and_what_the_register_refuses_is_unauthorized() {
    let house = House::of(town(), settings_with("path", json!("/gateway/service/CPR/PersonBaseDataExtended/5"))).await;
    house.facts(CLAUS).await;
    assert_eq!(house.server.take_recorded()[0].target, "/gateway/service/CPR/PersonBaseDataExtended/5");
    let unsigned = House::of(town(), json!({"security": "none"})).await;
    assert_eq!(unsigned.look_up(CLAUS).await.map(drop), Err(SourceErrorKind::Unauthorized));
    let other = settings_with("service", json!("e6be2436-bf35-4df2-83fe-925142825dc2"));
    let other = House::of(town(), other).await;
    assert_eq!(other.look_up(CLAUS).await.map(drop), Err(SourceErrorKind::Malformed));
    assert!(other.register.probe(&call(2_000)).await.is_err(), "the probe tells it too");
}

#[test]
fn settings_that_cannot_work_are_refused_by_field() {
    for (settings, field) in [
        (json!({}), "service_agreement"),
        (settings_with("security", json!("token")), "security"),
        (settings_with("version", json!(6)), "version"),
        (settings_with("municipality_cvr", json!("5513301")), "municipality_cvr"),
        (settings_with("path", json!("service")), "path"),
        (settings_with("absent_protection", json!("maybe")), "variant"),
        (settings_with("servise", json!("x")), "servise"),
    ] {
        let error = build("http://127.0.0.1:1".to_owned(), settings).expect_err("refused").to_string();
        assert!(error.contains(field), "{error}");
    }
    assert!((KIND.warnings)(&settings())[0].contains("certificate"));
    assert!((KIND.warnings)(&settings_with("security", json!("token")))[0].contains("not built"));
    assert_eq!((KIND.warnings)(&settings_with("absent_protection", json!("open"))).len(), 2);
}

#[test]
fn a_register_is_no_source_of_cases() {
    let environment = Environment(Box::new(|_| None));
    let config = SourceConfig {
        id: SourceId::new("cpr"),
        connection: ConnectionSettings {
            base_url: "http://127.0.0.1:1".to_owned(),
            ca_file: None,
            limits: Limits::default(),
        },
        settings: settings(),
        environment: &environment,
    };
    assert!(matches!(KIND.cases(config), Err(BuildError::WrongPlace(_))));
}
