//! A listing of all citizens, by department or at once.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::contract::{CasePage, ListQuestion, PageToken, QualityFlag, Record, Since, SourceErrorKind};
use crate::dubu::fake::DEMO_COOKIE;
use crate::fake::population::{CaseRow, Progress};
use crate::fake::{FakeAnswer, FakeRequest, Fault};
use crate::listing::sweep::{Staged, edited, page, pairs, records, sweep};

const LIST: &str = "/odata/Sag";

/// Cases of as many citizens, every third in another department.
fn crowd(count: u128, ended: u128) -> Arc<World> {
    let unit = |code: &str, number: u32| {
        json!({ "type": "unit", "code": code, "name": code, "department": "BU",
            "uuid": Uuid::from_u128(number.into()), "number": number })
    };
    let row = |serial: u128| {
        let citizen = format!("{:02}0112{:04}", serial % 28 + 1, 1000 + serial);
        let progress = if serial <= ended { "closed" } else { "active" };
        let unit = if serial.is_multiple_of(3) { "BU-2" } else { "BU-1" };
        case(serial, &citizen, json!({ "unit": unit, "progress": progress }))
    };
    let lines = [unit("BU-1", 3101), unit("BU-2", 3102)].into_iter().chain((1..=count).map(row));
    Arc::new(World::from_lines(lines.map(|line| serde_json::from_value::<Line>(line).expect("a population line"))))
}

/// A fake of its own, with its cookie and an adapter.
struct Place {
    server: FakeServer,
    adapter: Adapter,
    file: CookieFile,
}

impl Place {
    async fn of(world: Arc<World>, more: Value) -> Self {
        let system = system(&world);
        Self::staged(world, more, system).await
    }

    async fn staged(world: Arc<World>, more: Value, system: Arc<dyn FakeSystem>) -> Self {
        let (server, file) = (serve(world, system).await, CookieFile::with(DEMO_COOKIE));
        let adapter = build(&server, &file, more, Limits::default());
        Self { server, adapter, file }
    }

    async fn list(&self, rows: usize) -> Result<Vec<CasePage>, SourceErrorKind> {
        sweep(&self.adapter, context, rows, |_| {}).await.map_err(|error| error.kind)
    }

    async fn page(&self, token: &str, rows: usize) -> Result<CasePage, SourceErrorKind> {
        page(&self.adapter, &context(), token, rows).await.map_err(|error| error.kind)
    }

    /// The questions to the case list since the last call, decoded.
    fn questions(&self) -> Vec<String> {
        let sent = self.server.take_recorded().into_iter().map(|call| call.target);
        sent.filter(|target| target.starts_with(LIST))
            .map(|target| target.replace("%20", " ").replace("%27", "'"))
            .collect()
    }
}

fn ids(pages: &[CasePage]) -> BTreeSet<u64> {
    records(pages).map(|record| record.native_id.parse().expect("a row number")).collect()
}

fn goes_on(row: &CaseRow) -> bool {
    let is_over = |key: &str| ["SagStatus2", "SagStatus5", "SagStatus6", "SagStatus7"].contains(&key);
    row.raw_status.as_deref().map_or(!matches!(row.progress, Progress::Closed | Progress::Void), |key| !is_over(key))
}

#[tokio::test]
async fn a_whole_listing_is_every_active_case_of_the_town() {
    let town = Arc::new(World::invent(7, 600, NOW.parse().expect("a moment")));
    let ours = town.cases().iter().filter(|row| row.source == "dubu" && goes_on(row));
    let wanted: BTreeSet<_> = ours.map(|row| (row.serial.to_string(), row.citizen.clone())).collect();
    let place = Place::of(Arc::clone(&town), json!({})).await;
    let pages = place.list(25).await.expect("a listing");
    assert_eq!(pairs(records(&pages)), wanted);
    let overlaps = pages.len() - 2;
    assert!(records(&pages).count() <= wanted.len() + overlaps, "nothing comes twice but where pages overlap");
    assert!(pages.len() > 3 && wanted.len() > 60, "{} pages of {}", pages.len(), wanted.len());
    assert!(records(&pages).all(|record| record.status.normal.is_active() && record.unit.is_some()));
}

#[tokio::test]
async fn a_listed_case_is_the_case_of_a_look_up() {
    let place = Place::of(world(), json!({ "contacts": false, "case_link": "https://dubu.example/sag/{id}" })).await;
    let page = place.page("", 100).await.expect("a page");
    let listed: Vec<&str> = page.records.iter().map(|record| &*record.native_id).collect();
    assert_eq!((listed, page.unreadable), (vec!["601", "701"], 1), "603 names nobody, 602 is over");
    for (citizen, at) in [(MIE, 0), (BO, 1)] {
        let fetched = ask(&place.adapter, citizen).await.expect("an answer");
        assert!(fetched.records.contains(&page.records[at]), "{:?}", page.records[at].native_id);
    }
}

