//! A listing of all citizens: nothing lost, nothing twice, nothing endless.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::contract::{CasePage, ListQuestion, PageToken, Record, Since};
use crate::fake::population::{CaseRow, Progress};
use crate::fake::{FakeAnswer, FakeRequest};
use crate::listing::sweep::{Staged, edited, page, pairs, records, sweep};

const SEARCH: &str = "/api/search";
const DETAILS: &str = "/api/citizen/case/queries/getcases";

/// A number for each citizen of a crowd.
fn cpr(at: u32) -> String {
    format!("{:02}0190{:04}", at % 28 + 1, 1000 + at)
}

/// So many citizens with one active case each, the older ones first.
fn crowd(count: u32) -> Vec<Value> {
    (0..count)
        .map(|at| case(&cpr(at), at + 1, &json!({"changed": format!("2026-01-01T00:{:02}:{:02}Z", at / 60, at % 60)})))
        .collect()
}

fn ids(pages: &[CasePage]) -> BTreeSet<String> {
    records(pages).map(|record| record.native_id.to_string()).collect()
}

impl Scene {
    async fn list(&self, rows: usize) -> Result<Vec<CasePage>, SourceError> {
        sweep(&self.adapter, || self.context(), rows, |_| {}).await
    }

    async fn first_page(&self, rows: usize) -> Result<CasePage, SourceErrorKind> {
        page(&self.adapter, &self.context(), "", rows).await.map_err(|error| error.kind)
    }

    fn calls(&self, path: &str) -> usize {
        self.server.take_recorded().iter().filter(|call| call.target == path).count()
    }
}

/// What the population says, in its own words.
fn goes_on(row: &CaseRow) -> bool {
    let is_over = row.closed.is_some_and(|day| day < "2026-11-20".parse().expect("a day"));
    match row.raw_status.as_deref() {
        Some("1" | "3") => true,
        Some("2" | "4" | "5") => false,
        Some(_) => !is_over,
        None => !matches!(row.progress, Progress::Closed | Progress::Void),
    }
}

#[tokio::test]
async fn a_whole_listing_is_every_active_case_of_the_town() {
    let town = World::invent(7, 1_200, now());
    let ours = || town.cases().iter().filter(|row| row.source == "fasit");
    let pair = |row: &CaseRow| (row.id.to_string(), row.citizen.clone());
    let active: BTreeSet<_> = ours().filter(|row| goes_on(row)).map(pair).collect();
    let all: BTreeSet<_> = ours().map(pair).collect();
    let scene = Scene::with(town, Limits::default(), &json!({}), |system| system).await;
    let pages = scene.list(40).await.expect("a listing");
    assert!(pages.len() > 3 && active.len() > 100, "{} pages of {} cases", pages.len(), active.len());
    assert!(pages.iter().all(|page| page.unreadable == 0 && page.gone.is_empty() && page.total == pages[0].total));
    let is_active = |record: &&Record| record.status.normal.is_active();
    assert_eq!(pairs(records(&pages).filter(is_active)), active);
    assert_eq!(records(&pages).count() as u64, pages[0].total.expect("a total"), "no row counts twice");
    assert!(pairs(records(&pages)).is_subset(&all));
}

#[tokio::test]
async fn a_listed_case_is_the_case_of_a_look_up() {
    let scene = Scene::with(World::invent(7, 150, now()), Limits::default(), &json!({}), |system| system).await;
    let pages = scene.list(250).await.expect("a listing");
    let mut compared = 0;
    for listed in records(&pages).filter(|record| record.flags.is_empty()) {
        let About::Stated(people) = &listed.about else { panic!("a record of nobody") };
        let number = people[0].as_cpr().expect("a number");
        let fetched = scene.adapter.fetch(&scene.context(), number).await.expect("an answer");
        // A citizen whom the context does not name is unstated in a look-up; the listing's own row names everybody.
        let Some(same) = fetched.records.iter().find(|record| record.native_id == listed.native_id) else { continue };
        if same.about == listed.about {
            assert_eq!(same, listed);
            compared += 1;
        }
    }
    assert!(compared > 30, "{compared}");
}

#[tokio::test]
async fn pages_end_where_the_rows_end() {
    for (count, calls) in [(0, 1), (249, 1), (250, 1), (251, 3)] {
        let scene =
            Scene::with(world(crowd(count)), Limits::default(), &json!({"list_details": false}), |fake| fake).await;
        let pages = scene.list(10_000).await.expect("a listing");
        assert_eq!((ids(&pages).len(), pages.len()), (count as usize, calls), "{count} cases");
        assert!(pages.iter().all(|page| page.records.len() <= 250 && page.total == Some(count.into())));
        let sent = scene.server.take_recorded();
        assert!(
            sent.iter()
                .all(|call| call.target == SEARCH && String::from_utf8_lossy(&call.body).contains("\"pageSize\":250"))
        );
    }
}

