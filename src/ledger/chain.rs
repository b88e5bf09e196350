//! Chains: each entry holds the hash of the one before.

use crate::values::{ChainId, Day, Digest, EntryId};

use super::{
    commitment::Request,
    entry::{EncodeError, Entry, FieldCommitment},
    kind::EntryKind,
    merkle::leaf_hash,
    posting::Postings,
};

/// Separates chain hashes from every other hash of the product.
pub const CHAIN_TAG: &[u8] = b"outcome-ledger/chain/v1\0";

/// Hashes a leaf onto the chain hash before it.
pub fn chain_hash(previous: &Digest, leaf: &Digest) -> Digest {
    Digest::of(&[CHAIN_TAG, &previous.0, &leaf.0])
}

/// Holds where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// The chain.
    pub chain: ChainId,
    /// The position of the last entry; 0 when there is none.
    pub seq: u64,
    /// The chain hash of the last entry; zeros when there is none.
    pub hash: Digest,
    /// The recorded instant of the last entry in microseconds; the smallest number when there is none.
    pub recorded_at_micros: i64,
}

/// Holds what a writer decides about an entry; the chain decides the rest.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its name, unique in the log.
    pub id: EntryId,
    /// What kind of thing it records.
    pub kind: EntryKind,
    /// The day from which it counts.
    pub effective_on: Day,
    /// The writer's clock: microseconds since 1970-01-01T00:00:00Z.
    pub recorded_at_micros: i64,
    /// A commitment to who did it.
    pub actor: Digest,
    /// The request it is written for, when that came with an idempotency key.
    pub idempotency: Option<Request>,
    /// The earlier entry of the same chain that it corrects.
    pub corrects: Option<EntryId>,
    /// The digest of the terms that produced it.
    pub terms: Option<Digest>,
    /// What it posts.
    pub postings: Postings,
    /// Commitments to contents kept elsewhere, in any order.
    pub commitments: Vec<FieldCommitment>,
    /// Canonical content without personal data.
    pub payload: Vec<u8>,
}

/// Holds an entry as it is to be stored: nothing of it is computed again later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// What the body says.
    pub entry: Entry,
    /// The bytes that are hashed and stored.
    pub body: Vec<u8>,
    /// The entry's leaf in the log's Merkle tree.
    pub leaf: Digest,
    /// The new head of the chain; its hash is the entry's chain hash.
    pub head: ChainHead,
    /// Whether the writer's clock was behind the chain, so that the instant of the entry before was recorded.
    pub clock_was_behind: bool,
}

impl ChainHead {
    /// Starts a chain without entries.
    pub const fn start(chain: ChainId) -> Self {
        Self { chain, seq: 0, hash: Digest::ZERO, recorded_at_micros: i64::MIN }
    }

    /// Appends a draft: gives the bytes to store and the head to continue from. Changes nothing itself.
    ///
    /// A recorded instant before the head's becomes the head's, so that a clock that jumps back never stops a contract.
    pub fn append(&self, log: Digest, draft: Draft) -> Result<Appended, EncodeError> {
        let mut commitments = draft.commitments;
        commitments.extend(draft.idempotency.map(Request::commitment));
        commitments.sort_by_key(|commitment| commitment.field);
        let entry = Entry {
            log,
            chain: self.chain,
            seq: self.seq.checked_add(1).ok_or(EncodeError::ChainFull { seq: self.seq })?,
            prev_hash: self.hash,
            id: draft.id,
            kind: draft.kind,
            effective_on: draft.effective_on,
            recorded_at_micros: draft.recorded_at_micros.max(self.recorded_at_micros),
            actor: draft.actor,
            idempotency: draft.idempotency.map(|request| request.key),
            corrects: draft.corrects,
            terms: draft.terms,
            postings: draft.postings.to_vec(),
            commitments,
            payload: draft.payload,
        };
        let body = entry.encode()?;
        let leaf = leaf_hash(&body);
        let hash = chain_hash(&self.hash, &leaf);
        let head = Self { seq: entry.seq, hash, recorded_at_micros: entry.recorded_at_micros, ..*self };
        let clock_was_behind = draft.recorded_at_micros < self.recorded_at_micros;
        Ok(Appended { entry, body, leaf, head, clock_was_behind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(id: u8, recorded_at_micros: i64) -> Draft {
        Draft {
            id: EntryId::from_bytes([id; 16]),
            kind: EntryKind::ContractProposed,
            effective_on: Day(0),
            recorded_at_micros,
            actor: Digest::ZERO,
            idempotency: None,
            corrects: None,
            terms: None,
            postings: Postings::NONE,
            commitments: vec![],
            payload: vec![],
        }
    }

    #[test]
    fn entries_are_linked_and_instants_never_decrease() {
        let log = Digest([9; 32]);
        let start = ChainHead::start(ChainId::from_bytes([1; 16]));
        let first = start.append(log, draft(1, 1_000)).unwrap();
        let second = first.head.append(log, draft(2, 999)).unwrap();
        assert_eq!((first.entry.seq, first.entry.prev_hash, first.clock_was_behind), (1, Digest::ZERO, false));
        assert_eq!((second.entry.seq, second.entry.prev_hash), (2, first.head.hash));
        assert_eq!((second.entry.recorded_at_micros, second.clock_was_behind), (1_000, true));
        assert_eq!(second.head.recorded_at_micros, 1_000);
        assert_eq!(Entry::decode(&second.body), Ok(second.entry));
    }

    #[test]
    fn a_draft_that_breaks_the_format_is_refused() {
        let start = ChainHead::start(ChainId::from_bytes([1; 16]));
        let twice = FieldCommitment { field: 1, digest: Digest::ZERO };
        for (bad, text) in [
            (draft(0, 0), "byte 92: expected an entry id, found zeros"),
            (Draft { effective_on: Day(200_000), ..draft(1, 0) }, "byte 110: expected a day from 1800 to 2400"),
            (Draft { commitments: vec![twice, twice], ..draft(1, 0) }, "expected a field above 1, found 1"),
            (Draft { payload: vec![0; 32_527], ..draft(1, 0) }, "32769 bytes and may have 32768"),
            (Draft { terms: Some(Digest::ZERO), ..draft(1, 0) }, "zeros mean none"),
        ] {
            let error = start.append(Digest::ZERO, bad).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
        assert!(start.append(Digest::ZERO, Draft { payload: vec![0; 32_526], ..draft(1, 0) }).is_ok());
        let full = ChainHead { seq: u64::MAX, ..start };
        assert!(matches!(full.append(Digest::ZERO, draft(1, 0)), Err(EncodeError::ChainFull { .. })));
    }
}
