//! Thousands of random changes to a copy of a log, each found by whoever holds the public key and yesterday's checkpoint,
//! and nothing else. The same kinds of change are shown to a verifier that shares no code with us.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use super::{Trust, verify};
use crate::audit::leaf::Leaf;
use crate::audit::log::AuditLog;
use crate::audit::segment::Tail;
use crate::audit::testing::{self, Scratch, copy_all};
use crate::audit::tlog::{Checkpoint, Keeper, KeeperSettings, LocalShelf, Note, Signer};

/// So many random changes; the number of a change is its seed, so that one that was missed comes again.
const CHANGES: u64 = 2_400;

const FOREIGN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/contract-tests/foreign/verify_log.py");

/// Numbers that look random and are the same each time (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end.max(1) as u64).expect("below a usize")
    }
}

/// A log as it stands today, and what an auditor kept of it yesterday.
struct Scene {
    today: Scratch,
    yesterday: Scratch,
    kept_file: PathBuf,
    kept: Checkpoint,
}

const YESTERDAY: u64 = 150;
const TODAY: u64 = 290;

async fn scene() -> Scene {
    let (today, yesterday) = (Scratch::new(), Scratch::new());
    go_on(&today, 1..=YESTERDAY - 20).await;
    copy_all(&today.log(), &yesterday.log());
    go_on(&today, YESTERDAY - 19..=YESTERDAY).await;
    let kept_file = today.path().join("kept");
    fs::copy(today.log().join("tlog/checkpoint"), &kept_file).expect("a checkpoint");
    let kept = fs::read(&kept_file).expect("a checkpoint");
    let kept = Checkpoint::parse(&Note::parse(&kept).expect("a note")).expect("a checkpoint");
    go_on(&today, YESTERDAY + 1..=TODAY).await;
    Scene { today, yesterday, kept_file, kept }
}

async fn go_on(scratch: &Scratch, numbers: std::ops::RangeInclusive<u64>) {
    let mut settings = scratch.settings();
    settings.segment_bytes_max = 20_000;
    let log = AuditLog::open(settings, &testing::clock()).expect("the log opens");
    for number in numbers {
        let _ = log.append(&testing::entry(number)).await.expect("the disk is fine");
    }
    log.close().await;
}

impl Scene {
    fn trust(&self) -> Trust {
        Trust { kept: vec![self.kept.clone()], ..testing::trust() }
    }

    fn is_found(&self, log: &Path) -> bool {
        verify(log, &self.trust()).is_err()
    }

    /// What the foreign verifier says: 0 whole, 1 broken.
    fn foreign(&self, log: &Path) -> i32 {
        let mut python = Command::new("python3");
        python.arg(FOREIGN).arg(log).arg(testing::signer().verifier().to_string()).arg(&self.kept_file);
        python.output().expect("python3 is there").status.code().expect("an exit code")
    }
}

/// The files that belong to the log, in one order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() && name != "keys" {
            found.extend(files(&path));
        } else if path.is_file() && name != "audit.lock" {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The records of a segment.
fn records(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut records, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let length = u32::from_be_bytes(bytes[at..at + 4].try_into().expect("a length"));
        let end = at + 4 + usize::try_from(length).expect("small");
        records.push(bytes[at..end].to_vec());
        at = end;
    }
    records
}

fn is_segment(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "seg")
}

/// What is done to a list of records.
fn shuffle(records: &mut Vec<Vec<u8>>, dice: &mut Dice) {
    let (one, other) = (dice.below(records.len()), dice.below(records.len()));
    match dice.below(4) {
        0 => drop(records.remove(one)),
        1 => {
            let same = records[one].clone();
            records.insert(other, same);
        }
        2 => records.truncate(one),
        _ => {
            let other = (one + 1 + other % (records.len() - 1)) % records.len();
            records.swap(one, other);
        }
    }
}

/// The same records under new numbers, in order from the first.
fn renumber(records: &mut [Vec<u8>]) {
    let first = u64::from_be_bytes(records[0][10..18].try_into().expect("a number"));
    renumber_from(first, records);
}

/// … and in a group that a record of that number can be of.
fn renumber_from(first: u64, records: &mut [Vec<u8>]) {
    for (record, number) in records.iter_mut().zip(first..) {
        record[10..18].copy_from_slice(&number.to_be_bytes());
        let group = u64::from_be_bytes(record[42..50].try_into().expect("a number")).min(number);
        record[42..50].copy_from_slice(&group.to_be_bytes());
    }
}

