//! One fetch serves everybody who asks for the same employee, is waited for shortly, and outlives who began it.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::{Room, by_id, by_user, word};
use crate::overview::SourceState;
use crate::sources::Deadline;

#[tokio::test(start_paused = true)]
async fn fifty_who_ask_at_once_cause_one_fetch() {
    let room = Room::new();
    room.directory.hold();
    let release = async {
        room.directory.was_called(1).await;
        room.directory.release();
    };
    let (words, ()) = tokio::join!(join_all((0..50).map(|_| room.word(by_id(10_001)))), release);
    assert!(words.iter().all(|word| *word == "known"));
    assert_eq!(room.directory.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_more_joins_what_is_under_way_and_fetches_the_rest() {
    let room = Room::new();
    room.directory.hold();
    let release = async {
        room.directory.was_called(2).await;
        room.directory.release();
    };
    let (one, both) = ([by_id(10_001)], [by_id(10_001), by_id(10_002)]);
    let (_, known, ()) = tokio::join!(room.know(&one), room.know(&both), release);
    assert_eq!(both.map(|key| word(&known.get(&key))), ["known", "known"]);
    assert_eq!(room.directory.asked(), [vec![by_id(10_001)], vec![by_id(10_002)]]);
}

/// How long it took to know.
#[expect(clippy::disallowed_methods, reason = "the paused time is what is measured")]
async fn waited(room: &Room, time: Duration) -> (Duration, &'static str) {
    let begun = Instant::now();
    let known = room.know_within(&[by_id(10_001)], time).await;
    (begun.elapsed(), word(&known.get(&by_id(10_001))))
}

#[tokio::test(start_paused = true)]
async fn an_answer_waits_no_longer_than_the_setting_nor_than_its_deadline_and_the_fetch_goes_on() {
    let room = Room::new();
    room.directory.hold();
    assert_eq!(waited(&room, Duration::from_secs(1)).await, (Duration::from_millis(300), "pending"));
    assert_eq!(waited(&room, Duration::from_millis(50)).await, (Duration::from_millis(50), "pending"));
    assert_eq!(waited(&room, Duration::ZERO).await.1, "pending");
    assert_eq!(room.know(&[by_id(10_001)]).await.state(), (SourceState::TimedOut, None));
    room.directory.release();
    assert_eq!(waited(&room, Duration::from_secs(1)).await, (Duration::ZERO, "known"));
    assert_eq!(room.directory.calls(), 1, "the same fetch");
}

#[tokio::test(start_paused = true)]
async fn stand_ins_are_waited_for_within_the_same_limit() {
    let room = Room::new();
    let stand_in = Some(uuid::Uuid::from_u128(10_002));
    room.directory.knows(glasplade_adapters::contract::StaffMember { stand_in, ..super::member(10_001) });
    let hold_the_second = async {
        room.directory.was_called(1).await;
        room.directory.hold();
    };
    let keys = [by_id(10_001)];
    let (known, ()) = tokio::join!(room.know(&keys), hold_the_second);
    assert_eq!((word(&known.get(&by_id(10_001))), word(&known.get(&by_user(10_002)))), ("known", "pending"));
    assert_eq!(known.state().0, SourceState::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_ends_at_the_directory_s_own_limit_and_is_not_begun_anew_at_once() {
    let room = Room::new();
    room.directory.hold();
    for _ in 0..9 {
        room.know(&[by_id(10_001)]).await;
    }
    assert_eq!(room.word(by_id(10_001)).await, "unavailable");
    assert_eq!(room.directory.calls(), 1);
    assert_eq!(waited(&room, Duration::from_secs(1)).await.0, Duration::ZERO, "a dead directory costs nothing");
    room.later(10);
    assert_eq!(room.word(by_id(10_001)).await, "pending");
    room.directory.was_called(2).await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_an_adapter_is_a_failure_and_the_next_fetch_works() {
    let room = Room::new();
    room.directory.panics_once();
    assert_eq!(room.word(by_id(10_001)).await, "unavailable");
    assert_eq!(room.staff.health().expect("a directory").failed, 1);
    room.later(10);
    assert_eq!(room.word(by_id(10_001)).await, "known");
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_leaves_the_fetch_to_the_others() {
    let room = Room::new();
    room.directory.hold();
    let keys = [by_id(10_001)];
    let soon = Deadline::after(Duration::from_millis(1)).instant();
    let gone = tokio::time::timeout_at(soon, room.know(&keys));
    assert!(gone.await.is_err());
    room.directory.release();
    assert_eq!(room.word(by_id(10_001)).await, "known");
    assert_eq!(room.directory.calls(), 1);
}
