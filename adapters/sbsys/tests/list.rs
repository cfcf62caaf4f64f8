//! A listing of all citizens, in both paging dialects.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::contract::{CasePage, ListQuestion, PageToken, Since};
use crate::fake::FakeAnswer;
use crate::listing::sweep::{Staged, edited, page, pairs, records, sweep};

const SEARCH: &str = "/api/sag/search";
const DIALECTS: [&str; 2] = ["limit_skip", "page_number"];

fn crowd(count: u64) -> Vec<CaseRow> {
    (1..=count).map(|serial| case(serial, if serial % 2 == 0 { ALMA } else { BENT })).collect()
}

fn ids(pages: &[CasePage]) -> BTreeSet<u64> {
    records(pages).map(|record| record.native_id.parse().expect("a row number")).collect()
}

impl House {
    async fn list(&self, adapter: &Adapter, rows: usize) -> Result<Vec<CasePage>, SourceErrorKind> {
        sweep(adapter, || self.ctx(), rows, |_| {}).await.map_err(|error| error.kind)
    }

    async fn first_page(&self, adapter: &Adapter, rows: usize) -> Result<CasePage, SourceErrorKind> {
        page(adapter, &self.ctx(), "", rows).await.map_err(|error| error.kind)
    }

    /// The bodies of the searches since the last call.
    fn searches(&self) -> Vec<Value> {
        let sent = self.server.take_recorded().into_iter().filter(|call| call.target.starts_with(SEARCH));
        sent.map(|call| serde_json::from_slice(&call.body).expect("JSON")).collect()
    }
}

/// What the population says: every party of a case that is not over and that our user may see.
fn active(town: &World) -> BTreeSet<(String, String)> {
    let is_on = |row: &CaseRow, quirk: &str| row.quirks.get(quirk) == Some(&json!(true));
    let rows = town.cases().iter().filter(|row| row.source == "sbsys");
    let rows = rows.filter(|row| !matches!(row.progress, Progress::Closed | Progress::Void));
    let rows =
        rows.filter(|row| !["hidden_from_user", "no_parties", "unreadable"].iter().any(|quirk| is_on(row, quirk)));
    let parties = |row: &CaseRow| {
        let primary = row.quirks.get("primary_cpr").and_then(Value::as_str).map(str::to_owned);
        let of_case = primary.into_iter().chain([row.citizen.clone()]);
        of_case.map(|citizen| (row.serial.to_string(), citizen)).collect::<Vec<_>>()
    };
    rows.flat_map(parties).collect()
}

#[tokio::test]
async fn a_whole_listing_is_every_party_of_every_active_case() {
    let now = "2026-11-24T08:00:00Z".parse().expect("a moment");
    let wanted = active(&World::invent(7, 900, now));
    let house = House::of(World::invent(7, 900, now), |system| system).await;
    for paging in DIALECTS {
        let pages = house.list(&house.adapter(&json!({"paging": paging})), 60).await.expect("a listing");
        assert_eq!(pairs(records(&pages)), wanted, "{paging}");
        assert!(pages[0].records.is_empty(), "{paging}: its rows come at the end, and count once");
        assert!(pages.len() > 3 && wanted.len() > 150, "{} pages of {}", pages.len(), wanted.len());
        assert!(records(&pages).all(|record| record.status.normal.is_active()), "{paging}");
    }
}

#[tokio::test]
async fn a_listed_case_is_the_case_of_a_look_up_without_what_only_the_case_itself_tells() {
    let house = House::with(vec![case(1, ALMA), CaseRow { level: Some(3), ..case(2, ALMA) }]).await;
    let adapter = house.adapter(&json!({"contacts": false}));
    let listed = house.first_page(&adapter, 10).await.expect("a page");
    assert_eq!(house.calls("/api/sag/1"), 0, "a row is enough");
    let fetched = house.fetch(&adapter, ALMA).await.expect("an answer");
    let without_title = |mut record: crate::contract::Record| {
        if let Some(kle) = &mut record.kle {
            kle.title = None;
        }
        record
    };
    let fetched: Vec<_> = fetched.records.into_iter().map(without_title).collect();
    assert_eq!((listed.records, listed.unreadable), (fetched, 0));
}

