//! How long an employee's entry is used, and what happens when it is older.

use glasplade_adapters::contract::SourceErrorKind;
use tokio::task::yield_now;

use super::{AGES, Room, by_id, by_user, member, word};
use crate::overview::SourceState;

/// Lets the fetches in the background end.
async fn settle() {
    for _ in 0..20 {
        yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_fresh_entry_is_used_by_id_and_by_user_without_asking_again() {
    let room = Room::new();
    assert_eq!(room.word(by_id(10_001)).await, "known");
    room.later(i64::from(AGES.fresh_s) - 1);
    assert_eq!((room.word(by_id(10_001)).await, room.word(by_user(10_001)).await), ("known", "known"));
    assert_eq!(room.directory.calls(), 1);
    let known = room.know(&[by_user(10_001)]).await;
    assert_eq!(known.state(), (SourceState::Cached, Some(crate::testing::now())));
}

#[tokio::test(start_paused = true)]
async fn an_older_entry_is_used_at_once_while_it_is_read_anew() {
    let room = Room::new();
    room.know(&[by_id(10_001)]).await;
    room.later(i64::from(AGES.fresh_s));
    room.directory.hold();
    let known = room.know(&[by_id(10_001)]).await;
    assert_eq!((word(&known.get(&by_id(10_001))), known.state().0), ("aged", SourceState::Cached));
    room.directory.was_called(2).await;
    room.directory.release();
    settle().await;
    assert_eq!(room.word(by_id(10_001)).await, "known");
    assert_eq!(room.directory.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_entry_beyond_its_stale_age_is_read_before_it_is_used() {
    let room = Room::new();
    room.know(&[by_id(10_001)]).await;
    room.later(i64::from(AGES.stale_s));
    room.directory.is_down(SourceErrorKind::Forbidden);
    assert_eq!(room.word(by_id(10_001)).await, "unavailable");
}

#[tokio::test(start_paused = true)]
async fn that_somebody_is_unknown_is_believed_for_a_tenth_of_the_time_and_then_asked_again() {
    let room = Room::new();
    assert_eq!(room.word(by_id(10_009)).await, "nobody");
    room.later(i64::from(AGES.fresh_s / 10) - 1);
    assert_eq!((room.word(by_id(10_009)).await, room.directory.calls()), ("nobody", 1));
    room.directory.knows(member(10_009));
    room.later(1);
    assert_eq!((room.word(by_id(10_009)).await, room.directory.calls()), ("known", 2));
    room.directory.is_down(SourceErrorKind::Unavailable);
    assert_eq!(room.word(by_id(10_008)).await, "unavailable", "never said to be unknown when nobody answered");
}

#[tokio::test(start_paused = true)]
async fn who_has_left_the_directory_is_forgotten_when_the_entry_is_read_anew() {
    let room = Room::new();
    room.know(&[by_id(10_001)]).await;
    room.directory.forgets_everybody();
    room.later(i64::from(AGES.fresh_s));
    assert_eq!(room.word(by_id(10_001)).await, "aged");
    settle().await;
    assert_eq!(room.word(by_id(10_001)).await, "nobody");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_makes_nothing_fresh() {
    let room = Room::new();
    room.know(&[by_id(10_001)]).await;
    room.later(-10);
    assert_eq!((room.word(by_id(10_001)).await, room.directory.calls()), ("known", 2));
}

#[tokio::test(start_paused = true)]
async fn while_the_directory_fails_older_entries_are_shown_as_stale_and_it_is_left_in_peace_for_a_while() {
    let room = Room::new();
    room.know(&[by_id(10_001)]).await;
    let read_at = crate::testing::now();
    room.later(i64::from(AGES.fresh_s));
    room.directory.is_down(SourceErrorKind::Unauthorized);
    room.know(&[by_id(10_001)]).await;
    settle().await;
    let known = room.know(&[by_id(10_001), by_id(10_002)]).await;
    assert_eq!(word(&known.get(&by_id(10_001))), "aged");
    assert_eq!(word(&known.get(&by_id(10_002))), "unavailable");
    assert_eq!(known.state(), (SourceState::Stale, Some(read_at)));
    let calls = room.directory.calls();
    assert_eq!(calls, 3, "once for each of them");
    for _ in 0..5 {
        room.know(&[by_id(10_001), by_id(10_002)]).await;
    }
    settle().await;
    assert_eq!(room.directory.calls(), calls);
    room.directory.recovers();
    room.later(10);
    room.know(&[by_id(10_001), by_id(10_002)]).await;
    settle().await;
    let known = room.know(&[by_id(10_001), by_id(10_002)]).await;
    assert_eq!((word(&known.get(&by_id(10_001))), word(&known.get(&by_id(10_002)))), ("known", "known"));
}

#[tokio::test(start_paused = true)]
async fn memory_is_bounded() {
    let room = Room::with(|row| row.entries_max = 10);
    let keys: Vec<_> = (20_000..20_200).map(by_id).collect();
    for number in 20_000..20_200 {
        room.directory.knows(member(number));
    }
    for key in &keys {
        assert_eq!(room.word(key.clone()).await, "known", "what was read is told although there is no room for it");
    }
    let before = room.directory.calls();
    for key in &keys {
        room.know(std::slice::from_ref(key)).await;
    }
    assert!(room.directory.calls() - before >= 180, "{} were asked again", room.directory.calls() - before);
}
