//! Whose turn it is: two processes on one index, times of day, the pace, and what an operator asks for by hand.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use glasplade_adapters::contract::SourceErrorKind;
use jiff::civil::time;

use super::*;
use crate::config::NightWindow;

const SWEEP: [(&str, Listing); 1] = [("sbsys", Listing::Sweep)];

fn small_pages(config: &mut Config) {
    config.service.target_groups.poll.page_rows = 10;
}

#[tokio::test(start_paused = true)]
async fn of_two_processes_one_reads_a_source_and_the_other_goes_on_when_it_is_dead() {
    let house = House::with(&SWEEP, small_pages);
    house.lister("sbsys").has(cases("sbsys", 50));
    let other = house.another(true);
    house.poller.turn("sbsys", Wish::DUE).await.expect("an index");
    let Ok(Turn::Rest(rest)) = other.turn("sbsys", Wish::DUE).await else { panic!("it is another one's") };
    assert_eq!(rest.why, Why::Held);
    house.poller.turn("sbsys", Wish::DUE).await.expect("an index");
    house.clock.advance(rest.until.duration_since(house.clock.now()));
    assert_eq!(other.turn("sbsys", Wish::DUE).await.expect("an index"), Turn::Went);
    assert!(matches!(house.poller.turn("sbsys", Wish::DUE).await, Ok(Turn::Rest(Rest { why: Why::Held, .. }))));
    while other.turn("sbsys", Wish::DUE).await.expect("an index") == Turn::Went {}
    assert_eq!(house.lister("sbsys").pages_told(), [1, 2, 3, 4, 5], "no page twice");
    assert_eq!((held(&other).len(), held(&other)), (50, house.held()));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_comes_after_another_process_has_taken_the_source_over_is_not_kept() {
    let house = House::with(&SWEEP, small_pages);
    house.lister("sbsys").has(cases("sbsys", 50));
    let other = house.another(true);
    house.lister("sbsys").holds();
    let slow = house.poller.turn("sbsys", Wish::DUE);
    let takes_over = async {
        tokio::task::yield_now().await;
        house.clock.advance(SignedDuration::from_mins(20));
        house.lister("sbsys").releases();
        other.turn("sbsys", Wish::DUE).await.expect("an index");
        other.turn("sbsys", Wish::DUE).await.expect("an index")
    };
    let (slow, other_turn) = tokio::join!(slow, takes_over);
    assert_eq!(other_turn, Turn::Went);
    assert!(matches!(slow, Ok(Turn::Rest(Rest { why: Why::Held, .. }))), "{slow:?}");
    assert_eq!(house.state("sbsys").under_way.expect("under way").pages, 2);
}

#[tokio::test(start_paused = true)]
async fn a_source_is_read_at_its_time_of_day_alone_also_when_the_clocks_change() {
    // 22:00 UTC is midnight in Denmark before the clocks change on 25 October 2026, and 23:00 after.
    let start: Timestamp = "2026-10-24T10:00:00Z".parse().expect("a moment");
    let house = House::with(&SWEEP, |config| {
        small_pages(config);
        let window = NightWindow { from: time(2, 30, 0, 0), to: time(3, 0, 0, 0) };
        config.sources.source[0].listing.between = Some(window);
        config.sources.source[0].listing.whole_hours = Some(48);
    });
    house.clock.advance(start.duration_since(house.clock.now()));
    house.lister("sbsys").has(cases("sbsys", 50));
    let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
    let rest = house.goes_on("sbsys").await;
    assert_eq!((rest.why, rest.until), (Why::Window, at("2026-10-25T00:30:00Z")));
    house.waits(rest.until);
    house.poller.turn("sbsys", Wish::DUE).await.expect("an index");
    // 03:00 becomes 02:00: the hour comes again, and the window with it.
    house.clock.advance(SignedDuration::from_mins(29));
    house.poller.turn("sbsys", Wish::DUE).await.expect("an index");
    house.clock.advance(SignedDuration::from_mins(2));
    let rest = house.goes_on("sbsys").await;
    assert_eq!((rest.why, rest.until), (Why::Window, at("2026-10-25T01:30:00Z")));
    assert_eq!(house.lister("sbsys").pages_told(), [1, 2]);
    house.clock.advance(SignedDuration::from_mins(30));
    assert_eq!(
        house.poller.turn("sbsys", Wish::DUE).await.expect("an index"),
        Turn::Went,
        "02:31, for the second time"
    );
    house.clock.advance(SignedDuration::from_mins(30));
    let rest = house.goes_on("sbsys").await;
    assert_eq!((rest.why, rest.until), (Why::Window, at("2026-10-26T01:30:00Z")));
    house.waits(rest.until);
    assert_eq!(house.goes_on("sbsys").await.why, Why::Done);
    assert_eq!((house.lister("sbsys").pages_told(), house.held().len()), (vec![3, 4, 5], 50));
}

#[tokio::test(start_paused = true)]
async fn no_more_questions_are_asked_in_a_minute_than_are_allowed() {
    let house = House::with(&SWEEP, |config| {
        small_pages(config);
        config.sources.source[0].listing.per_minute_max = Some(12);
    });
    house.lister("sbsys").has(cases("sbsys", 50));
    let began = house.clock.now();
    house.reads("sbsys").await;
    // Five pages, five seconds apart, and the settling after the last one waits, too.
    assert_eq!(house.state("sbsys").ended.expect("read").duration_since(began).as_secs(), 25);
}

/// Lets the tests' clock go on.
#[derive(Debug)]
struct Skip<'a> {
    clock: &'a ManualClock,
    waited_s: AtomicU64,
}

