//! What the adapter answers, in good days and bad.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    BO, CookieFile, MIE, NOBODY, ask, build, case, context, context_for, number, serve, start, system, usual, world,
    world_and,
};
use crate::contract::{About, CaseStatus, Fetched, QualityFlag, SourceErrorKind, SourceId};
use crate::dubu::KIND;
use crate::dubu::fake::{DEMO_COOKIE, Dubu};
use crate::fake::{FakeAnswer, FakeRequest, FakeSystem, Fault, VendorFault};
use crate::register::{BuildError, Environment, SourceConfig};
use crate::transport::{ConnectionSettings, Limits};

#[tokio::test]
async fn a_citizens_cases_come_newest_first_with_details_and_numbers() {
    let (server, file) = (start().await, CookieFile::with(DEMO_COOKIE));
    let adapter = build(&server, &file, json!({ "case_link": "https://dubu.example/sag/{id}" }), Limits::default());
    let fetched = ask(&adapter, MIE).await.expect("an answer");
    let ids: Vec<&str> = fetched.records.iter().map(|case| &*case.native_id).collect();
    assert_eq!(ids, ["701", "603", "602", "601"]);
    assert_eq!((fetched.unreadable, fetched.cut_short), (1, false), "the details of 603 fail");

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
         mobiltelefon,medlemsskaber,id&$filter=email%20eq%20%27az90041@example.dk%27%20or%20email%20eq%20%27az90043@example.dk%27";
    assert_eq!(users, [wanted]);
}

#[tokio::test]
async fn rows_of_another_person_say_so_and_nothing_more_is_looked_up_for_them() {
    let (server, file) = (start().await, CookieFile::with(DEMO_COOKIE));
    let fetched = ask(&usual(&server, &file), MIE).await.expect("an answer");
    assert_eq!(fetched.records[0].about, About::numbers([number(BO)]));
    assert_eq!(fetched.records[0].unit, None);
    let unstated = &fetched.records[1];
    assert_eq!((&unstated.about, unstated.status.normal), (&About::Unstated, CaseStatus::Other));
    assert_eq!(unstated.status.raw, "Til høring");
    assert_eq!(unstated.flags, [QualityFlag::CitizenNotStated, QualityFlag::UnknownStatus]);
    assert_eq!(unstated.case_type.name.as_deref(), Some("Børnesag"));
    assert!(server.take_recorded().iter().all(|request| !request.target.contains("details/701")));

    server.faults().set(None, Fault::AnotherCitizen);
    let wrong = ask(&usual(&server, &file), BO).await.expect("an answer");
    assert!(wrong.records.iter().any(|case| case.about == About::numbers([number(MIE)])));
    assert!(wrong.records.iter().all(|case| case.about != About::numbers([number(BO)])));
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
    // Whose cases they are did not come: three details, and one question about the caseworkers.
    assert_eq!(fetched.unreadable, 4);
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
    // Bo's case does not say that it is his, so its details are looked up for Mie, and hang.
    let world = world_and([case(702, BO, json!({ "quirks": { "mentions": [MIE], "no_cpr": true } }))]);
    let file = CookieFile::with(DEMO_COOKIE);
    let server = serve(Arc::clone(&world), system(&world)).await;
    server.faults().set(Some(BO), Fault::Hang);
    let adapter = usual(&server, &file);
    let ctx = context_for(Duration::from_millis(600));
    let fetched = adapter.fetch(&ctx, &number(MIE)).await.expect("an answer");
    let opened: Vec<_> = fetched.records.iter().map(|case| (&*case.native_id, case.opened.is_some())).collect();
    assert_eq!(fetched.unreadable, 2, "the details of 702, which hang, and of 603, which fail");
    assert_eq!(opened, [("702", false), ("701", false), ("603", false), ("602", true), ("601", true)]);
}

#[test]
fn settings_refuse_an_inline_cookie_and_unknown_fields_without_showing_them() {
    let environment = Environment(Box::new(|_| None));
    let build = |settings: Value| {
        let connection =
            ConnectionSettings { base_url: "http://127.0.0.1:1".to_owned(), ca_file: None, limits: Limits::default() };
        KIND.cases(SourceConfig { id: SourceId::new("dubu"), connection, settings, environment: &environment })
    };
    let inline = build(json!({ "cookie": DEMO_COOKIE })).expect_err("an inline cookie");
    assert!(matches!(inline, BuildError::Secret(_, "cookie")) && !inline.to_string().contains("demo"));
    assert!(build(json!({ "cookie": "file:/dev/null", "pages": 3 })).is_err());
    assert_eq!((KIND.warnings)(&json!({ "cookie": "env:DUBU", "case_link": "https://dubu.example" })).len(), 2);
    assert!((KIND.warnings)(&json!({ "cookie": "file:/dev/null" })).is_empty());
}
