//! Listings against the fake, over HTTP, and the places of their pages against answers that no good index gives.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::SEARCH;
use super::place::Place;
use super::settings::Settings;
use super::tests::{CITIZEN, House, LOOK_ALIKE, at, build, call, context, id, roles, row};
use super::wire::Output;
use crate::contract::{
    About, CallContext, CasePage, CaseStatus, CprNumber, ListQuestion, ManualClock, PageToken, PartyRole, Since,
    SourceErrorKind,
};
use crate::fake::population::{CaseRow, Progress};
use crate::fake::{FakeAnswer, FakeRequest, FakeServer, FakeSystem, Fault, VendorFault};
use crate::transport::xml;

/// A case of the listing: which, and whose.
type Told = (String, String);

/// Row `number`, stored so many seconds after the others' time.
fn stored(number: u128, seconds: i64) -> CaseRow {
    let changed = at("2025-05-05T08:00:00Z") + SignedDuration::from_secs(seconds);
    CaseRow { changed: Some(changed), ..row(number) }
}

fn cases(pages: &[CasePage]) -> BTreeSet<Told> {
    let told = pages.iter().flat_map(|page| &page.records).map(|record| {
        let About::Stated(people) = &record.about else { panic!("a row names nobody") };
        let [person] = people.as_slice() else { panic!("a row names one citizen") };
        (record.native_id.to_string(), person.as_cpr().expect("a number").expose().to_owned())
    });
    told.collect()
}

fn expected(numbers: impl IntoIterator<Item = u128>) -> BTreeSet<Told> {
    numbers.into_iter().map(|number| (id(number).to_string(), CITIZEN.to_owned())).collect()
}

impl House {
    async fn page_at(
        &self,
        ctx: &CallContext,
        since: Since,
        page: &PageToken,
        page_rows: usize,
    ) -> Result<CasePage, SourceErrorKind> {
        let question = ListQuestion { since, page, page_rows };
        self.adapter.list_cases(ctx, question).await.map_err(|error| {
            assert!(!format!("{error} {error:?}").contains(page.as_str()) || page.is_first(), "a token in an error");
            error.kind
        })
    }

    async fn page(&self, since: Since, page: &PageToken, page_rows: usize) -> Result<CasePage, SourceErrorKind> {
        self.page_at(&call(), since, page, page_rows).await
    }

    async fn all(&self, since: Since, page_rows: usize) -> Vec<CasePage> {
        self.rest(since, PageToken::default(), page_rows).await
    }

    async fn rest(&self, since: Since, from: PageToken, page_rows: usize) -> Vec<CasePage> {
        let (mut pages, mut next) = (Vec::new(), Some(from));
        while let Some(token) = next.take() {
            let page = self.page(since, &token, page_rows).await.expect("a page");
            next.clone_from(&page.next);
            pages.push(page);
            assert!(pages.len() < 200, "an endless listing");
        }
        pages
    }
}

#[tokio::test]
async fn a_whole_listing_tells_every_case_with_each_of_its_citizens() {
    let quirk = |name: &str, value: serde_json::Value| [(name.to_owned(), value)].into();
    let ended = CaseRow { progress: Progress::Closed, closed: "2025-03-01".parse().ok(), ..row(2) };
    let shared =
        CaseRow { quirks: quirk("also_party", json!(LOOK_ALIKE)), secret_title: Some("Skjult".into()), ..row(3) };
    let rows = [row(1), ended, shared, CaseRow { citizen: LOOK_ALIKE.to_owned(), ..row(4) }];
    let house = House::with(rows, roles(), 100).await;
    let pages = house.all(Since::Beginning, 100).await;
    let mut wanted = expected(1..=3);
    wanted.extend([3, 4].map(|number| (id(number).to_string(), LOOK_ALIKE.to_owned())));
    assert_eq!((pages.len(), cases(&pages)), (1, wanted));
    let page = &pages[0];
    assert_eq!((page.unreadable, page.total, page.gone.len()), (0, Some(4), 0));
    let of = |number: u128| page.records.iter().filter(move |record| *record.native_id == id(number).to_string());
    assert_eq!(of(2).map(|record| record.status.normal).collect::<Vec<_>>(), [CaseStatus::Closed]);
    let roles: BTreeSet<_> = of(3).map(|record| record.party_role).collect();
    assert_eq!(roles, BTreeSet::from([PartyRole::Primary, PartyRole::Secondary]));
    assert!(!format!("{page:?}").contains("Skjult"));
}

