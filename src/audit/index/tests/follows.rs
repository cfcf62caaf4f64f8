//! That the index follows the log: at work, after a restart, and when it is lost.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use super::*;

fn places(index: &AuditIndex) -> Vec<u64> {
    assert!(index.caught_up());
    index.reader().places_after(0).expect("a search").iter().map(|place| place.seq).collect()
}

#[tokio::test]
async fn it_follows_over_segments_and_batches_and_reads_each_entry_where_it_lies() {
    let scratch = Scratch::new();
    let mut settings = scratch.settings();
    (settings.segment_bytes_max, settings.group_entries_max) = (20_000, 40);
    let log = AuditLog::open(settings, &testing::clock()).expect("the log opens");
    let early = index(&scratch, &log);
    append(&log, (1..=2500).map(testing::full_entry)).await;
    assert_eq!(places(&early), (1..=2500).collect::<Vec<_>>());
    drop(early);
    assert!(scratch.segments().len() > 10);
    fs::remove_file(scratch.index()).expect("the index is there");
    let again = index(&scratch, &log);
    assert_eq!(places(&again), (1..=2500).collect::<Vec<_>>());
    let mut reader = EntryReader::new(log.directory(), Arc::clone(log.keys()));
    let places = again.reader().places_after(0).expect("a search");
    let in_order: Vec<_> = places.iter().map(|place| reader.read(place).expect("readable").expect("there")).collect();
    let mut numbers: Vec<_> = in_order.iter().map(|entry| entry.id).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 2500, "each entry once");
    for (place, entry) in places.iter().zip(&in_order).rev().step_by(7) {
        assert_eq!(reader.read(place).expect("readable").as_ref(), Some(entry), "also against the order");
    }
}

#[tokio::test]
async fn after_a_restart_it_goes_on_from_its_own_mark() {
    let scratch = Scratch::new();
    let first = log(&scratch);
    append(&first, (1..=5).map(testing::entry)).await;
    assert_eq!(places(&index(&scratch, &first)), [1, 2, 3, 4, 5]);
    append(&first, (6..=7).map(testing::entry)).await;
    first.close().await;
    // A row that is gone shows that what lies before the mark is not read again.
    sql(&scratch.index(), "DELETE FROM entry WHERE seq = 2");
    let second = log(&scratch);
    append(&second, (8..=9).map(testing::entry)).await;
    assert_eq!(places(&index(&scratch, &second)), [1, 3, 4, 5, 6, 7, 8, 9]);
}

#[tokio::test]
async fn it_finishes_after_the_log_was_closed() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    append(&log, (1..=5).map(testing::entry)).await;
    log.close().await;
    let index = index(&scratch, &log);
    assert_eq!(places(&index).len(), 5);
    assert_eq!(index.lag(), 0);
}

#[tokio::test]
async fn an_index_of_another_log_or_version_is_made_anew() {
    let (scratch, other) = (Scratch::new(), Scratch::new());
    let (one, two) = (log(&scratch), log(&other));
    append(&one, (1..=5).map(testing::entry)).await;
    append(&two, (11..=13).map(testing::entry)).await;
    assert_eq!(places(&index(&scratch, &one)).len(), 5);
    let moved = index(&scratch, &two);
    assert_eq!(places(&moved), [1, 2, 3]);
    assert_eq!(moved.search(&all()).expect("a search")[0].at, testing::entry(13).at);
    drop(moved);
    sql(&scratch.index(), "PRAGMA user_version = 99; DELETE FROM entry");
    assert_eq!(places(&index(&scratch, &two)), [1, 2, 3]);
}

#[tokio::test]
async fn a_file_that_is_no_index_is_left_alone() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    sql(&scratch.index(), "CREATE TABLE consent (id INTEGER)");
    let before = fs::read(scratch.index()).expect("the file is there");
    let opened = AuditIndex::open(&scratch.index(), &log, IndexSettings::new(key()));
    assert!(matches!(opened, Err(IndexError::NotOurs)));
    assert_eq!(fs::read(scratch.index()).expect("the file is there"), before);
}

#[tokio::test]
async fn a_changed_record_is_not_taken_in_and_the_lag_shows_it() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    append(&log, (1..=3).map(testing::entry)).await;
    assert!(log.signed_up());
    let path = scratch.segments().remove(0);
    let bytes = fs::read(&path).expect("the segment is there");
    // Of the second record: the day and the mark of its key, which make it look like one whose key is gone, and the entry.
    let second = 4 + usize::try_from(u32::from_be_bytes(bytes[..4].try_into().expect("four bytes"))).expect("short");
    for at in [4 + 5, 4 + 22, 4 + 78 + 20] {
        let mut changed = bytes.clone();
        changed[second + at] ^= 1;
        fs::write(&path, &changed).expect("the segment is writable");
        let index = index(&scratch, &log);
        assert!(!index.caught_up(), "byte {at}");
        assert_eq!(index.caught_up_within(Duration::from_mins(10)), Err(3), "it does not wait for what does not come");
        assert_eq!(index.lag(), 3);
    }
    append(&log, [testing::entry(4)]).await;
}

#[tokio::test]
async fn what_was_changed_after_it_was_indexed_is_a_flaw_and_never_an_entry_whose_time_is_over() {
    let scratch = Scratch::new();
    let log = log(&scratch);
    append(&log, (1..=3).map(testing::entry)).await;
    assert!(log.signed_up());
    let index = index(&scratch, &log);
    assert_eq!(places(&index), [1, 2, 3]);
    let places = index.reader().places_after(0).expect("a search");
    let path = scratch.segments().remove(0);
    let bytes = fs::read(&path).expect("the segment is there");
    let second = 4 + usize::try_from(u32::from_be_bytes(bytes[..4].try_into().expect("four bytes"))).expect("short");
    for at in [2, 4 + 5, 4 + 22, 4 + 78 + 20] {
        let mut changed = bytes.clone();
        changed[second + at] ^= 1;
        fs::write(&path, &changed).expect("the segment is writable");
        let mut reader = EntryReader::new(log.directory(), Arc::clone(log.keys()));
        assert!(reader.read(&places[0]).expect("untouched").is_some());
        assert!(reader.read(&places[1]).is_err(), "byte {at}");
        assert!(reader.read(&places[2]).expect("untouched").is_some(), "what lies behind is itself");
    }
    fs::write(&path, &bytes[..second]).expect("the segment is writable");
    let mut reader = EntryReader::new(log.directory(), Arc::clone(log.keys()));
    assert!(reader.read(&places[2]).is_err(), "what is cut off is not over, either");
    fs::write(&path, &bytes).expect("the segment is writable");
    for id in log.keys().ids().expect("the folder of keys") {
        log.keys().destroy(id).expect("destroyed");
    }
    let mut reader = EntryReader::new(log.directory(), Arc::clone(log.keys()));
    assert_eq!(reader.read(&places[1]).expect("the tree knows it"), None);
}
