//! Sealing: what is stored of a person is encrypted under that person's key, so that destroying the key destroys it
//! everywhere, in backups too.
//!
//! Sealing belongs to storage, not to what is proven: commitments are over salt and content, however these are kept.

use std::fmt;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, AeadInOut, Payload},
};
use zeroize::Zeroize;

use super::Batch;
use crate::values::{ChainId, Digest, SubjectRef};

/// Separates what is authenticated beside a sealed content from every other use of the key.
const SEALED_TAG: &[u8] = b"outcome-ledger/sealed/v1\0";
/// Separates hashes of labels from every other hash of the product.
const LABEL_TAG: &[u8] = b"outcome-ledger/label/v1\0";

/// The subject under which the contract's own key stands: it seals what is about no single subject.
pub const NO_SUBJECT: SubjectRef = SubjectRef::from_bytes([0; 16]);

/// Holds the key of one subject in one contract. It is never shown, and wiped from memory when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct SubjectKey(pub [u8; 32]);

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey(withheld)")
    }
}

impl Drop for SubjectKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Says where a sealed row stands, so that it opens nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedAt {
    /// The contract.
    pub contract: ChainId,
    /// The position of the entry that commits to the row.
    pub seq: i64,
    /// What kind of row it is.
    pub batch: Batch,
    /// Its leaf in the batch.
    pub item: i32,
}

/// Holds what opens a commitment.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// The salt.
    pub salt: [u8; 32],
    /// The content, byte for byte.
    pub content: Vec<u8>,
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening(withheld)")
    }
}

/// Says that something sealed does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is sealed does not open: it, its key or its place was changed")]
pub struct SealError;

impl SealedAt {
    /// What is authenticated: tag, contract, position (8 bytes), batch (2 bytes), item (4 bytes).
    fn authenticated(&self) -> Vec<u8> {
        let (seq, batch, item) = (self.seq.to_be_bytes(), (self.batch as u16).to_be_bytes(), self.item.to_be_bytes());
        [SEALED_TAG, self.contract.as_bytes(), &seq, &batch, &item].concat()
    }
}

/// Seals salt and content with XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): nonce, ciphertext, tag.
///
/// # Errors
/// [`SealError`] when the content is longer than the cipher allows, 256 GiB.
pub fn seal(
    key: &SubjectKey,
    at: &SealedAt,
    nonce: [u8; 24],
    salt: &[u8; 32],
    content: &[u8],
) -> Result<Vec<u8>, SealError> {
    // Encrypted where it stands, with room for the tag.
    let mut sealed = Vec::with_capacity(nonce.len() + salt.len() + content.len() + 16);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(salt);
    sealed.extend_from_slice(content);
    let cipher = XChaCha20Poly1305::new(&key.0.into());
    let plain = (&mut sealed[nonce.len()..]).into();
    let tag = cipher.encrypt_inout_detached(&nonce.into(), &at.authenticated(), plain).map_err(|_| SealError)?;
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Opens what [`seal`] sealed with the same key for the same place.
///
/// # Errors
/// [`SealError`] when anything differs.
pub fn unseal(key: &SubjectKey, at: &SealedAt, sealed: &[u8]) -> Result<Opening, SealError> {
    let (nonce, sealed) = sealed.split_first_chunk::<24>().ok_or(SealError)?;
    let payload = Payload { msg: sealed, aad: &at.authenticated() };
    let plain = XChaCha20Poly1305::new(&key.0.into()).decrypt(&(*nonce).into(), payload).map_err(|_| SealError)?;
    let (salt, content) = plain.split_first_chunk::<32>().ok_or(SealError)?;
    Ok(Opening { salt: *salt, content: content.to_vec() })
}

/// Hashes the label of a subject under the contract's own key, so that the subject is found by it and nobody without the
/// key can try labels: SHA-256 over a tag, the key and the label.
pub fn label_hash(contract_key: &SubjectKey, label: &str) -> Digest {
    Digest::of(&[LABEL_TAG, &contract_key.0, label.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: SealedAt = SealedAt { contract: ChainId::from_bytes([1; 16]), seq: 5, batch: Batch::Facts, item: 2 };

    fn sealed() -> (SubjectKey, Opening, Vec<u8>) {
        let (key, opening) = (SubjectKey([9; 32]), Opening { salt: [7; 32], content: b"{\"hba1c\":\"6.8\"}".to_vec() });
        let sealed = seal(&key, &AT, [3; 24], &opening.salt, &opening.content).unwrap();
        (key, opening, sealed)
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_at_the_same_place_only() {
        let (key, opening, sealed) = sealed();
        assert_eq!(sealed.len(), 24 + 32 + opening.content.len() + 16);
        assert_eq!(unseal(&key, &AT, &sealed), Ok(opening));
        assert_eq!(unseal(&SubjectKey([8; 32]), &AT, &sealed), Err(SealError));
        for other in [
            SealedAt { contract: ChainId::from_bytes([2; 16]), ..AT },
            SealedAt { seq: 6, ..AT },
            SealedAt { batch: Batch::Lines, ..AT },
            SealedAt { item: 3, ..AT },
        ] {
            assert_eq!(unseal(&key, &other, &sealed), Err(SealError), "{other:?}");
        }
    }

    #[test]
    fn any_changed_byte_is_noticed() {
        let (key, _, sealed) = sealed();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(unseal(&key, &AT, &changed), Err(SealError), "byte {at}");
        }
        for length in 0..sealed.len() {
            assert_eq!(unseal(&key, &AT, &sealed[..length]), Err(SealError), "{length} bytes");
        }
    }

    #[test]
    fn the_cipher_is_the_published_one() {
        // draft-irtf-cfrg-xchacha-03, appendix A.3.1: key 80…9f, nonce 40…57, the tag over its plaintext and data.
        let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let aad = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let key: [u8; 32] = std::array::from_fn(|at| 0x80 + at as u8);
        let nonce: [u8; 24] = std::array::from_fn(|at| 0x40 + at as u8);
        let sealed =
            XChaCha20Poly1305::new(&key.into()).encrypt(&nonce.into(), Payload { msg: plain, aad: &aad }).unwrap();
        assert_eq!(crate::values::to_hex(&sealed[..16]), "bd6d179d3e83d43b9576579493c0e939");
        assert_eq!(crate::values::to_hex(&sealed[plain.len()..]), "c0875924c1c7987947deafd8780acf49");
    }

    #[test]
    fn labels_are_hashed_as_documented() {
        // python3: sha256(b"outcome-ledger/label/v1\0" + bytes([9]*32) + b"P-1").hexdigest()
        let expected = "031d0c47ab9ee414dcc8d8e1af321f9fe1f6d1befc700ce2f507446a4ae6d2f6";
        assert_eq!(label_hash(&SubjectKey([9; 32]), "P-1").to_string(), expected);
        assert_ne!(label_hash(&SubjectKey([8; 32]), "P-1").to_string(), expected);
    }

    #[test]
    fn secrets_are_never_shown() {
        let (key, opening, _) = sealed();
        assert_eq!(format!("{key:?} {opening:?}"), "SubjectKey(withheld) Opening(withheld)");
    }
}