#[tokio::test]
async fn departments_come_one_after_another_and_the_question_names_them() {
    let place = Place::of(crowd(30, 0), json!({ "list_departments": [3102, 9999, 3101], "details": false })).await;
    let pages = place.list(8).await.expect("a listing");
    assert_eq!(ids(&pages), (1..=30).collect());
    assert_eq!(pages.iter().map(|page| page.records.len()).collect::<Vec<_>>(), [0, 2, 8, 0, 0, 4, 8, 8]);
    assert!(pages.iter().all(|page| page.total.is_none()), "each department is counted by itself");
    let asked = place.questions();
    assert!(asked[0].contains("$top=8&$skip=0&"), "{}", asked[0]);
    let filter =
        "$orderby=id asc&$filter=(afdeling/orgEnhedId eq 3102) and (status/brugervendtNoegle ne 'SagStatus2' and ";
    assert!(
        asked[0].contains(filter) && asked[0].ends_with("&$count=true") && !asked[0].contains("search="),
        "{}",
        asked[0]
    );
    let one = Place::of(crowd(30, 0), json!({ "list_departments": [3102] })).await;
    assert_eq!(one.page("", 8).await.expect("a page").total, Some(10));
}

#[tokio::test]
async fn pages_end_where_the_rows_end() {
    for (count, calls) in [(0, 1), (9, 1), (10, 1), (11, 3), (21, 4)] {
        let place = Place::of(crowd(count, 0), json!({ "list_rows_max": 10 })).await;
        let pages = place.list(500).await.expect("a listing");
        assert_eq!((ids(&pages).len() as u128, pages.len()), (count, calls), "{count}");
        assert!(pages.iter().all(|page| u128::from(page.total.expect("a total")) == count));
    }
}

#[tokio::test]
async fn cases_that_end_while_we_read_take_no_other_with_them() {
    let fakes: Vec<_> = [0, 13, 26, 39].into_iter().map(|ended| system(&crowd(100, ended))).collect();
    let step = Arc::new(AtomicUsize::new(0));
    let at = Arc::clone(&step);
    let first = Arc::clone(&fakes[0]);
    let stage = Staged::over(first, move |request, _| fakes[at.load(Ordering::SeqCst).min(3)].answer(request));
    let place = Place::staged(crowd(100, 0), json!({ "details": false }), stage).await;
    let pages = sweep(&place.adapter, context, 15, |read| step.store(read, Ordering::SeqCst)).await;
    let seen = ids(&pages.expect("a listing"));
    assert!((40..=100).all(|serial| seen.contains(&serial)), "{seen:?}");
}

#[tokio::test]
async fn organisations_are_no_citizens_and_odd_rows_are_counted() {
    let world = crowd(5, 0);
    let odd = |request: &FakeRequest, answer: FakeAnswer| {
        if request.path != LIST {
            return answer;
        }
        edited(&answer, |body| {
            body["value"][0]["primaerPerson"] = json!({ "organisationsnavn": "Prøve ApS", "cprnr": null });
            body["value"][1]["primaerPerson"] = Value::Null;
            body["value"][2] = json!("ikke en sag");
            body["value"][3] = body["value"][4].clone();
        })
    };
    let system = Staged::over(system(&world), odd);
    let page = Place::staged(world, json!({}), system).await.page("", 10).await.expect("a page");
    assert_eq!((page.records.len(), page.unreadable, page.next), (1, 2, None));
}

#[tokio::test]
async fn a_few_details_that_do_not_come_leave_gaps_and_many_fail_the_page() {
    let broken = |count: u128| {
        move |request: &FakeRequest, answer: FakeAnswer| {
            let serial = request.path.strip_prefix("/api/sager/details/").and_then(|id| id.parse::<u128>().ok());
            if serial.is_some_and(|serial| serial <= count) { FakeAnswer::new(500, "text/plain", "") } else { answer }
        }
    };
    for count in 1..=4 {
        let world = crowd(30, 0);
        let system = Staged::over(system(&world), broken(count));
        let place = Place::staged(world, json!({}), system).await;
        let page = place.page("", 100).await;
        if count == 4 {
            assert_eq!(page, Err(SourceErrorKind::Unavailable));
            return;
        }
        let page = page.expect("a page");
        let is_gap = |record: &&Record| record.flags == [QualityFlag::DetailsMissing] && record.opened.is_none();
        assert_eq!(page.records.iter().filter(is_gap).count() as u128, count);
        assert_eq!((page.records.len(), page.unreadable), (30, 0));
    }
}

