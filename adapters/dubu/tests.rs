//! The adapter against its fake over loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::KIND;
use super::fake::{DEMO_COOKIE, Dubu};
use crate::contract::{
    About, Adapter, CallContext, CaseStatus, CprNumber, Fetched, ManualClock, QualityFlag, SourceError,
    SourceErrorKind, SourceId, TraceContext,
};
use crate::fake::population::Line;
use crate::fake::{FakeAnswer, FakeContext, FakeRequest, FakeServer, FakeSystem, Fault, VendorFault, World};
use crate::register::{BuildError, Environment, SourceConfig};
use crate::transport::{ConnectionSettings, Limits};

const MIE: &str = "0101129999";
const BO: &str = "0202139999";
const NOBODY: &str = "0303149999";
const NOW: &str = "2025-12-01T09:00:00Z";

fn world() -> Arc<World> {
    let unit = |code: &str, number: u32| {
        json!({ "type": "unit", "code": code, "name": "Børneteam Prøve", "department": "BU",
            "uuid": Uuid::from_u128(number.into()), "number": number })
    };
    let staff = |id: &str, number: u32, name: &str, left: bool| {
        json!({ "type": "staff", "id": id, "uuid": Uuid::from_u128(number.into()), "number": number, "name": name,
            "unit": "BU-1", "email": format!("{id}@example.dk"), "phone": format!("894000{number}"),
            "mobile": format!("200000{number}"), "left": left })
    };
    let person = |cpr: &str, given: &str| json!({ "type": "person", "cpr": cpr, "given_name": given, "family_name": "Prøve", "born": "2012-12-01", "sex": "K" });
    let case = |serial: u128, citizen: &str, more: Value| {
        let mut row = json!({ "type": "case", "source": "dubu", "id": Uuid::from_u128(serial), "serial": serial,
            "citizen": citizen, "number": format!("25/{serial}"), "title": "Børnefaglig undersøgelse",
            "unit": "BU-1", "caseworker": "az90041", "opened": "2025-02-03", "type_code": "Boernesag",
            "type_name": "Børnesag" });
        row.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        row
    };
    let lines = [
        unit("BU-1", 3101),
        staff("az90041", 41, "Karen Prøve", false),
        staff("az90042", 42, "Ole Test", false),
        staff("az90043", 43, "Ida Test", true),
        person(MIE, "Mie Sofie"),
        person(BO, "Bo"),
        case(
            601,
            MIE,
            json!({ "deadline": "2026-03-01", "others": ["az90042"], "kle": "27.24.06",
            "quirks": { "deadline_as_instant": true } }),
        ),
        case(
            602,
            MIE,
            json!({ "progress": "closed", "closed": "2025-06-01", "level": 3, "coercion": true,
            "caseworker": "az90043" }),
        ),
        case(
            603,
            MIE,
            json!({ "raw_status": "SagStatus9", "status_text": "Til høring",
            "quirks": { "no_cpr": true, "no_details": true, "type_as_text": true } }),
        ),
        case(701, BO, json!({ "quirks": { "mentions": [MIE] }, "title": "Søskende" })),
    ];
    let lines = lines.into_iter().map(|line| serde_json::from_value::<Line>(line).expect("a population line"));
    Arc::new(World::from_lines(lines))
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(NOW.parse().expect("a moment")))
}

fn system(world: &Arc<World>) -> Arc<Dubu> {
    Arc::new(Dubu::new(FakeContext { world: Arc::clone(world), clock: clock() }))
}

async fn serve(world: Arc<World>, system: Arc<dyn FakeSystem>) -> FakeServer {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    FakeServer::start(system, world, free, free).await.expect("free ports")
}

async fn start() -> FakeServer {
    let world = world();
    serve(Arc::clone(&world), system(&world)).await
}

/// A cookie file of its own for each test; it goes away with the value.
struct CookieFile(PathBuf);

impl CookieFile {
    fn with(cookie: &str) -> Self {
        let name = format!("glasplade-dubu-{}-{}", std::process::id(), uuid_of_test());
        let file = Self(std::env::temp_dir().join(name));
        file.write(cookie);
        file
    }

