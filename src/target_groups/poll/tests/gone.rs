//! What a whole reading did not tell: it is asked for singly before it goes, and far too much of it does not go at all.

use glasplade_adapters::contract::{CaseStatus, SourceErrorKind, Status};

use super::*;

const SWEEP: [(&str, Listing); 1] = [("sbsys", Listing::Sweep)];

fn small_pages(config: &mut Config) {
    config.service.target_groups.poll.page_rows = 10;
}

/// A house whose source had so many cases yesterday.
async fn house_with(count: usize) -> House {
    let house = House::with(&SWEEP, small_pages);
    house.lister("sbsys").has(cases("sbsys", count));
    house.reads("sbsys").await;
    house.a_day_later();
    house.lister("sbsys").pages_told();
    house
}

#[tokio::test(start_paused = true)]
async fn a_case_that_the_source_no_longer_has_goes_after_it_was_asked_for() {
    let house = Box::pin(house_with(100)).await;
    house.lister("sbsys").loses(|id| id == "sbsys-42");
    house.reads("sbsys").await;
    assert_eq!(house.lister("sbsys").looked_up(), [somebody(42)], "and nobody else is asked about");
    assert!(!house.held().contains_key(somebody(42).expose()));
    assert_eq!((house.held().len(), house.state("sbsys").facts), (99, 99));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_moves_between_pages_while_it_is_read_ends_nothing() {
    let house = Box::pin(house_with(100)).await;
    // When page 4 is asked for, a row of page 8 moves in front: it is on no page, and the last row of page 3 comes twice.
    house.lister("sbsys").script().moved_before.insert(4, vec!["sbsys-75".to_owned()]);
    house.reads("sbsys").await;
    assert_eq!(house.lister("sbsys").looked_up(), [somebody(75)]);
    assert!(house.has(&somebody(75), "sbsys", "sbsys-75"));
    assert_eq!(house.held().len(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_case_that_ended_leaves_by_what_the_source_says_of_it() {
    let house = Box::pin(house_with(30)).await;
    house.lister("sbsys").changes("sbsys-3", |case| {
        case.is_unlisted = true;
        case.rows[0].status = Status::new(CaseStatus::Closed, "Lukket");
    });
    house.reads("sbsys").await;
    assert!(!house.has(&somebody(3), "sbsys", "sbsys-3"));
}

#[tokio::test(start_paused = true)]
async fn while_nobody_can_be_asked_about_nothing_goes_and_the_source_is_not_complete() {
    let house = Box::pin(house_with(100)).await;
    let before = house.state("sbsys").whole;
    house.lister("sbsys").loses(|id| id == "sbsys-42");
    house.lister("sbsys").script().look_ups_fail = Some(SourceErrorKind::Unavailable);
    assert_eq!(house.goes_on("sbsys").await.why, Why::Failed);
    let state = house.state("sbsys");
    assert!(house.has(&somebody(42), "sbsys", "sbsys-42"));
    assert_eq!((state.whole, state.trouble), (before, Some(Trouble::Unavailable)));
    house.lister("sbsys").script().look_ups_fail = None;
    house.reads("sbsys").await;
    assert!(!house.has(&somebody(42), "sbsys", "sbsys-42"));
    assert_eq!(house.lister("sbsys").pages_told().len(), 10, "no page was read again");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_whole_ends_nothing() {
    let house = Box::pin(house_with(100)).await;
    house.lister("sbsys").loses(|id| id == "sbsys-42");
    house.lister("sbsys").script().look_ups_unreadable = 1;
    house.reads("sbsys").await;
    assert!(house.has(&somebody(42), "sbsys", "sbsys-42"));
    house.lister("sbsys").script().look_ups_unreadable = 0;
    house.a_day_later();
    house.reads("sbsys").await;
    assert!(!house.has(&somebody(42), "sbsys", "sbsys-42"));
}

#[tokio::test(start_paused = true)]
async fn a_case_of_two_citizens_of_which_one_leaves_it_stays_the_other_s() {
    let house = House::with(&SWEEP, small_pages);
    let shared = [case("sbsys", "shared", somebody(1)), case("sbsys", "shared", somebody(2))];
    house.lister("sbsys").has(shared[..1].iter().cloned());
    house.lister("sbsys").changes("shared", |case| case.rows = shared.to_vec());
    house.reads("sbsys").await;
    assert!(house.has(&somebody(1), "sbsys", "shared") && house.has(&somebody(2), "sbsys", "shared"));
    house.lister("sbsys").changes("shared", |case| drop(case.rows.remove(0)));
    house.a_day_later();
    house.reads("sbsys").await;
    assert!(!house.has(&somebody(1), "sbsys", "shared") && house.has(&somebody(2), "sbsys", "shared"));
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_shrank_takes_nothing_away_until_an_operator_says_so() {
    let mut house = Box::pin(house_with(105)).await;
    let before = house.state("sbsys").whole;
    house.lister("sbsys").loses(|id| id.ends_with('1') || id.ends_with('2') || id.ends_with('3'));
    house.lister("sbsys").script().cases.push(super::lister::Case {
        rows: vec![case("sbsys", "new", somebody(500))],
        changed: Timestamp::UNIX_EPOCH,
        is_unlisted: false,
        is_gone: false,
    });
    house.reads("sbsys").await;
    let state = house.state("sbsys");
    assert_eq!((state.trouble, state.shrank), (Some(Trouble::Shrank), Some(Shrank { facts: 106, untold: 33 })));
    assert_eq!((state.whole, house.held().len()), (before, 106), "what is new is there, and nobody is gone");
    assert!(house.lister("sbsys").looked_up().is_empty());
    let health: Vec<SourceHealth> = house.poller.progress().expect("an index").iter().map(|one| one.health).collect();
    assert_eq!(health, [SourceHealth::Shrank]);
    assert!(!house.poller.accept_shrinking(&accepts("fasit")).expect("an index"), "nothing waits there");
    assert!(house.poller.accept_shrinking(&accepts("sbsys")).expect("an index"));
    let accepted = house.poller.read(Accepted::all).expect("an index");
    let told = accepted.iter().map(|(_, one)| (one.source.as_str(), one.shrank.untold)).collect::<Vec<_>>();
    assert_eq!(told, [("sbsys", 33)], "kept for the audit");
    house.dies();
    house.reads("sbsys").await;
    let state = house.state("sbsys");
    assert_eq!((house.held().len(), state.trouble, state.shrank, state.accepts_shrinking), (73, None, None, false));
    assert_eq!((state.facts, house.lister("sbsys").looked_up().len()), (73, 33), "each was asked for all the same");
    assert_eq!(house.lister("sbsys").pages_told().len(), 8, "no page was read again");
}

fn accepts(source: &str) -> Accepts {
    Accepts { source: source.to_owned(), by: None }
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_shrank_and_recovers_needs_nobody() {
    let house = Box::pin(house_with(100)).await;
    let all = house.lister("sbsys").script().cases.clone();
    house.lister("sbsys").loses(|_| true);
    house.reads("sbsys").await;
    assert_eq!((house.state("sbsys").trouble, house.held().len()), (Some(Trouble::Shrank), 100));
    assert!(
        matches!(house.poller.turn("sbsys", Wish::DUE).await, Ok(Turn::Rest(rest)) if rest.why == Why::Done),
        "not at once"
    );
    house.lister("sbsys").script().cases = all;
    house.a_day_later();
    house.reads("sbsys").await;
    let state = house.state("sbsys");
    assert_eq!((state.trouble, state.held, state.incomplete_since), (None, None, None));
    assert_eq!(house.held().len(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_few_cases_may_go_however_small_the_source_is() {
    let house = Box::pin(house_with(20)).await;
    house.lister("sbsys").loses(|_| true);
    house.reads("sbsys").await;
    assert_eq!((house.state("sbsys").trouble, house.held().len()), (None, 0));
    assert_eq!(house.lister("sbsys").looked_up().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn somebody_without_a_running_case_in_any_source_is_forgotten() {
    let house = House::new(&[("sbsys", Listing::Sweep), ("fasit", Listing::Sweep)]);
    let ends = jiff::civil::date(2026, 11, 21);
    let ending = |source, id| case(source, id, somebody(1)).with(|row| row.closed = Some(ends));
    house.lister("sbsys").has([ending("sbsys", "a"), case("sbsys", "b", somebody(2))]);
    house.lister("fasit").has([ending("fasit", "c")]);
    house.reads("sbsys").await;
    house.reads("fasit").await;
    assert_eq!(house.held()[somebody(1).expose()].len(), 2, "the last day is a day");
    house.a_day_later();
    house.reads("sbsys").await;
    house.reads("fasit").await;
    assert_eq!(house.held().keys().collect::<Vec<_>>(), [somebody(2).expose()]);
}
