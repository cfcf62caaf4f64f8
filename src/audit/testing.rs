//! What the tests of this room share: a directory of their own, entries, and a disk that fails when told to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use glasplade_adapters::contract::{Clock, CprNumber, ManualClock};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::entry::{AuditEntry, AuditedCaller, AuditedDecision, AuditedSource, Criterion, Phase, ShownItem, entry_id};
use super::keys::{Keys, MasterKey};
use super::log::AuditSettings;
use super::pseudonym::{Pseudonym, PseudonymKey};
use super::segment::{Disk, DiskFile, LocalDisk, Reader};
use super::tlog::Signer;
use super::verify::Trust;

/// A directory that goes with the test.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("glasplade-audit-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a directory for the test");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("audit")
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.0.join("index.sqlite")
    }

    pub(crate) fn settings(&self) -> AuditSettings {
        let mut settings = AuditSettings::new(self.log(), master(), Arc::new(signer()));
        // A checkpoint after each batch: a test waits for nothing.
        settings.checkpoint_interval = Duration::ZERO;
        settings
    }

    /// The keys of the log, as whoever has the master secret reads them.
    pub(crate) fn keys(&self) -> Keys {
        Keys::open(self.log().join("keys"), master()).expect("the folder of keys")
    }

    /// Every entry on disk whose key is there, oldest first.
    pub(crate) fn entries(&self) -> Vec<AuditEntry> {
        let (keys, mut entries) = (self.keys(), Vec::new());
        for name in super::segment::segments(&self.log()).expect("the directory is there") {
            let path = name.path(&self.log());
            let mut reader = Reader::open(&path, 0, u64::MAX, name.first_seq).expect("the segment is there");
            while let Ok(Some(stored)) = reader.read_next() {
                let entry = stored.entry(&keys).expect("the entry opens");
                entries.extend(entry.map(|entry| serde_json::from_slice::<AuditEntry>(&entry).expect("an entry")));
            }
        }
        entries
    }

    /// The segments, oldest first.
    pub(crate) fn segments(&self) -> Vec<PathBuf> {
        let names = super::segment::segments(&self.log()).expect("the directory is there");
        names.into_iter().map(|name| name.path(&self.log())).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Whoever holds the log last, such as a caller who hung up, may still put a file there while the others go.
        while let Err(error) = fs::remove_dir_all(&self.0) {
            assert!(error.kind() == std::io::ErrorKind::DirectoryNotEmpty, "the test's directory is removed: {error}");
            std::thread::yield_now();
        }
    }
}

/// Copies a folder with all that is in it.
pub(crate) fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for file in from.read_dir().expect("a folder") {
        let path = file.expect("a file").path();
        let beside = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_all(&path, &beside);
        } else {
            fs::copy(&path, &beside).expect("copied");
        }
    }
}

/// Puts the tree of an empty log there, as it stood before the first record.
pub(crate) fn sign_empty(log: &Path, signer: &Signer) {
    let tree = log.join("tlog");
    let _ = fs::remove_dir_all(&tree);
    fs::create_dir_all(tree.join("checkpoints")).expect("a folder");
    let (origin, root) = (signer.name().to_owned(), super::tree::TreeHash::empty());
    let empty = super::tlog::Checkpoint { origin, size: 0, root };
    fs::write(tree.join("checkpoint"), empty.sign(signer)).expect("writable");
}

pub(crate) fn master() -> Arc<MasterKey> {
    Arc::new(MasterKey::new(&[3; 32]).expect("32 bytes"))
}

pub(crate) fn signer() -> Signer {
    Signer::new("log.example/prove", &"2a".repeat(32)).expect("a seed")
}

/// Believes the tests' own key.
pub(crate) fn trust() -> Trust {
    Trust { verifiers: vec![signer().verifier()], ..Trust::default() }
}

pub(crate) fn moment() -> Timestamp {
    "2026-01-02T03:04:05.123456Z".parse().expect("a moment")
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::at(moment()))
}

pub(crate) fn citizen(number: u16) -> Pseudonym {
    let key = PseudonymKey::new(&[7; 32]).expect("32 bytes");
    key.of(&CprNumber::parse(&format!("010101{number:04}")).expect("ten digits"))
}

fn id(number: u64) -> Uuid {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    entry_id(moment(), random)
}

/// The smallest entry; each number one second later.
pub(crate) fn entry(number: u64) -> AuditEntry {
    let at = moment() + SignedDuration::from_secs(number.cast_signed());
    AuditEntry::new(id(number), id(number), Phase::Started, at, "service")
}