    fn write(&self, cookie: &str) {
        std::fs::write(&self.0, format!("{cookie}\n")).expect("a writable temp folder");
    }
}

impl Drop for CookieFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn uuid_of_test() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn build(server: &FakeServer, file: &CookieFile, more: Value, limits: Limits) -> Adapter {
    let mut settings = json!({ "cookie": format!("file:{}", file.0.display()) });
    settings.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let environment = Environment(Box::new(|_| None));
    let connection = ConnectionSettings { base_url: server.base_url(), ca_file: None, limits };
    let config = SourceConfig { id: SourceId::new("dubu"), connection, settings, environment: &environment };
    (KIND.build)(config).expect("settings that fit")
}

fn usual(server: &FakeServer, file: &CookieFile) -> Adapter {
    build(server, file, json!({}), Limits::default())
}

#[expect(clippy::disallowed_methods, reason = "a test's deadline")]
fn context() -> CallContext {
    CallContext {
        deadline: tokio::time::Instant::now() + Duration::from_secs(2),
        clock: clock(),
        trace: TraceContext {
            trace_id: Arc::from("0af7651916cd43dd8448eb211c80319c"),
            span_id: Arc::from("b7ad6b7169203331"),
        },
        transaction: Uuid::nil(),
    }
}

async fn ask(adapter: &Adapter, cpr: &str) -> Result<Fetched, SourceError> {
    adapter.fetch(&context(), &CprNumber::parse(cpr).expect("ten digits")).await
}

fn number(cpr: &str) -> CprNumber {
    CprNumber::parse(cpr).expect("ten digits")
}

#[tokio::test]
async fn a_citizens_cases_come_newest_first_with_details_and_numbers() {
    let (server, file) = (start().await, CookieFile::with(DEMO_COOKIE));
    let adapter = build(&server, &file, json!({ "case_link": "https://dubu.example/sag/{id}" }), Limits::default());
    let fetched = ask(&adapter, MIE).await.expect("an answer");
    let ids: Vec<&str> = fetched.records.iter().map(|case| &*case.native_id).collect();
    assert_eq!(ids, ["701", "603", "602", "601"]);
    assert_eq!((fetched.unreadable, fetched.cut_short), (0, false));

    let case = &fetched.records[3];
    assert_eq!((case.status.normal, case.deadline), (CaseStatus::Running, Some(date(2026, 3, 1))));
    assert_eq!((case.opened, case.keys.uuid), (Some(date(2025, 2, 3)), Some(Uuid::from_u128(601))));
    assert_eq!(case.unit.as_ref().and_then(|unit| unit.id.as_deref()), Some("3101"));
    assert_eq!(case.link.as_deref(), Some("https://dubu.example/sag/601"));
    let caseworker = &case.actors[0];
    assert_eq!(caseworker.employee_id.as_deref(), Some("az90041"));
    assert_eq!((caseworker.phone.as_deref(), caseworker.mobile.as_deref()), (Some("89400041"), Some("20000041")));
    assert_eq!(case.actors[1].name.as_deref(), Some("Ole Test"));

    let closed = &fetched.records[2];
    assert_eq!((closed.status.normal, closed.closed), (CaseStatus::Closed, Some(date(2025, 6, 1))));
    assert_eq!((closed.actors[0].name.as_deref(), closed.actors[0].phone.as_deref()), (Some("Ida Test"), None));
}

#[tokio::test]
async fn the_question_is_the_screens_own_and_the_numbers_are_asked_for_once() {
    let (server, file) = (start().await, CookieFile::with(DEMO_COOKIE));
    ask(&usual(&server, &file), MIE).await.expect("an answer");
    let asked: Vec<String> = server.take_recorded().into_iter().map(|request| request.target).collect();
    assert_eq!(
        asked[0],
        "/odata/Sag?$format=application/json;odata.metadata=none&$top=20&$skip=0\
         &$select=tvang,titel,status,sagstype,id,isSensitive,sagsnummer,sekundaerBehandlerNavne\
         &$expand=primaerPerson($select=alder,cprnr,fornavn,mellemnavn,efternavn,id,organisationsnavn,fuldeNavn,navn),\
         primaerBehandler,foerstkommendeFrist($select=fristDato,id)&$orderby=id%20desc&search=0101129999&$count=true"
    );
    let users: Vec<_> = asked.iter().filter(|target| target.contains("GetByKommune")).collect();
    let wanted = "/odata/OrgBruger/Default.GetByKommune?$select=email,telefon,gyldigTil,fuldeNavn,brugernavn,\
         mobiltelefon,medlemsskaber,id&$filter=email%20eq%20'az90041@example.dk'%20or%20email%20eq%20'az90043@example.dk'";
    assert_eq!(users, [wanted]);
}