#[tokio::test]
async fn details_of_another_case_are_as_good_as_none() {
    let place = Place::of(world(), json!({})).await;
    place.server.faults().set(None, Fault::AnotherCitizen);
    let page = place.page("", 10).await.expect("a page");
    assert_eq!(page.records.len(), 2);
    assert!(page.records.iter().all(|record| record.flags == [QualityFlag::DetailsMissing] && record.unit.is_none()));
}

#[tokio::test]
async fn only_the_whole_can_be_asked_for_and_only_by_our_own_tokens() {
    let place = Place::of(crowd(30, 0), json!({ "list_departments": [3101, 3102] })).await;
    let (ctx, first) = (context(), PageToken::default());
    let moment = NOW.parse().expect("a moment");
    let changes = Since::Registered { from: moment, until: moment };
    let error = place.adapter.list_cases(&ctx, ListQuestion { since: changes, page: &first, page_rows: 10 }).await;
    assert_eq!(error.map_err(|error| error.kind), Err(SourceErrorKind::Unsupported));
    let token = place.page("", 10).await.expect("a page").next.expect("more");
    place.questions();
    let words = token.as_str().strip_prefix("0:").expect("the first department");
    let odd = ["3", "2:500", "0:", ":", "1:abc", "abc:1:10", "00:abc", "-1:abc", words];
    for odd in odd.into_iter().map(str::to_owned).chain(["2", "00", "+1"].map(|place| format!("{place}:{words}"))) {
        assert_eq!(place.page(&odd, 10).await, Err(SourceErrorKind::ConfigInvalid), "{odd}");
    }
    assert!(place.questions().is_empty());
    let other = Place::of(crowd(30, 0), json!({ "list_departments": [3102, 3101] })).await;
    assert_eq!(other.page(token.as_str(), 10).await, Err(SourceErrorKind::ConfigInvalid), "other departments");
    assert_eq!(place.page(token.as_str(), 10).await, place.page(token.as_str(), 3).await, "the same page again");
}

#[tokio::test]
async fn a_list_that_is_never_another_or_counts_wrong_ends() {
    let counts = |total: Value| {
        let world = crowd(30, 0);
        let wrong = move |request: &FakeRequest, answer: FakeAnswer| {
            if request.path == LIST { edited(&answer, |body| body["@odata.count"] = total.clone()) } else { answer }
        };
        let system = Staged::over(system(&world), wrong);
        Place::staged(world, json!({ "details": false }), system)
    };
    for total in [json!(1_000_000), json!(5), Value::Null] {
        let place = counts(total.clone()).await;
        assert_eq!(place.list(10).await, Err(SourceErrorKind::Malformed), "{total}");
        assert!(place.questions().len() <= 2);
    }
    let world = crowd(30, 0);
    let deaf = |request: &FakeRequest, answer: FakeAnswer| {
        let row = json!({ "id": 1, "primaerPerson": { "cprnr": "0101129999" } });
        let page = json!({ "@odata.count": 500, "value": vec![row; 10] });
        if request.path == LIST { FakeAnswer::json(200, &page) } else { answer }
    };
    let system = Staged::over(system(&world), deaf);
    let place = Place::staged(world, json!({ "details": false }), system).await;
    assert_eq!(place.list(10).await, Err(SourceErrorKind::ConfigInvalid));
}

#[tokio::test]
async fn an_expired_session_waits_for_a_new_cookie_and_faults_have_their_kind() {
    let place = Place::of(crowd(5, 0), json!({})).await;
    place.file.write("oiosamlSession=old; oiosamlCookie=old");
    assert_eq!(place.page("", 10).await, Err(SourceErrorKind::Unauthorized));
    place.file.write(DEMO_COOKIE);
    assert_eq!(place.page("", 10).await.map(|page| page.records.len()), Ok(5));
    for (fault, kind) in [
        (Fault::VendorFault, SourceErrorKind::Unavailable),
        (Fault::RefusedToken, SourceErrorKind::Unauthorized),
        (Fault::Html, SourceErrorKind::Unauthorized),
        (Fault::Endless, SourceErrorKind::Malformed),
        (Fault::Truncated, SourceErrorKind::Malformed),
        (Fault::Status(503), SourceErrorKind::Unavailable),
    ] {
        place.server.faults().set(None, fault);
        assert_eq!(place.page("", 10).await.map(|_| ()), Err(kind), "{fault}");
    }
}
