//! What an outsider does with a proof: hash upwards and compare (RFC 9162, sections 2.1.3.2 and 2.1.4.2).

use super::TreeHash;

/// Whether `proof` shows that `leaf` is number `index` (from 0) of the `size` leaves under `root`.
pub fn verify_inclusion(leaf: TreeHash, index: u64, size: u64, proof: &[TreeHash], root: TreeHash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, leaf);
    for beside in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = TreeHash::node(beside, &hash);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            hash = TreeHash::node(&hash, beside);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    last == 0 && hash == root
}

/// Whether `proof` shows that the tree of `size` leaves under `root` begins with the `earlier` leaves under `earlier_root`.
pub fn verify_consistency(earlier: u64, size: u64, proof: &[TreeHash], earlier_root: TreeHash, root: TreeHash) -> bool {
    if earlier > size {
        return false;
    }
    if earlier == size {
        return proof.is_empty() && earlier_root == root;
    }
    if earlier == 0 {
        return proof.is_empty() && earlier_root == TreeHash::empty();
    }
    // A perfect earlier tree is its own first node; RFC 9162 leaves it out of the proof.
    let mut nodes = earlier.is_power_of_two().then_some(&earlier_root).into_iter().chain(proof);
    let Some(first) = nodes.next() else { return false };
    let (mut place, mut last) = (earlier - 1, size - 1);
    while place & 1 == 1 {
        (place, last) = (place >> 1, last >> 1);
    }
    let (mut before, mut now) = (*first, *first);
    for node in nodes {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            before = TreeHash::node(node, &before);
            now = TreeHash::node(node, &now);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            now = TreeHash::node(&now, node);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    last == 0 && before == earlier_root && now == root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;
    use crate::audit::hex;
    use crate::audit::tree::proof::oracle::{Plain, mth};
    use crate::audit::tree::{consistency, inclusion, root};

    /// The eight leaves that the test vectors of Certificate Transparency use, in hexadecimal.
    const LEAVES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    fn known() -> Vec<TreeHash> {
        let bytes = |text: &str| -> Vec<u8> {
            text.as_bytes().chunks(2).map(|pair| hex::decode::<1>(pair).expect("hexadecimal")[0]).collect()
        };
        LEAVES.iter().map(|leaf| TreeHash::leaf(&bytes(leaf))).collect()
    }

    fn hash(text: &str) -> TreeHash {
        TreeHash::from_bytes(hex::decode(text.as_bytes()).expect("32 bytes"))
    }

    #[test]
    fn the_roots_are_those_of_the_known_vectors() {
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let leaves = known();
        for (size, wanted) in roots.iter().enumerate() {
            assert_eq!(mth(&leaves[..size]).to_string(), *wanted, "size {size}");
            assert_eq!(root(&mut Plain(leaves.clone()), size as u64), Ok(hash(wanted)));
        }
    }

    #[test]
    fn the_proofs_are_those_of_the_known_vectors() {
        let mut nodes = Plain(known());
        let path = inclusion(&mut nodes, 5, 8).expect("infallible");
        let wanted = [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ];
        assert_eq!(path, wanted.map(hash));
        let proof = consistency(&mut nodes, 6, 8).expect("infallible");
        let wanted = [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ];
        assert_eq!(proof, wanted.map(hash));
    }

    fn leaves(count: u64) -> Vec<TreeHash> {
        (0..count).map(|at| TreeHash::leaf(&at.to_be_bytes())).collect()
    }

    proptest! {
        #[test]
        fn every_leaf_of_every_size_is_proved_and_nothing_else_is(size in 1_u64..400, at: Index, other: Index, bit in 0_u8..8) {
            let all = leaves(size);
            let index = at.index(all.len()) as u64;
            let leaf = all[at.index(all.len())];
            let root = mth(&all);
            let mut proof = inclusion(&mut Plain(all), index, size).expect("infallible");
            prop_assert!(verify_inclusion(leaf, index, size, &proof, root));
            prop_assert!(!verify_inclusion(leaf, index, size + 1, &proof, mth(&leaves(size + 1))));
            let elsewhere = other.index(usize::try_from(size).expect("small")) as u64;
            prop_assert_eq!(verify_inclusion(leaf, elsewhere, size, &proof, root), elsewhere == index);
            prop_assert!(!verify_inclusion(TreeHash::leaf(b"another"), index, size, &proof, root));
            if !proof.is_empty() {
                let at = other.index(proof.len());
                let mut bytes = *proof[at].as_bytes();
                bytes[at % 32] ^= 1 << bit;
                proof[at] = TreeHash::from_bytes(bytes);
                prop_assert!(!verify_inclusion(leaf, index, size, &proof, root));
            }
        }

        #[test]
        fn every_prefix_is_proved_and_no_other_history_is(size in 1_u64..400, at: Index, other: Index) {
            let all = leaves(size);
            let earlier = at.index(all.len() + 1) as u64;
            let earlier_root = mth(&all[..at.index(all.len() + 1)]);
            let root = mth(&all);
            let proof = consistency(&mut Plain(all.clone()), earlier, size).expect("infallible");
            prop_assert!(verify_consistency(earlier, size, &proof, earlier_root, root));
            let mut rewritten = all;
            let changed = other.index(rewritten.len());
            rewritten[changed] = TreeHash::leaf(b"rewritten");
            let forged = consistency(&mut Plain(rewritten.clone()), earlier, size).expect("infallible");
            let touches = (changed as u64) < earlier;
            prop_assert_eq!(verify_consistency(earlier, size, &forged, earlier_root, mth(&rewritten)), !touches);
        }
    }
}
