//! The world stops after each act of the keeper in turn, and takes with it what was not synced. What follows must be one
//! history: every checkpoint that anybody could have seen is a beginning of the next.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Checkpoint, Keeper, KeeperSettings, LocalShelf, Note, Shelf, Signer};
use crate::audit::keys::{KeyId, RetentionClass};
use crate::audit::segment::{LocalDisk, Plain, Tail, Writer};
use crate::audit::testing::{self, Scratch};
use crate::audit::{AuditLog, Flaw, Trust, verify};

/// The machine's disk, until so many acts are done.
#[derive(Debug)]
struct Mortal {
    left: AtomicUsize,
    /// Files that a power cut would take.
    unsynced: Mutex<BTreeSet<PathBuf>>,
}

impl Mortal {
    fn of(acts: usize) -> Self {
        Self { left: AtomicUsize::new(acts), unsynced: Mutex::default() }
    }

    fn act(&self) -> io::Result<()> {
        let lives = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        lives.map(drop).map_err(|_| io::ErrorKind::Other.into())
    }

    /// What was not synced is half there, empty, or gone.
    fn cut_power(&self) {
        let unsynced = self.unsynced.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, path) in unsynced.iter().enumerate() {
            let Ok(bytes) = fs::read(path) else { continue };
            match at % 3 {
                0 => fs::write(path, &bytes[..bytes.len() / 2]).expect("writable"),
                1 => fs::write(path, b"").expect("writable"),
                _ => fs::remove_file(path).expect("removable"),
            }
        }
    }
}

impl Shelf for Mortal {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.act()?;
        LocalShelf.make_folder(path)
    }

    fn put(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.unsynced.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_path_buf());
        if let Err(error) = self.act() {
            LocalShelf.put(path, &bytes[..bytes.len() / 2])?;
            return Err(error);
        }
        LocalShelf.put(path, bytes)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        self.act()?;
        self.unsynced.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
        LocalShelf.sync(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.act()?;
        LocalShelf.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.act()?;
        LocalShelf.remove(path)
    }
}

fn plain(number: u64) -> Plain {
    let entry = testing::entry(number);
    let key = KeyId { day: glasplade_adapters::contract::danish_day(entry.at), class: RetentionClass::Service };
    Plain { key, at: entry.at, json: serde_json::to_vec(&entry).expect("JSON") }
}

/// A writer and a keeper, by hand, so that each run does the same acts.
fn hands(scratch: &Scratch, shelf: Arc<dyn Shelf>) -> (Writer, Keeper) {
    let keys = Arc::new(scratch.keys());
    let tail = Tail::find(&scratch.log()).expect("a log");
    let writer = Writer::after(&tail, Arc::new(LocalDisk), Arc::clone(&keys), scratch.log(), 30_000);
    let signer = Arc::new(testing::signer());
    let settings = KeeperSettings { directory: scratch.log(), signer, previous: Vec::new(), interval: Duration::ZERO };
    (writer, Keeper::new(settings, shelf, keys, testing::clock(), tail.last_seq))
}

fn seen(scratch: &Scratch) -> Option<Checkpoint> {
    Checkpoint::parse(&Note::parse(&fs::read(scratch.log().join("tlog/checkpoint")).ok()?)?)
}

/// Writes in batches of these sizes until the world stops; every checkpoint on the way is remembered.
fn live(scratch: &Scratch, batches: &[u64], acts: usize, remembered: &mut Vec<Checkpoint>) -> bool {
    let shelf = Arc::new(Mortal::of(acts));
    let (mut writer, mut keeper) = hands(scratch, Arc::<Mortal>::clone(&shelf));
    // As the service does: no record before the tree stands.
    if keeper.reach(writer.position()).is_err() {
        shelf.cut_power();
        remembered.extend(seen(scratch));
        return false;
    }
    for count in batches {
        let first = writer.position().seq + 1;
        let entries: Vec<Plain> = (first..first + count).map(plain).collect();
        writer.write(entries.iter()).expect("the segments' disk is fine");
        let reached = keeper.reach(writer.position());
        remembered.extend(seen(scratch));
        if reached.is_err() {
            shelf.cut_power();
            remembered.extend(seen(scratch));
            return false;
        }
    }
    true
}

