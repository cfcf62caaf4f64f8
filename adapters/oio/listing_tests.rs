//! Listings against the fake, over HTTP.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::tests::{ANNA, BENT, House, quirk, row};
use crate::contract::{
    About, Adapter, CasePage, CaseStatus, ListQuestion, PageToken, PartyRole, RecordKind, Since, SourceErrorKind,
};
use crate::fake::population::{CaseRow, Party, Progress, RowKind};
use crate::fake::{FakeAnswer, FakeContext, FakeRequest, FakeServer, FakeSystem, Fault, VendorFault};
use crate::transport::Limits;

/// A row of the listing: which, and whose.
type Told = (Uuid, String);

fn told(pages: &[CasePage]) -> BTreeSet<Told> {
    let told = pages.iter().flat_map(|page| &page.records).map(|record| {
        let About::Stated(people) = &record.about else { panic!("a row names nobody") };
        let [person] = people.as_slice() else { panic!("a row names one citizen") };
        (record.keys.uuid.expect("a UUID"), person.as_cpr().expect("a number").expose().to_owned())
    });
    told.collect()
}

fn annas(numbers: impl IntoIterator<Item = u128>) -> BTreeSet<Told> {
    numbers.into_iter().map(|number| (Uuid::from_u128(number), ANNA.to_owned())).collect()
}

fn gone(pages: &[CasePage]) -> BTreeSet<String> {
    pages.iter().flat_map(|page| &page.gone).map(ToString::to_string).collect()
}

