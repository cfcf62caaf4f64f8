//! Proofs, computed as RFC 9162 defines them (sections 2.1.3 and 2.1.4), for any size up to that of the tree.

use super::TreeHash;

/// Whatever knows the roots of perfect subtrees, such as tiles on disk.
pub trait Nodes {
    /// What goes wrong when one is asked for.
    type Error;

    /// The root over the `2^height` leaves from `index × 2^height` on.
    ///
    /// # Errors
    /// When it cannot be told.
    fn node(&mut self, height: u32, index: u64) -> Result<TreeHash, Self::Error>;
}

/// The root of the first `size` leaves.
///
/// # Errors
/// Those of `nodes`.
pub fn root<N: Nodes>(nodes: &mut N, size: u64) -> Result<TreeHash, N::Error> {
    if size == 0 { Ok(TreeHash::empty()) } else { range(nodes, 0, size) }
}

/// That the leaf `index` (from 0) is in the tree of the first `size` leaves: what it must be hashed with, from below.
/// Empty for a leaf that is not in it.
///
/// # Errors
/// Those of `nodes`.
pub fn inclusion<N: Nodes>(nodes: &mut N, index: u64, size: u64) -> Result<Vec<TreeHash>, N::Error> {
    let mut path = Vec::new();
    if index < size {
        climb(nodes, index, 0, size, &mut path)?;
    }
    Ok(path)
}

fn climb<N: Nodes>(nodes: &mut N, index: u64, from: u64, to: u64, path: &mut Vec<TreeHash>) -> Result<(), N::Error> {
    if to - from == 1 {
        return Ok(());
    }
    let middle = from + split(to - from);
    let beside = if index < middle {
        climb(nodes, index, from, middle, path)?;
        range(nodes, middle, to)?
    } else {
        climb(nodes, index, middle, to, path)?;
        range(nodes, from, middle)?
    };
    path.push(beside);
    Ok(())
}

/// That the tree of `size` leaves begins with that of the first `earlier`. Empty when they are the same, or `earlier` is none.
///
/// # Errors
/// Those of `nodes`.
pub fn consistency<N: Nodes>(nodes: &mut N, earlier: u64, size: u64) -> Result<Vec<TreeHash>, N::Error> {
    let mut proof = Vec::new();
    if 0 < earlier && earlier < size {
        subproof(nodes, earlier, 0, size, true, &mut proof)?;
    }
    Ok(proof)
}

fn subproof<N: Nodes>(
    nodes: &mut N,
    earlier: u64,
    from: u64,
    to: u64,
    is_known: bool,
    proof: &mut Vec<TreeHash>,
) -> Result<(), N::Error> {
    if earlier == to {
        if !is_known {
            proof.push(range(nodes, from, to)?);
        }
        return Ok(());
    }
    let middle = from + split(to - from);
    let beside = if earlier <= middle {
        subproof(nodes, earlier, from, middle, is_known, proof)?;
        range(nodes, middle, to)?
    } else {
        subproof(nodes, earlier, middle, to, false, proof)?;
        range(nodes, from, middle)?
    };
    proof.push(beside);
    Ok(())
}

/// The root over the leaves `from..to`, which begin where a subtree of that size may begin.
fn range<N: Nodes>(nodes: &mut N, from: u64, to: u64) -> Result<TreeHash, N::Error> {
    let count = to - from;
    if count.is_power_of_two() {
        return nodes.node(count.trailing_zeros(), from >> count.trailing_zeros());
    }
    let middle = from + split(count);
    let (left, right) = (range(nodes, from, middle)?, range(nodes, middle, to)?);
    Ok(TreeHash::node(&left, &right))
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (u64::BITS - 1 - (count - 1).leading_zeros())
}

/// The definitions of RFC 6962, word by word: what everything else is compared with.
#[cfg(test)]
pub(super) mod oracle {
    use super::*;

    pub(crate) fn mth(leaves: &[TreeHash]) -> TreeHash {
        match leaves.len() {
            0 => TreeHash::empty(),
            1 => leaves[0],
            count => {
                let (left, right) = leaves.split_at(count.next_power_of_two() / 2);
                TreeHash::node(&mth(left), &mth(right))
            }
        }
    }

    #[derive(Debug)]
    pub(crate) struct Plain(pub(crate) Vec<TreeHash>);

    impl Nodes for Plain {
        type Error = std::convert::Infallible;

        fn node(&mut self, height: u32, index: u64) -> Result<TreeHash, Self::Error> {
            let (width, from) = (1_usize << height, usize::try_from(index << height).expect("small"));
            Ok(mth(&self.0[from..from + width]))
        }
    }
}