async fn goes_on_after_every_crash(before: &[u64], batches: &[u64]) {
    let base = Scratch::new();
    drop(hands(&base, Arc::new(LocalShelf)));
    assert!(live(&base, before, usize::MAX, &mut Vec::new()));
    let mut crashes = 0;
    for acts in 0.. {
        let scratch = Scratch::new();
        testing::copy_all(&base.log(), &scratch.log());
        let mut remembered = Vec::new();
        let survived = live(&scratch, batches, acts, &mut remembered);
        let log = AuditLog::open(scratch.settings(), &testing::clock());
        let log = log.unwrap_or_else(|error| panic!("after {acts} acts: {error:?}"));
        let _ = log.append(&testing::entry(9)).await.expect("the disk is fine");
        log.close().await;
        let trust = Trust { kept: remembered, ..testing::trust() };
        verify(&scratch.log(), &trust).unwrap_or_else(|broken| panic!("after {acts} acts: {broken:?}"));
        if survived {
            break;
        }
        crashes += 1;
    }
    assert!(crashes > 40, "the keeper did {crashes} acts only");
}

#[tokio::test]
async fn a_crash_at_any_act_leaves_one_history_when_the_log_is_new() {
    goes_on_after_every_crash(&[], &[1, 2, 3]).await;
}

#[tokio::test]
async fn a_crash_at_any_act_leaves_one_history_when_tiles_are_filled() {
    goes_on_after_every_crash(&[250], &[3, 3, 1, 260]).await;
}

#[tokio::test]
async fn a_disk_that_refuses_for_a_while_costs_no_record_and_no_history() {
    let scratch = Scratch::new();
    drop(hands(&scratch, Arc::new(LocalShelf)));
    let shelf = Arc::new(Mortal::of(usize::MAX));
    let (mut writer, mut keeper) = hands(&scratch, Arc::<Mortal>::clone(&shelf));
    assert_eq!(keeper.reach(writer.position()), Ok(0));
    for round in 0..40_u64 {
        shelf.left.store(usize::try_from(round).expect("small"), Ordering::SeqCst);
        let first = writer.position().seq + 1;
        let entries: Vec<Plain> = (first..first + 13).map(plain).collect();
        writer.write(entries.iter()).expect("the segments' disk is fine");
        let _ = keeper.reach(writer.position());
        shelf.left.store(usize::MAX, Ordering::SeqCst);
        assert_eq!(keeper.reach(writer.position()), Ok(writer.position().seq));
    }
    drop((writer, keeper));
    assert_eq!(verify(&scratch.log(), &testing::trust()).map(|verified| verified.records), Ok(40 * 13));
}