#[tokio::test]
async fn a_listed_row_is_the_row_that_a_look_up_tells() {
    let full = CaseRow {
        level: Some(2),
        unit: Some("NORD".to_owned()),
        caseworker: Some("az00001".to_owned()),
        kle: Some("27.24.06".to_owned()),
        master: Some("dubu".to_owned()),
        screened_to: vec![id(9001)],
        ..row(1)
    };
    let house = House::with([full], roles(), 100).await;
    let pages = house.all(Since::Beginning, 100).await;
    assert_eq!(pages[0].records, [house.record().await]);
}

#[tokio::test]
async fn pages_of_any_size_tell_the_same_cases_and_end() {
    // Stored apart, some stored together, and more of those than a page holds.
    let times = [0, 10, 20, 20, 20, 20, 20, 30, 40, 40, 50];
    let rows = || (0..).zip(times).map(|(number, seconds)| stored(number, seconds));
    for size in [1, 2, 3, 4, 5, 10, 11, 12, 100] {
        let house = House::of(rows()).await;
        let pages = house.all(Since::Beginning, size).await;
        assert_eq!(cases(&pages), expected(0..11), "{size} rows a page");
        assert!(pages.iter().all(|page| page.records.len() <= size), "{size} rows a page");
        assert!(pages.iter().all(|page| page.total == Some(11)), "{size}: {:?}", pages.iter().map(|page| page.total));
        assert_eq!(house.server.take_recorded().len(), pages.len(), "one call, one page");
    }
    let house = House::with(rows(), json!({"list_page_size": 3}), 100).await;
    let pages = house.all(Since::Beginning, 1_000).await;
    assert_eq!((cases(&pages), pages[0].records.len()), (expected(0..11), 3));
}

#[tokio::test]
async fn large_pages_tell_few_rows_twice() {
    let house = House::of((0..500).map(|number| stored(number, i64::try_from(number).expect("small")))).await;
    let pages = house.all(Since::Beginning, 100).await;
    let told: usize = pages.iter().map(|page| page.records.len()).sum();
    assert_eq!(cases(&pages), expected(0..500));
    assert!(told <= 505, "{told} rows for 500");
}

#[tokio::test]
async fn an_index_without_cases_is_one_empty_page() {
    let house = House::of([]).await;
    assert_eq!(house.page(Since::Beginning, &PageToken::default(), 10).await, Ok(CasePage::default()));
}

#[tokio::test]
async fn changes_are_what_was_stored_in_the_window_and_both_its_ends() {
    let rows = || (0..10).map(|number| stored(number, i64::try_from(number).expect("small") * 60));
    let since = Since::Registered { from: at("2025-05-05T08:02:00Z"), until: at("2025-05-05T08:05:00Z") };
    for size in [1, 2, 100] {
        let house = House::of(rows()).await;
        assert_eq!(cases(&house.all(since, size).await), expected(2..=5), "{size} rows a page");
    }
    let never = Since::Registered { from: at("2024-05-05T08:02:00Z"), until: at("2024-05-05T08:05:00Z") };
    assert_eq!(House::of(rows()).await.all(never, 5).await, [CasePage::default()]);
}

#[tokio::test]
async fn a_case_that_is_stored_anew_between_two_pages_hides_no_other() {
    let before = House::of((0..10).map(|number| stored(number, i64::try_from(number).expect("small")))).await;
    let first = before.page(Since::Beginning, &PageToken::default(), 4).await.expect("a page");
    // Row 0 was closed meanwhile: counted from the beginning, row 4 would be the fourth and be skipped.
    let closed = CaseRow { progress: Progress::Closed, changed: Some(at("2025-06-01T11:59:00Z")), ..row(0) };
    let rows = (1..10).map(|number| stored(number, i64::try_from(number).expect("small"))).chain([closed]);
    let after = House::of(rows).await;
    let mut pages = vec![first.clone()];
    pages.extend(after.rest(Since::Beginning, first.next.expect("a next page"), 4).await);
    assert_eq!(cases(&pages), expected(0..10));
    let last = pages.iter().flat_map(|page| &page.records).rfind(|record| *record.native_id == id(0).to_string());
    assert_eq!(last.map(|record| record.status.normal), Some(CaseStatus::Closed), "it is told as it is now");
}

