//! The tree read from its files, for proofs of any size up to the checkpoint's. It never writes.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::audit::tree::{Frontier, Nodes, TILE_WIDTH, Tile, TileKind, TreeHash};

/// Tiles held in memory at once, some 8 KiB each.
const HELD_MAX: usize = 256;

/// The files of a tree of one size.
#[derive(Debug)]
pub struct Tiles {
    folder: PathBuf,
    size: u64,
    held: HashMap<(u8, u64), Vec<TreeHash>>,
}

impl Tiles {
    /// The tree of `size` leaves in the folder `tlog` of a log.
    pub fn new(folder: impl Into<PathBuf>, size: u64) -> Self {
        Self { folder: folder.into(), size, held: HashMap::new() }
    }

    /// The hashes of one tile, as wide as a tree of this size has it.
    ///
    /// # Errors
    /// `InvalidData` when the file has another size; otherwise the disk's.
    pub(crate) fn tile(&mut self, level: u8, index: u64) -> io::Result<&[TreeHash]> {
        if self.held.len() >= HELD_MAX && !self.held.contains_key(&(level, index)) {
            self.held.clear();
        }
        match self.held.entry((level, index)) {
            std::collections::hash_map::Entry::Occupied(held) => Ok(held.into_mut()),
            std::collections::hash_map::Entry::Vacant(place) => {
                Ok(place.insert(read(&self.folder, self.size, level, index)?))
            }
        }
    }

    /// The edge of the tree, to go on from.
    ///
    /// # Errors
    /// As [`Nodes::node`].
    pub(crate) fn frontier(&mut self) -> io::Result<Frontier> {
        let mut levels = Vec::new();
        for (level, width) in Frontier::widths(self.size).into_iter().enumerate() {
            let level = u8::try_from(level).map_err(|_| io::ErrorKind::InvalidData)?;
            let index = self.size >> (8 * (u32::from(level) + 1));
            levels.push(if width == 0 { Vec::new() } else { self.tile(level, index)?.to_vec() });
        }
        Frontier::of_tiles(self.size, levels).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

impl Nodes for Tiles {
    type Error = io::Error;

    fn node(&mut self, height: u32, index: u64) -> io::Result<TreeHash> {
        let level = u8::try_from(height / 8).map_err(|_| io::ErrorKind::InvalidInput)?;
        let width = 1_usize << (height % 8);
        let from = index << (height % 8);
        let tile = self.tile(level, from / TILE_WIDTH as u64)?;
        let from = usize::try_from(from % TILE_WIDTH as u64).map_err(|_| io::ErrorKind::InvalidInput)?;
        let mut hashes = tile.get(from..from + width).ok_or(io::ErrorKind::InvalidData)?.to_vec();
        while hashes.len() > 1 {
            hashes = hashes.chunks_exact(2).map(|pair| TreeHash::node(&pair[0], &pair[1])).collect();
        }
        Ok(hashes[0])
    }
}

fn read(folder: &Path, size: u64, level: u8, index: u64) -> io::Result<Vec<TreeHash>> {
    let hashes = size >> (8 * u32::from(level));
    let width = hashes.saturating_sub(index * TILE_WIDTH as u64).min(TILE_WIDTH as u64);
    let width = usize::try_from(width).map_err(|_| io::ErrorKind::InvalidInput)?;
    let tile = Tile { kind: TileKind::Hashes(level), index, width };
    let full = Tile { width: TILE_WIDTH, ..tile };
    // An unfinished tile may be gone once its full form is there.
    let (bytes, wanted) = match fs::read(folder.join(tile.path())) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && width > 0 => {
            (fs::read(folder.join(full.path()))?, TILE_WIDTH)
        }
        bytes => (bytes?, width),
    };
    if width == 0 || bytes.len() != wanted * TreeHash::BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let hashes = bytes.chunks_exact(TreeHash::BYTES).take(width);
    Ok(hashes.map(|hash| TreeHash::from_bytes(hash.try_into().expect("chunks of 32 bytes"))).collect())
}
