//! The hand that writes the tree after the records are durable: tiles first, then a checkpoint over them.
//!
//! **Invariant:** a checkpoint is renamed into place only after every tile that it needs is durable, and a tile holds durable
//! records only. So whatever the moment of a crash, the next start finds a tree that the records still fit, and no two
//! checkpoints of one log contradict each other.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use glasplade_adapters::contract::{Clock, danish_day};
use jiff::civil::Date;
use tracing::{info, warn};

use super::{Checkpoint, Note, Shelf, Signer, Tiles, Verifier};
use crate::audit::keys::Keys;
use crate::audit::leaf::Leaf;
use crate::audit::progress::Progress;
use crate::audit::segment::{Broken, Flaw, Position, Reader, SegmentName, segments};
use crate::audit::tree::{Frontier, Nodes as _, TILE_WIDTH, Tile, TileKind, TreeHash, root};

/// The folder of the tree in that of the log.
pub(crate) const FOLDER: &str = "tlog";
/// The state of the log.
pub(crate) const CHECKPOINT: &str = "checkpoint";
/// One kept state a day.
pub(crate) const CHECKPOINTS: &str = "checkpoints";
/// A file that is not renamed yet.
const NEW: &str = ".new";

/// After a failure the disk is left alone for so long, whatever the interval.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(100);

/// What the keeper works with.
#[derive(Debug, Clone)]
pub(crate) struct KeeperSettings {
    /// The folder of the log.
    pub directory: PathBuf,
    /// Who signs.
    pub signer: Arc<Signer>,
    /// Who signed before, and is believed about what was signed then.
    pub previous: Vec<Verifier>,
    /// Between two checkpoints, so long passes at least.
    pub interval: Duration,
}

/// Holds the tree of one log.
#[derive(Debug)]
pub(crate) struct Keeper {
    settings: KeeperSettings,
    shelf: Arc<dyn Shelf>,
    keys: Arc<Keys>,
    clock: Arc<dyn Clock>,
    /// `None` at the start and after a failure: then the files say how far it has come.
    tree: Option<Tree>,
    /// Records up to here were found, not written by this process: they must open under their keys before they are signed.
    found: u64,
    kept_day: Option<Date>,
}

#[derive(Debug)]
struct Tree {
    frontier: Frontier,
    /// The unfinished bundle of leaves.
    bundle: Vec<u8>,
    segment: SegmentName,
    offset: u64,
    /// The size of the last checkpoint.
    signed: Option<u64>,
    /// Which unfinished form of a tile was written last.
    put: HashMap<TileKind, (u64, usize)>,
    /// Files and folders that are not durable yet.
    dirty: BTreeSet<PathBuf>,
    /// Unfinished forms of tiles that are full now.
    outgrown: Vec<PathBuf>,
}

impl Keeper {
    /// The keeper of a log whose records end at `found`; nothing is read yet.
    pub(crate) fn new(
        settings: KeeperSettings,
        shelf: Arc<dyn Shelf>,
        keys: Arc<Keys>,
        clock: Arc<dyn Clock>,
        found: u64,
    ) -> Self {
        Self { settings, shelf, keys, clock, tree: None, found, kept_day: None }
    }

    /// Brings the tree up to `durable` and signs it. Blocks on the disk.
    ///
    /// # Errors
    /// [`Broken`] when the tree, its checkpoint and the records contradict each other; [`Flaw::Unreadable`] for the disk.
    pub(crate) fn reach(&mut self, durable: Position) -> Result<u64, Broken> {
        let mut tree = match self.tree.take() {
            Some(tree) => tree,
            None => self.resume(durable)?,
        };
        self.take_in(&mut tree, durable)?;
        let size = tree.frontier.size();
        if tree.signed != Some(size) {
            self.sign(&mut tree).map_err(|error| Broken::at(FOLDER, None, error))?;
        }
        self.tree = Some(tree);
        Ok(size)
    }

