//! Batches: many rows, one root in the journal.

use super::{
    content::{self, ContentError},
    payload::{BatchSize, Settlement},
};
use crate::{
    ledger::{
        Entry, EntryKind, FieldCommitment, Salt,
        commitment::{Commitment, Opening, Place, batch_tree},
    },
    values::{ChainId, Digest, EntryId},
};

/// What the rows of a batch are; the number is the field of the commitment in the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Batch {
    /// Subjects that were enrolled.
    Subjects = 1,
    /// Facts that were recorded, or that correct or retract others.
    Facts = 2,
    /// Lines of a settlement.
    Lines = 3,
}

impl Batch {
    /// The batch that entries of a kind commit to; none for other kinds.
    pub const fn of(kind: EntryKind) -> Option<Self> {
        match kind {
            EntryKind::SubjectsEnrolled => Some(Self::Subjects),
            EntryKind::FactsRecorded | EntryKind::FactsCorrected | EntryKind::FactsRetracted => Some(Self::Facts),
            EntryKind::SettlementProposed => Some(Self::Lines),
            _ => None,
        }
    }

    /// The number of rows that an entry says it commits to.
    ///
    /// # Errors
    /// What the payload says instead.
    pub fn size_in(self, entry: &Entry) -> Result<u32, ContentError> {
        match self {
            Self::Lines => content::decode::<Settlement>(&entry.payload).map(|settlement| settlement.count),
            Self::Subjects | Self::Facts => content::decode::<BatchSize>(&entry.payload).map(|size| size.count),
        }
    }

    /// Commits to one row at its place.
    pub fn commit(self, chain: ChainId, entry: EntryId, item: u32, salt: &[u8; 32], content: &[u8]) -> Digest {
        let place = Place { chain, entry, field: self as u16, index: item };
        Commitment::of(&place, Opening { salt: &Salt(*salt), content }).0
    }

    /// The root over the commitments of all rows, in the order of their item, as it stands in the entry.
    pub fn root(self, commitments: &[Digest]) -> FieldCommitment {
        let commitments: Vec<_> = commitments.iter().copied().map(Commitment).collect();
        FieldCommitment { field: self as u16, digest: batch_tree(&commitments).root() }
    }

    /// The root that an entry gives for such a batch.
    pub fn root_in(self, commitments: &[FieldCommitment]) -> Option<Digest> {
        commitments.iter().find(|found| found.field == self as u16).map(|found| found.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::merkle::{leaf_hash, node_hash};

    #[test]
    fn the_root_stands_over_the_leaves_in_order() {
        let (chain, entry) = (ChainId::from_bytes([1; 16]), EntryId::from_bytes([2; 16]));
        let commit = |item, content: &[u8]| Batch::Facts.commit(chain, entry, item, &[3; 32], content);
        let (first, second) = (commit(0, b"a"), commit(1, b"b"));
        let root = Batch::Facts.root(&[first, second]);
        assert_eq!((root.field, root.digest), (2, node_hash(&leaf_hash(&first.0), &leaf_hash(&second.0))));
        assert_ne!(Batch::Facts.root(&[second, first]).digest, root.digest);
        assert_ne!(commit(1, b"a"), first, "an item is committed to at its place");
        assert_eq!(Batch::Facts.root_in(&[Batch::Lines.root(&[]), root]), Some(root.digest));
        assert_eq!(Batch::Subjects.root_in(&[root]), None);
    }
}
