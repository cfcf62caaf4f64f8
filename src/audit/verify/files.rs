//! The files of the tree: each that must be there is, says what the records say, and no other lies among them.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Broken, Flaw};
use crate::audit::leaf::Leaf;
use crate::audit::tlog::FOLDER;
use crate::audit::tree::{TILE_WIDTH, Tile, TileKind, TreeHash};

/// What lies under `tile/`, less and less the more of it was checked.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    unchecked: HashSet<String>,
    /// Unfinished forms of a tile, by the name of their folder.
    partials: HashMap<String, Vec<usize>>,
    at_work: bool,
}

impl Files {
    pub(super) fn list(directory: &Path, at_work: bool) -> Result<Self, Broken> {
        let folder = directory.join(FOLDER);
        let mut files = Self { folder, unchecked: HashSet::new(), partials: HashMap::new(), at_work };
        files.list_folder("tile").map_err(|error| Broken::at(FOLDER, None, error))?;
        Ok(files)
    }

    fn list_folder(&mut self, path: &str) -> io::Result<()> {
        let found = match self.folder.join(path).read_dir() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            found => found?,
        };
        for file in found {
            let file = file?;
            let name = file.file_name();
            let name = name.to_string_lossy();
            let inner = format!("{path}/{name}");
            if file.file_type()?.is_dir() {
                self.list_folder(&inner)?;
                continue;
            }
            // Only the spelling that the tree itself would use is a width.
            if let Some(width) = name.parse().ok().filter(|width: &usize| {
                Path::new(path).extension().is_some_and(|kind| kind == "p") && width.to_string() == name
            }) {
                self.partials.entry(path.to_owned()).or_default().push(width);
            }
            self.unchecked.insert(inner);
        }
        Ok(())
    }

    /// A tile of which the records fill `hashes.len()` places: its file, and every unfinished form of it.
    pub(super) fn check_hashes(&mut self, level: u8, index: u64, hashes: &[TreeHash]) -> Result<(), Broken> {
        let bytes: Vec<u8> = hashes.iter().flat_map(TreeHash::as_bytes).copied().collect();
        self.check(Tile { kind: TileKind::Hashes(level), index, width: hashes.len() }, &bytes, TreeHash::BYTES)
    }

    /// The same for a bundle of leaves.
    pub(super) fn check_entries(&mut self, index: u64, bundle: &[u8]) -> Result<(), Broken> {
        let each = 2 + Leaf::BYTES;
        self.check(Tile { kind: TileKind::Entries, index, width: bundle.len() / each }, bundle, each)
    }

    fn check(&mut self, tile: Tile, bytes: &[u8], each: usize) -> Result<(), Broken> {
        let path = tile.path();
        let is_there = self.unchecked.remove(&path);
        // At work, an unfinished tile may have been outgrown since the checkpoint was read.
        if is_there || tile.width == TILE_WIDTH || !self.at_work {
            self.compare(&path, bytes)?;
        }
        let partials = tile.partials();
        for width in self.partials.remove(&partials).unwrap_or_default() {
            let path = format!("{partials}/{width}");
            if width < TILE_WIDTH && width * each <= bytes.len() && self.unchecked.remove(&path) {
                self.compare(&path, &bytes[..width * each])?;
            }
        }
        Ok(())
    }

    fn compare(&self, path: &str, wanted: &[u8]) -> Result<(), Broken> {
        let broken = |what| Broken::at(format!("{FOLDER}/{path}"), None, what);
        match fs::read(self.folder.join(path)) {
            Ok(found) if found == wanted => Ok(()),
            Ok(found) if found.len() == wanted.len() => Err(broken(Flaw::Tile)),
            // A service at work may have removed it since the list was made.
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.at_work && path.contains(".p/") => Ok(()),
            Ok(_) => Err(broken(Flaw::TileSize)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(broken(Flaw::TileSize)),
            Err(error) => Err(broken(error.into())),
        }
    }

    /// Nothing is left that nobody asked for.
    pub(super) fn finish(self) -> Result<(), Broken> {
        match self.unchecked.iter().min() {
            // At work, the tree may already be larger than the checkpoint that was read.
            Some(stray) if !self.at_work => Err(Broken::at(format!("{FOLDER}/{stray}"), None, Flaw::Stray)),
            _ => Ok(()),
        }
    }
}