#[tokio::test]
async fn rows_of_another_person_say_so_and_nothing_more_is_looked_up_for_them() {
    let (server, file) = (start().await, CookieFile::with(DEMO_COOKIE));
    let fetched = ask(&usual(&server, &file), MIE).await.expect("an answer");
    assert_eq!(fetched.records[0].about, About::Stated(vec![number(BO)]));
    assert_eq!(fetched.records[0].unit, None);
    let unstated = &fetched.records[1];
    assert_eq!((&unstated.about, unstated.status.normal), (&About::Unstated, CaseStatus::Other));
    assert_eq!(unstated.status.raw, "Til høring");
    assert_eq!(unstated.flags, [QualityFlag::CitizenNotStated, QualityFlag::UnknownStatus]);
    assert_eq!(unstated.case_type.name.as_deref(), Some("Børnesag"));
    assert!(server.take_recorded().iter().all(|request| !request.target.contains("details/701")));

    server.faults().set(None, Fault::AnotherCitizen);
    let wrong = ask(&usual(&server, &file), BO).await.expect("an answer");
    assert!(wrong.records.iter().any(|case| case.about == About::Stated(vec![number(MIE)])));
    assert!(wrong.records.iter().all(|case| case.about != About::Stated(vec![number(BO)])));
}

#[tokio::test]
async fn unknown_citizen_is_empty_not_error() {
    let (server, file) = (start().await, CookieFile::with(DEMO_COOKIE));
    assert_eq!(ask(&usual(&server, &file), NOBODY).await, Ok(Fetched::default()));
}

#[tokio::test]
async fn all_pages_are_read_up_to_the_limit() {
    let (server, file) = (start().await, CookieFile::with(DEMO_COOKIE));
    let one_by_one = json!({ "page_rows": 1, "details": false, "contacts": false });
    let paged = ask(&build(&server, &file, one_by_one.clone(), Limits::default()), MIE).await.expect("an answer");
    assert_eq!((paged.records.len(), paged.cut_short), (4, false));
    assert_eq!(server.take_recorded().len(), 4);

    let limits = Limits { rows_max: 2, ..Limits::default() };
    let cut = ask(&build(&server, &file, one_by_one, limits), MIE).await.expect("an answer");
    assert_eq!((cut.records.len(), cut.cut_short), (2, true));
}

#[tokio::test]
async fn closed_cases_are_left_at_the_source_when_only_active_ones_are_wanted() {
    let (server, file) = (start().await, CookieFile::with(DEMO_COOKIE));
    let active = ask(&build(&server, &file, json!({ "active_only": true }), Limits::default()), MIE).await;
    let active = active.expect("an answer");
    assert!(active.records.iter().all(|case| case.status.normal.is_active()));
    assert_eq!(active.records.len(), 3);
}

#[tokio::test]
async fn an_expired_session_is_unauthorized_until_the_file_has_a_new_cookie() {
    let (server, file) = (start().await, CookieFile::with("oiosamlSession=old; oiosamlCookie=old"));
    let adapter = usual(&server, &file);
    let expired = ask(&adapter, MIE).await.expect_err("a login page");
    assert_eq!((expired.kind, &*expired.detail), (SourceErrorKind::Unauthorized, "the session has expired"));
    assert_eq!(server.take_recorded().len(), 1, "the same cookie is not shown twice");
    assert_eq!(adapter.probe(&context()).await.expect_err("a login page").kind, SourceErrorKind::Unauthorized);

    file.write(DEMO_COOKIE);
    assert_eq!(ask(&adapter, MIE).await.expect("an answer").records.len(), 4);
    assert_eq!(adapter.probe(&context()).await, Ok(()));
}

