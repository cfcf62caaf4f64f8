//! What the log promises when all goes well, when the disk fails, and after a crash.

use std::fs;
use std::future::Future;
use std::pin::pin;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use tokio::task::JoinSet;

use super::*;
use crate::audit::testing::{self, Scratch, TestDisk};
use crate::audit::verify::verify;

fn open(scratch: &Scratch) -> Result<AuditLog, AuditError> {
    AuditLog::open(scratch.settings(), &testing::clock())
}

fn open_on(disk: &TestDisk, settings: AuditSettings) -> AuditLog {
    AuditLog::open_on(Arc::new(disk.clone()), settings, &testing::clock()).expect("the log opens")
}

/// The numbers of the appended entries, as `testing::entry` hides them in their moments; `None` for the log's own.
fn entries(scratch: &Scratch) -> Vec<Option<u64>> {
    let number = |entry: &AuditEntry| entry.at.duration_since(testing::moment()).as_secs().cast_unsigned();
    let number = |entry: &AuditEntry| (entry.phase != Phase::Repaired).then_some(number(entry));
    scratch.entries().iter().map(number).collect()
}

/// The tree as it was when the log was empty, as if the crash had come before any record was signed.
fn before_it_was_signed(scratch: &Scratch) {
    testing::sign_empty(&scratch.log(), &testing::signer());
}

/// Where the last record of a segment begins.
fn last_record(bytes: &[u8]) -> usize {
    let (mut start, mut next) = (0, 0);
    while next < bytes.len() {
        start = next;
        let length = u32::from_be_bytes(bytes[next..next + 4].try_into().expect("a length"));
        next += 4 + usize::try_from(length).expect("small");
    }
    start
}

/// Lets the future hand its entry in.
fn start<F: Future<Output = Result<Receipt, Unwritable>> + Unpin>(append: &mut F) {
    assert_eq!(append.now_or_never(), None);
}

async fn log_of(records: u64) -> Scratch {
    let scratch = Scratch::new();
    let log = open(&scratch).expect("an empty directory");
    for number in 1..=records {
        assert_eq!(log.append(&testing::entry(number)).await, Ok(Receipt { seq: number }));
    }
    log.close().await;
    scratch
}

#[tokio::test]
async fn an_append_resolves_after_its_sync_and_not_before() {
    let (scratch, disk) = (Scratch::new(), TestDisk::default());
    let log = open_on(&disk, scratch.settings());
    disk.hold();
    let mut append = pin!(log.append(&testing::entry(1)));
    start(&mut append);
    disk.wait_until_held();
    assert_eq!(append.as_mut().now_or_never(), None);
    assert_eq!(log.durable_seq(), 0);
    disk.release();
    assert_eq!(append.await, Ok(Receipt { seq: 1 }));
    assert_eq!(log.durable_seq(), 1);
}

#[tokio::test]
async fn what_queues_during_a_sync_shares_the_next_one() {
    let (scratch, disk) = (Scratch::new(), TestDisk::default());
    let log = open_on(&disk, scratch.settings());
    disk.hold();
    let mut first = pin!(log.append(&testing::entry(1)));
    start(&mut first);
    disk.wait_until_held();
    let mut others: Vec<_> = (2..=50).map(|number| Box::pin(log.append(&testing::entry(number)))).collect();
    others.iter_mut().for_each(start);
    disk.release();
    assert_eq!(first.await, Ok(Receipt { seq: 1 }));
    let receipts = join_all(others).await;
    assert!(receipts.into_iter().zip(2..).all(|(receipt, seq)| receipt == Ok(Receipt { seq })));
    assert_eq!(disk.syncs(), 2);
}

