//! Merkle trees as in RFC 6962, section 2.1, over SHA-256.
//!
//! Lives here: hashing leaves and nodes, roots of growing trees, making and verifying proofs. Never here: what the leaves
//! mean, where nodes are kept, signatures.
//!
//! - [`frontier`]: the root of a growing tree in O(log n) memory
//! - [`tree`]: a tree in memory that gives roots and proofs
//! - [`tiled`]: a tree kept elsewhere in tiles, read as far as a root or a proof needs
//! - `path`: which subtrees roots and proofs are made of
//! - [`proof`]: verification of inclusion and consistency

pub mod frontier;
mod path;
pub mod proof;
pub mod tiled;
pub mod tree;

use crate::values::Digest;

pub use frontier::Frontier;
pub use proof::{ProofError, verify_consistency, verify_inclusion};
pub use tiled::{NodesMissing, TILE_WIDTH, TileNode, TiledTree};
pub use tree::MerkleTree;

/// Hashes the data of a leaf.
pub fn leaf_hash(data: &[u8]) -> Digest {
    Digest::of(&[&[0], data])
}

/// Hashes two neighbouring subtrees into one.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of(&[&[1], &left.0, &right.0])
}

/// Leaves below which a second core costs more than it helps.
const ALONE: usize = 1 << 12;

/// The root over leaves that are all there, computed on all cores (RFC 6962, 2.1).
pub fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        leaves => {
            // The greatest power of two below the number.
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            let both = || (root(left), root(right));
            let (left, right) = if leaves.len() > ALONE { rayon::join(|| root(left), || root(right)) } else { both() };
            node_hash(&left, &right)
        }
    }
}

/// The root of the tree without leaves.
pub fn empty_root() -> Digest {
    Digest::of(&[])
}

#[cfg(test)]
mod tests;