#[tokio::test]
async fn what_was_stored_while_a_long_listing_was_read_is_told_at_its_end() {
    let rows = (0..6).map(|number| stored(number, i64::try_from(number).expect("small"))).collect::<Vec<_>>();
    let house = House::of(rows.clone()).await;
    let first = house.page(Since::Beginning, &PageToken::default(), 4).await.expect("a page");
    // An hour later row 5, which no page had come to, has left the window.
    let anew = CaseRow { changed: Some(at("2025-06-01T12:30:00Z")), ..row(5) };
    let house = House::of(rows.into_iter().take(5).chain([anew])).await;
    let later = || CallContext { clock: Arc::new(ManualClock::at(at("2025-06-01T13:00:00Z"))), ..call() };
    let (mut pages, mut next) = (vec![first.clone()], first.next);
    while let Some(token) = next.take() {
        let page = house.page_at(&later(), Since::Beginning, &token, 4).await.expect("a page");
        next.clone_from(&page.next);
        pages.push(page);
        assert!(pages.len() < 10);
    }
    assert_eq!(cases(&pages), expected(0..6));
}

#[tokio::test]
async fn companies_are_no_citizens_and_a_case_of_nobody_is_unreadable() {
    let with = |number, quirks: serde_json::Value| {
        let quirks = serde_json::from_value(quirks).expect("a map");
        CaseRow { quirks, ..row(number) }
    };
    let rows = [
        with(1, json!({"company_party": "12345678"})),
        with(2, json!({"company_party": "12345678", "party_as": "none"})),
        with(3, json!({"party_as": "none"})),
        with(4, json!({"party_as": "fuldtnavn"})),
        with(5, json!({"registrations": 0})),
        with(6, json!({"lifecycle": "Slettet"})),
        with(7, json!({"also_party": "32AB01XXXX"})),
    ];
    let house = House::of(rows).await;
    let pages = house.all(Since::Beginning, 100).await;
    assert_eq!(cases(&pages), expected([1, 7]));
    assert_eq!((pages[0].unreadable, pages[0].gone.as_slice()), (4, [Arc::from(id(6).to_string())].as_slice()));
}

#[tokio::test]
async fn a_token_that_is_not_ours_is_refused_before_anything_is_sent() {
    let house = House::of((0..5).map(|number| stored(number, i64::try_from(number).expect("small")))).await;
    let window = Since::Registered { from: at("2025-01-01T00:00:00Z"), until: at("2025-06-01T00:00:00Z") };
    let token = |page: CasePage| page.next.expect("a next page").as_str().to_owned();
    let whole = token(house.page(Since::Beginning, &PageToken::default(), 2).await.expect("a page"));
    let changes = token(house.page(window, &PageToken::default(), 2).await.expect("a page"));
    assert!(!whole.contains(CITIZEN) && !whole.contains(&id(0).to_string()));
    house.server.take_recorded();
    let other = Since::Registered { from: at("2025-01-01T00:00:00Z"), until: at("2025-06-02T00:00:00Z") };
    let later = Since::Registered { from: at("2025-05-30T00:00:00Z"), until: at("2025-06-01T00:00:00Z") };
    let broken = [
        "3".to_owned(),
        "/////".to_owned(),
        whole.replace("whole", "WHOLE"),
        format!("{whole}/"),
        whole.replace('Z', ""),
        whole.replacen("/2", "/+2", 1),
        whole[..whole.len() - 1].to_owned(),
        whole.replace("1970-01-01", "2030-01-01"),
        whole.replace("1970-01-01", "1969-01-01"),
    ];
    let questions = broken.into_iter().map(|broken| (Since::Beginning, broken));
    let others = [(window, whole), (Since::Beginning, changes.clone()), (other, changes.clone()), (later, changes)];
    for (since, words) in questions.chain(others) {
        let page = house.page(since, &PageToken::new(words.as_str()), 2).await;
        assert_eq!(page, Err(SourceErrorKind::ConfigInvalid), "{words}");
    }
    assert!(house.server.take_recorded().is_empty());
}