impl<'a> Skip<'a> {
    fn of(house: &'a House) -> Self {
        Self { clock: &house.clock, waited_s: AtomicU64::new(0) }
    }
}

impl Pause for Skip<'_> {
    fn pause(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let duration = duration.max(Duration::from_secs(1));
            self.waited_s.fetch_add(duration.as_secs(), Ordering::Relaxed);
            self.clock.advance(SignedDuration::try_from(duration).expect("short"));
            tokio::task::yield_now().await;
        })
    }
}

fn two() -> House {
    let house = House::with(&[("sbsys", Listing::Sweep), ("oio", Listing::Changes)], small_pages);
    house.lister("sbsys").has(cases("sbsys", 25));
    house.lister("oio").has(cases("oio", 15));
    house
}

#[tokio::test(start_paused = true)]
async fn by_hand_every_source_is_read_once_whether_or_not_it_is_due() {
    let house = two();
    let skip = Skip::of(&house);
    for (round, pages) in [(0, (3, 2)), (1, (3, 1)), (2, (3, 1))] {
        house.clock.advance(SignedDuration::from_secs(5));
        let wish = Wish { newer_than: Some(house.clock.now()), whole: false };
        let summary = house.poller.read_now(None, wish, true, &skip).await.expect("an index");
        assert_eq!((summary.read, summary.left), (vec!["sbsys".into(), "oio".into(), "persons".into()], vec![]));
        let told = ["sbsys", "oio"].map(|id| house.lister(id).pages_told().len());
        assert_eq!(told, [pages.0, pages.1], "round {round}: changes alone, where they are told");
    }
    house.clock.advance(SignedDuration::from_secs(5));
    let wish = Wish { newer_than: Some(house.clock.now()), whole: true };
    house.poller.read_now(Some("oio"), wish, true, &skip).await.expect("an index");
    assert_eq!(["sbsys", "oio"].map(|id| house.lister(id).pages_told().len()), [0, 2]);
    assert_eq!((house.register.calls(), skip.waited_s.load(Ordering::Relaxed)), (25, 0));
}

#[tokio::test(start_paused = true)]
async fn by_hand_a_source_that_fails_is_told_of_and_stops_no_other() {
    let house = two();
    house.lister("sbsys").fails(2, 4, SourceErrorKind::Unavailable);
    let wish = Wish { newer_than: Some(house.clock.now()), whole: false };
    let skip = Skip::of(&house);
    let summary = house.poller.read_now(None, wish, true, &skip).await.expect("an index");
    assert_eq!(summary.left, [("sbsys".to_owned(), "it fails")]);
    assert_eq!((summary.read, skip.waited_s.load(Ordering::Relaxed)), (vec!["oio".into(), "persons".into()], 0));
    // With patience it comes to its end: two failures are left, both in the next turn.
    let summary = house.poller.read_now(None, wish, false, &skip).await.expect("an index");
    assert_eq!(summary.left, []);
    assert_eq!(house.held().len(), 25);
}