#[tokio::test]
async fn cases_that_end_while_we_read_take_no_other_with_them() {
    let all = Arc::new(world(crowd(100)));
    // In each of the worlds after it, ten more of the oldest have ended, and their rows are gone from the listing.
    let later = (1..=4_usize).map(|step| {
        let lines = crowd(100).into_iter().enumerate().map(|(at, mut line)| {
            if at < step * 10 {
                line["progress"] = json!("closed");
                line["closed"] = json!("2026-11-01");
            }
            line
        });
        Arc::new(world(lines.collect()))
    });
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(now()));
    let fakes: Vec<_> = later.map(|world| fake_of(&world, Arc::clone(&clock))).collect();
    let step = Arc::new(AtomicUsize::new(0));
    let now_at = Arc::clone(&step);
    let stage = |first: Arc<dyn FakeSystem>| {
        Staged::over(first, move |request, answer| match now_at.load(Ordering::SeqCst) {
            0 => answer,
            step => fakes[step.min(fakes.len()) - 1].answer(request),
        })
    };
    let scene = Scene::with(world(crowd(100)), Limits::default(), &json!({"list_details": false}), stage).await;
    let pages = sweep(&scene.adapter, || scene.context(), 15, |read| step.store(read, Ordering::SeqCst)).await;
    let seen = ids(&pages.expect("a listing"));
    let lasting = all.cases().iter().skip(40).map(|row| row.id.to_string());
    assert_eq!(lasting.filter(|id| !seen.contains(id)).count(), 0);
}

#[tokio::test]
async fn a_row_that_names_nobody_is_counted_and_the_others_come() {
    let mut lines = crowd(3);
    lines.push(case("nobody", 9, &json!({})));
    let without_id = |_: &FakeRequest, answer: FakeAnswer| {
        edited(&answer, |body| {
            if let Some(rows) = body["searchResult"]["rows"].as_array_mut() {
                rows[1]["id"] = Value::Null;
            }
        })
    };
    let scene = Scene::with(world(lines), Limits::default(), &json!({}), |fake| Staged::over(fake, without_id)).await;
    let page = scene.first_page(10).await.expect("a page");
    assert_eq!((page.records.len(), page.unreadable, page.total, page.next), (2, 2, Some(4), None));
}

#[tokio::test]
async fn each_citizens_cases_are_read_once_and_not_at_all_when_nobody_wants_them() {
    let mut lines = town();
    lines.push(case("nobody", 9, &json!({})));
    let scene = Scene::of(lines.clone()).await;
    let page = scene.first_page(250).await.expect("a page");
    assert_eq!(scene.calls(DETAILS), 4, "Karen, both Jenses and the silent one");
    let first = page.records.iter().find(|record| record.keys.uuid == Some(Uuid::from_u128(1))).expect("a case");
    assert_eq!((first.number.as_deref(), first.law.as_deref()), (Some("2025-000001"), Some("LAB § 6, nr. 3")));
    assert_eq!(first.unit.as_ref().and_then(|unit| unit.name.as_deref()), Some("Jobcenter Prøve"));
    assert!(page.records.iter().any(|record| record.about == stated(SILENT)), "the row itself says whose it is");

    let scene = Scene::with(world(lines), Limits::default(), &json!({"list_details": false}), |fake| fake).await;
    let page = scene.first_page(250).await.expect("a page");
    assert_eq!(scene.calls(DETAILS), 0);
    let first = page.records.iter().find(|record| record.keys.uuid == Some(Uuid::from_u128(1))).expect("a case");
    assert_eq!((first.number.as_deref(), &first.unit, &first.case_type.code), (None, &None, &None));
    assert_eq!((first.opened, first.status.normal), ("2025-09-04".parse().ok(), CaseStatus::Running));
    assert!(first.flags.is_empty(), "nobody has missed anything");
}

#[tokio::test]
async fn a_few_details_that_do_not_come_leave_gaps_and_many_fail_the_page() {
    let scene = Scene::of(crowd(30)).await;
    for (at, broken) in (0..4).zip(1_usize..) {
        scene.server.faults().set(Some(&cpr(at)), Fault::Status(500));
        let page = scene.first_page(100).await;
        if broken == 4 {
            assert_eq!(page, Err(SourceErrorKind::Unavailable));
            break;
        }
        let page = page.expect("a page");
        let gaps: Vec<_> = page.records.iter().filter(|record| record.flags == [QualityFlag::DetailsMissing]).collect();
        assert_eq!((page.records.len(), gaps.len(), page.unreadable), (30, broken, 0));
        assert!(gaps.iter().all(|record| record.number.is_none() && record.opened.is_some()));
    }
    scene.server.faults().clear_all();
    scene.server.faults().set(Some(&cpr(7)), Fault::RefusedToken);
    assert_eq!(scene.first_page(100).await, Err(SourceErrorKind::Unauthorized));
}