fn unreadable(pages: &[CasePage]) -> u32 {
    pages.iter().map(|page| page.unreadable).sum()
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn changed(number: u128, kind: RowKind, moment: &str) -> CaseRow {
    CaseRow { changed: Some(at(moment)), ..row(number, kind) }
}

async fn page(
    house: &House,
    adapter: &Adapter,
    since: Since,
    token: &PageToken,
    page_rows: usize,
) -> Result<CasePage, SourceErrorKind> {
    let question = ListQuestion { since, page: token, page_rows };
    adapter.list_cases(&house.ctx, question).await.map_err(|error| error.kind)
}

async fn all(house: &House, adapter: &Adapter, since: Since, page_rows: usize) -> Vec<CasePage> {
    rest(house, adapter, since, PageToken::default(), page_rows).await
}

async fn rest(house: &House, adapter: &Adapter, since: Since, from: PageToken, page_rows: usize) -> Vec<CasePage> {
    let (mut pages, mut next) = (Vec::new(), Some(from));
    while let Some(token) = next.take() {
        let told = page(house, adapter, since, &token, page_rows).await.expect("a page");
        next.clone_from(&told.next);
        pages.push(told);
        assert!(pages.len() < 100, "an endless listing");
    }
    pages
}

#[tokio::test]
async fn cases_and_efforts_are_listed_one_after_the_other_with_each_citizen() {
    let ended = CaseRow { progress: Progress::Closed, closed: "2025-09-30".parse().ok(), ..row(2, RowKind::Case) };
    let secondary = CaseRow { party: Party::Secondary, citizen: BENT.to_owned(), ..row(3, RowKind::Case) };
    let effort = CaseRow { opened: "2026-01-01".parse().ok(), ..row(4, RowKind::Intervention) };
    let house = House::with([row(1, RowKind::Case), ended, secondary, effort]).await;
    let pages = all(&house, &house.adapter(json!({})), Since::Beginning, 100).await;
    let mut wanted = annas([1, 2, 4]);
    wanted.insert((Uuid::from_u128(3), BENT.to_owned()));
    assert_eq!((pages.len(), told(&pages), unreadable(&pages)), (2, wanted, 0));
    let record = |number| {
        let mut records = pages.iter().flat_map(|page| &page.records);
        records.find(|record| record.keys.uuid == Some(Uuid::from_u128(number))).expect("a record")
    };
    assert_eq!(record(2).status.normal, CaseStatus::Closed);
    assert_eq!(record(3).party_role, PartyRole::Secondary);
    assert_eq!(record(4).kind, RecordKind::PlannedIntervention);
    assert!(pages.iter().all(|page| page.total.is_none()));
    let efforts = all(&house, &house.adapter(json!({ "sag": false })), Since::Beginning, 100).await;
    assert_eq!((efforts.len(), told(&efforts)), (1, annas([4])));
}

#[tokio::test]
async fn a_listed_row_is_the_row_that_a_look_up_tells() {
    let house = House::with([row(1, RowKind::Case), row(2, RowKind::Intervention)]).await;
    let pages = all(&house, &house.adapter(json!({})), Since::Beginning, 100).await;
    let listed: Vec<_> = pages.into_iter().flat_map(|page| page.records).collect();
    assert_eq!(listed, house.fetch(json!({})).await.records);
}

#[tokio::test]
async fn pages_of_any_size_tell_the_same_rows_and_the_last_is_not_full() {
    let rows = || (1..=6).map(|number| row(number, RowKind::Case)).chain([row(7, RowKind::Intervention)]);
    let house = House::with(rows()).await;
    let adapter = house.adapter(json!({ "search_page": 4, "read_chunk": 2 }));
    for (size, pages) in [(1, 9), (2, 5), (3, 4), (4, 3), (1_000, 3)] {
        let listed = all(&house, &adapter, Since::Beginning, size).await;
        assert_eq!((told(&listed), listed.len()), (annas(1..=7), pages), "{size} rows a page");
        assert!(listed.iter().all(|page| page.records.len() <= size.min(4)));
    }
    let targets = house.targets();
    assert!(
        targets.iter().filter(|target| target.contains("uuid=")).all(|target| target.matches("uuid=").count() <= 2)
    );
    assert!(targets.iter().all(|target| !target.contains("cpr-nr")));
}

#[tokio::test]
async fn an_empty_source_is_empty_pages() {
    let house = House::with([]).await;
    let pages = all(&house, &house.adapter(json!({})), Since::Beginning, 10).await;
    assert_eq!((pages.len(), told(&pages).len(), unreadable(&pages)), (2, 0, 0));
    assert_eq!(house.targets().len(), 2);
}

#[tokio::test]
async fn changes_are_what_was_registered_in_the_window_and_both_its_ends() {
    let rows = [
        changed(1, RowKind::Case, "2025-06-01T07:59:59.999Z"),
        changed(2, RowKind::Case, "2025-06-01T08:00:00Z"),
        CaseRow { progress: Progress::Closed, ..changed(3, RowKind::Case, "2025-06-01T08:30:00Z") },
        changed(4, RowKind::Intervention, "2025-06-01T09:00:00Z"),
        changed(5, RowKind::Intervention, "2025-06-01T09:00:00.001Z"),
        CaseRow { progress: Progress::Void, ..changed(6, RowKind::Case, "2025-06-01T08:40:00Z") },
        CaseRow { progress: Progress::Void, ..changed(7, RowKind::Case, "2025-06-01T07:40:00Z") },
    ];
    let house = House::with(rows).await;
    let since = Since::Registered { from: at("2025-06-01T08:00:00Z"), until: at("2025-06-01T09:00:00Z") };
    for size in [1, 2, 100] {
        let pages = all(&house, &house.adapter(json!({})), since, size).await;
        assert_eq!((told(&pages), unreadable(&pages)), (annas(2..=4), 0), "{size} rows a page");
        assert_eq!(gone(&pages), BTreeSet::from([Uuid::from_u128(6).to_string()]));
    }
}

#[tokio::test]
async fn what_is_withdrawn_or_deleted_is_gone_and_what_is_misfit_is_counted() {
    let rows = [
        row(1, RowKind::Case),
        quirk(row(2, RowKind::Case), "gone", json!("deleted")),
        quirk(row(3, RowKind::Case), "gone", json!("removed")),
        CaseRow { progress: Progress::Void, ..row(4, RowKind::Case) },
        quirk(row(5, RowKind::Case), "misfit", json!(true)),
        CaseRow { citizen: "32AB01XXXX".to_owned(), ..row(6, RowKind::Case) },
    ];
    let wanted: BTreeSet<String> = [2, 3, 4].map(|number| Uuid::from_u128(number).to_string()).into();
    // In one call, and each alone: the one that is deleted has LoRa refuse all that are read with it.
    for chunk in [1, 2, 3, 50] {
        let house = House::with(rows.clone()).await;
        let pages = all(&house, &house.adapter(json!({ "read_chunk": chunk })), Since::Beginning, 100).await;
        assert_eq!((told(&pages), gone(&pages), unreadable(&pages)), (annas([1]), wanted.clone(), 2), "{chunk}");
    }
}

#[tokio::test]
async fn a_case_that_has_moved_is_listed_for_its_citizen_of_now_alone() {
    let moved = quirk(CaseRow { citizen: BENT.to_owned(), ..row(1, RowKind::Case) }, "former_party", json!(ANNA));
    let house = House::with([moved]).await;
    let pages = all(&house, &house.adapter(json!({})), Since::Beginning, 100).await;
    assert_eq!(told(&pages), BTreeSet::from([(Uuid::from_u128(1), BENT.to_owned())]));
}

#[tokio::test]
async fn what_is_registered_while_pages_are_read_hides_no_other() {
    let before = House::with((1..=6).map(|number| row(number, RowKind::Case))).await;
    let adapter = before.adapter(json!({}));
    let first = page(&before, &adapter, Since::Beginning, &PageToken::default(), 2).await.expect("a page");
    // Row 1 was closed, row 2 deleted, and another one made whose key comes before all others.
    let closed = CaseRow { progress: Progress::Closed, ..changed(1, RowKind::Case, "2025-11-22T12:30:00Z") };
    let new = CaseRow { number: Some("00".to_owned()), ..changed(9, RowKind::Case, "2025-11-22T12:30:00Z") };
    let deleted = quirk(row(2, RowKind::Case), "gone", json!("deleted"));
    let rows = (3..=6).map(|number| row(number, RowKind::Case));
    let after = House::with(rows.chain([quirk(closed, "registrations", json!(2)), deleted, new])).await;
    let mut pages = vec![first.clone()];
    let adapter = after.adapter(json!({}));
    pages.extend(rest(&after, &adapter, Since::Beginning, first.next.expect("a next page"), 2).await);
    assert_eq!(told(&pages), annas(1..=6));
}

#[tokio::test]
async fn a_token_that_is_not_ours_is_refused_before_anything_is_sent() {
    let house = House::with((1..=3).map(|number| row(number, RowKind::Case))).await;
    let adapter = house.adapter(json!({}));
    let since = Since::Registered { from: at("2025-01-01T00:00:00Z"), until: at("2025-12-01T00:00:00Z") };
    let first = page(&house, &adapter, since, &PageToken::default(), 2).await.expect("a page");
    let next = first.next.expect("a next page");
    assert!(!next.as_str().contains(&Uuid::from_u128(1).to_string()));
    house.targets();
    for words in [next.as_str(), "3", "sag", "sag:2:-", "sag:two:-:2025-11-22T12:00:00Z"] {
        let refused = page(&house, &adapter, Since::Beginning, &PageToken::new(words), 2).await;
        assert_eq!(refused, Err(SourceErrorKind::ConfigInvalid), "{words}");
    }
    assert!(house.targets().is_empty());
    assert!(page(&house, &adapter, since, &next, 2).await.is_ok());
    let nothing = house.adapter(json!({ "sag": false, "indsats": false }));
    let refused = page(&house, &nothing, Since::Beginning, &PageToken::default(), 2).await;
    assert_eq!(refused, Err(SourceErrorKind::ConfigInvalid));
}

#[tokio::test]
async fn a_fault_on_a_later_page_has_its_kind_and_the_page_can_be_asked_for_again() {
    let house = House::with((1..=5).map(|number| row(number, RowKind::Case))).await;
    let adapter = house.adapter(json!({ "token": "env:OIO_TOKEN" }));
    let first = page(&house, &adapter, Since::Beginning, &PageToken::default(), 2).await.expect("a page");
    let next = first.next.expect("a next page");
    let wanted = page(&house, &adapter, Since::Beginning, &next, 2).await;
    for (fault, kind) in [
        (Fault::RefusedToken, SourceErrorKind::Unauthorized),
        (Fault::VendorFault, SourceErrorKind::ConfigInvalid),
        (Fault::Status(503), SourceErrorKind::Unavailable),
        (Fault::Html, SourceErrorKind::Malformed),
        (Fault::Truncated, SourceErrorKind::Malformed),
        (Fault::Endless, SourceErrorKind::Malformed),
    ] {
        house.fake.faults().set(None, fault);
        house.targets();
        assert_eq!(page(&house, &adapter, Since::Beginning, &next, 2).await, Err(kind), "{fault}");
        let calls = house.targets().len();
        assert_eq!(calls, if fault == Fault::RefusedToken { 2 } else { 1 }, "{fault}");
        house.fake.faults().clear_all();
        assert_eq!(page(&house, &adapter, Since::Beginning, &next, 2).await, wanted, "after {fault}");
    }
}

#[tokio::test]
async fn each_object_is_read_once_and_alone_where_one_call_takes_one() {
    let house = House::with((1..=9).map(|number| row(number, RowKind::Case))).await;
    let limits = Limits { concurrency_max: 2, ..Limits::default() };
    let adapter = house.adapter_within(json!({ "read_chunk": 1 }), limits);
    let first = page(&house, &adapter, Since::Beginning, &PageToken::default(), 9).await.expect("a page");
    assert_eq!((first.records.len(), house.targets().len()), (9, 10));
}

/// A `LoRa` that does not do what its paging says.
struct Stubborn {
    lora: super::fake::Lora,
    ignores: &'static [&'static str],
}

