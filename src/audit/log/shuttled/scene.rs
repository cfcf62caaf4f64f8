//! Callers who hand entries in, the writer, who follows it, and a disk in memory; and what must be true whatever the order.

use std::collections::BTreeMap;
use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shuttle::future::block_on;
use shuttle::rand::Rng as _;
use shuttle::sync::Mutex;
use shuttle::thread;
use tokio::sync::{mpsc, watch};

use super::desk::{Desk, Job, Limits, Queue};
use super::sync::AtomicBool;
use super::{Progress, Receipt, Unwritable};
use crate::audit::keys::Keys;
use crate::audit::leaf::Leaf;
use crate::audit::log::{encode, lock};
use crate::audit::segment::{Disk, DiskFile, Plain, Tail, Writer};
use crate::audit::testing::{self, Scratch};

const CALLERS: u64 = 3;
/// Entries of each caller, one after the other.
const EACH: u64 = 2;
/// Fewer than may come: somebody waits for a place, and a group is full.
const ROOM: usize = 2;
const LIMITS: Limits = Limits { entries_max: 3, bytes_max: 1 << 20 };

/// What happens besides the callers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// The disk refuses one act in four.
    pub(super) fails: bool,
    /// Somebody closes the log meanwhile.
    pub(super) closes: bool,
    /// What is wrong on purpose.
    pub(super) broken: Option<Break>,
}

/// A mistake that must be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    /// The disk says that it is done, and is not.
    EarlySync,
    /// The writer loses a caller.
    ForgottenCaller,
    /// The writer has two entries change places.
    AnothersReceipt,
}

/// Where it is played, again and again; counts what was met in all orders together.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    scratch: Arc<Scratch>,
    keys: Arc<Keys>,
    met: Arc<Met>,
}

#[derive(Debug, Default)]
struct Met {
    written: AtomicU64,
    refused: AtomicU64,
    turned_away: AtomicU64,
    largest_group: AtomicU64,
}

impl Scene {
    pub(super) fn new() -> Self {
        let scratch = Scratch::new();
        std::fs::create_dir_all(scratch.log()).expect("a folder");
        let keys = Arc::new(scratch.keys());
        Self { scratch: Arc::new(scratch), keys, met: Arc::default() }
    }

    pub(super) fn written(&self) -> u64 {
        self.met.written.load(Ordering::Relaxed)
    }

    pub(super) fn refused(&self) -> u64 {
        self.met.refused.load(Ordering::Relaxed)
    }

    pub(super) fn turned_away(&self) -> u64 {
        self.met.turned_away.load(Ordering::Relaxed)
    }

    pub(super) fn largest_group(&self) -> u64 {
        self.met.largest_group.load(Ordering::Relaxed)
    }

    /// Once, in one order.
    pub(super) fn play(&self, plan: Plan) {
        let disk = MemoryDisk { plan, file: Arc::default() };
        let tail = Tail { segment: None, len: 0, last_seq: 0, torn: None };
        let room = (Arc::new(disk.clone()), Arc::clone(&self.keys), PathBuf::new());
        let writer = Writer::after(&tail, room.0, room.1, room.2, u64::MAX);
        let progress = Arc::new(Progress::at(writer.position(), 0));
        let (queue, jobs) = Queue::of(ROOM);
        let (alive, ended) = watch::channel(());
        let hold = (Arc::new(lock(&self.scratch.log()).expect("nobody else is here")), alive);
        let writing = Desk::new(writer, jobs, Arc::clone(&progress), LIMITS, hold);
        let mut threads = vec![thread::spawn(move || writing.work(|jobs| next(jobs, plan.broken)))];
        threads.extend(followers(&progress));
        if plan.closes {
            let (queue, mut ended) = (queue.clone(), ended);
            threads.push(thread::spawn(move || {
                block_on(queue.close());
                let _ = block_on(ended.changed());
                let after = block_on(queue.append(entry(0)));
                assert_eq!(after, Err(Unwritable::Closed), "after the end");
            }));
        }
        let callers: Vec<_> = (1..=CALLERS)
            .map(|caller| {
                let (queue, disk) = (queue.clone(), disk.clone());
                thread::spawn(move || call(caller, &queue, &disk))
            })
            .collect();
        drop(queue);
        let told: Vec<_> = callers.into_iter().flat_map(|caller| caller.join().expect("a caller ends")).collect();
        for thread in threads {
            thread.join().expect("a thread ends");
        }
        self.judge(plan, &told, &disk.records());
    }

    /// What everybody was told against what lies on disk.
    fn judge(&self, plan: Plan, told: &[(u64, Result<Receipt, Unwritable>)], records: &[Leaf]) {
        assert!(records.iter().map(|leaf| leaf.seq).eq(1..=records.len() as u64), "numbers without a gap");
        let written: BTreeMap<u64, u64> = records.iter().map(|leaf| (number(leaf), leaf.seq)).collect();
        assert_eq!(written.len(), records.len(), "no record twice");
        for (number, outcome) in told {
            let met = match outcome {
                Ok(receipt) => {
                    assert_eq!(written.get(number), Some(&receipt.seq), "its own number");
                    &self.met.written
                }
                Err(why) => {
                    assert!(!written.contains_key(number), "refused, and there all the same");
                    match why {
                        Unwritable::Disk(kind) => assert!(plan.fails && *kind == io::ErrorKind::StorageFull, "{why}"),
                        _ => assert!(plan.closes && *why == Unwritable::Closed, "{why}"),
                    }
                    if *why == Unwritable::Closed { &self.met.turned_away } else { &self.met.refused }
                }
            };
            met.fetch_add(1, Ordering::Relaxed);
        }
        assert_eq!(told.iter().filter(|(_, outcome)| outcome.is_ok()).count(), written.len(), "everybody is told");
        for caller in 1..=CALLERS {
            let own = records.iter().map(number).filter(|number| (number - 1) / EACH + 1 == caller);
            assert!(own.is_sorted(), "out of order");
        }
        let largest = records.iter().map(|leaf| leaf.seq - leaf.group + 1).max().unwrap_or_default();
        assert!(largest <= LIMITS.entries_max as u64, "a group has a limit");
        self.met.largest_group.fetch_max(largest, Ordering::Relaxed);
    }
}

