//! What a verifier finds, and what it says about it. (Thousands of random changes: `tamper`.)

use std::fs;

use super::*;
use crate::audit::keys::{KeyId, RetentionClass};
use crate::audit::log::AuditLog;
use crate::audit::segment::Flaw;
use crate::audit::testing::{self, Scratch, copy_all};

/// A log of so many records, three a segment, closed in good order.
async fn log_of(records: u64) -> Scratch {
    let scratch = Scratch::new();
    go_on(&scratch, 1..=records).await;
    scratch
}

async fn go_on(scratch: &Scratch, numbers: std::ops::RangeInclusive<u64>) {
    let mut settings = scratch.settings();
    settings.segment_bytes_max = 900;
    let log = AuditLog::open(settings, &testing::clock()).expect("the log opens");
    for number in numbers {
        let _ = log.append(&testing::entry(number)).await.expect("the disk is fine");
    }
    log.close().await;
}

fn flaw(scratch: &Scratch) -> Option<Flaw> {
    verify(&scratch.log(), &testing::trust()).err().map(|broken| broken.what)
}

/// A copy of the checkpoint as it is now.
fn kept(scratch: &Scratch) -> Checkpoint {
    let bytes = fs::read(scratch.log().join("tlog/checkpoint")).expect("a checkpoint");
    Checkpoint::parse(&Note::parse(&bytes).expect("a note")).expect("a checkpoint")
}

fn keeping(kept: Checkpoint) -> Trust {
    Trust { kept: vec![kept], ..testing::trust() }
}

#[tokio::test]
async fn a_whole_log_is_verified_and_a_kept_checkpoint_is_its_beginning() {
    let scratch = log_of(7).await;
    let yesterday = kept(&scratch);
    go_on(&scratch, 8..=20).await;
    let verified = verify(&scratch.log(), &keeping(yesterday)).expect("nothing was changed");
    assert_eq!((verified.records, verified.signed, verified.segments), (20, 20, 7));
    assert_eq!((verified.kept, verified.at_work), (2, false), "the one that was kept, and the log's own of the day");
    assert_eq!(verified.signed_by, Some(testing::signer().verifier().to_string()));
    assert_eq!(verified.first_at, Some(testing::entry(1).at));
    assert_eq!(verified.last_at, Some(testing::entry(20).at));
    assert_eq!(verify(&scratch.log(), &Trust::default()).map(|verified| verified.signed_by), Ok(None));
}

#[tokio::test]
async fn an_empty_log_is_whole_and_a_missing_directory_is_not() {
    let scratch = log_of(0).await;
    assert_eq!(verify(&scratch.log(), &testing::trust()).map(|verified| verified.records), Ok(0));
    let nowhere = Scratch::new();
    assert_eq!(flaw(&nowhere), Some(Flaw::Unreadable(io::ErrorKind::NotFound)));
}

#[tokio::test]
async fn a_log_past_its_time_is_verified_like_any_other() {
    let scratch = log_of(300).await;
    let keys = scratch.keys();
    for id in keys.ids().expect("keys") {
        keys.destroy(id).expect("destroyed");
    }
    assert_eq!(scratch.entries(), []);
    assert_eq!(verify(&scratch.log(), &testing::trust()).map(|verified| verified.records), Ok(300));
    go_on(&scratch, 301..=303).await;
    assert_eq!(scratch.entries().len(), 3, "what comes then is sealed under new keys");
    let service =
        KeyId { day: glasplade_adapters::contract::danish_day(testing::moment()), class: RetentionClass::Service };
    assert_eq!(keys.ids(), Ok(vec![service]));
}

