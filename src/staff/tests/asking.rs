//! Who is asked for, how often, and what of the answer is believed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{SourceErrorKind, SourceId, StaffKey, StaffMember};
use uuid::Uuid;

use super::{Room, by_id, by_user, member, word};
use crate::overview::SourceState;
use crate::sources::{Deadline, LastState};
use crate::staff::{Entry, Known, Staff};

#[tokio::test(start_paused = true)]
async fn all_who_are_missing_are_asked_for_in_one_batch() {
    let room = Room::new();
    let known = room.know(&[by_id(10_001), by_id(10_002), by_user(10_003), by_id(10_009), by_id(10_001)]).await;
    assert_eq!(room.directory.asked(), [vec![by_id(10_001), by_id(10_002), by_id(10_009), by_user(10_003)]]);
    let words = [by_id(10_001), by_id(10_002), by_user(10_003), by_id(10_009)].map(|key| word(&known.get(&key)));
    assert_eq!(words, ["known", "known", "known", "nobody"]);
    assert_eq!(known.state(), (SourceState::Fresh, Some(crate::testing::now())));
    assert_eq!(room.know(&[]).await.state(), (SourceState::NotConsulted, None));
    assert_eq!(room.directory.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn stand_ins_are_read_for_the_answer_and_leaders_along_with_them() {
    let room = Room::new();
    let (stand_in, leader) = (Some(Uuid::from_u128(10_002)), Some(Uuid::from_u128(10_003)));
    room.directory.knows(StaffMember { stand_in, leader, ..member(10_001) });
    let known = room.know(&[by_id(10_001)]).await;
    assert_eq!(word(&known.get(&by_user(10_002))), "known");
    let asked: Vec<BTreeSet<StaffKey>> =
        room.directory.asked().into_iter().map(|keys| keys.into_iter().collect()).collect();
    let second = BTreeSet::from([by_user(10_002), by_user(10_003)]);
    assert_eq!(asked, [BTreeSet::from([by_id(10_001)]), second]);
    room.know(&[by_id(10_001), by_id(10_003)]).await;
    assert_eq!(room.directory.calls(), 2, "the leader is in memory");
}

#[tokio::test(start_paused = true)]
async fn a_stand_in_s_own_stand_in_is_nobody_s_concern() {
    let room = Room::new();
    room.directory.knows(StaffMember { stand_in: Some(Uuid::from_u128(10_002)), ..member(10_001) });
    room.directory.knows(StaffMember { stand_in: Some(Uuid::from_u128(10_003)), ..member(10_002) });
    room.know(&[by_id(10_001)]).await;
    assert_eq!(room.directory.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_unavailable_directory_is_asked_once_more_and_no_other_failure_is() {
    let room = Room::new();
    room.directory.fails_once(SourceErrorKind::Unavailable);
    assert_eq!((room.word(by_id(10_001)).await, room.directory.calls()), ("known", 2));
    room.directory.fails_once(SourceErrorKind::Malformed);
    assert_eq!((room.word(by_id(10_002)).await, room.directory.calls()), ("unavailable", 3));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_asked_for_and_what_names_somebody_else_is_not_believed() {
    for (key, told) in [
        (by_id(10_002), member(10_002)),
        (by_id(10_008), member(10_001)),
        (by_user(10_008), member(10_001)),
        (by_id(10_001), member(10_001)),
    ] {
        let room = Room::new();
        room.directory.answers_besides(key.clone(), told);
        let known = room.know(&[by_id(10_001), by_id(10_008), by_user(10_008)]).await;
        assert_eq!(word(&known.get(&by_id(10_001))), "known", "{key:?}");
        assert_eq!(word(&known.get(&by_id(10_008))), "unavailable", "{key:?}: not known to be unknown");
        assert_eq!(known.state().0, SourceState::Invalid);
        assert_eq!(room.staff.health().expect("a directory").unreadable_rows, 1);
        assert_eq!(word(&room.know(&[by_id(10_002)]).await.get(&by_id(10_002))), "known");
        assert_eq!(room.directory.calls(), 2, "{key:?}: who was not asked for is not remembered");
    }
}

#[tokio::test(start_paused = true)]
async fn who_cannot_be_read_is_not_said_to_be_unknown() {
    let room = Room::new();
    room.directory.has_unreadable(1);
    let known = room.know(&[by_id(10_001), by_id(10_009)]).await;
    assert_eq!((word(&known.get(&by_id(10_001))), word(&known.get(&by_id(10_009)))), ("known", "unavailable"));
    let status = known.status().expect("a directory");
    assert_eq!((status.state, status.unreadable, status.rows), (SourceState::Invalid, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn without_a_directory_nothing_is_known_and_nothing_is_said_of_it() {
    let staff = Staff::unconfigured();
    let known = staff.know(&[by_id(10_001)], &Arc::from("trace"), Deadline::after(Duration::from_secs(1))).await;
    assert_eq!((known.get(&by_id(10_001)), known.status()), (Entry::Unconfigured, None));
    assert!(staff.health().is_none() && staff.directory().is_none());
}

#[tokio::test(start_paused = true)]
async fn the_operator_sees_how_the_directory_did() {
    let room = Room::new();
    let health = || room.staff.health().expect("a directory");
    assert_eq!(health().last, LastState::Unknown);
    room.directory.is_down(SourceErrorKind::Unavailable);
    room.know(&[by_id(10_001)]).await;
    assert_eq!((health().last, health().asked, health().failed, health().retried), (LastState::Failing, 1, 1, 1));
    assert_eq!(health().failure_detail.as_deref(), Some("the script says so"));
    room.directory.recovers();
    room.later(10);
    room.know(&[by_id(10_001)]).await;
    assert_eq!((health().last, health().answered, health().failure), (LastState::Answering, 1, None));
}

#[test]
fn the_state_tells_of_what_was_wanted_and_could_not_be_had() {
    let there = |at: i64| Entry::Member {
        member: Arc::new(member(10_001)),
        read_at: jiff::Timestamp::from_second(at).expect("a moment"),
        aged: false,
    };
    let state = |entries: Vec<(StaffKey, Entry)>, failure: Option<SourceErrorKind>| {
        let mut known = Known::told(SourceId::new("staff"), entries);
        known.failure = failure;
        known.state()
    };
    let moment = jiff::Timestamp::from_second(7).ok();
    let (one, other) = (by_id(10_001), by_id(10_002));
    assert_eq!(state(vec![(one.clone(), there(9)), (other.clone(), there(7))], None), (SourceState::Cached, moment));
    assert_eq!(state(vec![(one.clone(), there(7)), (other.clone(), Entry::Pending)], None).0, SourceState::TimedOut);
    let gone = |kind| state(vec![(one.clone(), Entry::Unavailable)], Some(kind)).0;
    assert_eq!(gone(SourceErrorKind::Unauthorized), SourceState::Unavailable);
    assert_eq!(gone(SourceErrorKind::TimedOut), SourceState::TimedOut);
    assert_eq!(gone(SourceErrorKind::Malformed), SourceState::Invalid);
    let with_other = vec![(one.clone(), there(7)), (other, Entry::Unavailable)];
    assert_eq!(state(with_other, Some(SourceErrorKind::TimedOut)), (SourceState::Stale, moment));
}
