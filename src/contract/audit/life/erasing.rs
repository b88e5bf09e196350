//! Who was erased, and where the chain says so.

use super::{Impossible, Life, payload};
use crate::{
    contract::{erasure, payload::Erasure},
    ledger::Entry,
    values::{Digest, SubjectRef},
};

/// What the chain says about somebody who was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// The position of the entry.
    pub seq: i64,
    /// Number of rows.
    pub count: u32,
    /// The root over their commitments.
    pub root: Option<Digest>,
}

impl Life {
    /// Somebody is erased once.
    pub(super) fn erase(&mut self, seq: i64, entry: &Entry) -> Result<(), Impossible> {
        let Erasure { subject, count, .. } = payload(entry)?;
        let root = entry.commitments.iter().find(|found| found.field == erasure::FIELD).map(|found| found.digest);
        match self.erased.insert(subject, Erased { seq, count, root }) {
            None => Ok(()),
            Some(before) => {
                self.erased.insert(subject, before);
                Err(Impossible::new(format!("a second erasure of subject {subject}"), "one only"))
            }
        }
    }

    /// Whether somebody was erased by a later entry than the one at a position.
    pub fn erased_after(&self, subject: SubjectRef, seq: i64) -> bool {
        self.erased.get(&subject).is_some_and(|erased| erased.seq > seq)
    }
}