impl FakeSystem for Stubborn {
    fn name(&self) -> &'static str {
        self.lora.name()
    }

    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        self.lora.citizen(request)
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        let mut query = request.query.clone();
        query.iter_mut().filter(|(name, _)| self.ignores.contains(&name.as_str())).for_each(|(name, value)| {
            let unpaged = if name == "foersteresultat" { "0" } else { "1000" };
            unpaged.clone_into(value);
        });
        self.lora.answer(&FakeRequest {
            method: request.method.clone(),
            path: request.path.clone(),
            query,
            headers: request.headers.clone(),
            body: request.body.clone(),
            instead: None,
        })
    }

    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        self.lora.fault(request, fault)
    }
}

#[tokio::test]
async fn a_source_that_does_not_page_is_found_out() {
    for (ignores, first_page_is_good) in
        [(["foersteresultat"].as_slice(), true), (["foersteresultat", "maximalantalresultater"].as_slice(), false)]
    {
        let mut house = House::with([]).await;
        let rows = House::with((1..=5).map(|number| row(number, RowKind::Case))).await;
        let world = Arc::clone(&rows.world);
        let context = FakeContext { world: Arc::clone(&world), clock: Arc::clone(&house.ctx.clock) };
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let system = Arc::new(Stubborn { lora: super::fake::Lora::new(context), ignores });
        house.fake = FakeServer::start(system, world, free, free).await.expect("a free port");
        let adapter = house.adapter(json!({}));
        let first = page(&house, &adapter, Since::Beginning, &PageToken::default(), 2).await;
        assert_eq!(first.is_ok(), first_page_is_good, "{ignores:?}");
        if let Ok(CasePage { next: Some(next), .. }) = &first {
            let second = page(&house, &adapter, Since::Beginning, next, 2).await;
            assert_eq!(second, Err(SourceErrorKind::Malformed));
        }
        // Whoever asks for as much as there is gets it.
        assert_eq!(told(&all(&house, &adapter, Since::Beginning, 500).await), annas(1..=5));
    }
}