#[tokio::test]
async fn a_fault_on_a_later_page_has_its_kind_and_the_page_can_be_asked_for_again() {
    let house = House::of((0..6).map(|number| stored(number, i64::try_from(number).expect("small")))).await;
    let first = house.page(Since::Beginning, &PageToken::default(), 4).await.expect("a page");
    let token = first.next.clone().expect("a next page");
    let wanted = house.page(Since::Beginning, &token, 4).await;
    for (fault, kind) in [
        (Fault::RefusedToken, SourceErrorKind::Unauthorized),
        (Fault::VendorFault, SourceErrorKind::Unavailable),
        (Fault::Status(503), SourceErrorKind::Unavailable),
        (Fault::Html, SourceErrorKind::Malformed),
        (Fault::Truncated, SourceErrorKind::Malformed),
        (Fault::Endless, SourceErrorKind::Malformed),
    ] {
        house.server.faults().set(None, fault);
        assert_eq!(house.page(Since::Beginning, &token, 4).await, Err(kind), "{fault}");
        house.server.faults().clear_all();
        assert_eq!(house.page(Since::Beginning, &token, 4).await, wanted, "after {fault}");
    }
}

/// An index that looks at no paging and no window.
struct Stubborn(super::fake::CaseIndexFake);

impl FakeSystem for Stubborn {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn citizen(&self, request: &FakeRequest) -> Option<String> {
        self.0.citizen(request)
    }

    fn answer(&self, request: &FakeRequest) -> FakeAnswer {
        let text = String::from_utf8_lossy(&request.body).into_owned();
        let part = |text: &str, name: &str| {
            let (start, end) = (text.find(&format!("<{name}>")), text.find(&format!("</{name}>")));
            start.zip(end).map_or(String::new(), |(start, end)| text[start..end].to_owned())
        };
        let first = part(&text, "d:FoersteResultatReference");
        let from = part(&text, "o:SoegStsFraTidspunkt");
        let beginning = "<o:SoegStsFraTidspunkt><d:TidsstempelDatoTid>1970-01-01T00:00:00Z</d:TidsstempelDatoTid>";
        let text = text.replace(&first, "<d:FoersteResultatReference>0").replace(&from, beginning);
        let request = FakeRequest {
            method: request.method.clone(),
            path: request.path.clone(),
            query: Vec::new(),
            headers: request.headers.clone(),
            body: text.into(),
            instead: None,
        };
        self.0.answer(&request)
    }

    fn fault(&self, request: &FakeRequest, fault: VendorFault) -> FakeAnswer {
        self.0.fault(request, fault)
    }
}

#[tokio::test]
async fn an_index_that_tells_one_page_for_ever_is_found_out() {
    let context = context((0..10).map(|number| stored(number, i64::try_from(number).expect("small"))));
    let world = Arc::clone(&context.world);
    let anywhere = ([127, 0, 0, 1], 0).into();
    let system = Arc::new(Stubborn(super::fake::CaseIndexFake::new(context)));
    let mut house = House::of([]).await;
    house.server = FakeServer::start(system, world, anywhere, anywhere).await.expect("free ports");
    house.adapter = build(house.server.base_url(), json!({}), 100).expect("an adapter");
    let first = house.page(Since::Beginning, &PageToken::default(), 4).await.expect("a page");
    let next = first.next.expect("a next page");
    assert_eq!(house.page(Since::Beginning, &next, 4).await, Err(SourceErrorKind::Malformed));
    // Whoever gives everything at once has nothing more to give.
    assert_eq!(cases(&house.all(Since::Beginning, 100).await), expected(0..10));
}