/// An entry with everything in it.
pub(crate) fn full_entry(number: u64) -> AuditEntry {
    let text = |text: &str| Some(text.to_owned());
    AuditEntry {
        phase: Phase::Completed,
        route: "overviews".into(),
        caller: Some(AuditedCaller {
            employee: "az12345".into(),
            department: text("JSY"),
            unit: text("JSY-RUS"),
            roles: vec!["caseworker".into(), "leader".into()],
            client_id: text("portal"),
        }),
        purpose: text("job_plan"),
        case_ref: text("2026-17"),
        reason: text("Samtale i dag"),
        protected_reason: text("Brev i dag"),
        household: true,
        citizen: Some(citizen(9999)),
        also_known_as: vec![citizen(8888)],
        relation: text("child"),
        bars: vec!["colleague".into(), "protected".into()],
        criterion: Some(Criterion::Cpr),
        trace_id: text("4bf92f3577b34da6a3ce929d0e0e4736"),
        decision: Some(AuditedDecision { policy_hash: text("c0ffee"), outcome: "granted".into() }),
        sources: vec![AuditedSource {
            id: "sbsys".into(),
            state: "stale".into(),
            as_of: Some(moment()),
            rows: Some(3),
            wrong_citizen: 0,
        }],
        shown: vec![ShownItem {
            item: "i1".into(),
            classes: vec!["status".into()],
            basis: "own_case".into(),
            own: text("unit"),
            decided: Some(0),
        }],
        withheld: [("nothing".to_owned(), 2)].into(),
        body_hash: text("abcd"),
        status: Some(200),
        ..entry(number)
    }
}

/// The machine's disk, until it is told otherwise.
#[derive(Debug, Clone, Default)]
pub(crate) struct TestDisk(Arc<(Mutex<Orders>, Condvar)>);

#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one order to the disk, given alone")]
struct Orders {
    syncs: u64,
    held: bool,
    waiting: u64,
    full: bool,
    sync_fails: bool,
    open_fails: bool,
}

impl TestDisk {
    fn order(&self, order: impl FnOnce(&mut Orders)) {
        order(&mut self.0.0.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.1.notify_all();
    }

    /// How many syncs have ended.
    pub(crate) fn syncs(&self) -> u64 {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).syncs
    }

    /// Syncs do not return before [`TestDisk::release`].
    pub(crate) fn hold(&self) {
        self.order(|orders| orders.held = true);
    }

    pub(crate) fn release(&self) {
        self.order(|orders| orders.held = false);
    }

    /// Returns when the writer stands in a sync that is held.
    pub(crate) fn wait_until_held(&self) {
        let orders = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.0.1.wait_while(orders, |orders| orders.waiting == 0));
    }

    /// Writes take half of the bytes and fail.
    pub(crate) fn full(&self, full: bool) {
        self.order(|orders| orders.full = full);
    }

    /// Syncs fail, with the bytes in the file.
    pub(crate) fn sync_fails(&self, fails: bool) {
        self.order(|orders| orders.sync_fails = fails);
    }

    /// Files cannot be opened or made.
    pub(crate) fn open_fails(&self, fails: bool) {
        self.order(|orders| orders.open_fails = fails);
    }

    fn wrap(&self, open: impl FnOnce() -> io::Result<Box<dyn DiskFile>>) -> io::Result<Box<dyn DiskFile>> {
        if self.0.0.lock().unwrap_or_else(PoisonError::into_inner).open_fails {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        Ok(Box::new(TestFile { file: open()?, disk: self.clone() }))
    }
}

impl Disk for TestDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.wrap(|| LocalDisk.create(path))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.wrap(|| LocalDisk.open(path))
    }
}

#[derive(Debug)]
struct TestFile {
    file: Box<dyn DiskFile>,
    disk: TestDisk,
}

impl DiskFile for TestFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.disk.0.0.lock().unwrap_or_else(PoisonError::into_inner).full {
            self.file.append(&bytes[..bytes.len() / 2])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync()?;
        let (orders, changed) = &*self.disk.0;
        let mut orders = orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.waiting += 1;
        changed.notify_all();
        orders = changed.wait_while(orders, |orders| orders.held).unwrap_or_else(PoisonError::into_inner);
        orders.waiting -= 1;
        if orders.sync_fails {
            return Err(io::ErrorKind::Other.into());
        }
        orders.syncs += 1;
        Ok(())
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.file.cut(len)
    }
}
