//! What the book promises: only what the register says, over any number of links, across crashes, keys and full disks.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::audit::testing::{Scratch, TestDisk};
use crate::people::alias_file::LINE_BYTES;

const LIMITS: AliasSettings = AliasSettings { entries_max: 100 };

fn key(byte: u8) -> PseudonymKey {
    PseudonymKey::new(&[byte; 32]).expect("32 bytes")
}

/// Numbers whose digits must not be found again anywhere.
fn number(which: u8) -> CprNumber {
    CprNumber::parse(&format!("3112{which:02}9999")).expect("ten digits")
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

fn path(scratch: &Scratch) -> PathBuf {
    scratch.path().join("aliases")
}

fn open(scratch: &Scratch) -> AliasBook {
    AliasBook::open(&path(scratch), &key(7), LIMITS).expect("the file opens")
}

fn learn(book: &AliasBook, links: &[(u8, u8)]) {
    for (second, (former, in_force)) in (1..).zip(links) {
        book.learn(number(*former), number(*in_force), at(second));
    }
}

fn formers(book: &AliasBook, which: u8) -> Vec<CprNumber> {
    book.formers(&number(which))
}

#[test]
fn what_became_what_is_followed_over_several_numbers_in_whatever_order_it_was_learned() {
    for links in [[(1, 2), (2, 3)], [(2, 3), (1, 2)]] {
        let book = AliasBook::in_memory(LIMITS);
        learn(&book, &links);
        assert_eq!(formers(&book, 3), [number(1), number(2)]);
        assert_eq!(formers(&book, 2), [number(1)]);
        assert_eq!((book.in_force(&number(1)), book.in_force(&number(9))), (number(3), number(9)));
        assert_eq!(book.numbers(&number(1)), [number(3), number(1), number(2)]);
        assert_eq!(book.numbers(&number(9)), [number(9)]);
    }
}

#[test]
fn the_register_takes_back_what_it_said_and_an_old_answer_does_not() {
    let book = AliasBook::in_memory(LIMITS);
    learn(&book, &[(1, 2), (1, 3)]);
    assert_eq!((formers(&book, 2), formers(&book, 3)), (vec![], vec![number(1)]));
    let revision = book.revision();
    book.learn(number(1), number(2), at(1));
    assert_eq!((formers(&book, 2), book.revision()), (vec![], revision), "older than what is known");
    book.learn(number(1), number(3), at(9));
    assert_eq!(book.revision(), revision, "said again is no news");
    book.learn(number(1), number(1), at(10));
    assert_eq!((book.len(), book.revision()), (0, revision + 1), "in force itself");
    learn(&book, &[(1, 2), (2, 1)]);
    assert_eq!((formers(&book, 1), formers(&book, 2)), (vec![number(2)], vec![]), "the newest statement wins");
    book.forget(&number(2));
    book.forget(&number(2));
    assert!(book.is_empty());
}

#[test]
fn the_oldest_goes_first_when_the_book_is_full() {
    let book = AliasBook::in_memory(AliasSettings { entries_max: 2 });
    learn(&book, &[(1, 9), (2, 9), (3, 9)]);
    assert_eq!(formers(&book, 9), [number(2), number(3)]);
}

#[test]
fn a_restart_remembers_and_the_disk_never_sees_a_digit() {
    let scratch = Scratch::new();
    let book = open(&scratch);
    learn(&book, &[(1, 2), (2, 3), (4, 5)]);
    book.forget(&number(4));
    let revision = book.revision();
    assert_eq!(revision, 4);
    assert_eq!(format!("{book:?}"), "AliasBook { entries: 2, .. }");
    drop(book);
    let book = open(&scratch);
    assert_eq!((formers(&book, 3), book.len()), (vec![number(1), number(2)], 2));
    let bytes = fs::read(path(&scratch)).expect("the file is there");
    let text = String::from_utf8(bytes).expect("text");
    for which in 1..=5 {
        let digits = number(which);
        for form in [digits.expose().to_owned(), digits.expose_hyphenated(), crate::hex(digits.expose().as_bytes())] {
            assert!(!text.contains(&form));
        }
    }
    let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(path(&scratch)).expect("the file is there"));
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_same_link_is_sealed_otherwise_each_time() {
    let scratch = Scratch::new();
    let book = open(&scratch);
    for second in [1, 2] {
        book.learn(number(1), number(2), at(second));
        book.forget(&number(1));
    }
    let text = fs::read_to_string(path(&scratch)).expect("text");
    let lines: BTreeSet<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5, "a header and four lines, none twice");
}

#[test]
fn a_crash_at_any_byte_loses_only_the_line_that_was_being_written() {
    let scratch = Scratch::new();
    learn(&open(&scratch), &[(1, 9), (2, 9), (3, 9)]);
    let whole = fs::read(path(&scratch)).expect("the file is there");
    let header = whole.len() - 3 * LINE_BYTES;
    for end in 0..whole.len() {
        fs::write(path(&scratch), &whole[..end]).expect("writable");
        let book = open(&scratch);
        let kept = end.saturating_sub(header) / LINE_BYTES;
        assert_eq!(book.len(), kept, "cut at {end}");
        book.learn(number(4), number(9), at(9));
        drop(book);
        assert_eq!(open(&scratch).len(), kept + 1, "written on after a cut at {end}");
    }
}