#[tokio::test]
async fn each_citizen_of_a_case_is_a_record_with_a_role_and_firms_are_none() {
    let other = quirk(CaseRow { party: Party::Secondary, ..case(2, ALMA) }, "primary_cpr", json!(BENT));
    let cases =
        vec![case(1, ALMA), other, case(3, ALMA), case(4, ALMA), quirk(case(5, ALMA), "no_parties", json!(true))];
    let firms = |request: &FakeRequest, answer: FakeAnswer| {
        if !request.path.ends_with("search") {
            return answer;
        }
        edited(&answer, |body| {
            let rows = body["Results"].as_array_mut().expect("rows");
            rows[2]["PrimaryPart"] = json!({"PartType": "Firma", "CVRnummer": "12345678"});
            rows[2]["Personer"] = json!([]);
            rows[3]["PrimaryPart"] = json!({"PartType": "Person", "CPRnummer": "000000-0000"});
            rows[3]["Personer"] = json!([]);
            rows[3]["Firmaer"] = json!([]);
        })
    };
    let people = [(ALMA, "Alma"), (BENT, "Bent")].map(|(cpr, name)| Line::Person(person(cpr, name)));
    let lines = people.into_iter().chain(cases.into_iter().map(|row| Line::Case(Box::new(row))));
    let house = House::of(World::from_lines(lines), |system| Staged::over(system, firms)).await;
    let page = house.first_page(&house.adapter(&usual()), 10).await.expect("a page");
    let told: Vec<_> =
        page.records.iter().map(|record| (&*record.native_id, record.party_role, &record.about)).collect();
    let about = |cpr| About::numbers([CprNumber::parse(cpr).expect("ten digits")]);
    let (alma, bent) = (about(ALMA), about(BENT));
    let wanted =
        [("1", PartyRole::Primary, &alma), ("2", PartyRole::Primary, &bent), ("2", PartyRole::Secondary, &alma)];
    assert_eq!(told, wanted);
    assert_eq!((page.unreadable, page.total), (2, Some(5)), "a placeholder and nobody at all");
}

#[tokio::test]
async fn pages_end_where_the_rows_end_and_a_row_that_cannot_be_read_is_counted() {
    for paging in DIALECTS {
        for (count, calls) in [(0, 1), (9, 1), (10, 1), (11, 3), (20, 3), (21, 4)] {
            let mut cases = crowd(count);
            cases.extend((count > 20).then(|| quirk(case(99, ALMA), "unreadable", json!(true))));
            let house = House::with(cases).await;
            let pages = house.list(&house.adapter(&json!({"paging": paging})), 10).await.expect("a listing");
            assert_eq!((ids(&pages).len() as u64, pages.len()), (count, calls), "{paging}: {count}");
            assert_eq!(pages.iter().map(|page| page.unreadable).sum::<u32>(), u32::from(count > 20), "{paging}");
        }
    }
    let house = House::with(crowd(41)).await;
    house.list(&house.adapter(&usual()), 20).await.expect("a listing");
    let skips: Vec<_> = house.searches().iter().map(|search| search["Skip"].clone()).collect();
    assert_eq!(skips, [0, 38, 19, 0], "from the end, with a row of each page in the next one too");
    house.first_page(&house.adapter(&usual()), 1_000_000).await.expect("a page");
    assert_eq!(house.searches()[0]["Limit"], 5_000);
}

#[tokio::test]
async fn the_search_names_the_active_statuses_and_what_the_settings_narrow() {
    let house = House::with(vec![case(1, ALMA), quirk(case(2, BENT), "sags_type", json!("BUSag"))]).await;
    let adapter = house.adapter(&json!({"list_templates": [77], "list_types": [5]}));
    let page = house.first_page(&adapter, 10).await.expect("a page");
    assert_eq!(page.records.iter().map(|record| &*record.native_id).collect::<Vec<_>>(), ["2"]);
    let wanted =
        json!({"SagsStatusIds": [6, 7], "SagsSkabeloner": [77], "SagsTyper": [{"Id": 5}], "Limit": 10, "Skip": 0});
    assert_eq!(house.searches(), [wanted]);
}

#[tokio::test]
async fn an_installation_whose_statuses_are_all_over_is_not_asked_for_everything() {
    let all_over = |request: &FakeRequest, answer: FakeAnswer| {
        let is_list = request.path.ends_with("sagStatusList");
        if is_list { FakeAnswer::json(200, &json!([{"Id": 9, "SagsTilstand": "Afsluttet"}])) } else { answer }
    };
    let house = House::of(World::from_lines([]), |system| Staged::over(system, all_over)).await;
    assert_eq!(house.first_page(&house.adapter(&usual()), 10).await, Err(SourceErrorKind::Malformed));
    assert!(house.searches().is_empty());
}