#[tokio::test]
async fn a_log_that_does_not_fit_what_was_signed_is_not_gone_on_with() {
    let base = Scratch::new();
    drop(hands(&base, Arc::new(LocalShelf)));
    assert!(live(&base, &[100, 100, 100], usize::MAX, &mut Vec::new()));
    let copy = || {
        let scratch = Scratch::new();
        testing::copy_all(&base.log(), &scratch.log());
        scratch
    };
    let refused = |scratch: &Scratch| match AuditLog::open(scratch.settings(), &testing::clock()) {
        Err(crate::audit::AuditError::Broken(broken)) => broken.what,
        other => panic!("{other:?}"),
    };
    let other = Scratch::new();
    drop(hands(&other, Arc::new(LocalShelf)));
    assert!(live(&other, &[100, 100, 100], usize::MAX, &mut Vec::new()));

    let rewritten = copy();
    for segment in other.segments() {
        let name = segment.file_name().expect("a name").to_owned();
        fs::copy(&segment, rewritten.log().join(name)).expect("copied");
    }
    assert_eq!(refused(&rewritten), Flaw::Leaf);

    let retold = copy();
    fs::remove_dir_all(retold.log().join("tlog")).expect("the tree is there");
    testing::copy_all(&other.log().join("tlog"), &retold.log().join("tlog"));
    assert_eq!(refused(&retold), Flaw::Leaf);

    let without = copy();
    fs::remove_file(without.log().join("tlog/checkpoint")).expect("there");
    assert_eq!(refused(&without), Flaw::Checkpoint);

    let unsigned = copy();
    fs::remove_dir_all(unsigned.log().join("tlog")).expect("the tree is there");
    assert_eq!(refused(&unsigned), Flaw::TreeMissing(300), "also when nothing is left that could contradict");

    // A whole history of somebody who had every key but the one that signs.
    let forged = copy();
    let stranger = Signer::new(testing::signer().name(), &"2b".repeat(32)).expect("a seed");
    let checkpoint = seen(&forged).expect("signed");
    fs::write(forged.log().join("tlog/checkpoint"), checkpoint.sign(&stranger)).expect("writable");
    assert_eq!(refused(&forged), Flaw::Signature);
    let mut settings = forged.settings();
    settings.previous_signers = vec![stranger.verifier()];
    AuditLog::open(settings, &testing::clock()).expect("after a change of the key").close().await;

    let kept = copy();
    let day =
        kept.log().join("tlog/checkpoints").read_dir().expect("kept").next().expect("one").expect("a file").path();
    let other_root = Checkpoint { size: 200, root: crate::audit::tree::TreeHash::empty(), ..checkpoint.clone() };
    fs::write(&day, other_root.sign(&testing::signer())).expect("writable");
    assert_eq!(refused(&kept), Flaw::Root, "what was kept is another history");
    let longer = Checkpoint { size: 301, ..checkpoint };
    fs::write(&day, longer.sign(&testing::signer())).expect("writable");
    assert_eq!(refused(&kept), Flaw::RolledBack { seen: 301, found: 300 });

    // Small segments: the change lies in an earlier one, of the day since the kept checkpoint.
    let earlier = copy();
    assert!(earlier.segments().len() > 2);
    let (path, mut bytes) = (earlier.segments().remove(0), Vec::new());
    bytes.extend(fs::read(&path).expect("there"));
    bytes[4 + 20] ^= 1;
    fs::write(&path, bytes).expect("there");
    assert_eq!(refused(&earlier), Flaw::Leaf);

    let tile = copy();
    fs::write(tile.log().join("tlog/tile/1/000.p/1"), [0; 32]).expect("there");
    assert_eq!(refused(&tile), Flaw::Root);
    fs::remove_file(tile.log().join("tlog/tile/1/000.p/1")).expect("there");
    assert_eq!(refused(&tile), Flaw::TileSize);

    let bundle = copy();
    let path = bundle.log().join("tlog/tile/entries/001.p/44");
    let mut bytes = fs::read(&path).expect("there");
    bytes[100] ^= 1;
    fs::write(&path, bytes).expect("there");
    assert_eq!(refused(&bundle), Flaw::Tile);
}

#[tokio::test]
async fn records_that_nobody_with_a_key_wrote_are_not_signed() {
    let scratch = Scratch::new();
    drop(hands(&scratch, Arc::new(LocalShelf)));
    assert!(live(&scratch, &[3], usize::MAX, &mut Vec::new()));
    // The next record of another log: it fits in number and hash, and is sealed under a key of its own.
    let other = Scratch::new();
    drop(hands(&other, Arc::new(LocalShelf)));
    assert!(live(&other, &[4], usize::MAX, &mut Vec::new()));
    let (mut own, foreign) =
        (fs::read(&scratch.segments()[0]).expect("there"), fs::read(&other.segments()[0]).expect("there"));
    own.extend_from_slice(&foreign[own.len()..]);
    fs::write(&scratch.segments()[0], own).expect("there");
    match AuditLog::open(scratch.settings(), &testing::clock()) {
        Err(crate::audit::AuditError::Broken(broken)) => {
            assert_eq!((broken.record, broken.what), (Some(4), Flaw::Unopened));
        }
        other => panic!("{other:?}"),
    }
}
