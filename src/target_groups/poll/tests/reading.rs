//! Whole readings: what is taken, what is not, and readings that are broken off at every place.

use glasplade_adapters::contract::{CaseStatus, PersonId, QualityFlag, SourceErrorKind, Status};
use jiff::civil::date;
use rusqlite::Connection;

use super::*;

const SWEEP: [(&str, Listing); 1] = [("sbsys", Listing::Sweep)];

/// Ten rows a page, so that there are many pages.
fn small_pages(config: &mut Config) {
    config.service.target_groups.poll.page_rows = 10;
}

#[tokio::test(start_paused = true)]
async fn what_a_source_tells_is_in_the_index_under_the_citizen_s_number() {
    let house = House::new(&SWEEP);
    house.lister("sbsys").has(cases("sbsys", 30).into_iter().chain([case("sbsys", "second", somebody(3))]));
    let began = house.clock.now();
    house.reads("sbsys").await;
    let held = house.held();
    assert_eq!((held.len(), held[somebody(3).expose()].len()), (30, 2));
    let fact = held[somebody(4).expose()].first().expect("one");
    assert!(fact.contains("\"sbsys\"") && fact.contains("JVS-JOB") && fact.contains("employment"), "{fact}");
    let (state, taking) = (house.state("sbsys"), house.poller.taking(house.clock.now()));
    assert_eq!((state.complete_as_of(&taking), state.facts, state.rows.rows), (Some(began), 31, 31));
    assert_eq!((state.under_way, state.trouble, state.incomplete_since), (None, None, None));
}

