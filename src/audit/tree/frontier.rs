//! The right edge of a growing tree: everything that is needed to add leaves and to tell the root, and nothing more.

use super::{TILE_WIDTH, TreeHash};

/// The unfinished tile of every level. A tree of `n` leaves needs `log₂₅₆ n` of them, each with fewer than 256 hashes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    levels: Vec<Vec<TreeHash>>,
}

/// A tile that a new leaf has filled; it never changes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullTile {
    /// Its level: 0 holds leaves.
    pub level: u8,
    /// Its place in the level, from 0.
    pub index: u64,
    /// Its 256 hashes.
    pub hashes: Vec<TreeHash>,
}

impl Frontier {
    /// The edge of a tree of `size` leaves whose unfinished tiles were read, lowest level first; `None` when they are not
    /// as wide as such a tree has them.
    pub fn of_tiles(size: u64, levels: Vec<Vec<TreeHash>>) -> Option<Self> {
        let widths = Self::widths(size);
        let fits =
            widths.len() == levels.len() && widths.iter().zip(&levels).all(|(width, level)| *width == level.len());
        fits.then_some(Self { size, levels })
    }

    /// How wide the unfinished tile of each level is in a tree of so many leaves, lowest level first.
    #[expect(clippy::missing_panics_doc, reason = "it cannot happen: a remainder below 256 always fits")]
    pub fn widths(size: u64) -> Vec<usize> {
        let mut rest = size;
        let mut widths = Vec::new();
        while rest > 0 {
            widths.push(usize::try_from(rest % TILE_WIDTH as u64).expect("below 256"));
            rest /= TILE_WIDTH as u64;
        }
        widths
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The unfinished tile of each level, lowest first; one that has just been filled is empty.
    pub fn levels(&self) -> &[Vec<TreeHash>] {
        &self.levels
    }

    /// Adds a leaf, and tells each tile that it filled, lowest level first.
    #[expect(clippy::missing_panics_doc, reason = "it cannot happen: a count of 64 bits has eight levels at most")]
    pub fn push(&mut self, leaf: TreeHash, mut filled: impl FnMut(FullTile)) {
        self.size += 1;
        let mut carried = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::with_capacity(TILE_WIDTH));
            }
            let hashes = &mut self.levels[level];
            hashes.push(carried);
            if hashes.len() < TILE_WIDTH {
                return;
            }
            let hashes = std::mem::replace(hashes, Vec::with_capacity(TILE_WIDTH));
            carried = perfect(&hashes);
            let level = u8::try_from(level).expect("a count of 64 bits has eight levels");
            let index = (self.size >> (8 * (u32::from(level) + 1))) - 1;
            filled(FullTile { level, index, hashes });
        }
    }

    /// The root of the tree.
    pub fn root(&self) -> TreeHash {
        // From the right: what is left of it is always the larger, perfect part.
        let mut root: Option<TreeHash> = None;
        for hashes in &self.levels {
            let mut rest = hashes.as_slice();
            while !rest.is_empty() {
                // The parts of a tile are perfect, the smallest at its right end.
                let (before, part) = rest.split_at(rest.len() - (1 << rest.len().trailing_zeros()));
                let part = perfect(part);
                root = Some(root.map_or(part, |right| TreeHash::node(&part, &right)));
                rest = before;
            }
        }
        root.unwrap_or_else(TreeHash::empty)
    }
}

/// The root over 1, 2, 4 … hashes.
pub(super) fn perfect(hashes: &[TreeHash]) -> TreeHash {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level.chunks_exact(2).map(|pair| TreeHash::node(&pair[0], &pair[1])).collect();
    }
    level[0]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::audit::tree::proof::oracle;

    fn leaves(count: u64) -> Vec<TreeHash> {
        (0..count).map(|at| TreeHash::leaf(&at.to_be_bytes())).collect()
    }

    fn grown(leaves: &[TreeHash]) -> (Frontier, Vec<FullTile>) {
        let (mut frontier, mut tiles) = (Frontier::default(), Vec::new());
        for leaf in leaves {
            frontier.push(*leaf, |tile| tiles.push(tile));
        }
        (frontier, tiles)
    }

    #[test]
    fn the_root_is_that_of_the_plain_definition_at_every_size() {
        let all = leaves(1100);
        let mut frontier = Frontier::default();
        assert_eq!(frontier.root(), oracle::mth(&[]));
        for size in 1..=all.len() {
            frontier.push(all[size - 1], |_| {});
            if size < 40 || size % 61 == 0 || size % 256 < 3 {
                assert_eq!(frontier.root(), oracle::mth(&all[..size]), "size {size}");
            }
        }
    }

    #[test]
    fn full_tiles_come_in_order_and_hold_the_roots_of_those_below() {
        let all = leaves(256 * 256 + 300);
        let (frontier, tiles) = grown(&all);
        assert_eq!(tiles.iter().filter(|tile| tile.level == 0).count(), 257);
        let upper: Vec<_> = tiles.iter().filter(|tile| tile.level == 1).collect();
        assert_eq!((upper.len(), upper[0].index), (1, 0));
        assert_eq!(upper[0].hashes[7], oracle::mth(&all[7 * 256..8 * 256]));
        assert_eq!(frontier.levels().iter().map(Vec::len).collect::<Vec<_>>(), Frontier::widths(frontier.size()));
        assert_eq!(Frontier::widths(70_000), [112, 17, 1], "the example of the specification");
    }

    proptest! {
        #[test]
        fn an_edge_that_was_read_goes_on_like_the_one_that_was_held(before in 0_u64..700, more in 0_u64..600) {
            let all = leaves(before + more);
            let (held, _) = grown(&all[..usize::try_from(before).expect("small")]);
            let mut read = Frontier::of_tiles(before, held.levels().to_vec()).expect("as wide as it must be");
            all[usize::try_from(before).expect("small")..].iter().for_each(|leaf| read.push(*leaf, |_| {}));
            prop_assert_eq!(read.root(), oracle::mth(&all));
            prop_assert!(Frontier::of_tiles(before + 1, held.levels().to_vec()).is_none());
        }
    }
}