/// One random change to one file; `None` when it would change nothing.
fn changed(path: &Path, bytes: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    let mut new = bytes.to_vec();
    let at = dice.below(bytes.len());
    match dice.below(if is_segment(path) { 7 } else { 5 }) {
        0 | 1 => new[at] ^= 1 << dice.below(8),
        2 => new.truncate(at),
        3 => {
            // Two hashes of a tile, or whatever lies in 32 bytes elsewhere.
            let (one, other) = (dice.below(bytes.len() / 32), dice.below(bytes.len() / 32));
            let (one, other) = (one * 32..one * 32 + 32, other * 32..other * 32 + 32);
            if bytes.len() >= 64 {
                let (left, right) = (bytes[one.clone()].to_vec(), bytes[other.clone()].to_vec());
                new[one].copy_from_slice(&right);
                new[other].copy_from_slice(&left);
            }
        }
        4 => {
            let more = bytes[at..bytes.len().min(at + 1 + dice.below(200))].to_vec();
            new.splice(at..at, more);
        }
        kind => {
            let mut records = records(bytes);
            if records.len() < 2 {
                return None;
            }
            shuffle(&mut records, dice);
            if kind == 6 && !records.is_empty() {
                renumber(&mut records);
            }
            new = records.concat();
        }
    }
    (new != bytes).then_some(new)
}

#[tokio::test]
async fn thousands_of_random_changes_are_found() {
    let scene = scene().await;
    let log = scene.today.log();
    assert!(!scene.is_found(&log), "the log itself is whole");
    let files = files(&log);
    assert!(files.len() >= 10, "segments, tiles, bundles and checkpoints: {}", files.len());
    let (mut made, mut missed) = (0, Vec::new());
    for change in 0..CHANGES {
        let mut dice = Dice(change);
        // Every second change goes into the segments, where the records are.
        let path = loop {
            let path = &files[dice.below(files.len())];
            if change % 2 == 1 || is_segment(path) {
                break path;
            }
        };
        let bytes = fs::read(path).expect("a file of the log");
        let Some(new) = changed(path, &bytes, &mut dice) else { continue };
        fs::write(path, new).expect("writable");
        made += 1;
        if !scene.is_found(&log) {
            missed.push((change, path.clone()));
        }
        fs::write(path, bytes).expect("writable");
    }
    assert!(!scene.is_found(&log), "everything was put back");
    assert_eq!(missed, [], "of {made} changes");
    assert!(made > 2_000, "{made}");
}

#[tokio::test]
async fn files_that_are_removed_exchanged_or_added_are_found() {
    let scene = scene().await;
    let log = scene.today.log();
    let (files, aside) = (files(&log), scene.today.path().join("aside"));
    for path in &files {
        fs::rename(path, &aside).expect("there");
        // Of what the log keeps for itself only, and of forms that a larger one has outgrown, nothing is missed.
        let is_needed = !path.to_string_lossy().contains("checkpoints") && !is_outgrown(path);
        assert_eq!(scene.is_found(&log), is_needed, "without {path:?}");
        fs::write(path, b"").expect("writable");
        assert!(scene.is_found(&log), "{path:?} empty");
        fs::rename(&aside, path).expect("put back");
    }
    for pair in files.windows(2) {
        let (one, other) = (fs::read(&pair[0]).expect("there"), fs::read(&pair[1]).expect("there"));
        if one != other {
            fs::write(&pair[0], &other).expect("writable");
            fs::write(&pair[1], &one).expect("writable");
            assert!(scene.is_found(&log), "{pair:?} exchanged");
            fs::write(&pair[0], &one).expect("writable");
            fs::write(&pair[1], &other).expect("writable");
        }
    }
    assert!(!scene.is_found(&log));
}

/// An unfinished form of a tile that the last checkpoint does not need.
fn is_outgrown(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let Some((stem, width)) = text.rsplit_once(".p/") else { return false };
    let needed = if stem.contains("/tile/1/") { 1 } else { TODAY - 256 };
    width.parse() != Ok(needed)
}

