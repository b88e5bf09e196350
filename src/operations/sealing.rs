//! Rows sealed as they are stored, opened as they are loaded.

use std::collections::HashMap;

use rayon::prelude::*;

use super::{Error, Outside};
use crate::{
    contract::{
        Batch,
        content::ContentError,
        seal::{NO_SUBJECT, Opening, SealError, SealedAt, SubjectKey, label_hash, seal, unseal},
    },
    storage::{self, Connection, FactRow, SettlementLineRow, SubjectKeyRow, SubjectRow},
    values::{ChainId, Digest, EntryId, SubjectRef},
};

/// A row whose content is sealed.
pub(super) trait Sealed: Sync + Send {
    /// Where it stands.
    fn place(&self) -> SealedAt;
    /// Whose key seals it; none for the contract's own.
    fn subject(&self) -> Option<SubjectRef>;
    /// What is stored; none once erased.
    fn sealed(&self) -> Option<&[u8]>;
}

/// The keys of one contract.
pub(super) struct Keys {
    contract: ChainId,
    keys: HashMap<SubjectRef, SubjectKey>,
}

impl Keys {
    /// Loads them.
    pub(super) fn load(connection: &mut Connection, contract: ChainId) -> Result<Self, Error> {
        Ok(Self::new(contract, storage::subject_key::of_contract(connection, contract)?))
    }

    /// The keys in rows.
    pub(super) fn new(contract: ChainId, rows: Vec<SubjectKeyRow>) -> Self {
        Self { contract, keys: rows.into_iter().map(|row| (row.subject_ref, row.key)).collect() }
    }

    /// Makes the key of a subject, to be stored.
    pub(super) fn add(&mut self, outside: &mut Outside, subject: SubjectRef) -> Result<SubjectKeyRow, Error> {
        let key = SubjectKey(outside.bytes()?);
        self.keys.insert(subject, key.clone());
        Ok(SubjectKeyRow { contract_id: self.contract, subject_ref: subject, key })
    }

    fn of(&self, subject: Option<SubjectRef>) -> Result<&SubjectKey, Error> {
        let subject = subject.unwrap_or(NO_SUBJECT);
        self.keys.get(&subject).ok_or_else(|| Error::Stored(format!("the key of subject {subject} is gone")))
    }

    /// The hash by which a subject is found.
    pub(super) fn label_hash(&self, label: &str) -> Result<Digest, Error> {
        Ok(label_hash(self.of(None)?, label))
    }

    /// Commits to a content and seals it with its salt.
    pub(super) fn commit_and_seal(
        &self,
        outside: &mut Outside,
        entry: EntryId,
        (at, subject): (SealedAt, Option<SubjectRef>),
        content: Vec<u8>,
    ) -> Result<(Vec<u8>, Digest), Error> {
        let salt = outside.bytes()?;
        let commitment = at.batch.commit(at.contract, entry, at.item.unsigned_abs(), &salt, &content);
        Ok((self.seal((at, subject), outside.bytes()?, &salt, &content)?, commitment))
    }

    /// Seals salt and content.
    pub(super) fn seal(
        &self,
        (at, subject): (SealedAt, Option<SubjectRef>),
        nonce: [u8; 24],
        salt: &[u8; 32],
        content: &[u8],
    ) -> Result<Vec<u8>, Error> {
        seal(self.of(subject)?, &at, nonce, salt, content).map_err(|error| Error::Stored(error.to_string()))
    }

    /// What a row holds sealed; none once erased.
    pub(super) fn open(&self, row: &impl Sealed) -> Result<Option<Opening>, SealError> {
        let open = |sealed| unseal(self.of(row.subject()).map_err(|_| SealError)?, &row.place(), sealed);
        row.sealed().map(open).transpose()
    }

    /// Reads the contents of rows; none for those erased.
    pub(super) fn read<R: Sealed, C: Send>(
        &self,
        rows: Vec<R>,
        decode: impl Fn(&[u8]) -> Result<C, ContentError> + Sync,
    ) -> Result<Vec<(R, Option<C>)>, Error> {
        let read = |row: R| {
            let content = match self.open(&row) {
                Ok(opening) => opening.map(|opening| decode(&opening.content)).transpose().map_err(|e| e.to_string()),
                Err(error) => Err(error.to_string()),
            };
            let SealedAt { seq, item, batch, .. } = row.place();
            let wrong = |reason| Error::Stored(format!("{batch:?} of position {seq}, item {item}: {reason}"));
            content.map_err(wrong).map(|content| (row, content))
        };
        rows.into_par_iter().map(read).collect()
    }
}

impl Sealed for SubjectRow {
    fn place(&self) -> SealedAt {
        SealedAt { contract: self.contract_id, seq: self.seq, batch: Batch::Subjects, item: self.item }
    }

    fn subject(&self) -> Option<SubjectRef> {
        Some(self.subject_ref)
    }

    fn sealed(&self) -> Option<&[u8]> {
        self.sealed.as_deref()
    }
}

impl Sealed for FactRow {
    fn place(&self) -> SealedAt {
        SealedAt { contract: self.contract_id, seq: self.seq, batch: Batch::Facts, item: self.item }
    }

    fn subject(&self) -> Option<SubjectRef> {
        self.subject_ref
    }

    fn sealed(&self) -> Option<&[u8]> {
        self.sealed.as_deref()
    }
}

impl Sealed for SettlementLineRow {
    fn place(&self) -> SealedAt {
        SealedAt { contract: self.contract_id, seq: self.seq, batch: Batch::Lines, item: self.item }
    }

    fn subject(&self) -> Option<SubjectRef> {
        self.subject_ref
    }

    fn sealed(&self) -> Option<&[u8]> {
        self.sealed.as_deref()
    }
}
