//! Verification of proofs, strictly as in RFC 9162, sections 2.1.3.2 and 2.1.4.2.

use crate::values::Digest;

use super::{empty_root, node_hash};

/// Says why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf lies outside the tree.
    #[error("leaf {index} lies outside a tree of {size} leaves (counted from 0)")]
    OutsideTree {
        /// Index of the leaf.
        index: u64,
        /// Number of leaves.
        size: u64,
    },
    /// The later tree is smaller.
    #[error("a tree of {new_size} leaves cannot continue one of {old_size}: the log lost entries")]
    Shrunk {
        /// Leaves of the earlier tree.
        old_size: u64,
        /// Leaves of the later tree.
        new_size: u64,
    },
    /// Too few or too many nodes for the sizes.
    #[error("the proof has {found} nodes, which is wrong for these tree sizes: it belongs to another tree or was cut")]
    WrongLength {
        /// Number of nodes.
        found: usize,
    },
    /// The nodes lead to another root.
    #[error("the proof leads to root {computed}, not to the expected {expected}: leaf, proof or tree was changed")]
    WrongRoot {
        /// What the proof leads to.
        computed: Digest,
        /// What was expected.
        expected: Digest,
    },
}

/// Verifies that the tree of `size` leaves with this root has `leaf` (a leaf hash) at `index`, counted from 0.
pub fn verify_inclusion(
    root: &Digest,
    size: u64,
    index: u64,
    leaf: &Digest,
    proof: &[Digest],
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutsideTree { index, size });
    }
    let mut climb = Climb { node: index, last: size - 1 };
    let mut computed = *leaf;
    for sibling in proof {
        computed = match climb.step() {
            Some(Side::Left) => node_hash(sibling, &computed),
            Some(Side::Right) => node_hash(&computed, sibling),
            None => return Err(ProofError::WrongLength { found: proof.len() }),
        };
    }
    climb.finish(proof)?;
    same(computed, *root)
}

/// Verifies that the tree of `old_size` leaves is a beginning of the tree of `new_size`.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Digest,
    new_size: u64,
    new_root: &Digest,
    proof: &[Digest],
) -> Result<(), ProofError> {
    let wrong_length = ProofError::WrongLength { found: proof.len() };
    if old_size > new_size {
        return Err(ProofError::Shrunk { old_size, new_size });
    }
    if old_size == new_size || old_size == 0 {
        // RFC 9162 defines proofs between two different trees with leaves; these two need none.
        let known = if old_size == 0 { empty_root() } else { *new_root };
        return if proof.is_empty() { same(*old_root, known) } else { Err(wrong_length) };
    }
    let mut climb = Climb { node: old_size - 1, last: new_size - 1 };
    climb.skip_right_edges();
    // A full old tree is itself the first node; its root is known and not sent.
    let (seed, rest) = match proof.split_first() {
        Some(_) if old_size.is_power_of_two() => (old_root, proof),
        Some((first, rest)) => (first, rest),
        None => return Err(wrong_length),
    };
    let (mut old, mut new) = (*seed, *seed);
    for sibling in rest {
        match climb.step() {
            Some(Side::Left) => (old, new) = (node_hash(sibling, &old), node_hash(sibling, &new)),
            Some(Side::Right) => new = node_hash(&new, sibling),
            None => return Err(wrong_length),
        }
    }
    climb.finish(proof)?;
    same(old, *old_root)?;
    same(new, *new_root)
}

/// Where the sibling stands.
enum Side {
    Left,
    Right,
}

/// Follows a node and the last node of its level towards the root (`fn` and `sn` of the RFC).
struct Climb {
    node: u64,
    last: u64,
}

impl Climb {
    /// Goes up to the next level that has a sibling; none at the root.
    fn step(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.node & 1 == 1 || self.node == self.last {
            // A last node without a right neighbour moves up unchanged until it is a right child.
            while self.node & 1 == 0 && self.node != 0 {
                self.up();
            }
            Side::Left
        } else {
            Side::Right
        };
        self.up();
        Some(side)
    }

    /// Leaves out the levels on which the old tree's last node is a right child.
    fn skip_right_edges(&mut self) {
        while self.node & 1 == 1 {
            self.up();
        }
    }

    fn up(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }

    fn finish(&self, proof: &[Digest]) -> Result<(), ProofError> {
        if self.last == 0 { Ok(()) } else { Err(ProofError::WrongLength { found: proof.len() }) }
    }
}

fn same(computed: Digest, expected: Digest) -> Result<(), ProofError> {
    if computed == expected { Ok(()) } else { Err(ProofError::WrongRoot { computed, expected }) }
}