/// An answer with these cases, by number and by the second of a minute in which each was stored.
fn answer(total: Option<usize>, cases: &[(u128, i64)]) -> Output {
    let count = total.map(|total| format!("<Antal><Element>sager</Element><Antal>{total}</Antal></Antal>"));
    let case = |(number, second): &(u128, i64)| {
        let at = at("2025-05-05T08:00:00Z") + SignedDuration::from_secs(*second);
        let id = id(*number);
        format!(
            "<SagFiltreretOejebliksbillede><c:ObjektType><o:UUIDIdentifikator>{id}</o:UUIDIdentifikator></c:ObjektType>\
             <c:Registrering><q:StsTidspunkt>{at}</q:StsTidspunkt></c:Registrering></SagFiltreretOejebliksbillede>"
        )
    };
    let text = format!(
        "<FremsoegSagDokumentIndeksOutput xmlns=\"urn:oio:sts:sagdok:sagdokumentindeks:6\" \
         xmlns:c=\"urn:oio:sts:sagdok:sag:6\" xmlns:q=\"urn:oio:sts:generelledefinitioner:6\" \
         xmlns:o=\"urn:oio:sagdok:3.0.0\"><o:StandardRetur><o:StatusKode>20</o:StatusKode></o:StandardRetur>{}{}\
         </FremsoegSagDokumentIndeksOutput>",
        count.unwrap_or_default(),
        cases.iter().map(case).collect::<String>(),
    );
    Output::read(xml::tree(&text).root()).expect("an answer")
}

fn begin() -> Place {
    let page = PageToken::default();
    let question = ListQuestion { since: Since::Beginning, page: &page, page_rows: 4 };
    Place::of(&question, &Settings::default(), now()).expect("the first page")
}

fn now() -> Timestamp {
    at("2025-06-01T12:00:00Z")
}

fn after(place: &Place, page: &Output) -> Result<Option<Place>, SourceErrorKind> {
    place.after(SEARCH, page, 4, now()).map_err(|error| error.kind)
}

#[test]
fn rows_out_of_order_are_counted_and_rows_in_order_are_gone_on_from() {
    let sorted = answer(Some(9), &[(1, 1), (2, 2), (3, 3), (4, 4)]);
    let next = after(&begin(), &sorted).expect("good").expect("more");
    assert_eq!((next.first, next.from), (0, at("2025-05-05T08:00:03.999Z")));
    let shuffled = answer(Some(9), &[(1, 1), (4, 40), (3, 3), (2, 2)]);
    let next = after(&begin(), &shuffled).expect("good").expect("more");
    assert_eq!((next.first, next.from), (4, begin().from));
    let together = answer(Some(9), &[(1, 7), (2, 7), (3, 7), (4, 7)]);
    let next = after(&begin(), &together).expect("good").expect("more");
    assert_eq!((next.first, next.from), (4, begin().from));
}

#[test]
fn a_count_that_lies_ends_nothing_and_nothing_is_endless() {
    let full = &[(1, 1), (2, 2), (3, 3), (4, 4)];
    // The count of the page alone, no count, and a count below what is told.
    for total in [Some(4), None, Some(1)] {
        let next = after(&begin(), &answer(total, full)).expect("good").expect("a full page is not the last");
        assert_eq!(after(&next, &answer(total.map(|_| 1), &[(4, 4)])), Ok(None), "{total:?}");
        assert_eq!(after(&next, &answer(None, &[])), Ok(None), "{total:?}");
        assert_eq!(after(&next, &answer(Some(900), &[])), Err(SourceErrorKind::Malformed), "{total:?}");
        assert_eq!(after(&next, &answer(total, full)), Err(SourceErrorKind::Malformed), "{total:?}");
    }
    assert_eq!(after(&begin(), &answer(Some(2), &[(1, 1), (2, 2)])), Ok(None));
    // The index gives fewer than are wanted, and says that there are more.
    let next = after(&begin(), &answer(Some(9), &[(1, 1), (2, 2)])).expect("good").expect("more");
    assert_eq!((next.first, next.from), (2, begin().from));
}

#[test]
fn a_place_reads_back_from_its_words() {
    let next = after(&begin(), &answer(Some(9), &[(1, 1), (2, 2), (3, 3), (4, 4)])).expect("good").expect("more");
    let words = next.to_string();
    assert!(CprNumber::parse(&words).is_err() && !words.contains(&id(4).to_string()));
    let page = PageToken::new(words);
    let question = ListQuestion { since: Since::Beginning, page: &page, page_rows: 4 };
    // An hour later: the end of the window is the token's.
    let read = Place::of(&question, &Settings::default(), at("2025-06-01T13:00:00Z"));
    assert_eq!(read, Some(next));
}
