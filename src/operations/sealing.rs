//! Rows sealed as they are stored, opened as they are loaded.

use std::collections::HashMap;

use rayon::prelude::*;

use super::{Error, Outside};
use crate::{
    contract::{
        Batch, SettlementLine,
        content::{self, ContentError, FactContent, SubjectContent},
        seal::{NO_SUBJECT, Opening, SealError, SealedAt, SubjectKey, label_hash, seal, unseal},
    },
    storage::{self, Connection, FactRow, SettlementLineRow, SubjectKeyRow, SubjectRow},
    values::{ChainId, Digest, EntryId, SubjectRef},
};

/// A row whose content is sealed.
pub(super) trait Sealed: Sync + Send {
    /// What is sealed.
    type Content: Send;

    /// Where it stands.
    fn place(&self) -> SealedAt;
    /// Whose key seals it; none for the contract's own.
    fn subject(&self) -> Option<SubjectRef>;
    /// What is stored; none once erased.
    fn sealed(&self) -> Option<&[u8]>;
    /// Reads the content.
    fn decode(content: &[u8]) -> Result<Self::Content, ContentError>;
}

/// A row with what it holds sealed.
#[derive(Clone, Debug)]
pub(super) struct Opened<R: Sealed> {
    /// The row.
    pub row: R,
    opening: Result<Opening, SealError>,
    content: Result<R::Content, String>,
}

impl<R: Sealed> Opened<R> {
    /// Whether the content was erased.
    pub(super) fn is_erased(&self) -> bool {
        self.row.sealed().is_none()
    }

    /// Salt and content; none once erased.
    pub(super) fn opened(&self) -> Result<Option<&Opening>, SealError> {
        match &self.opening {
            _ if self.is_erased() => Ok(None),
            Ok(opening) => Ok(Some(opening)),
            Err(error) => Err(*error),
        }
    }

    /// The content; none once erased.
    pub(super) fn content(&self) -> Result<Option<&R::Content>, Error> {
        match &self.content {
            _ if self.is_erased() => Ok(None),
            Ok(content) => Ok(Some(content)),
            Err(reason) => {
                let SealedAt { seq, item, batch, .. } = self.row.place();
                Err(Error::Stored(format!("{batch:?} of position {seq}, item {item}: {reason}")))
            }
        }
    }
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
        let opening = Opening { salt: outside.bytes()?, content };
        let item = at.item.unsigned_abs();
        let commitment = at.batch.commit(at.contract, entry, item, &opening.salt, &opening.content);
        let sealed = seal(self.of(subject)?, &at, outside.bytes()?, &opening);
        Ok((sealed.map_err(|error| Error::Stored(error.to_string()))?, commitment))
    }

    /// Opens rows. One that does not open keeps its reason.
    pub(super) fn open<R: Sealed>(&self, rows: Vec<R>) -> Vec<Opened<R>> {
        rows.into_par_iter().map(|row| self.open_row(row)).collect()
    }

    fn open_row<R: Sealed>(&self, row: R) -> Opened<R> {
        let key = self.of(row.subject()).map_err(|_| SealError);
        let opening = key.and_then(|key| unseal(key, &row.place(), row.sealed().unwrap_or_default()));
        let content = match &opening {
            Ok(opening) => R::decode(&opening.content).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        Opened { row, opening, content }
    }
}

impl Sealed for SubjectRow {
    type Content = SubjectContent;

    fn place(&self) -> SealedAt {
        SealedAt { contract: self.contract_id, seq: self.seq, batch: Batch::Subjects, item: self.item }
    }

    fn subject(&self) -> Option<SubjectRef> {
        Some(self.subject_ref)
    }

    fn sealed(&self) -> Option<&[u8]> {
        self.sealed.as_deref()
    }

    fn decode(content: &[u8]) -> Result<SubjectContent, ContentError> {
        content::decode(content)
    }
}

impl Sealed for FactRow {
    type Content = FactContent;

    fn place(&self) -> SealedAt {
        SealedAt { contract: self.contract_id, seq: self.seq, batch: Batch::Facts, item: self.item }
    }

    fn subject(&self) -> Option<SubjectRef> {
        self.subject_ref
    }

    fn sealed(&self) -> Option<&[u8]> {
        self.sealed.as_deref()
    }

    fn decode(content: &[u8]) -> Result<FactContent, ContentError> {
        content::decode(content)
    }
}

impl Sealed for SettlementLineRow {
    type Content = SettlementLine;

    fn place(&self) -> SealedAt {
        SealedAt { contract: self.contract_id, seq: self.seq, batch: Batch::Lines, item: self.item }
    }

    fn subject(&self) -> Option<SubjectRef> {
        self.subject_ref
    }

    fn sealed(&self) -> Option<&[u8]> {
        self.sealed.as_deref()
    }

    fn decode(content: &[u8]) -> Result<SettlementLine, ContentError> {
        content::decode_line(content)
    }
}