/// Somebody writes the new cookie while the call with the old one is under way.
struct RenewedMeanwhile {
    inner: Arc<Dubu>,
    file: Arc<CookieFile>,
}

impl FakeSystem for RenewedMeanwhile {
    fn name(&self) -> &'static str {
        self.inner.name()
    }
    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        self.inner.citizen(request)
    }
    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        self.file.write(DEMO_COOKIE);
        self.inner.answer(request)
    }
    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        self.inner.fault(request, fault)
    }
}

#[tokio::test]
async fn a_cookie_that_changes_during_the_call_is_tried_once() {
    let (world, file) = (world(), Arc::new(CookieFile::with("oiosamlSession=old; oiosamlCookie=old")));
    let renewing = RenewedMeanwhile { inner: system(&world), file: Arc::clone(&file) };
    let server = serve(world, Arc::new(renewing)).await;
    assert_eq!(ask(&usual(&server, &file), NOBODY).await, Ok(Fetched::default()));
    assert_eq!(server.take_recorded().len(), 2);
}

/// Details and users fail, each in a way of its own.
struct OnlyTheList(Arc<Dubu>);

impl FakeSystem for OnlyTheList {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        self.0.citizen(request)
    }
    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        match request.path.as_str() {
            "/odata/Sag" => self.0.answer(request),
            path if path.contains("details") => FakeAnswer::new(200, "application/json", "{\"id\":[]}"),
            _ => self.0.fault(request, VendorFault::Fault),
        }
    }
    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        self.0.fault(request, fault)
    }
}

#[tokio::test]
async fn cases_come_even_when_details_and_numbers_fail() {
    let (world, file) = (world(), CookieFile::with(DEMO_COOKIE));
    let server = serve(Arc::clone(&world), Arc::new(OnlyTheList(system(&world)))).await;
    let fetched = ask(&usual(&server, &file), MIE).await.expect("an answer");
    assert_eq!(fetched.records.len(), 4);
    assert!(fetched.records.iter().all(|case| case.unit.is_none() && case.opened.is_none()));
    assert_eq!(fetched.records[3].actors[0].email.as_deref(), Some("az90041@example.dk"));
}

#[tokio::test]
async fn faults_say_whose_turn_it_is_and_hold_no_number() {
    let (server, file) = (start().await, CookieFile::with(DEMO_COOKIE));
    let adapter = usual(&server, &file);
    for (fault, kind) in [
        (Fault::VendorFault, SourceErrorKind::Unavailable),
        (Fault::RefusedToken, SourceErrorKind::Unauthorized),
        (Fault::Html, SourceErrorKind::Unauthorized),
        (Fault::Truncated, SourceErrorKind::Malformed),
        (Fault::Endless, SourceErrorKind::Malformed),
        (Fault::Status(503), SourceErrorKind::Unavailable),
    ] {
        server.faults().set(Some(MIE), fault);
        let error = ask(&adapter, MIE).await.expect_err("a fault");
        assert_eq!(error.kind, kind, "{fault}");
        assert!(!error.to_string().contains(MIE));
        assert!(ask(&adapter, BO).await.is_ok(), "only one citizen is struck by {fault}");
    }
}

#[tokio::test]
async fn a_call_that_hangs_costs_its_own_part_only() {
    let (server, file) = (start().await, CookieFile::with(DEMO_COOKIE));
    // The list is asked for Bo and brings only Bo's row; details of it hang by their citizen, the list by no one's.
    let only_texts = build(&server, &file, json!({}), Limits::default());
    server.faults().set(Some(BO), Fault::Latency(1));
    assert_eq!(ask(&only_texts, BO).await.expect("an answer").records.len(), 1);
}

