//! A tree in memory: every full subtree is kept, so that a proof needs few hashes.

use std::{convert::Infallible, ops::Range};

use crate::values::Digest;

use super::{node_hash, path};

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
        self.root_of(0..self.size() as u64)
    }

    /// The root over the first `size` leaves; none when there are fewer.
    pub fn root_at(&self, size: usize) -> Option<Digest> {
        (size <= self.size()).then(|| self.root_of(0..size as u64))
    }

    /// Proves the leaf at `index`, counted from 0: nodes from the leaf upwards (RFC 6962, 2.1.1). None beyond the last.
    pub fn inclusion_proof(&self, index: usize) -> Option<Vec<Digest>> {
        path::inclusion(self.size() as u64, index as u64).map(|path| self.roots_of(path))
    }

    /// Proves that the tree of the first `old_size` leaves is a beginning of this one (RFC 6962, 2.1.2).
    ///
    /// Empty for size 0 and for the whole tree; none when there are fewer leaves.
    pub fn consistency_proof(&self, old_size: usize) -> Option<Vec<Digest>> {
        path::consistency(self.size() as u64, old_size as u64).map(|path| self.roots_of(path))
    }

    fn roots_of(&self, ranges: Vec<Range<u64>>) -> Vec<Digest> {
        ranges.into_iter().map(|range| self.root_of(range)).collect()
    }

    fn root_of(&self, range: Range<u64>) -> Digest {
        // Indexes came from lengths in memory.
        let full = &mut |height: u32, index: u64| Ok::<_, Infallible>(self.levels[height as usize][index as usize]);
        let Ok(root) = path::root_of(range, full);
        root
    }
}
