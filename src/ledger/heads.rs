//! The heads of all chains in one digest, so that "these are all the chains there were" can be proven.

use crate::values::{ChainId, Digest};

use super::merkle::{MerkleTree, leaf_hash};

/// The field under which a `heads.recorded` entry carries the root.
pub const HEADS_FIELD: u16 = 4;

/// How far a chain goes in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoggedHead {
    /// The chain.
    pub chain: ChainId,
    /// The position of its last entry in the log.
    pub seq: u64,
    /// The chain hash of that entry.
    pub hash: Digest,
}

impl LoggedHead {
    /// The leaf that stands for it: 16 bytes of the chain, 8 of the position, 32 of the hash.
    pub fn leaf(&self) -> Digest {
        let mut data = [0; 56];
        data[..16].copy_from_slice(self.chain.as_bytes());
        data[16..24].copy_from_slice(&self.seq.to_be_bytes());
        data[24..].copy_from_slice(&self.hash.0);
        leaf_hash(&data)
    }
}

/// The root over the heads, which stand in the order of their chains' bytes.
pub fn heads_root(heads: impl IntoIterator<Item = LoggedHead>) -> Digest {
    MerkleTree::new(heads.into_iter().map(|head| head.leaf()).collect()).root()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Python: hashlib over b"\0" + bytes([c]) * 16 + seq.to_bytes(8, "big") + bytes([h]) * 32, then over b"\1" + both.
    #[test]
    fn two_heads_give_the_root_computed_elsewhere() {
        let head = |chain: u8, seq, hash| LoggedHead {
            chain: ChainId::from_bytes([chain; 16]),
            seq,
            hash: Digest([hash; 32]),
        };
        let root = heads_root([head(1, 7, 0xaa), head(2, 1, 0xbb)]);
        assert_eq!(root.to_string(), "b23fb9170cbca0eaa9fe4e6aef19bd2c2ac88362a9444e3e33fdf183668efab8");
        assert_ne!(heads_root([head(1, 8, 0xaa), head(2, 1, 0xbb)]), root);
        assert_eq!(heads_root([]), super::super::merkle::empty_root());
    }
}