    /// Follows the log until it is closed and all of it is signed.
    pub(in crate::audit) fn work(mut self, progress: &Progress) {
        let mut is_failing = false;
        while let Some(durable) = progress.wait_unsigned() {
            let pause = match self.reach(durable) {
                Ok(size) => {
                    if is_failing {
                        info!(audit.size = size, "the audit's tree follows the log again");
                    }
                    is_failing = false;
                    progress.sign(size);
                    self.settings.interval
                }
                Err(error) => {
                    if !is_failing {
                        warn!(%error, "the audit's tree does not follow the log; records are durable and not signed");
                    }
                    if is_failing && progress.is_closed() {
                        break;
                    }
                    is_failing = true;
                    self.settings.interval.max(PAUSE_AFTER_FAILURE)
                }
            };
            progress.pause(pause);
        }
        progress.give_up();
    }

    fn folder(&self) -> PathBuf {
        self.settings.directory.join(FOLDER)
    }

    /// Reads how far the tree has come, and whether what is there may be gone on with: the checkpoint is signed by a key that
    /// is believed, the tiles have its root, the newest kept checkpoint is the beginning of them, and the records since that
    /// one (and those before it in its segment) are those of the tree. (All of them are what `audit verify` reads.)
    fn resume(&self, durable: Position) -> Result<Tree, Broken> {
        let folder = self.folder();
        let disk = |error: io::Error| Broken::at(FOLDER, None, error);
        self.shelf.make_folder(&folder.join(CHECKPOINTS)).map_err(disk)?;
        self.shelf.remove(&folder.join(CHECKPOINT.to_owned() + NEW)).map_err(disk)?;
        let checkpoint = self.checkpoint(&folder, durable.seq)?;
        let size = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
        if size > durable.seq {
            return Err(Broken::at(named(CHECKPOINT), None, Flaw::RolledBack { seen: size, found: durable.seq }));
        }
        let mut tiles = Tiles::new(&folder, size);
        let frontier = tiles.frontier().map_err(|_| Broken::at(named("tile"), None, Flaw::TileSize))?;
        if checkpoint.as_ref().is_some_and(|checkpoint| checkpoint.root != frontier.root()) {
            return Err(Broken::at(named(CHECKPOINT), None, Flaw::Root));
        }
        let kept = self.compare_kept(&folder, &mut tiles, size)?;
        let bundle = read_bundle(&folder, &frontier)?;
        self.remove_beyond(size, durable.seq).map_err(disk)?;
        // What the checkpoint rests on is there, and is never written again.
        let put = (0_u8..)
            .zip(Frontier::widths(size))
            .map(|(level, width)| (TileKind::Hashes(level), (size >> (8 * (u32::from(level) + 1)), width)));
        let put = put.collect();
        let mut tree = Tree {
            frontier,
            bundle,
            segment: durable.segment,
            offset: 0,
            signed: checkpoint.map(|checkpoint| checkpoint.size),
            put,
            dirty: BTreeSet::new(),
            outgrown: Vec::new(),
        };
        self.find_place(&mut tree, &mut tiles, kept, durable)?;
        Ok(tree)
    }

