//! Sources that tell what has changed: only that is asked for between two whole readings, and it moves, ends and takes back.

use glasplade_adapters::contract::{CaseStatus, Status};

use super::*;

const CHANGES: [(&str, Listing); 1] = [("oio", Listing::Changes)];

/// A house whose source was read whole, an hour ago.
async fn house() -> House {
    let house = House::with(&CHANGES, |config| config.service.target_groups.poll.page_rows = 10);
    house.lister("oio").has(cases("oio", 40));
    house.reads("oio").await;
    house.lister("oio").pages_told();
    house.clock.advance(SignedDuration::from_hours(1));
    house
}

#[tokio::test(start_paused = true)]
async fn between_two_whole_readings_only_what_changed_is_asked_for() {
    let house = Box::pin(house()).await;
    let changed = house.clock.now() - SignedDuration::from_mins(5);
    house.lister("oio").changes("oio-7", |case| {
        case.changed = changed;
        case.rows[0].unit = None;
    });
    house.lister("oio").changes("oio-8", |case| {
        case.changed = changed;
        case.rows[0].status = Status::new(CaseStatus::Closed, "Afsluttet");
    });
    let now = house.clock.now();
    house.reads("oio").await;
    assert_eq!(house.lister("oio").pages_told(), [1]);
    assert!(house.lister("oio").looked_up().is_empty(), "what is not told has not changed");
    assert!(!house.held()[somebody(7).expose()].first().expect("one").contains("JVS-JOB"));
    assert!(!house.has(&somebody(8), "oio", "oio-8"));
    let taking = house.poller.taking(now);
    assert_eq!((house.state("oio").complete_as_of(&taking), house.held().len()), (Some(now), 39));
}

#[tokio::test(start_paused = true)]
async fn changes_of_the_minutes_before_the_last_reading_are_asked_for_again() {
    let house = Box::pin(house()).await;
    house.reads("oio").await;
    let last = house.state("oio").changes_until.expect("changes were read");
    house.lister("oio").pages_told();
    house.lister("oio").changes("oio-3", |case| {
        // Registered by a clock that runs behind ours.
        case.changed = last - SignedDuration::from_mins(9);
        case.is_gone = true;
    });
    house.clock.advance(SignedDuration::from_hours(1));
    house.reads("oio").await;
    assert!(!house.has(&somebody(3), "oio", "oio-3"));
}

#[tokio::test(start_paused = true)]
async fn a_case_that_is_taken_back_goes_whoever_had_it() {
    let house = Box::pin(house()).await;
    house.lister("oio").changes("oio-5", |case| {
        case.changed = Timestamp::UNIX_EPOCH;
        case.rows.push(super::case("oio", "oio-5", somebody(6)));
    });
    house.clock.advance(SignedDuration::from_hours(24));
    house.reads("oio").await;
    assert!(house.has(&somebody(6), "oio", "oio-5"));
    house.clock.advance(SignedDuration::from_hours(1));
    let now = house.clock.now();
    house.lister("oio").changes("oio-5", |case| (case.changed, case.is_gone) = (now, true));
    house.reads("oio").await;
    assert!(!house.held().contains_key(somebody(5).expose()));
    assert!(house.has(&somebody(6), "oio", "oio-6") && !house.has(&somebody(6), "oio", "oio-5"));
}

#[tokio::test(start_paused = true)]
async fn a_case_that_moved_to_another_citizen_is_that_one_s_alone() {
    let house = Box::pin(house()).await;
    let now = house.clock.now();
    house.lister("oio").changes("oio-5", |case| {
        case.changed = now;
        case.rows[0].about = About::numbers([somebody(200)]);
    });
    house.reads("oio").await;
    assert!(house.has(&somebody(200), "oio", "oio-5") && !house.held().contains_key(somebody(5).expose()));
    // And back.
    house.clock.advance(SignedDuration::from_hours(1));
    let now = house.clock.now();
    house.lister("oio").changes("oio-5", |case| {
        case.changed = now;
        case.rows[0].about = About::numbers([somebody(5)]);
    });
    house.reads("oio").await;
    assert!(house.has(&somebody(5), "oio", "oio-5") && !house.held().contains_key(somebody(200).expose()));
}

#[tokio::test(start_paused = true)]
async fn what_a_source_removed_without_a_word_shows_in_the_next_whole_reading() {
    let house = Box::pin(house()).await;
    house.lister("oio").loses(|id| id == "oio-9");
    house.reads("oio").await;
    assert!(house.has(&somebody(9), "oio", "oio-9"));
    house.a_day_later();
    house.reads("oio").await;
    assert!(!house.has(&somebody(9), "oio", "oio-9"));
    assert_eq!(house.lister("oio").looked_up(), [somebody(9)]);
}

#[tokio::test(start_paused = true)]
async fn killed_between_pages_of_changes_the_same_changes_are_read_to_the_end() {
    let mut house = Box::pin(house()).await;
    let now = house.clock.now();
    house.lister("oio").script().cases.iter_mut().for_each(|case| {
        case.changed = now;
        case.rows[0].unit = None;
    });
    let mut turns = 0;
    while house.poller.turn("oio", Wish::DUE).await.expect("an index") == Turn::Went {
        house.dies();
        turns += 1;
    }
    assert_eq!((turns, house.lister("oio").pages_told()), (4, vec![1, 2, 3, 4]));
    assert!(house.held().values().flatten().all(|fact| !fact.contains("JVS-JOB")));
    assert_eq!(house.state("oio").changes_until, Some(now), "the window was not moved by dying");
}