/// Hands entries in, one after the other; each that was said to be durable is, and all before it are.
fn call(caller: u64, queue: &Queue, disk: &MemoryDisk) -> Vec<(u64, Result<Receipt, Unwritable>)> {
    let first = (caller - 1) * EACH + 1;
    let told = (first..first + EACH).map(|number| {
        let outcome = block_on(queue.append(entry(number)));
        if let Ok(receipt) = outcome {
            let records = disk.records();
            let own = usize::try_from(receipt.seq - 1).ok().and_then(|at| records.get(at));
            assert_eq!(own.map(self::number), Some(number), "told before it is durable");
        }
        (number, outcome)
    });
    told.collect()
}

/// The index, the keeper of the tree, and somebody who waits for its signature: all of them end with the writer.
fn followers(progress: &Arc<Progress>) -> Vec<thread::JoinHandle<()>> {
    let (index, keeper, waiting) = (Arc::clone(progress), Arc::clone(progress), Arc::clone(progress));
    let index = move || {
        let (mut seq, stop) = (0, AtomicBool::new(false));
        while let Some(durable) = index.wait_past(seq, &stop) {
            assert!(durable.seq > seq, "only what is new");
            seq = durable.seq;
        }
        assert_eq!(index.durable().seq, seq, "the end was told before the last record");
    };
    let keeper = move || {
        while let Some(durable) = keeper.wait_unsigned() {
            keeper.sign(durable.seq);
        }
        keeper.give_up();
    };
    let waiting = move || assert!(waiting.wait_signed(), "the keeper signs all that is durable");
    vec![thread::spawn(index), thread::spawn(keeper), thread::spawn(waiting)]
}

/// The next job, as the writer's thread waits for it.
fn next(jobs: &mut mpsc::Receiver<Job>, broken: Option<Break>) -> Option<Job> {
    let job = block_on(jobs.recv());
    match (broken, job) {
        (Some(Break::ForgottenCaller), Some(Job::Append { entry, done })) => {
            mem::forget(done);
            Some(Job::Append { entry, done: None })
        }
        (Some(Break::AnothersReceipt), Some(Job::Append { entry, done })) => {
            let at = number_of(entry.at);
            let swapped = at - (at - 1) % EACH + (EACH - 1) - (at - 1) % EACH;
            let entry = Plain { at: self::entry(swapped).at, ..entry };
            Some(Job::Append { entry, done })
        }
        (_, job) => job,
    }
}

fn entry(number: u64) -> Plain {
    encode(&testing::entry(number), &[]).expect("small")
}

/// The number of an entry, as `testing::entry` hides it in its moment.
fn number_of(at: jiff::Timestamp) -> u64 {
    at.duration_since(testing::moment()).as_secs().cast_unsigned()
}

fn number(leaf: &Leaf) -> u64 {
    number_of(leaf.at)
}

/// A disk with one file, of which a power cut at any moment leaves what was synced.
#[derive(Debug, Clone)]
struct MemoryDisk {
    plan: Plan,
    file: Arc<Mutex<Content>>,
}

#[derive(Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    /// So many of them are safe.
    durable: usize,
}

impl MemoryDisk {
    /// Refuses now and then.
    fn act(&self) -> io::Result<shuttle::sync::MutexGuard<'_, Content>> {
        if self.plan.fails && shuttle::rand::thread_rng().gen_ratio(1, 4) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(self.file.lock().expect("nobody panics"))
    }

    /// The whole records that a power cut would leave.
    fn records(&self) -> Vec<Leaf> {
        let content = self.file.lock().expect("nobody panics");
        let (mut rest, mut records) = (&content.bytes[..content.durable], Vec::new());
        while let Some((length, record)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_be_bytes(*length)).expect("small");
            let leaf = record.first_chunk().expect("a record begins with its leaf");
            records.push(Leaf::parse(leaf).expect("a leaf"));
            rest = &record[length..];
        }
        records
    }
}

impl Disk for MemoryDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.open(path)
    }

    fn open(&self, _path: &Path) -> io::Result<Box<dyn DiskFile>> {
        drop(self.act()?);
        Ok(Box::new(self.clone()))
    }
}

impl DiskFile for MemoryDisk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.act()?.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.plan.broken == Some(Break::EarlySync) {
            return Ok(());
        }
        let mut content = self.act()?;
        content.durable = content.bytes.len();
        Ok(())
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        let len = usize::try_from(len).expect("small");
        let mut content = self.act()?;
        content.bytes.truncate(len);
        content.durable = content.durable.min(len);
        Ok(())
    }
}