#[tokio::test(start_paused = true)]
async fn what_has_not_changed_is_not_written() {
    let house = House::with(&SWEEP, small_pages);
    house.lister("sbsys").has(cases("sbsys", 100));
    house.reads("sbsys").await;
    let by_hand = Connection::open(path(&house.scratch)).expect("the file");
    by_hand
        .execute_batch(
            "CREATE TABLE written (who BLOB);
             CREATE TRIGGER made AFTER INSERT ON citizen BEGIN INSERT INTO written VALUES (new.who); END;
             CREATE TRIGGER changed AFTER UPDATE ON citizen BEGIN INSERT INTO written VALUES (new.who); END;",
        )
        .expect("triggers");
    let written =
        || by_hand.query_row("SELECT count(*) FROM written", [], |row| row.get::<_, i64>(0)).expect("a count");
    house.a_day_later();
    house.reads("sbsys").await;
    assert_eq!((written(), house.lister("sbsys").pages_told().len()), (0, 20));
    house.lister("sbsys").changes("sbsys-7", |case| case.rows[0].closed = Some(date(2027, 1, 1)));
    house.a_day_later();
    house.reads("sbsys").await;
    assert_eq!(written(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_no_list_may_rest_on_is_not_taken_and_is_counted_by_kind() {
    let house = House::new(&SWEEP);
    let of = |id: &str, change: &dyn Fn(&mut Record)| {
        let mut row = case("sbsys", id, somebody(1));
        change(&mut row);
        row
    };
    let people = |texts: &'static [&'static str]| {
        move |row: &mut Record| {
            row.about = About::Stated(texts.iter().map(|text| PersonId::parse(text).expect("a number")).collect());
        }
    };
    house.lister("sbsys").has([
        of("good", &|_| {}),
        of("anonymous", &|row| row.law = Some("SEL § 101 a".to_owned())),
        of("ecpr", &people(&["0101851AB9"])),
        of("two", &people(&["0101859999", "0101859998"])),
        of("nobody", &|row| row.about = About::Unstated),
        of("void", &|row| row.status = Status::new(CaseStatus::Void, "Fejl")),
        of("over", &|row| row.status = Status::new(CaseStatus::Closed, "Lukket")),
        of("ended", &|row| row.closed = Some(date(2026, 11, 20))),
        of("ends today", &|row| row.closed = Some(testing::TODAY)),
        of("begins later", &|row| row.opened = Some(date(2027, 3, 1))),
        of("bare", &|row| row.flags.push(QualityFlag::DetailsMissing)),
    ]);
    house.lister("sbsys").script().unreadable = 2;
    house.reads("sbsys").await;
    for (id, is_taken) in [("good", true), ("ends today", true), ("begins later", true)] {
        assert_eq!(house.has(&somebody(1), "sbsys", id), is_taken, "{id}");
    }
    assert_eq!(house.held().values().map(BTreeSet::len).sum::<usize>(), 3);
    let rows = house.state("sbsys").rows;
    let troubled: Vec<_> = rows.troubled().collect();
    assert_eq!(
        troubled,
        [
            (RowTrouble::Unreadable, 2),
            (RowTrouble::WithoutOneCitizen, 2),
            (RowTrouble::ReplacementNumber, 1),
            (RowTrouble::AnonymousTreatment, 1),
            (RowTrouble::WithoutDetails, 1),
        ]
    );
    assert_eq!((rows.rows, rows.taken, rows.hiding()), (13, 3, 5));
}

#[tokio::test(start_paused = true)]
async fn a_row_without_its_details_leaves_what_was_known() {
    let house = House::new(&SWEEP);
    house.lister("sbsys").has(cases("sbsys", 1));
    house.reads("sbsys").await;
    let known = house.held();
    house.lister("sbsys").changes("sbsys-0", |case| {
        case.rows[0].unit = None;
        case.rows[0].flags.push(QualityFlag::DetailsMissing);
    });
    house.a_day_later();
    house.reads("sbsys").await;
    assert_eq!(house.held(), known);
    assert_eq!(house.lister("sbsys").looked_up(), [], "it was told");
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_is_waited_for_and_nothing_before_it_is_read_again() {
    let house = House::with(&SWEEP, small_pages);
    house.lister("sbsys").has(cases("sbsys", 500));
    house.lister("sbsys").fails(37, 5, SourceErrorKind::Unavailable);
    assert_eq!(house.goes_on("sbsys").await.why, Why::Failed);
    let state = house.state("sbsys");
    assert_eq!((state.under_way.map(|reading| reading.pages), state.trouble), (Some(36), Some(Trouble::Unavailable)));
    assert_eq!(state.incomplete_since, Some(house.clock.now()));
    assert_eq!(house.held().len(), 360, "what it told is there");
    assert_eq!(state.whole, None);
    house.reads("sbsys").await;
    assert_eq!(house.lister("sbsys").pages_told(), (1..=50).collect::<Vec<_>>());
    let state = house.state("sbsys");
    assert_eq!((house.held().len(), state.trouble, state.incomplete_since, state.failures), (500, None, None, 0));
    assert!(state.whole < state.ended, "complete as of when it began, not as of when it ended");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_is_left_after_its_time_and_the_reading_goes_on_where_it_was() {
    let house = House::with(&SWEEP, small_pages);
    house.lister("sbsys").has(cases("sbsys", 50));
    assert_eq!(house.poller.turn("sbsys", Wish::DUE).await.expect("an index"), Turn::Went);
    house.lister("sbsys").holds();
    assert_eq!(house.goes_on("sbsys").await.why, Why::Failed);
    assert_eq!(house.state("sbsys").trouble, Some(Trouble::TimedOut));
    house.lister("sbsys").releases();
    house.reads("sbsys").await;
    assert_eq!(house.lister("sbsys").pages_told(), [1, 2, 3, 4, 5]);
    assert_eq!(house.held().len(), 50);
}

#[tokio::test(start_paused = true)]
async fn a_place_that_the_source_no_longer_takes_begins_the_reading_again_and_is_said() {
    let house = House::with(&SWEEP, small_pages);
    house.lister("sbsys").has(cases("sbsys", 50));
    for _ in 0..3 {
        house.poller.turn("sbsys", Wish::DUE).await.expect("an index");
    }
    house.lister("sbsys").script().make = 2;
    house.reads("sbsys").await;
    assert_eq!(house.lister("sbsys").pages_told(), [1, 2, 3, 1, 2, 3, 4, 5]);
    let state = house.state("sbsys");
    assert_eq!((house.held().len(), state.begun_again, state.trouble), (50, 1, None));
    assert!(house.lister("sbsys").looked_up().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_source_that_never_takes_its_own_places_fails_and_is_not_asked_for_ever() {
    let house = House::with(&SWEEP, small_pages);
    house.lister("sbsys").has(cases("sbsys", 50));
    house.lister("sbsys").fails(2, u32::MAX, SourceErrorKind::ConfigInvalid);
    assert_eq!(house.goes_on("sbsys").await.why, Why::Failed);
    let state = house.state("sbsys");
    assert_eq!((state.begun_again, state.trouble), (3, Some(Trouble::ConfigInvalid)));
    assert_eq!(house.lister("sbsys").pages_told(), [1, 1, 1, 1]);
}

/// Everything that can happen to a source between two readings.
fn second_day(house: &House) {
    let lister = house.lister("sbsys");
    lister.loses(|id| id.ends_with('5'));
    lister.changes("sbsys-8", |case| case.is_unlisted = true);
    lister.changes("sbsys-9", |case| case.rows[0].status = Status::new(CaseStatus::Closed, "Lukket"));
    lister.changes("sbsys-11", |case| case.rows[0].unit = None);
    lister.script().cases.extend([super::lister::Case {
        rows: vec![case("sbsys", "new", somebody(77))],
        changed: Timestamp::UNIX_EPOCH,
        is_unlisted: false,
        is_gone: false,
    }]);
}

#[tokio::test(start_paused = true)]
async fn killed_after_every_step_the_index_is_as_if_nothing_had_happened() {
    let undisturbed = House::with(&SWEEP, small_pages);
    let mut killed = House::with(&SWEEP, small_pages);
    for house in [&undisturbed, &killed] {
        house.lister("sbsys").has(cases("sbsys", 95));
        house.reads("sbsys").await;
        second_day(house);
        house.a_day_later();
        house.lister("sbsys").pages_told();
    }
    undisturbed.reads("sbsys").await;
    let mut steps = 0;
    while killed.poller.turn("sbsys", Wish::DUE).await.expect("an index") == Turn::Went {
        killed.dies();
        steps += 1;
    }
    assert_eq!(steps, 12, "nine pages, then counting, asking and tidying");
    assert_eq!(killed.held(), undisturbed.held());
    assert_eq!(killed.lister("sbsys").pages_told(), undisturbed.lister("sbsys").pages_told());
    assert_eq!(killed.lister("sbsys").looked_up(), undisturbed.lister("sbsys").looked_up());
    assert_eq!(killed.state("sbsys").facts, undisturbed.state("sbsys").facts);
}

#[tokio::test(start_paused = true)]
async fn killed_while_a_page_is_on_its_way_that_page_alone_is_read_again() {
    let mut house = House::with(&SWEEP, small_pages);
    house.lister("sbsys").has(cases("sbsys", 60));
    for page in 1..=6 {
        house.lister("sbsys").holds();
        {
            let turn = house.poller.turn("sbsys", Wish::DUE);
            let soon = tokio::time::timeout(std::time::Duration::from_millis(1), turn).await;
            assert!(soon.is_err(), "page {page} is on its way");
        }
        house.dies();
        house.lister("sbsys").releases();
        assert_eq!(house.poller.turn("sbsys", Wish::DUE).await.expect("an index"), Turn::Went);
        house.dies();
    }
    house.reads("sbsys").await;
    assert_eq!(house.lister("sbsys").pages_told(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(house.held().len(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_began_a_week_ago_begins_again() {
    let house = House::with(&SWEEP, small_pages);
    house.lister("sbsys").has(cases("sbsys", 30));
    house.poller.turn("sbsys", Wish::DUE).await.expect("an index");
    house.clock.advance(SignedDuration::from_hours(8 * 24));
    let began = house.clock.now();
    house.reads("sbsys").await;
    assert_eq!(house.lister("sbsys").pages_told(), [1, 1, 2, 3]);
    assert_eq!((house.state("sbsys").whole, house.state("sbsys").begun_again), (Some(began), 1));
}

#[tokio::test(start_paused = true)]
async fn without_an_approved_rule_nothing_is_read_and_nothing_is_kept() {
    let mut house = House::new(&SWEEP);
    house.lister("sbsys").has(cases("sbsys", 1_200));
    house.reads("sbsys").await;
    house.lister("sbsys").pages_told();
    house.config.target_groups.approvals.clear();
    house.dies();
    let rest = house.goes_on("sbsys").await;
    assert_eq!((rest.why, house.held().len(), house.state("sbsys")), (Why::NotTaken, 0, SourceReading::default()));
    assert!(house.lister("sbsys").pages_told().is_empty());
}

#[tokio::test(start_paused = true)]
async fn under_other_matchers_a_source_counts_as_not_read_until_it_has_been() {
    let mut house = House::new(&SWEEP);
    house.lister("sbsys").has(cases("sbsys", 3));
    house.reads("sbsys").await;
    house.config.departments.matchers.clear();
    house.dies();
    let taking = house.poller.taking(house.clock.now());
    assert_eq!(house.state("sbsys").complete_as_of(&taking), None);
    assert_eq!(house.held().len(), 3, "what is known stays meanwhile");
    house.reads("sbsys").await;
    assert!(house.state("sbsys").complete_as_of(&taking).is_some());
    assert!(house.held().values().flatten().all(|fact| !fact.contains("JVS-JOB")), "whose the cases are is read anew");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_no_longer_read_takes_its_facts_with_it() {
    let mut house = House::new(&[("sbsys", Listing::Sweep), ("fasit", Listing::Sweep)]);
    house.lister("sbsys").has(cases("sbsys", 3));
    house.lister("fasit").has(cases("fasit", 2));
    house.reads("sbsys").await;
    house.reads("fasit").await;
    house.config.sources.source[0].listing.off = true;
    house.dies();
    house.poller.drop_unread_sources().await.expect("an index");
    assert_eq!(house.held().len(), 2);
    assert!(house.held().values().flatten().all(|fact| fact.contains("fasit")));
    assert_eq!(house.goes_on("sbsys").await.why, Why::NotTaken);
}

#[tokio::test(start_paused = true)]
async fn only_the_columns_that_approved_rules_name_are_kept() {
    let columns = |codes: &'static [&'static str]| {
        move |config: &mut Config| config.target_groups.approvals.retain(|row| codes.contains(&row.rule.as_str()))
    };
    let kept = async |codes: &'static [&'static str]| {
        let house = House::with(&SWEEP, columns(codes));
        let closed = case("sbsys", "closed", somebody(0)).closed(date(2026, 11, 1));
        let later = case("sbsys", "later", somebody(0)).with(|row| row.opened = Some(date(2027, 1, 1)));
        house.lister("sbsys").has(cases("sbsys", 1).into_iter().chain([closed, later]));
        house.reads("sbsys").await;
        house.held()[somebody(0).expose()].iter().cloned().collect::<Vec<String>>().join("\n")
    };
    let all =
        Box::pin(kept(&["cross_department", "family_job_child", "long_cash_benefit", "transition", "fifty_plus"]))
            .await;
    let age_alone = Box::pin(kept(&["transition"])).await;
    let first_day = format!("{:?}", crate::target_groups::Day::of(date(2026, 1, 1)));
    assert!(all.contains(&first_day), "{all}");
    assert_eq!(all.lines().count(), 2, "no shipped rule asks for what is over");
    let to_come = format!("{:?}", crate::target_groups::Day::of(date(2027, 1, 1)));
    assert!(!age_alone.contains(&first_day), "{age_alone}");
    assert!(age_alone.contains(&to_come), "a case that has not begun is never one that has: {age_alone}");
}