/// A history told anew by somebody with every right on the machine: other records, a new tree, a new signature.
fn retold(scene: &Scene, signer: Signer, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Scratch {
    let forged = Scratch::new();
    let mut all = Vec::new();
    for segment in scene.today.segments() {
        all.extend(records(&fs::read(segment).expect("there")));
    }
    change(&mut all);
    renumber_from(1, &mut all);
    let keys = Arc::new(forged.keys());
    testing::sign_empty(&forged.log(), &signer);
    fs::write(forged.log().join("audit-00000000000000000001.seg"), all.concat()).expect("writable");
    let tail = Tail::find(&forged.log()).expect("well formed");
    let end = crate::audit::segment::Position {
        seq: tail.last_seq,
        segment: tail.segment.expect("just written"),
        len: tail.len,
    };
    let (signer, previous) = (Arc::new(signer), Vec::new());
    let settings = KeeperSettings { directory: forged.log(), signer, previous, interval: Duration::ZERO };
    // Nothing was found, all was "written": the forger's own keeper asks for no keys.
    let mut keeper = Keeper::new(settings, Arc::new(LocalShelf), keys, testing::clock(), 0);
    keeper.reach(end).expect("signed");
    forged
}

fn stranger() -> Signer {
    Signer::new("log.example/prove", &"17".repeat(32)).expect("a seed")
}

#[tokio::test]
async fn a_history_told_anew_is_found_whoever_signs_it() {
    let scene = scene().await;
    for at in [0_usize, 1, 77, 129, 149] {
        for signer in [testing::signer, stranger] {
            let dropped = retold(&scene, signer(), |records| drop(records.remove(at)));
            assert!(scene.is_found(&dropped.log()), "record {at} dropped");
            let swapped = retold(&scene, signer(), |records| records.swap(at, 3));
            assert!(at == 3 || scene.is_found(&swapped.log()), "record {at} swapped");
        }
    }
    let same = retold(&scene, testing::signer(), |_| {});
    assert!(!scene.is_found(&same.log()), "told anew without a change, it is the same log");
    let added = retold(&scene, testing::signer(), |records| {
        let same = records[7].clone();
        records.push(same);
    });
    assert!(
        !scene.is_found(&added.log()),
        "what comes after the kept checkpoint is the signer's to tell: decision 0013"
    );
    assert!(scene.is_found(&scene.yesterday.log()), "rolled back to before the kept checkpoint");
}

#[tokio::test]
async fn a_verifier_that_shares_no_code_accepts_the_log_and_refuses_each_kind_of_change() {
    let scene = scene().await;
    let log = scene.today.log();
    assert_eq!(scene.foreign(&log), 0, "the log itself is whole");
    let restored = |path: &Path, new: &[u8]| {
        let bytes = fs::read(path).expect("there");
        fs::write(path, new).expect("writable");
        let code = scene.foreign(&log);
        fs::write(path, bytes).expect("writable");
        code
    };
    let segment = scene.today.segments().remove(1);
    let bytes = fs::read(&segment).expect("there");
    let with = |change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut records = records(&bytes);
        change(&mut records);
        restored(&segment, &records.concat())
    };
    let kinds: [(&str, i32); 7] = [
        ("dropped", with(&|records| drop(records.remove(3)))),
        (
            "dropped and renumbered",
            with(&|records| {
                records.remove(3);
                renumber(records);
            }),
        ),
        ("swapped", with(&|records| records.swap(3, 4))),
        (
            "doubled",
            with(&|records| {
                let same = records[2].clone();
                records.insert(3, same);
            }),
        ),
        ("cut", with(&|records| records.truncate(5))),
        ("torn", restored(&segment, &bytes[..bytes.len() - 9])),
        ("another leaf", with(&|records| records[2][4 + Leaf::BYTES - 40] ^= 1)),
    ];
    for (kind, code) in kinds {
        assert_eq!(code, 1, "{kind}");
    }
    for path in files(&log) {
        let mut bytes = fs::read(&path).expect("there");
        let at = bytes.len() / 2;
        bytes[at] ^= 4;
        assert_eq!(restored(&path, &bytes), 1, "a bit of {path:?}");
    }
    assert_eq!(scene.foreign(&scene.yesterday.log()), 1, "rolled back");
    assert_eq!(scene.foreign(&retold(&scene, stranger(), |_| {}).log()), 1, "signed by another key");
    let forged = retold(&scene, testing::signer(), |records| drop(records.remove(20)));
    assert_eq!(scene.foreign(&forged.log()), 1, "told anew by the same key");
    assert_eq!(scene.foreign(&log), 0, "everything was put back");
}