#[test]
fn settings_refuse_an_inline_cookie_and_unknown_fields_without_showing_them() {
    let environment = Environment(Box::new(|_| None));
    let build = |settings: Value| {
        let connection =
            ConnectionSettings { base_url: "http://127.0.0.1:1".to_owned(), ca_file: None, limits: Limits::default() };
        (KIND.build)(SourceConfig { id: SourceId::new("dubu"), connection, settings, environment: &environment })
    };
    let inline = build(json!({ "cookie": DEMO_COOKIE })).expect_err("an inline cookie");
    assert!(matches!(inline, BuildError::Secret(_, "cookie")) && !inline.to_string().contains("demo"));
    assert!(build(json!({ "cookie": "file:/dev/null", "pages": 3 })).is_err());
    assert_eq!((KIND.warnings)(&json!({ "cookie": "env:DUBU", "case_link": "https://dubu.example" })).len(), 2);
    assert!((KIND.warnings)(&json!({ "cookie": "file:/dev/null" })).is_empty());
}

/// What a client of somebody else's makes of the fake: the other paths of the interface.
mod other_clients {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, Method};

    use super::*;

    fn get(target: &str) -> (u16, Value) {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_static("other=1; oiosamlCookie=demo; oiosamlSession=demo"));
        let request = FakeRequest {
            method: Method::GET,
            path: path.to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers,
            body: Bytes::new(),
            instead: None,
        };
        let answer = system(&world()).answer(&request);
        (answer.status.as_u16(), serde_json::from_slice(&answer.body).expect("JSON"))
    }

    #[test]
    fn the_bulk_filter_by_department_finds_active_cases_raw_and_encoded() {
        for target in [
            "/odata/Sag?$filter=(afdeling/orgEnhedId eq 3101 or afdeling/orgEnhedId eq 1) and (status/brugervendtNoegle eq 'SagStatus1')&$count=true",
            "/odata/Sag?%24filter=%28afdeling%2ForgEnhedId+eq+3101%29%20and%20status%2FbrugervendtNoegle%20eq%20%27SagStatus1%27&%24count=true",
        ] {
            let (status, body) = get(target);
            assert_eq!((status, &body["@odata.count"]), (200, &json!(2)), "{target}");
            assert!(body["value"][0].get("afdeling").is_none(), "navigations come only when expanded");
        }
    }

    #[test]
    fn search_finds_names_titles_and_part_of_a_number() {
        let count = |text: &str| get(&format!("/odata/Sag?search={text}&$count=true")).1["@odata.count"].clone();
        assert_eq!(count("mie"), 3);
        assert_eq!(count("SØSKENDE"), 1);
        assert_eq!(count("02021399"), 1);
        assert_eq!(count("010112-9999"), 0, "the screen knows no hyphen");
    }

    #[test]
    fn bad_questions_are_refused_as_odata_does() {
        for target in ["/odata/Sag?$filter=titel like 'x'", "/odata/Sag?$select=navn", "/odata/Sag?$top=ti"] {
            let (status, body) = get(target);
            assert_eq!(status, 400, "{target}");
            assert!(body["error"]["message"].is_string() && body["error"]["code"].is_string());
        }
    }

    #[test]
    fn case_party_activity_user_and_codes_hang_together() {
        let reference = get("/api/sager/601").1["sagReference"].clone();
        assert_eq!(reference["sagId"], 601);
        let party = get(&format!("/api/parter/borger/getBorgerAndRelationToSag/{}?sagId=601", reference["personId"])).1;
        assert_eq!((&party["borger"]["cprnr"], &party["borger"]["mellemnavn"]), (&json!(MIE), &json!("Sofie")));
        assert_eq!(party["borger"]["alder"], 13);
        let activities = get("/odata/Aktivitet/Default.GetBySag(Id=601)").1;
        assert_eq!(activities["value"][0]["fristDato"], "2026-03-01");
        assert_eq!(get("/odata/Aktivitet/Default.GetBySag(Id=602)").1["value"], json!([]));
        let users = get("/odata/OrgBruger/Default.GetByKommune?$select=email&$filter=startswith(email,'az9004')").1;
        assert_eq!(users["value"].as_array().map(Vec::len), Some(3));
        assert_eq!(get("/api/administration/bruger/orgBruger//41").1["brugernavn"], "AZ90041");
        for list in ["aktivitetstatuser", "aktivitetPrioriteter", "aktivitetTypeKlasseRelationResult"] {
            assert!(get(&format!("/api/klassifikation/{list}")).1[0]["brugervendtNoegle"].is_string());
        }
        assert_eq!(get("/api/sager/details/9").0, 404);
    }
}