#[tokio::test]
async fn the_end_that_is_not_signed_is_told_while_a_service_is_at_work_and_refused_otherwise() {
    let scratch = log_of(4).await;
    let before = kept(&scratch);
    let settings = scratch.settings();
    let slow = crate::audit::AuditSettings { checkpoint_interval: std::time::Duration::from_hours(1), ..settings };
    let log = AuditLog::open(slow, &testing::clock()).expect("the log opens");
    let _ = log.append(&testing::entry(5)).await.expect("the disk is fine");
    assert!(log.signed_up(), "the first batch is signed at once");
    let _ = log.append(&testing::entry(6)).await.expect("the disk is fine");
    let verified = verify(&scratch.log(), &keeping(before.clone())).expect("at work");
    assert_eq!((verified.records, verified.signed, verified.at_work), (6, 5, true));
    let copy = Scratch::new();
    copy_all(&scratch.log(), &copy.log());
    assert_eq!(flaw(&copy), Some(Flaw::Unsigned(1)));
    let at_work = Trust { at_work: true, ..testing::trust() };
    assert_eq!(verify(&copy.log(), &at_work).map(|verified| verified.records), Ok(6));
    log.close().await;
    assert_eq!(verify(&scratch.log(), &keeping(before)).map(|verified| verified.signed), Ok(6));
}

#[tokio::test]
async fn a_rollback_is_found_by_the_kept_checkpoint_alone() {
    let (scratch, yesterday) = (log_of(5).await, Scratch::new());
    copy_all(&scratch.log(), &yesterday.log());
    go_on(&scratch, 6..=9).await;
    let kept = kept(&scratch);
    assert_eq!(flaw(&yesterday), None, "by itself it is whole");
    let found = verify(&yesterday.log(), &keeping(kept)).expect_err("four records are gone");
    assert_eq!(found.what, Flaw::RolledBack { seen: 9, found: 5 });
}

#[tokio::test]
async fn a_history_that_the_same_key_signed_anew_is_found_by_the_kept_checkpoint_alone() {
    let (scratch, fork) = (log_of(5).await, Scratch::new());
    go_on(&fork, 11..=17).await;
    assert_eq!(flaw(&fork), None, "by itself it is whole");
    let found = verify(&fork.log(), &keeping(kept(&scratch))).expect_err("another history");
    assert_eq!(found.what, Flaw::Rewritten);
}

#[tokio::test]
async fn another_key_is_not_believed_and_the_same_log_under_another_name_neither() {
    let scratch = log_of(3).await;
    let stranger = crate::audit::tlog::Signer::new("log.example/prove", &"17".repeat(32)).expect("a seed").verifier();
    let trust = Trust { verifiers: vec![stranger.clone()], ..Trust::default() };
    assert_eq!(verify(&scratch.log(), &trust).expect_err("not signed by it").what, Flaw::Signature);
    let both = Trust { verifiers: vec![stranger, testing::signer().verifier()], ..Trust::default() };
    assert!(verify(&scratch.log(), &both).is_ok(), "after a change of the key, both are given");
    let other = Checkpoint { origin: "log.example/other".to_owned(), ..kept(&scratch) };
    assert_eq!(verify(&scratch.log(), &keeping(other)).expect_err("another log").what, Flaw::Checkpoint);
}

#[tokio::test]
async fn a_missing_segment_a_stray_tile_and_a_missing_one_are_found() {
    let scratch = log_of(9).await;
    let aside = scratch.path().join("aside");
    for (at, segment) in scratch.segments().into_iter().enumerate() {
        fs::rename(&segment, &aside).expect("there");
        assert!(flaw(&scratch).is_some(), "segment {at}");
        fs::rename(&aside, &segment).expect("put back");
    }
    let tile = scratch.log().join("tlog/tile/0/000.p/9");
    fs::rename(&tile, &aside).expect("there");
    assert_eq!(flaw(&scratch), Some(Flaw::TileSize));
    fs::rename(&aside, &tile).expect("put back");
    fs::write(scratch.log().join("tlog/tile/0/001"), b"").expect("a file");
    assert_eq!(flaw(&scratch), Some(Flaw::Stray));
}
