//! One entry and its hashed body, version 1 of `docs/LEDGER-FORMAT.md`.

use crate::values::{ChainId, Day, Digest, EntryId};

use super::{
    body::Body,
    kind::EntryKind,
    posting::{POSTING_BYTES, Posting},
    reader::DecodeError,
};

/// Magic and version at the start of a body.
pub const MAGIC: [u8; 4] = *b"OLE1";
/// The longest body, in bytes.
pub const MAX_BODY_BYTES: usize = 32 * 1024;

/// Fixes the content of one field, or of a batch, without showing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldCommitment {
    /// Which field of the entry's kind.
    pub field: u16,
    /// The commitment, or the root of a batch of them.
    pub digest: Digest,
}

/// Holds what the body of one entry says, balanced or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The identity of the log it belongs to.
    pub log: Digest,
    /// The chain it belongs to.
    pub chain: ChainId,
    /// Its position in the chain, from 1.
    pub seq: u64,
    /// The chain hash of the position before; zeros at position 1.
    pub prev_hash: Digest,
    /// Its own name, unique in the log and not zeros.
    pub id: EntryId,
    /// What kind of thing it records.
    pub kind: EntryKind,
    /// The day from which it counts.
    pub effective_on: Day,
    /// When it was recorded: microseconds since 1970-01-01T00:00:00Z.
    pub recorded_at_micros: i64,
    /// A commitment to who did it.
    pub actor: Digest,
    /// A digest of the idempotency key it was written under.
    pub idempotency: Option<Digest>,
    /// The earlier entry of the same chain that it corrects.
    pub corrects: Option<EntryId>,
    /// The digest of the terms that produced it.
    pub terms: Option<Digest>,
    /// What it posts, in the order of the posting's bytes.
    pub postings: Vec<Posting>,
    /// Commitments to contents kept elsewhere, fields strictly ascending.
    pub commitments: Vec<FieldCommitment>,
    /// Canonical content without personal data.
    pub payload: Vec<u8>,
}

/// Says why an entry has no body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The body would be too long.
    #[error(
        "the body would have {bytes} bytes and may have {MAX_BODY_BYTES}: keep large contents elsewhere and put their digest into the payload"
    )]
    TooLong {
        /// Bytes of the body.
        bytes: usize,
    },
    /// A field breaks a rule of the format.
    #[error("the entry breaks the format at {0}")]
    Form(#[from] DecodeError),
    /// A digest or identifier of zeros was given where zeros mean none.
    #[error("zeros mean none: give no idempotency digest, corrected entry or terms digest instead of one of zeros")]
    ZerosMeanNone,
    /// The chain has no further position.
    #[error("the chain is full: position {seq} is the last one")]
    ChainFull {
        /// The last position.
        seq: u64,
    },
}

impl Entry {
    /// Writes the body. What it returns decodes to this entry again; anything else is refused.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let bytes = 242 + POSTING_BYTES * self.postings.len() + 34 * self.commitments.len() + self.payload.len();
        if bytes > MAX_BODY_BYTES {
            return Err(EncodeError::TooLong { bytes });
        }
        let mut body = Vec::with_capacity(bytes);
        self.write_fixed_part(&mut body);
        // The limit above keeps all three counts within their widths.
        body.extend((self.postings.len() as u16).to_be_bytes());
        self.postings.iter().for_each(|posting| body.extend(posting.to_bytes()));
        body.extend((self.commitments.len() as u16).to_be_bytes());
        for commitment in &self.commitments {
            body.extend(commitment.field.to_be_bytes());
            body.extend(commitment.digest.0);
        }
        body.extend((self.payload.len() as u32).to_be_bytes());
        body.extend(&self.payload);
        // Decoding is the definition of a good form, so that writer and reader cannot drift apart.
        if Self::decode(&body)? == *self { Ok(body) } else { Err(EncodeError::ZerosMeanNone) }
    }

    fn write_fixed_part(&self, body: &mut Vec<u8>) {
        body.extend(MAGIC);
        body.extend(self.log.0);
        body.extend(self.chain.as_bytes());
        body.extend(self.seq.to_be_bytes());
        body.extend(self.prev_hash.0);
        body.extend(self.id.as_bytes());
        body.extend(self.kind.number().to_be_bytes());
        body.extend(self.effective_on.0.to_be_bytes());
        body.extend(self.recorded_at_micros.to_be_bytes());
        body.extend(self.actor.0);
        body.extend(self.idempotency.unwrap_or(Digest::ZERO).0);
        body.extend(self.corrects.unwrap_or(EntryId::from_bytes([0; 16])).as_bytes());
        body.extend(self.terms.unwrap_or(Digest::ZERO).0);
    }

    /// Reads a body strictly: one form per entry, nothing after the end.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        Body::read(body).map(Body::to_entry)
    }
}

#[cfg(test)]
mod tests;