#[test]
fn lines_of_another_key_and_changed_or_moved_lines_are_left_out_and_nothing_else() {
    let scratch = Scratch::new();
    learn(&open(&scratch), &[(1, 9), (2, 9), (3, 9)]);
    let other = AliasBook::open(&path(&scratch), &key(8), LIMITS).expect("not fatal");
    assert!(other.is_empty());
    other.learn(number(4), number(9), at(9));
    drop(other);
    assert_eq!(open(&scratch).len(), 3, "the line of the other key does not open");
    let text = fs::read_to_string(path(&scratch)).expect("text");
    let mut lines: Vec<&str> = text.lines().collect();
    lines.swap(1, 2);
    fs::write(path(&scratch), lines.join("\n") + "\n").expect("writable");
    assert_eq!(formers(&open(&scratch), 9), [number(3)], "moved lines do not open");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[2] = lines[2].replace(|letter: char| letter.is_ascii_digit(), "0");
    fs::write(path(&scratch), lines.join("\n") + "\n").expect("writable");
    assert_eq!(formers(&open(&scratch), 9), [number(1), number(3)], "a changed line does not open");
}

#[test]
fn a_file_has_one_writer_and_another_file_is_not_touched() {
    let scratch = Scratch::new();
    let held = open(&scratch);
    assert_eq!(AliasBook::open(&path(&scratch), &key(7), LIMITS).err(), Some(AliasFileError::Locked));
    drop(held);
    let other = scratch.path().join("other");
    fs::write(&other, "[service]\nlisten").expect("writable");
    assert_eq!(AliasBook::open(&other, &key(7), LIMITS).err(), Some(AliasFileError::NotOurs));
    assert_eq!(fs::read(&other).expect("readable"), b"[service]\nlisten");
    let nowhere = scratch.path().join("no/folder");
    let failed = AliasBook::open(&nowhere, &key(7), LIMITS).err();
    assert_eq!(failed, Some(AliasFileError::Disk(std::io::ErrorKind::NotFound)));
}

#[test]
fn a_full_disk_keeps_the_memory_and_what_was_missed_is_written_when_there_is_room() {
    let (scratch, disk) = (Scratch::new(), TestDisk::default());
    let book = AliasBook::open_on(&disk, &path(&scratch), &key(7), LIMITS).expect("the file opens");
    learn(&book, &[(1, 9)]);
    disk.full(true);
    learn(&book, &[(2, 9), (3, 9)]);
    assert_eq!(book.len(), 3);
    disk.full(false);
    learn(&book, &[(4, 9)]);
    drop(book);
    assert_eq!(formers(&open(&scratch), 9), [number(1), number(2), number(3), number(4)]);
}

#[test]
fn a_file_has_its_limit_and_the_memory_goes_on() {
    let scratch = Scratch::new();
    let small = AliasSettings { entries_max: 1 };
    let book = AliasBook::open(&path(&scratch), &key(7), small).expect("the file opens");
    for which in 1..=20 {
        learn(&book, &[(which, 99)]);
    }
    assert_eq!(formers(&book, 99), [number(20)]);
    let bytes = fs::metadata(path(&scratch)).expect("the file is there").len();
    assert!(bytes <= 4 * LINE_BYTES as u64 + 100, "{bytes} bytes");
}

/// What the links mean, slowly: follow the newest statement of each number until nothing changes.
fn model(said: &[(u8, u8)]) -> Vec<(u8, u8)> {
    let mut links: Vec<(u8, u8)> = Vec::new();
    for &(former, in_force) in said {
        let leads_to = |links: &[(u8, u8)], mut from: u8| {
            let mut seen = vec![from];
            while let Some((_, next)) = links.iter().find(|(one, _)| *one == from) {
                seen.push(*next);
                from = *next;
            }
            seen
        };
        if former != in_force && !links.contains(&(former, in_force)) && leads_to(&links, in_force).contains(&former) {
            links.retain(|(one, _)| *one != in_force);
        }
        links.retain(|(one, _)| *one != former);
        if former != in_force {
            links.push((former, in_force));
        }
    }
    links
}

proptest! {
    #[test]
    fn the_book_says_what_the_links_mean_in_memory_and_after_a_restart(
        said in prop::collection::vec((1_u8..8, 1_u8..8), 0..24),
    ) {
        let scratch = Scratch::new();
        let book = open(&scratch);
        learn(&book, &said);
        let links = model(&said);
        let check = |book: &AliasBook| {
            for which in 1..8 {
                let mut wanted: BTreeSet<u8> = BTreeSet::new();
                while links.iter().any(|(one, next)| (*next == which || wanted.contains(next)) && wanted.insert(*one)) {}
                let wanted: Vec<CprNumber> = wanted.into_iter().map(number).collect();
                prop_assert_eq!(formers(book, which), wanted);
                // Everybody in one chain has one number in force and the same numbers.
                let numbers = book.numbers(&number(which));
                for one in &numbers {
                    prop_assert_eq!(&book.numbers(one), &numbers);
                }
            }
            Ok(())
        };
        check(&book)?;
        drop(book);
        check(&open(&scratch))?;
    }
}
