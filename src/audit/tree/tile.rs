//! How C2SP tlog-tiles cuts the tree into files, and what it calls them.

use std::fmt::Write as _;

/// Hashes in a full tile; a tile stands for eight levels of the tree.
pub const TILE_WIDTH: usize = 256;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TileKind {
    /// Hashes of this level: 0 are leaves, a hash of level 1 stands for 256 of them, and so on.
    Hashes(u8),
    /// The leaves themselves, each after its length (two bytes, big-endian).
    Entries,
}

/// One file of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// What it holds.
    pub kind: TileKind,
    /// Its place in the level, from 0.
    pub index: u64,
    /// How many of the 256 places are filled; only the last tile of a level may have fewer.
    pub width: usize,
}

impl Tile {
    /// Its path under the log's folder: `tile/0/x001/x234/067`, or `tile/entries/001.p/17` when it is not full.
    pub fn path(&self) -> String {
        let mut path = self.stem();
        if self.width < TILE_WIDTH {
            write!(path, ".p/{}", self.width).expect("writing to memory does not fail");
        }
        path
    }

    /// The folder in which this tile's unfinished forms lie.
    pub fn partials(&self) -> String {
        self.stem() + ".p"
    }

    /// The path of the full tile.
    fn stem(&self) -> String {
        let mut path = match self.kind {
            TileKind::Hashes(level) => format!("tile/{level}"),
            TileKind::Entries => "tile/entries".to_owned(),
        };
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (at, group) in groups.iter().enumerate().rev() {
            let mark = if at > 0 { "x" } else { "" };
            write!(path, "/{mark}{group:03}").expect("writing to memory does not fail");
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paths_are_those_of_the_specification() {
        let tile = |kind, index, width| Tile { kind, index, width }.path();
        assert_eq!(tile(TileKind::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(tile(TileKind::Hashes(2), 0, 1), "tile/2/000.p/1");
        assert_eq!(tile(TileKind::Entries, 273, 112), "tile/entries/273.p/112");
        assert_eq!(tile(TileKind::Entries, 1000, 256), "tile/entries/x001/000");
        assert_eq!(Tile { kind: TileKind::Entries, index: 7, width: 3 }.partials(), "tile/entries/007.p");
    }
}