#[tokio::test]
async fn a_group_has_a_limit() {
    let (scratch, disk) = (Scratch::new(), TestDisk::default());
    let mut settings = scratch.settings();
    settings.group_entries_max = 10;
    let log = open_on(&disk, settings);
    disk.hold();
    let mut appends: Vec<_> = (1..=31).map(|number| Box::pin(log.append(&testing::entry(number)))).collect();
    start(&mut appends[0]);
    disk.wait_until_held();
    appends[1..].iter_mut().for_each(start);
    disk.release();
    assert!(join_all(appends).await.iter().all(Result::is_ok));
    assert_eq!(disk.syncs(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_tasks_are_all_durable_and_in_the_order_of_their_receipts() {
    let scratch = Scratch::new();
    let log = open(&scratch).expect("an empty directory");
    let mut tasks = JoinSet::new();
    for number in 1..=1000 {
        let log = log.clone();
        tasks.spawn(
            async move { (log.append(&testing::full_entry(number)).await.expect("the disk is fine").seq, number) },
        );
    }
    let mut receipts = tasks.join_all().await;
    receipts.sort_unstable();
    log.close().await;
    let numbers: Vec<_> = receipts.iter().map(|(_, number)| Some(*number)).collect();
    assert_eq!(entries(&scratch), numbers);
    assert!(receipts.iter().map(|(seq, _)| *seq).eq(1..=1000));
    assert_eq!(verify(&scratch.log(), &testing::trust()).map(|verified| verified.records), Ok(1000));
}

#[tokio::test]
async fn a_full_queue_waits() {
    let (scratch, disk) = (Scratch::new(), TestDisk::default());
    let mut settings = scratch.settings();
    settings.queue_entries_max = 1;
    let log = open_on(&disk, settings);
    disk.hold();
    let mut appends: Vec<_> = (1..=20).map(|number| Box::pin(log.append(&testing::entry(number)))).collect();
    start(&mut appends[0]);
    disk.wait_until_held();
    appends[1..].iter_mut().for_each(start);
    disk.release();
    let receipts = join_all(appends).await;
    assert!(receipts.into_iter().zip(1..).all(|(receipt, seq)| receipt == Ok(Receipt { seq })));
}

#[tokio::test]
async fn a_full_disk_refuses_until_it_takes_entries_again() {
    let (scratch, disk) = (Scratch::new(), TestDisk::default());
    let log = open_on(&disk, scratch.settings());
    assert_eq!(log.append(&testing::entry(1)).await, Ok(Receipt { seq: 1 }));
    disk.full(true);
    let full = Err(Unwritable::Disk(io::ErrorKind::StorageFull));
    assert_eq!(log.append(&testing::entry(2)).await, full);
    assert_eq!(log.append(&testing::entry(3)).await, full);
    assert_eq!(log.durable_seq(), 1);
    disk.full(false);
    assert_eq!(log.append(&testing::entry(4)).await, Ok(Receipt { seq: 2 }));
    log.close().await;
    assert_eq!(entries(&scratch), [Some(1), Some(4)]);
}

#[tokio::test]
async fn a_failed_sync_takes_the_whole_group_back() {
    let (scratch, disk) = (Scratch::new(), TestDisk::default());
    let log = open_on(&disk, scratch.settings());
    assert_eq!(log.append(&testing::entry(1)).await, Ok(Receipt { seq: 1 }));
    disk.sync_fails(true);
    assert_eq!(log.append(&testing::entry(2)).await, Err(Unwritable::Disk(io::ErrorKind::Other)));
    disk.sync_fails(false);
    assert_eq!(log.append(&testing::entry(3)).await, Ok(Receipt { seq: 2 }));
    log.close().await;
    assert_eq!(entries(&scratch), [Some(1), Some(3)]);
}

#[tokio::test]
async fn nothing_is_written_before_the_segment_could_be_opened_again() {
    let (scratch, disk) = (Scratch::new(), TestDisk::default());
    let log = open_on(&disk, scratch.settings());
    disk.full(true);
    assert!(log.append(&testing::entry(1)).await.is_err());
    disk.full(false);
    disk.open_fails(true);
    let closed = Err(Unwritable::Disk(io::ErrorKind::ReadOnlyFilesystem));
    assert_eq!(log.append(&testing::entry(2)).await, closed);
    disk.open_fails(false);
    assert_eq!(log.append(&testing::entry(3)).await, Ok(Receipt { seq: 1 }));
    log.close().await;
    assert_eq!(entries(&scratch), [Some(3)]);
}

#[tokio::test]
async fn a_segment_that_lost_durable_records_is_not_written_on() {
    let (scratch, disk) = (Scratch::new(), TestDisk::default());
    let log = open_on(&disk, scratch.settings());
    assert!(log.append(&testing::entry(1)).await.is_ok());
    disk.full(true);
    assert!(log.append(&testing::entry(2)).await.is_err());
    disk.full(false);
    fs::write(&scratch.segments()[0], b"").expect("somebody empties the segment");
    assert_eq!(log.append(&testing::entry(3)).await, Err(Unwritable::Disk(io::ErrorKind::UnexpectedEof)));
}

#[tokio::test]
async fn segments_follow_each_other_also_when_the_first_try_fails() {
    let (scratch, disk) = (Scratch::new(), TestDisk::default());
    let mut settings = scratch.settings();
    settings.segment_bytes_max = 620;
    let log = open_on(&disk, settings.clone());
    assert!(log.append(&testing::entry(1)).await.is_ok());
    assert!(log.append(&testing::entry(2)).await.is_ok());
    assert_eq!(scratch.segments().len(), 1);
    disk.full(true);
    assert!(log.append(&testing::entry(3)).await.is_err());
    disk.open_fails(true);
    assert!(log.append(&testing::entry(3)).await.is_err());
    disk.full(false);
    disk.open_fails(false);
    assert_eq!(log.append(&testing::entry(3)).await, Ok(Receipt { seq: 3 }));
    log.close().await;
    let log = open_on(&disk, settings);
    assert_eq!(log.append(&testing::full_entry(4)).await, Ok(Receipt { seq: 4 }));
    log.close().await;
    assert_eq!(entries(&scratch), [Some(1), Some(2), Some(3), Some(4)]);
    assert_eq!(scratch.segments().len(), 3);
}

#[tokio::test]
async fn one_directory_has_one_writer() {
    let scratch = Scratch::new();
    let log = open(&scratch).expect("an empty directory");
    assert!(matches!(open(&scratch), Err(AuditError::Locked)));
    log.close().await;
    let again = open(&scratch).expect("the first has let go");
    assert_eq!(log.append(&testing::entry(1)).await, Err(Unwritable::Closed));
    assert_eq!(again.append(&testing::entry(1)).await, Ok(Receipt { seq: 1 }));
}

#[tokio::test]
async fn closing_writes_what_was_handed_in_and_may_be_said_twice() {
    let (scratch, disk) = (Scratch::new(), TestDisk::default());
    let log = open_on(&disk, scratch.settings());
    disk.hold();
    log.append_detached(&testing::entry(1));
    disk.wait_until_held();
    log.append_detached(&testing::entry(2));
    let (mut close, mut again) = (pin!(log.close()), pin!(log.close()));
    assert_eq!((close.as_mut().now_or_never(), again.as_mut().now_or_never()), (None, None));
    disk.release();
    again.await;
    assert_eq!(entries(&scratch), [Some(1), Some(2)]);
    close.await;
    log.append_detached(&testing::entry(3));
    assert_eq!(entries(&scratch).len(), 2);
}

#[tokio::test]
async fn an_entry_without_end_is_refused_alone() {
    let scratch = Scratch::new();
    let log = open(&scratch).expect("an empty directory");
    let mut entry = testing::entry(1);
    entry.reason = Some("x".repeat(ENTRY_BYTES_MAX));
    assert_eq!(log.append(&entry.clone()).await, Err(Unwritable::TooLarge));
    entry.reason = Some("x".repeat(ENTRY_BYTES_MAX - 1000));
    assert_eq!(log.append(&entry).await, Ok(Receipt { seq: 1 }));
    log.close().await;
    assert_eq!(open(&scratch).expect("the large record is read back").durable_seq(), 1);
}

#[tokio::test]
async fn a_record_torn_at_any_byte_is_cut_and_the_log_says_so() {
    let scratch = log_of(3).await;
    let whole = fs::read(&scratch.segments()[0]).expect("the segment is there");
    let last = last_record(&whole);
    for len in last + 1..whole.len() {
        let torn = Scratch::new();
        let name = scratch.segments()[0].file_name().expect("a file").to_owned();
        testing::copy_all(&scratch.log().join("keys"), &torn.log().join("keys"));
        fs::write(torn.log().join(name), &whole[..len]).expect("a torn segment");
        before_it_was_signed(&torn);
        let log = open(&torn).expect("a torn record is no reason to stand still");
        assert_eq!(log.append(&testing::entry(4)).await, Ok(Receipt { seq: 4 }));
        log.close().await;
        assert_eq!(entries(&torn), [Some(1), Some(2), None, Some(4)], "cut at byte {len}");
        let mut files = torn.log().read_dir().expect("the directory").map(|file| file.expect("a file").path());
        let aside = files.find(|path| path.extension().is_some_and(|end| end == "torn")).expect("put aside");
        assert_eq!(fs::read(aside).expect("readable"), whole[last..len]);
        assert_eq!(verify(&torn.log(), &testing::trust()).map(|verified| verified.records), Ok(4));
    }
}

#[tokio::test]
async fn a_torn_first_record_of_a_segment_leaves_the_one_before() {
    let scratch = log_of(2).await;
    fs::write(scratch.log().join("audit-00000000000000000003.seg"), b"\0\0\x01\x33\x01").expect("a torn segment");
    let log = open(&scratch).expect("a torn record is cut");
    assert_eq!(log.durable_seq(), 3);
    log.close().await;
    assert_eq!(entries(&scratch), [Some(1), Some(2), None]);
}

#[tokio::test]
async fn an_empty_last_segment_is_gone_on_with_unless_records_are_missing_before_it() {
    let scratch = log_of(2).await;
    fs::write(scratch.log().join("audit-00000000000000000003.seg"), b"").expect("an empty segment");
    open(&scratch).expect("the crash came early").close().await;
    fs::rename(&scratch.segments()[1], scratch.log().join("audit-00000000000000000004.seg")).expect("renamed");
    let Err(AuditError::Broken(broken)) = open(&scratch) else { panic!("a record is missing") };
    assert_eq!(broken.what, Flaw::Sequence { wanted: 3, found: 4 });
}

#[tokio::test]
async fn a_changed_record_before_the_last_stops_the_log_also_before_it_was_signed() {
    let scratch = log_of(3).await;
    before_it_was_signed(&scratch);
    let path = scratch.segments().remove(0);
    let whole = fs::read(&path).expect("the segment is there");
    for at in (0..last_record(&whole)).step_by(3) {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&path, &changed).expect("the segment is writable");
        assert!(matches!(open(&scratch), Err(AuditError::Broken(_))), "byte {at}");
        assert_eq!(fs::read(&path).expect("the segment is there"), changed, "nothing was cut");
    }
}

#[tokio::test]
async fn a_changed_last_record_is_cut_and_kept_aside_unless_it_was_signed() {
    let scratch = log_of(3).await;
    let path = scratch.segments().remove(0);
    let mut changed = fs::read(&path).expect("the segment is there");
    let at = changed.len() - 10;
    changed[at] ^= 1;
    fs::write(&path, &changed).expect("the segment is writable");
    let Err(AuditError::Broken(broken)) = open(&scratch) else { panic!("it was signed") };
    assert_eq!(broken.what, Flaw::RolledBack { seen: 3, found: 2 });
    before_it_was_signed(&scratch);
    open(&scratch).expect("the last record is cut").close().await;
    assert_eq!(entries(&scratch), [Some(1), Some(2), None]);
}

#[tokio::test]
async fn a_hole_in_the_last_group_is_cut_and_one_in_an_earlier_group_stops_the_log() {
    let scratch = log_of(2).await;
    // One group of three, by hand: nobody waits for a receipt.
    let keys = Arc::new(scratch.keys());
    let tail = Tail::find(&scratch.log()).expect("a log");
    let mut writer = Writer::after(&tail, Arc::new(LocalDisk), keys, scratch.log(), u64::MAX);
    let group: Vec<Plain> = (3..=5).map(|number| encode(&testing::entry(number), &[]).expect("small")).collect();
    assert_eq!(writer.write(group.iter()).expect("the disk is fine"), 3);
    drop(writer);
    let path = scratch.segments().remove(0);
    let whole = fs::read(&path).expect("the segment is there");
    let mut starts = vec![0];
    while let Some(length) = whole.get(starts[starts.len() - 1]..).and_then(|rest| rest.first_chunk::<4>()) {
        starts.push(starts[starts.len() - 1] + 4 + usize::try_from(u32::from_be_bytes(*length)).expect("small"));
    }
    let holed = |record: usize| {
        let torn = Scratch::new();
        testing::copy_all(&scratch.log(), &torn.log());
        let mut bytes = whole.clone();
        // As pages that the power cut came before: zeros, and what came later is there.
        bytes[starts[record - 1]..starts[record]].fill(0);
        fs::write(&torn.segments()[0], bytes).expect("writable");
        torn
    };
    for (record, left) in [(3, vec![Some(1), Some(2), None]), (4, vec![Some(1), Some(2), Some(3), None])] {
        let torn = holed(record);
        open(&torn).expect("nobody has a receipt for it").close().await;
        assert_eq!(entries(&torn), left, "a hole at record {record}");
        let aside = torn.log().read_dir().expect("the directory").map(|file| file.expect("a file").path());
        let aside =
            aside.into_iter().find(|path| path.extension().is_some_and(|end| end == "torn")).expect("put aside");
        assert_eq!(fs::metadata(aside).expect("there").len(), (whole.len() - starts[record - 1]) as u64);
        assert!(verify(&torn.log(), &testing::trust()).is_ok());
    }
    let changed = holed(2);
    before_it_was_signed(&changed);
    assert!(matches!(open(&changed), Err(AuditError::Broken(_))), "a later group was durable after it");
}

#[tokio::test]
async fn a_torn_record_in_an_earlier_segment_stops_the_log() {
    let scratch = log_of(2).await;
    let path = scratch.segments().remove(0);
    let whole = fs::read(&path).expect("the segment is there");
    fs::write(&path, &whole[..whole.len() - 5]).expect("the segment is writable");
    fs::write(scratch.log().join("audit-00000000000000000003.seg"), b"").expect("an empty segment");
    let Err(AuditError::Broken(broken)) = open(&scratch) else { panic!("only the last segment may be torn") };
    assert_eq!((broken.record, broken.what), (Some(2), Flaw::Unterminated));
}

#[tokio::test]
async fn nothing_on_disk_says_what_an_entry_says() {
    let scratch = Scratch::new();
    let log = open(&scratch).expect("an empty directory");
    let entry = testing::full_entry(1);
    assert_eq!(log.append(&entry.clone()).await, Ok(Receipt { seq: 1 }));
    log.close().await;
    let secrets = ["az12345".to_owned(), "Samtale".to_owned(), entry.citizen.expect("set").to_string()];
    let mut folders = vec![scratch.log()];
    while let Some(folder) = folders.pop() {
        for file in folder.read_dir().expect("a folder") {
            let path = file.expect("a file").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).expect("a file");
            for secret in &secrets {
                assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{path:?}");
            }
        }
    }
    assert_eq!(scratch.entries(), [entry]);
}

#[tokio::test]
async fn a_log_of_another_master_secret_is_not_gone_on_with() {
    let scratch = log_of(1).await;
    let mut settings = scratch.settings();
    settings.master = Arc::new(MasterKey::new(&[4; 32]).expect("32 bytes"));
    let refused = AuditLog::open(settings, &testing::clock());
    assert!(matches!(refused, Err(AuditError::Keys(KeysError::Foreign(_)))), "{refused:?}");
}

#[tokio::test]
async fn a_key_that_cannot_be_made_refuses_the_entry_and_the_next_one_is_written() {
    let scratch = Scratch::new();
    let log = open(&scratch).expect("an empty directory");
    let keys = scratch.log().join("keys");
    fs::remove_dir(&keys).expect("still empty");
    assert_eq!(log.append(&testing::entry(1)).await, Err(Unwritable::Disk(io::ErrorKind::NotFound)));
    fs::create_dir(&keys).expect("it is back");
    assert_eq!(log.append(&testing::entry(2)).await, Ok(Receipt { seq: 1 }));
    log.close().await;
    assert_eq!(entries(&scratch), [Some(2)]);
}