#[tokio::test(start_paused = true)]
async fn by_hand_a_source_out_of_its_time_of_day_is_left_or_waited_for() {
    let late = House::with(&SWEEP, |config| {
        let window = NightWindow { from: time(20, 0, 0, 0), to: time(6, 0, 0, 0) };
        config.sources.source[0].listing.between = Some(window);
    });
    late.lister("sbsys").has(cases("sbsys", 25));
    let wish = Wish { newer_than: Some(late.clock.now()), whole: false };
    let skip = Skip::of(&late);
    let summary = late.poller.read_now(Some("sbsys"), wish, true, &skip).await.expect("an index");
    assert_eq!(summary.left, [("sbsys".to_owned(), "this is not its time of day")]);
    let summary = late.poller.read_now(Some("sbsys"), wish, false, &skip).await.expect("an index");
    assert_eq!((summary.read, late.held().len()), (vec!["sbsys".to_owned()], 25));
    assert_eq!(skip.waited_s.load(Ordering::Relaxed), 10 * 3_600, "from ten in the morning until eight in the evening");
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_shrank_is_left_and_told_of() {
    let house = House::with(&SWEEP, small_pages);
    house.lister("sbsys").has(cases("sbsys", 100));
    house.reads("sbsys").await;
    house.lister("sbsys").loses(|_| true);
    house.clock.advance(SignedDuration::from_secs(5));
    let wish = Wish { newer_than: Some(house.clock.now()), whole: false };
    let summary = house.poller.read_now(Some("sbsys"), wish, false, &Skip::of(&house)).await.expect("an index");
    assert_eq!(summary.left, [("sbsys".to_owned(), "its listing told far less than before")]);
}

#[tokio::test(start_paused = true)]
async fn an_index_under_another_key_is_not_written_to() {
    let house = House::new(&SWEEP);
    let lent = PollerLent {
        pseudonyms: Arc::new(crate::audit::PseudonymKey::new(&[8; 32]).expect("32 bytes")),
        aliases: Arc::clone(&house.aliases),
        clock: Arc::<ManualClock>::clone(&house.clock),
        random: Arc::clone(&house.random),
    };
    let index = TargetIndex::open(&path(&house.scratch)).expect("the same file");
    let (sources, people) = (Arc::clone(&house.poller.sources), Arc::clone(&house.poller.people));
    let other = Poller::with(house.config.clone(), sources, people, index, lent);
    assert!(matches!(other, Err(StartPollError::AnotherKey)));
}

#[tokio::test(start_paused = true)]
async fn how_far_a_reading_is_is_told_in_numbers() {
    let house = House::with(&SWEEP, small_pages);
    house.lister("sbsys").has(cases("sbsys", 100));
    house.poller.turn("sbsys", Wish::DUE).await.expect("an index");
    let first = house.poller.progress().expect("an index").remove(0);
    assert_eq!(
        (first.health, first.rows, first.rows_total, first.rows_per_s),
        (SourceHealth::Reading, 10, Some(100), None)
    );
    house.clock.advance(SignedDuration::from_secs(4));
    house.poller.turn("sbsys", Wish::DUE).await.expect("an index");
    let second = house.poller.progress().expect("an index").remove(0);
    assert_eq!((second.rows, second.rows_per_s, second.remaining_s), (20, Some(2.5), Some(32)));
    house.reads("sbsys").await;
    let last = house.poller.progress().expect("an index").remove(0);
    assert_eq!((last.health, last.facts, last.pages, last.rows_total), (SourceHealth::Complete, 100, 0, None));
    let line = serde_json::to_string(&last).expect("JSON");
    assert!(!line.contains(somebody(1).expose()), "{line}");
}