#[tokio::test]
async fn only_the_whole_can_be_asked_for_and_only_by_our_own_tokens() {
    let scene = Scene::of(crowd(30)).await;
    let changes = Since::Registered { from: now(), until: now() };
    let (first, ctx) = (PageToken::default(), scene.context());
    let error = scene.adapter.list_cases(&ctx, ListQuestion { since: changes, page: &first, page_rows: 10 }).await;
    assert_eq!(error.map_err(|error| error.kind), Err(SourceErrorKind::Unsupported));
    for token in ["3", "2:500", "0:abc:1:10", "æ", "abc:1:10"] {
        let error = page(&scene.adapter, &ctx, token, 10).await.expect_err("a token of somebody else");
        assert_eq!(error.kind, SourceErrorKind::ConfigInvalid, "{token}");
    }
    assert!(scene.server.take_recorded().is_empty());
    let token = scene.first_page(10).await.expect("a page").next.expect("more");
    assert!(!token.as_str().contains("0190") && token.as_str().len() < 60);
    let other =
        Scene::with(world(crowd(30)), Limits::default(), &json!({"active_status_codes": ["1"]}), |fake| fake).await;
    let error = page(&other.adapter, &ctx, token.as_str(), 10).await.expect_err("other settings list other rows");
    assert_eq!(error.kind, SourceErrorKind::ConfigInvalid);
    let (again, once_more) =
        (page(&scene.adapter, &ctx, token.as_str(), 10).await, page(&scene.adapter, &ctx, token.as_str(), 25).await);
    assert_eq!(again, once_more, "a page is the same page after a restart, whatever size is wanted by then");
}

#[tokio::test]
async fn a_source_that_ignores_pages_or_counts_wrong_ends_the_listing() {
    let boasting = |request: &FakeRequest, answer: FakeAnswer| {
        if request.path != SEARCH {
            return answer;
        }
        edited(&answer, |body| body["searchResult"]["totalResultsCount"] = json!(1_000_000))
    };
    let scene = Scene::with(world(crowd(30)), Limits::default(), &json!({}), |fake| Staged::over(fake, boasting)).await;
    assert_eq!(scene.list(10).await.map_err(|error| error.kind), Err(SourceErrorKind::Malformed));
    assert_eq!(scene.calls(SEARCH), 2);

    let first = Scene::with(world(crowd(30)), Limits::default(), &json!({}), |fake| fake).await;
    first.first_page(10).await.expect("a page");
    let body = first.server.take_recorded().swap_remove(0).body;
    let always_first = move |fake: Arc<dyn FakeSystem>| {
        let inner = Arc::clone(&fake);
        Staged::over(fake, move |request, answer| {
            if request.path != SEARCH {
                return answer;
            }
            let same = FakeRequest {
                method: request.method.clone(),
                path: request.path.clone(),
                query: Vec::new(),
                headers: request.headers.clone(),
                body: body.clone(),
                instead: None,
            };
            inner.answer(&same)
        })
    };
    let scene = Scene::with(world(crowd(30)), Limits::default(), &json!({}), always_first).await;
    assert_eq!(scene.list(10).await.map_err(|error| error.kind), Err(SourceErrorKind::ConfigInvalid));
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_faults_have_their_kind() {
    let scene = Scene::of(crowd(5)).await;
    scene.write_token("2026-11-20T09:30:00Z");
    scene.first_page(10).await.expect("a page");
    scene.source_clock.advance(SignedDuration::from_mins(45));
    scene.write_token("2026-11-20T10:30:00Z");
    assert_eq!(scene.first_page(10).await.map(|page| page.records.len()), Ok(5));
    for (fault, kind) in [
        (Fault::VendorFault, SourceErrorKind::Unavailable),
        (Fault::RefusedToken, SourceErrorKind::Unauthorized),
        (Fault::Html, SourceErrorKind::Malformed),
        (Fault::Truncated, SourceErrorKind::Malformed),
        (Fault::Endless, SourceErrorKind::Malformed),
        (Fault::Status(503), SourceErrorKind::Unavailable),
        (Fault::Status(429), SourceErrorKind::Unavailable),
    ] {
        scene.server.faults().set(None, fault);
        assert_eq!(scene.first_page(10).await.map(|_| ()), Err(kind), "{fault}");
    }
}