#[tokio::test]
async fn cases_that_end_while_we_read_take_no_other_with_them() {
    let world = |ended: u64| {
        let cases = crowd(100).into_iter().map(move |row| {
            let progress = if row.serial <= ended { Progress::Closed } else { Progress::Active };
            Line::Case(Box::new(CaseRow { progress, ..row }))
        });
        Arc::new(World::from_lines(cases))
    };
    for paging in DIALECTS {
        let clock = Arc::new(ManualClock::at("2025-09-01T08:00:00Z".parse().expect("a moment")));
        let fake = |ended| Arc::new(FakeSbsys::new(FakeContext { world: world(ended), clock: clock.clone() }));
        let fakes: Vec<_> = [0, 13, 26, 39].into_iter().map(fake).collect();
        let step = Arc::new(AtomicUsize::new(0));
        let at = Arc::clone(&step);
        let stage = |_| {
            Staged::over(fakes[0].clone(), move |request, answer| match at.load(Ordering::SeqCst) {
                0 => answer,
                // Its own tokens: the first call after the change is refused, and the token renewed.
                step => fakes[step.min(3)].answer(request),
            })
        };
        let house = House::of(World::from_lines([]), stage).await;
        let adapter = house.adapter(&json!({"paging": paging}));
        let pages = sweep(&adapter, || house.ctx(), 15, |read| step.store(read, Ordering::SeqCst)).await;
        let seen = ids(&pages.expect("a listing"));
        assert!((40..=100).all(|serial| seen.contains(&serial)), "{paging}: {seen:?}");
    }
}

#[tokio::test]
async fn an_installation_that_does_not_take_our_words_for_paging_is_never_half_a_listing() {
    let house = House::with(crowd(120)).await;
    let adapter = house.adapter(&json!({"paging": "none"}));
    assert_eq!(house.first_page(&adapter, 10).await, Err(SourceErrorKind::ConfigInvalid), "100 of 120");
    let house = House::of(World::from_lines([]), |system| Staged::over(system, deaf(120))).await;
    assert_eq!(house.list(&house.adapter(&usual()), 10).await, Err(SourceErrorKind::ConfigInvalid));
    assert_eq!(house.searches().len(), 2);
    let small = House::with(crowd(100)).await;
    let page = small.first_page(&small.adapter(&json!({"paging": "none"})), 10).await.expect("all at once");
    assert_eq!((page.records.len(), page.next), (100, None));
}

#[tokio::test]
async fn only_the_whole_can_be_asked_for_and_only_by_our_own_tokens() {
    let house = House::with(crowd(30)).await;
    let (adapter, ctx, first) = (house.adapter(&usual()), house.ctx(), PageToken::default());
    let moment = "2025-08-01T00:00:00Z".parse().expect("a moment");
    let changes = Since::Registered { from: moment, until: moment };
    let error = adapter.list_cases(&ctx, ListQuestion { since: changes, page: &first, page_rows: 10 }).await;
    assert_eq!(error.map_err(|error| error.kind), Err(SourceErrorKind::Unsupported));
    for token in ["3", "2:500", "0:abc:1:10", "abc:1:10", "💥"] {
        let error = page(&adapter, &ctx, token, 10).await.expect_err("a token of somebody else");
        assert_eq!(error.kind, SourceErrorKind::ConfigInvalid, "{token}");
    }
    assert!(house.server.take_recorded().is_empty(), "not even a token was asked for");
    let token = house.first_page(&adapter, 10).await.expect("a page").next.expect("more");
    for other in [json!({"paging": "page_number"}), json!({"list_types": [1]})] {
        let error = page(&house.adapter(&other), &ctx, token.as_str(), 10).await.expect_err("another listing");
        assert_eq!(error.kind, SourceErrorKind::ConfigInvalid);
    }
    assert!(page(&adapter, &ctx, token.as_str(), 10).await.is_ok());
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_faults_have_their_kind() {
    let house = House::with(crowd(5)).await;
    let adapter = house.adapter_with(&usual(), Limits { body_bytes_max: 64 * 1024, ..Limits::default() });
    house.first_page(&adapter, 10).await.expect("a page");
    house.calls("");
    house.system.end_all_tokens();
    assert_eq!(house.first_page(&adapter, 10).await.map(|page| page.records.len()), Ok(5));
    assert_eq!(house.calls("/token"), 1);
    for (fault, kind) in [
        (Fault::VendorFault, SourceErrorKind::Unavailable),
        (Fault::Status(503), SourceErrorKind::Unavailable),
        (Fault::Status(429), SourceErrorKind::Unavailable),
        (Fault::RefusedToken, SourceErrorKind::Unauthorized),
        (Fault::Html, SourceErrorKind::Malformed),
        (Fault::Truncated, SourceErrorKind::Malformed),
        (Fault::Endless, SourceErrorKind::Malformed),
    ] {
        house.server.faults().set(None, fault);
        assert_eq!(house.first_page(&adapter, 10).await.map(|_| ()), Err(kind), "{fault}");
    }
    house.server.faults().clear_all();
    let uncounted = |request: &FakeRequest, answer: FakeAnswer| {
        if request.path.ends_with("search") { FakeAnswer::json(200, &json!({"Results": []})) } else { answer }
    };
    let house = House::of(World::from_lines([]), |system| Staged::over(system, uncounted)).await;
    assert_eq!(house.first_page(&house.adapter(&usual()), 10).await, Err(SourceErrorKind::Malformed));
}
