//! Identities that follow from what they stand for, so that a verifier computes them anew.

use crate::values::{ChainId, Digest, PartyId};

/// Separates the network's chain from every other hash of the product.
const NETWORK_TAG: &[u8] = b"outcome-ledger/network/v1\0";
/// Separates commitments to actors from every other hash of the product.
const ACTOR_TAG: &[u8] = b"outcome-ledger/actor/v1\0";
/// Separates the identities of logs from every other hash of the product.
const LOG_TAG: &[u8] = b"outcome-ledger/log/v1\0";

/// The identity of a log: SHA-256 over a tag, the length of the origin in 8 bytes, the origin, the instant of founding.
pub fn log_identity(origin: &str, created_at: i64) -> Digest {
    let length = (origin.len() as u64).to_be_bytes();
    Digest::of(&[LOG_TAG, &length, origin.as_bytes(), &created_at.to_be_bytes()])
}

/// The chain of the network follows from the log's identity: the first 16 bytes of SHA-256 over a tag and the identity.
pub fn network_chain(log: Digest) -> ChainId {
    let Digest(hash) = Digest::of(&[NETWORK_TAG, &log.0]);
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    ChainId::from_bytes(id)
}

/// A commitment to the party that acts.
pub fn actor(party: &PartyId) -> Digest {
    Digest::of(&[ACTOR_TAG, party.as_bytes()])
}
