//! Rows on disk while they are sorted, and the two lines that say what a file is. Whole builds are tried where sources are polled.

use std::fs::File;

use glasplade_adapters::contract::CprNumber;

use super::row::{self, Head};
use super::spill::{Buckets, PARTS, Spill};
use super::{ends, scan};
use crate::audit::testing::Scratch;
use crate::random::CountingRandom;
use crate::target_groups::index::FactKey;
use crate::testing;

fn head(at: u64) -> Head {
    let number = CprNumber::parse(&format!("010199{:04}", at % 10_000)).expect("ten digits");
    Head {
        who: testing::pseudonyms().of(&number),
        key: FactKey(at),
        place: 7 << 48 | at,
        source: 3,
        is_open: at.is_multiple_of(2),
        is_former: at.is_multiple_of(3),
        number,
    }
}

#[test]
fn rows_come_back_from_disk_part_by_part_and_lie_there_sealed_and_without_a_name() {
    let scratch = Scratch::new();
    let path = scratch.path().join("rows");
    let spill = Spill::new(&path, &CountingRandom::default()).expect("a file");
    assert!(!path.exists(), "whatever kills us, nothing is found");
    let mut buckets = Buckets::new(&spill);
    for at in 0..30_000 {
        let (head, fact) = (head(at), at.to_be_bytes());
        let part = head.who.bytes()[0];
        row::push(buckets.block(part), &head, &fact[..if at % 5 == 0 { 0 } else { 8 }]);
        buckets.pushed(part).expect("a disk");
    }
    buckets.finish().expect("a disk");
    let on_disk = spill.on_disk();
    for at in [0, 17, 9_999] {
        let digits = head(at).number.expose().as_bytes().to_vec();
        assert!(!on_disk.windows(10).any(|bytes| bytes == digits), "a number in clear");
        assert!(!on_disk.windows(16).any(|bytes| bytes == head(at).who.bytes()), "a pseudonym in clear");
    }
    let mut found = Vec::new();
    for part in 0..PARTS {
        let bytes = spill.part(part).expect("a disk");
        for row in row::rows(&bytes) {
            assert_eq!(usize::from(row.who().bytes()[0]), part);
            let at = row.key().0;
            let wanted = head(at);
            assert_eq!((row.who(), row.number(), row.source()), (wanted.who, wanted.number, 3));
            assert_eq!((row.is_open(), row.is_former()), (wanted.is_open, wanted.is_former));
            assert_eq!(row.fact(), Some(at.to_be_bytes().as_slice()).filter(|_| at % 5 != 0));
            found.push(at);
        }
    }
    found.sort_unstable();
    assert_eq!(found, (0..30_000).collect::<Vec<u64>>());
}

#[test]
fn rows_of_one_case_are_sorted_by_place() {
    let mut bytes = Vec::new();
    for place in [300, 2, 70_000] {
        row::push(&mut bytes, &Head { place, ..head(1) }, &[u8::try_from(place % 251).expect("a byte")]);
    }
    let mut rows = row::rows(&bytes);
    rows.sort_unstable_by(|one, other| one.order().cmp(other.order()));
    let facts: Vec<u8> = rows.iter().filter_map(|row| row.fact()?.first().copied()).collect();
    assert_eq!(facts, [2, 300 % 251, 70_000 % 251].map(|place: u32| u8::try_from(place).expect("a byte")));
}

#[test]
fn the_ends_of_a_file_say_what_it_is() {
    let scratch = Scratch::new();
    let path = scratch.path().join("a.ndjson");
    let ends = |text: &str| {
        std::fs::write(&path, text).expect("a file");
        ends::read(&File::open(&path).expect("a file")).expect("a disk")
    };
    let head = r#"{"extract":{"source":"sbsys","as_of":"2026-11-22T00:15:00Z"}}"#;
    let none = ends(&format!("{head}\n{{\"end\":{{\"rows\":0}}}}\n")).expect("a first line");
    assert_eq!((none.rows, none.body.is_empty(), none.head.part, none.head.parts), (Some(0), true, 1, 1));
    let rows = "x".repeat(3_000);
    let some = ends(&format!("{head}\n{rows}\n{{\"end\":{{\"rows\":1}}}}")).expect("a first line");
    assert_eq!((some.rows, some.body.end - some.body.start), (Some(1), 3_001));
    for last in ["{\"end\":{\"rows\":1}", "{\"end\":{\"rows\":-1}}", "{\"end\":{\"rows\":1,\"rows\":2}}", "", "x"] {
        assert_eq!(ends(&format!("{head}\n{rows}\n{last}\n")).expect("a first line").rows, None, "{last}");
    }
    for first in ["", "{}", head.trim_end_matches('}'), &head.replace("as_of", "asof"), &"x".repeat(5_000)] {
        assert!(ends(&format!("{first}\n{{\"end\":{{\"rows\":0}}}}\n")).is_none(), "{first}");
    }
    assert!(ends(head).is_none(), "without its end");
    assert_eq!(scan::line_end(b"\n"), Some(0));
}
