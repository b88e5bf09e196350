//! A tree in memory: every full subtree is kept, so that a proof needs few hashes.

use std::ops::Range;

use crate::values::Digest;

use super::{empty_root, node_hash};

/// Holds all full subtrees of a tree: two digests for each leaf.
#[derive(Clone, Debug)]
pub struct MerkleTree {
    /// `levels[h][i]` is the root over the leaves from `i · 2^h` on, `2^h` of them.
    levels: Vec<Vec<Digest>>,
}

impl MerkleTree {
    /// Makes the tree over the hashes of the leaves.
    pub fn new(leaves: Vec<Digest>) -> Self {
        let mut levels = vec![leaves];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let above = level.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
            levels.push(above);
        }
        Self { levels }
    }

    /// Number of leaves.
    pub fn size(&self) -> usize {
        self.levels.first().map_or(0, Vec::len)
    }

    /// The root over all leaves.
    pub fn root(&self) -> Digest {
        self.root_of(0..self.size())
    }

    /// The root over the first `size` leaves; none when there are fewer.
    pub fn root_at(&self, size: usize) -> Option<Digest> {
        (size <= self.size()).then(|| self.root_of(0..size))
    }

    /// Proves the leaf at `index`, counted from 0: nodes from the leaf upwards (RFC 6962, 2.1.1). None beyond the last.
    pub fn inclusion_proof(&self, index: usize) -> Option<Vec<Digest>> {
        let mut range = 0..self.size();
        let mut path = Vec::new();
        if index >= range.end {
            return None;
        }
        while range.len() > 1 {
            let middle = split(&range);
            let (inside, outside) = halves(&range, middle, index < middle);
            path.push(self.root_of(outside));
            range = inside;
        }
        path.reverse();
        Some(path)
    }

    /// Proves that the tree of the first `old_size` leaves is a beginning of this one (RFC 6962, 2.1.2).
    ///
    /// Empty for size 0 and for the whole tree; none when there are fewer leaves.
    pub fn consistency_proof(&self, old_size: usize) -> Option<Vec<Digest>> {
        let mut range = 0..self.size();
        let mut path = Vec::new();
        if old_size > range.end {
            return None;
        }
        if old_size == 0 {
            return Some(path);
        }
        while range.end != old_size {
            let middle = split(&range);
            let (inside, outside) = halves(&range, middle, old_size <= middle);
            path.push(self.root_of(outside));
            range = inside;
        }
        // A verifier knows the old root already when the old tree is one full subtree from the first leaf.
        if range.start > 0 {
            path.push(self.root_of(range));
        }
        path.reverse();
        Some(path)
    }

    /// The root over a range that a tree has as a subtree: from a multiple of its width rounded up to a power of two.
    fn root_of(&self, range: Range<usize>) -> Digest {
        let height = range.len().trailing_zeros() as usize;
        match range.len() {
            0 => empty_root(),
            length if length.is_power_of_two() => self.levels[height][range.start >> height],
            _ => {
                let middle = split(&range);
                node_hash(&self.root_of(range.start..middle), &self.root_of(middle..range.end))
            }
        }
    }
}

/// Where a subtree of at least two leaves splits: after the greatest power of two below its length.
fn split(range: &Range<usize>) -> usize {
    range.start + (1 << (range.len() - 1).ilog2())
}

/// The half to go on in and the other one.
fn halves(range: &Range<usize>, middle: usize, left: bool) -> (Range<usize>, Range<usize>) {
    let (first, second) = (range.start..middle, middle..range.end);
    if left { (first, second) } else { (second, first) }
}