    fn checkpoint(&self, folder: &Path, durable: u64) -> Result<Option<Checkpoint>, Broken> {
        let broken = |what| Broken::at(named(CHECKPOINT), None, what);
        let bytes = match fs::read(folder.join(CHECKPOINT)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // It is made before the kept ones: without it, they are the trace of one that was removed.
                let mut kept = folder.join(CHECKPOINTS).read_dir().map_err(|error| broken(error.into()))?;
                return match durable {
                    _ if kept.next().is_some() => Err(broken(Flaw::Checkpoint)),
                    // An empty log is signed before its first record: records without one were put there.
                    0 => Ok(None),
                    records => Err(broken(Flaw::TreeMissing(records))),
                };
            }
            read => read.map_err(|error| broken(error.into()))?,
        };
        self.believed(&bytes).map(Some).map_err(broken)
    }

    /// What a note says, when it is a checkpoint of this log, signed by the present key or by an earlier one.
    fn believed(&self, bytes: &[u8]) -> Result<Checkpoint, Flaw> {
        let note = Note::parse(bytes).ok_or(Flaw::Checkpoint)?;
        let checkpoint = Checkpoint::parse(&note).ok_or(Flaw::Checkpoint)?;
        let KeeperSettings { signer, previous, .. } = &self.settings;
        if checkpoint.origin != signer.name() {
            return Err(Flaw::Checkpoint);
        }
        let earlier = previous.iter().filter(|verifier| verifier.name() == checkpoint.origin);
        let is_believed =
            note.is_signed_by(&signer.verifier()) || earlier.into_iter().any(|key| note.is_signed_by(key));
        if is_believed { Ok(checkpoint) } else { Err(Flaw::Signature) }
    }

    /// The size of the newest kept checkpoint, which the tree must begin with; 0 when none is kept yet.
    fn compare_kept(&self, folder: &Path, tiles: &mut Tiles, size: u64) -> Result<u64, Broken> {
        let disk = |error: io::Error| Broken::at(named(CHECKPOINTS), None, error);
        let mut days: Vec<Date> = Vec::new();
        for file in folder.join(CHECKPOINTS).read_dir().map_err(disk)? {
            days.extend(file.map_err(disk)?.file_name().to_str().and_then(|name| name.parse::<Date>().ok()));
        }
        let Some(day) = days.into_iter().max() else { return Ok(0) };
        let name = format!("{CHECKPOINTS}/{day}");
        let broken = |what| Broken::at(named(&name), None, what);
        let bytes = fs::read(folder.join(&name)).map_err(|error| broken(error.into()))?;
        let kept = self.believed(&bytes).map_err(broken)?;
        if kept.size > size {
            return Err(broken(Flaw::RolledBack { seen: kept.size, found: size }));
        }
        let found = root(tiles, kept.size).map_err(|_| Broken::at(named("tile"), None, Flaw::TileSize))?;
        if found == kept.root { Ok(kept.size) } else { Err(broken(Flaw::Root)) }
    }

    /// Removes unfinished tiles of a tree that was never signed: a crash may have torn them, and nothing would write these
    /// widths again. Full tiles beyond are written again.
    fn remove_beyond(&self, size: u64, durable: u64) -> io::Result<()> {
        let folder = self.folder();
        let kinds = (0..8).map(TileKind::Hashes).chain([TileKind::Entries]);
        for kind in kinds {
            let shift = match kind {
                TileKind::Hashes(level) => 8 * u32::from(level),
                TileKind::Entries => 0,
            };
            let (hashes, last) = (size >> shift, (durable >> shift) / TILE_WIDTH as u64);
            for index in hashes / TILE_WIDTH as u64..=last {
                let partials = folder.join(Tile { kind, index, width: TILE_WIDTH }.partials());
                let width = hashes.saturating_sub(index * TILE_WIDTH as u64);
                let files = match partials.read_dir() {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    files => files?,
                };
                for file in files {
                    let file = file?;
                    let known = file.file_name().to_str().and_then(|name| name.parse::<u64>().ok());
                    if known.is_none_or(|found| found > width) {
                        self.shelf.remove(&file.path())?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Finds the place behind the last record of the tree, and compares the records on the way there: those since the `kept`
    /// one, and those before it in its segment.
    fn find_place(&self, tree: &mut Tree, tiles: &mut Tiles, kept: u64, durable: Position) -> Result<(), Broken> {
        let size = tree.frontier.size();
        let names = segments(&self.settings.directory).map_err(|error| Broken::at("", None, error))?;
        let from = size.min(kept + 1).max(1);
        let Some(first) = names.iter().rposition(|name| name.first_seq <= from) else {
            return match names.first() {
                None if size == 0 => Ok(()),
                first => {
                    let found = first.map_or(0, |first| first.first_seq);
                    Err(Broken::at("", None, Flaw::Sequence { wanted: 1, found }))
                }
            };
        };
        let mut seq = names[first].first_seq;
        for &segment in &names[first..] {
            if segment.first_seq != seq {
                return Err(Broken::at(segment, None, Flaw::Sequence { wanted: seq, found: segment.first_seq }));
            }
            let mut reader = self.reader(segment, 0, seq, durable)?;
            while reader.next_seq() <= size {
                seq = reader.next_seq();
                let broken = |what| Broken::at(segment, seq, what);
                let Some(stored) = reader.read_next().map_err(broken)? else { break };
                let known = tiles.node(0, seq - 1).map_err(|_| Broken::at(named("tile/0"), seq, Flaw::TileSize))?;
                if stored.hash() != known {
                    return Err(broken(Flaw::Leaf));
                }
            }
            seq = reader.next_seq();
            if seq > size {
                (tree.segment, tree.offset) = (segment, reader.offset());
                return Ok(());
            }
        }
        Err(Broken::at("", seq, Flaw::RolledBack { seen: size, found: seq.saturating_sub(1) }))
    }

    fn reader(&self, segment: SegmentName, from: u64, seq: u64, durable: Position) -> Result<Reader, Broken> {
        let end = if segment == durable.segment { durable.len } else { u64::MAX };
        let path = segment.path(&self.settings.directory);
        Reader::open(&path, from, end, seq).map_err(|error| Broken::at(segment, None, error))
    }

    /// Adds the records up to `durable` to the tree, and writes each tile that they fill.
    fn take_in(&self, tree: &mut Tree, durable: Position) -> Result<(), Broken> {
        while tree.frontier.size() < durable.seq {
            let segment = tree.segment;
            let mut reader = self.reader(segment, tree.offset, tree.frontier.size() + 1, durable)?;
            while tree.frontier.size() < durable.seq {
                let seq = reader.next_seq();
                let stored = reader.read_next().map_err(|flaw| Broken::at(segment, seq, flaw))?;
                let Some(stored) = stored else { break };
                if seq <= self.found
                    && stored.entry(&self.keys).map_err(|flaw| Broken::at(segment, seq, flaw))?.is_none()
                {
                    return Err(Broken::at(segment, seq, Flaw::Unopened));
                }
                let (leaf, hash) = (*stored.leaf_bytes, stored.hash());
                self.add(tree, &leaf, hash).map_err(|error| Broken::at(FOLDER, None, error))?;
            }
            tree.offset = reader.offset();
            if tree.frontier.size() < durable.seq {
                let wanted = tree.frontier.size() + 1;
                let names = segments(&self.settings.directory).map_err(|error| Broken::at("", None, error))?;
                let next = names.into_iter().find(|name| *name > segment);
                let next = next.filter(|next| next.first_seq == wanted);
                tree.segment = next.ok_or_else(|| Broken::at(segment, wanted, Flaw::Unterminated))?;
                tree.offset = 0;
            }
        }
        Ok(())
    }

    fn add(&self, tree: &mut Tree, leaf: &[u8; Leaf::BYTES], hash: TreeHash) -> io::Result<()> {
        let index = tree.frontier.size() / TILE_WIDTH as u64;
        push_entry(&mut tree.bundle, leaf);
        let mut filled = Vec::new();
        tree.frontier.push(hash, |tile| filled.push(tile));
        if filled.is_empty() {
            return Ok(());
        }
        let bundle = std::mem::take(&mut tree.bundle);
        self.put(tree, Tile { kind: TileKind::Entries, index, width: TILE_WIDTH }, &bundle)?;
        for tile in filled {
            let place = Tile { kind: TileKind::Hashes(tile.level), index: tile.index, width: TILE_WIDTH };
            self.put(tree, place, &bytes_of(&tile.hashes))?;
        }
        Ok(())
    }

    fn put(&self, tree: &mut Tree, tile: Tile, bytes: &[u8]) -> io::Result<()> {
        let folder = self.folder();
        let path = folder.join(tile.path());
        let parent = path.parent().unwrap_or(&folder);
        if !parent.is_dir() {
            self.shelf.make_folder(parent)?;
        }
        self.shelf.put(&path, bytes)?;
        // The names of new files and folders, up to the folder of the tree.
        tree.dirty.extend(parent.ancestors().take_while(|above| above.starts_with(&folder)).map(Path::to_path_buf));
        tree.dirty.insert(path);
        if tile.width == TILE_WIDTH {
            tree.put.remove(&tile.kind);
            tree.outgrown.push(folder.join(tile.partials()));
        } else {
            tree.put.insert(tile.kind, (tile.index, tile.width));
        }
        Ok(())
    }

    /// Makes the tree durable, and then says so.
    fn sign(&mut self, tree: &mut Tree) -> io::Result<()> {
        let size = tree.frontier.size();
        let unfinished: Vec<(TileKind, u64, usize, Vec<u8>)> = (0_u8..)
            .zip(tree.frontier.levels())
            .filter(|(_, hashes)| !hashes.is_empty())
            .map(|(level, hashes)| {
                let index = size >> (8 * (u32::from(level) + 1));
                (TileKind::Hashes(level), index, hashes.len(), bytes_of(hashes))
            })
            .collect();
        for (kind, index, width, bytes) in unfinished {
            if tree.put.get(&kind) != Some(&(index, width)) {
                self.put(tree, Tile { kind, index, width }, &bytes)?;
            }
            if kind == TileKind::Hashes(0) {
                let bundle = tree.bundle.clone();
                self.put(tree, Tile { kind: TileKind::Entries, index, width }, &bundle)?;
            }
        }
        for path in std::mem::take(&mut tree.dirty) {
            self.shelf.sync(&path)?;
        }
        let checkpoint =
            Checkpoint { origin: self.settings.signer.name().to_owned(), size, root: tree.frontier.root() };
        let note = checkpoint.sign(&self.settings.signer);
        let folder = self.folder();
        self.replace(&folder, CHECKPOINT, &note)?;
        tree.signed = Some(size);
        self.keep(&folder.join(CHECKPOINTS), &note)?;
        for partials in tree.outgrown.drain(..) {
            self.shelf.remove(&partials)?;
        }
        Ok(())
    }

    /// Keeps the first checkpoint of a day.
    fn keep(&mut self, folder: &Path, note: &str) -> io::Result<()> {
        let today = danish_day(self.clock.now());
        let name = today.to_string();
        if self.kept_day != Some(today) && !folder.join(&name).exists() {
            self.replace(folder, &name, note)?;
        }
        self.kept_day = Some(today);
        Ok(())
    }

    fn replace(&self, folder: &Path, name: &str, note: &str) -> io::Result<()> {
        // Beside the tree's own folder of kept ones, so that nothing half written ever lies in it.
        let beside = self.folder().join(CHECKPOINT.to_owned() + NEW);
        self.shelf.put(&beside, note.as_bytes())?;
        self.shelf.sync(&beside)?;
        self.shelf.rename(&beside, &folder.join(name))?;
        self.shelf.sync(folder)
    }
}

/// A file of the tree, as it is told.
fn named(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

/// Appends a leaf as bundles hold it.
pub(crate) fn push_entry(bundle: &mut Vec<u8>, leaf: &[u8; Leaf::BYTES]) {
    let length = u16::try_from(Leaf::BYTES).expect("a leaf is short");
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(leaf);
}

/// A tile as it lies on disk.
pub(crate) fn bytes_of(hashes: &[TreeHash]) -> Vec<u8> {
    hashes.iter().flat_map(TreeHash::as_bytes).copied().collect()
}

/// The unfinished bundle, which must hold the leaves of the unfinished tile.
fn read_bundle(folder: &Path, frontier: &Frontier) -> Result<Vec<u8>, Broken> {
    let hashes = frontier.levels().first().map_or(&[][..], Vec::as_slice);
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let index = frontier.size() / TILE_WIDTH as u64;
    let partial = Tile { kind: TileKind::Entries, index, width: hashes.len() };
    let full = Tile { width: TILE_WIDTH, ..partial };
    let broken = |what| Broken::at(named(&partial.path()), None, what);
    let bytes = fs::read(folder.join(partial.path())).or_else(|_| fs::read(folder.join(full.path())));
    let mut bytes = bytes.map_err(|_| broken(Flaw::TileSize))?;
    bytes.truncate(hashes.len() * (2 + Leaf::BYTES));
    let leaves = bytes.chunks(2 + Leaf::BYTES);
    if leaves.len() != hashes.len() {
        return Err(broken(Flaw::TileSize));
    }
    let fits = |(entry, hash): (&[u8], &TreeHash)| entry.len() > 2 && TreeHash::leaf(&entry[2..]) == *hash;
    if leaves.zip(hashes).all(fits) { Ok(bytes) } else { Err(broken(Flaw::Tile)) }
}
