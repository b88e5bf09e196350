//! A tree kept elsewhere in tiles of 256: leaves, and the roots of full subtrees of 256, 256², … leaves.

use std::{collections::BTreeMap, ops::Range};

use crate::values::Digest;

use super::{Frontier, MerkleTree, path};

/// Nodes of a tile that is full.
pub const TILE_WIDTH: u64 = 256;
/// Levels of a binary tree that one level of tiles spans.
const TILE_HEIGHT: u32 = 8;

/// Names a node: the root over the leaves `index · 256^level` to `(index + 1) · 256^level − 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileNode {
    /// Its level; leaves are level 0.
    pub level: u8,
    /// Its place in the level, from 0.
    pub index: u64,
    /// The root over its leaves.
    pub hash: Digest,
}

/// Says that what is kept has fewer nodes than a tree of that size has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "of nodes {} to {} of level {level} of the log's tree, {found} are stored: rows are missing",
    range.start,
    range.end
)]
pub struct NodesMissing {
    /// The level.
    pub level: u8,
    /// The nodes that were asked for.
    pub range: Range<u64>,
    /// How many there are.
    pub found: usize,
}

/// The first `size` leaves of a tree whose nodes are read when they are needed: for a root or a proof, at most two tiles of
/// each level. `read` gives the hashes of a range of nodes of a level.
pub struct TiledTree<F> {
    size: u64,
    read: F,
    tiles: BTreeMap<(u8, u64), Vec<Digest>>,
}

impl<F, E> TiledTree<F>
where
    F: FnMut(u8, Range<u64>) -> Result<Vec<Digest>, E>,
    E: From<NodesMissing>,
{
    /// A tree of that size.
    pub const fn new(size: u64, read: F) -> Self {
        Self { size, read, tiles: BTreeMap::new() }
    }

    /// The root over all leaves.
    ///
    /// # Errors
    /// What `read` answers, or nodes that are missing.
    pub fn root(&mut self) -> Result<Digest, E> {
        self.root_of(0..self.size)
    }

    /// The right edge, to append to.
    ///
    /// # Errors
    /// As for [`Self::root`].
    pub fn frontier(&mut self) -> Result<Frontier, E> {
        let mut from = 0;
        let mut subtrees = Vec::new();
        while from < self.size {
            let to = from + (1 << (self.size - from).ilog2());
            subtrees.push(self.root_of(from..to)?);
            from = to;
        }
        // One subtree for each 1 bit of the size.
        Ok(Frontier::resume(self.size, subtrees).unwrap_or_default())
    }

    /// Proves the leaf at `index`, counted from 0: nodes from the leaf upwards. None beyond the last.
    ///
    /// # Errors
    /// As for [`Self::root`].
    pub fn inclusion_proof(&mut self, index: u64) -> Result<Option<Vec<Digest>>, E> {
        self.roots_of(path::inclusion(self.size, index))
    }

    /// Proves that the first `old_size` leaves are a beginning of this tree; none when there are fewer leaves.
    ///
    /// # Errors
    /// As for [`Self::root`].
    pub fn consistency_proof(&mut self, old_size: u64) -> Result<Option<Vec<Digest>>, E> {
        self.roots_of(path::consistency(self.size, old_size))
    }

    /// The nodes that become full when these leaves are appended, level by level; leaves are not among them. Stores nothing.
    ///
    /// # Errors
    /// As for [`Self::root`].
    pub fn completed_by(&mut self, leaves: &[Digest]) -> Result<Vec<TileNode>, E> {
        let mut completed = Vec::new();
        let mut fresh = leaves.to_vec();
        for level in 0..u8::MAX {
            let tile = self.width(level) / TILE_WIDTH;
            let mut row = self.tile(level, tile)?.to_vec();
            row.append(&mut fresh);
            let full = row.chunks_exact(TILE_WIDTH as usize);
            fresh = full.map(|nodes| MerkleTree::new(nodes.to_vec()).root()).collect();
            if fresh.is_empty() {
                break;
            }
            completed.extend((tile..).zip(&fresh).map(|(index, hash)| TileNode {
                level: level + 1,
                index,
                hash: *hash,
            }));
        }
        Ok(completed)
    }

    fn roots_of(&mut self, ranges: Option<Vec<Range<u64>>>) -> Result<Option<Vec<Digest>>, E> {
        ranges.map(|ranges| ranges.into_iter().map(|range| self.root_of(range)).collect()).transpose()
    }

    fn root_of(&mut self, range: Range<u64>) -> Result<Digest, E> {
        path::root_of(range, &mut |height, index| {
            // Eight times a level is at most 63.
            let (level, within) = ((height / TILE_HEIGHT) as u8, height % TILE_HEIGHT);
            let first = index << within;
            let from = (first % TILE_WIDTH) as usize;
            let nodes = &self.tile(level, first / TILE_WIDTH)?[from..from + (1 << within)];
            Ok(MerkleTree::new(nodes.to_vec()).root())
        })
    }

    /// Full nodes of a level.
    fn width(&self, level: u8) -> u64 {
        self.size.checked_shr(u32::from(level) * TILE_HEIGHT).unwrap_or(0)
    }

    /// The nodes of a tile, as far as the tree goes.
    fn tile(&mut self, level: u8, tile: u64) -> Result<&[Digest], E> {
        let first = tile * TILE_WIDTH;
        let range = first..self.width(level).min(first + TILE_WIDTH);
        let kept = self.tiles.entry((level, tile));
        match kept {
            std::collections::btree_map::Entry::Occupied(tile) => Ok(tile.into_mut()),
            std::collections::btree_map::Entry::Vacant(place) => {
                let nodes = if range.is_empty() { Vec::new() } else { (self.read)(level, range.clone())? };
                if nodes.len() as u64 != range.end - range.start {
                    return Err(NodesMissing { level, range, found: nodes.len() }.into());
                }
                Ok(place.insert(nodes))
            }
        }
    }
}
