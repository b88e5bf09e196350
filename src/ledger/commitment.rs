//! Commitments: a chain proves a content it does not hold, and that may be destroyed.

use std::fmt;

use crate::values::{ChainId, Digest, EntryId};

use super::{
    entry::{Entry, FieldCommitment},
    merkle::{MerkleTree, ProofError, leaf_hash, verify_inclusion},
};

/// Separates commitments from every other hash of the product.
pub const COMMITMENT_TAG: &[u8] = b"outcome-ledger/commitment/v1\0";
/// Separates idempotency digests from every other hash of the product.
pub const IDEMPOTENCY_TAG: &[u8] = b"outcome-ledger/idempotency/v1\0";
/// Separates digests of requests from every other hash of the product.
pub const REQUEST_TAG: &[u8] = b"outcome-ledger/request/v1\0";
/// The commitment field of the digest of a request.
pub const REQUEST_FIELD: u16 = 6;

/// Holds 32 random bytes, fresh for each commitment; whoever lacks them cannot guess the content.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(withheld)")
    }
}

/// Says where a commitment stands, so that it proves nothing anywhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The chain of the entry.
    pub chain: ChainId,
    /// The entry.
    pub entry: EntryId,
    /// The field of the entry's kind.
    pub field: u16,
    /// The position in the batch, from 0; 0 for a single content.
    pub index: u32,
}

/// Fixes a content without showing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commitment(pub Digest);

/// Holds what opens a commitment.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// The salt.
    pub salt: &'a Salt,
    /// The content, byte for byte.
    pub content: &'a [u8],
}

/// Says what a reader knows of a commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CommitmentState {
    /// Salt and content are there and give the commitment.
    Opened,
    /// The content was not given to this reader.
    Closed,
    /// The content was destroyed and an entry says so.
    Erased,
}

/// Says why a commitment and what is known about it disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitmentError {
    /// The opening belongs to another content, place or salt.
    #[error("the content is not the one committed to: it, its salt or its place in the entry was changed")]
    DoesNotOpen,
    /// Something that was erased is still there.
    #[error("the content was recorded as erased but is still here: delete content and salt")]
    ErasedButPresent,
}

impl Commitment {
    /// Commits to a content at its place.
    pub fn of(place: &Place, opening: Opening<'_>) -> Self {
        Self(Digest::of(&[
            COMMITMENT_TAG,
            &opening.salt.0,
            place.chain.as_bytes(),
            place.entry.as_bytes(),
            &place.field.to_be_bytes(),
            &place.index.to_be_bytes(),
            &(opening.content.len() as u64).to_be_bytes(),
            opening.content,
        ]))
    }

    /// Tells the three states apart and checks the opening if there is one.
    pub fn state(
        &self,
        place: &Place,
        opening: Option<Opening<'_>>,
        erased: bool,
    ) -> Result<CommitmentState, CommitmentError> {
        match opening {
            Some(_) if erased => Err(CommitmentError::ErasedButPresent),
            Some(opening) if Self::of(place, opening) != *self => Err(CommitmentError::DoesNotOpen),
            Some(_) => Ok(CommitmentState::Opened),
            None if erased => Ok(CommitmentState::Erased),
            None => Ok(CommitmentState::Closed),
        }
    }
}

/// What an entry says about the request that it was written for, when that came with an idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The digest of the key.
    pub key: Digest,
    /// The digest of what was asked, which needs the key to be computed.
    pub content: Digest,
}

impl Request {
    /// Digests a key and what was asked under it.
    pub fn of(log: &Digest, key: &[u8], content: &[u8]) -> Self {
        let lengths = [key, content].map(|part| (part.len() as u64).to_be_bytes());
        let content = Digest::of(&[REQUEST_TAG, &log.0, &lengths[0], key, &lengths[1], content]);
        Self { key: idempotency_digest(log, key), content }
    }

    /// The commitment of an entry to what was asked.
    pub const fn commitment(self) -> FieldCommitment {
        FieldCommitment { field: REQUEST_FIELD, digest: self.content }
    }

    /// What the first entry written under a key says about the request; none when it was written under none.
    pub fn in_entry(entry: &Entry) -> Option<Self> {
        let content = entry.commitments.iter().find(|commitment| commitment.field == REQUEST_FIELD);
        Some(Self { key: entry.idempotency?, content: content.map_or(Digest::ZERO, |found| found.digest) })
    }
}

/// Makes the tree over the commitments of a batch, in the order of their index; its root goes into the entry.
pub fn batch_tree(commitments: &[Commitment]) -> MerkleTree {
    MerkleTree::new(commitments.iter().map(|commitment| leaf_hash(&commitment.0.0)).collect())
}

/// Verifies that a commitment stands at `index` of a batch of `count` with this root.
pub fn verify_in_batch(
    root: &Digest,
    count: u64,
    index: u32,
    commitment: &Commitment,
    proof: &[Digest],
) -> Result<(), ProofError> {
    verify_inclusion(root, count, u64::from(index), &leaf_hash(&commitment.0.0), proof)
}

/// Digests an idempotency key for the body of the entry written under it.
pub fn idempotency_digest(log: &Digest, key: &[u8]) -> Digest {
    Digest::of(&[IDEMPOTENCY_TAG, &log.0, &(key.len() as u64).to_be_bytes(), key])
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place =
        Place { chain: ChainId::from_bytes([1; 16]), entry: EntryId::from_bytes([2; 16]), field: 7, index: 0 };

    #[test]
    fn the_three_states_are_told_apart() {
        let salt = Salt([5; 32]);
        let opening = Opening { salt: &salt, content: b"6.8" };
        let commitment = Commitment::of(&PLACE, opening);
        assert_eq!(commitment.state(&PLACE, Some(opening), false), Ok(CommitmentState::Opened));
        assert_eq!(commitment.state(&PLACE, None, false), Ok(CommitmentState::Closed));
        assert_eq!(commitment.state(&PLACE, None, true), Ok(CommitmentState::Erased));
        assert_eq!(commitment.state(&PLACE, Some(opening), true), Err(CommitmentError::ErasedButPresent));
    }

    #[test]
    fn nothing_but_the_same_content_salt_and_place_opens() {
        let (salt, other) = (Salt([5; 32]), Salt([6; 32]));
        let commitment = Commitment::of(&PLACE, Opening { salt: &salt, content: b"6.8" });
        let refused = |place: Place, salt, content| {
            let state = commitment.state(&place, Some(Opening { salt, content }), false);
            assert_eq!(state, Err(CommitmentError::DoesNotOpen), "{place:?}");
        };
        refused(PLACE, &salt, b"6.9");
        refused(PLACE, &salt, b"6.8\0");
        refused(PLACE, &other, b"6.8");
        refused(Place { field: 8, ..PLACE }, &salt, b"6.8");
        refused(Place { index: 1, ..PLACE }, &salt, b"6.8");
        refused(Place { chain: ChainId::from_bytes([9; 16]), ..PLACE }, &salt, b"6.8");
        refused(Place { entry: EntryId::from_bytes([9; 16]), ..PLACE }, &salt, b"6.8");
    }

    #[test]
    fn a_salt_is_never_shown() {
        assert!(!format!("{:?}", Opening { salt: &Salt([77; 32]), content: b"" }).contains("77"));
    }
}
