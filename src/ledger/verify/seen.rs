//! One row, compared with itself: columns with the body, the stored hash with the computed one.

use std::fmt::Display;

use crate::values::{ChainId, Digest, EntryId};

use super::super::{chain::chain_hash, entry::Entry, merkle::leaf_hash, posting::check_balance, reader::DecodeError};
use super::{Code, EntryRow, Finding};

/// Holds a row with what its body says and gives.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) row: EntryRow,
    pub(super) entry: Result<Entry, DecodeError>,
    /// The chain hash that the body gives.
    pub(super) computed: Digest,
    /// Whether the row contradicts itself: somebody changed a part of it.
    pub(super) altered: bool,
}

impl Seen {
    pub(super) fn of(row: EntryRow) -> Self {
        let entry = Entry::decode(&row.body);
        let prev = entry.as_ref().map_or(row.prev_hash, |entry| entry.prev_hash);
        let computed = chain_hash(&prev, &leaf_hash(&row.body));
        let mut seen = Self { row, entry, computed, altered: false };
        seen.altered = seen.row.hash != computed || seen.entry.is_err() || !seen.column_findings().is_empty();
        seen
    }

    /// Chain and position by the columns.
    pub(super) fn place(&self) -> (ChainId, u64) {
        (self.row.chain, self.row.position())
    }

    /// The body, unless it cannot be read or the hash says that it was changed: then the columns are the better witness.
    fn witness(&self) -> Option<&Entry> {
        self.entry.as_ref().ok().filter(|_| self.row.hash == self.computed)
    }

    /// Chain and position where the entry belongs.
    pub(super) fn home(&self) -> (ChainId, u64) {
        self.witness().map_or(self.place(), |entry| (entry.chain, entry.seq))
    }

    /// The name of the entry.
    pub(super) fn id(&self) -> EntryId {
        self.witness().map_or(self.row.id, |entry| entry.id)
    }

    /// The predecessor's hash that the entry names.
    pub(super) fn prev(&self) -> Digest {
        self.witness().map_or(self.row.prev_hash, |entry| entry.prev_hash)
    }

    /// The predecessor's hash by the body and by the column, should one of the two have been changed.
    pub(super) fn prevs(&self) -> [Digest; 2] {
        [self.entry.as_ref().map_or(self.row.prev_hash, |entry| entry.prev_hash), self.row.prev_hash]
    }

    /// Hashes that a neighbour may know this entry by, should one of the two have been changed.
    pub(super) fn hashes(&self) -> [Digest; 2] {
        [self.row.hash, self.computed]
    }

    pub(super) fn finding(&self, code: Code, found: impl ToString, expected: impl ToString) -> Finding {
        let (chain, seq) = self.home();
        Finding { chain, seq, entry: Some(self.id()), code, found: found.to_string(), expected: expected.to_string() }
    }

    /// Everything the row alone shows. `claims` are the hashes the successor knows it by, if there is one.
    pub(super) fn findings(&self, log: Digest, claims: &[Digest]) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Err(error) = &self.entry {
            let found = format!("{} at byte {}", error.found, error.offset);
            findings.push(self.finding(Code::BodyUndecodable, found, &error.expected));
        }
        if self.row.hash != self.computed {
            findings.push(if claims.contains(&self.computed) {
                self.finding(Code::HashChanged, self.row.hash, self.computed)
            } else {
                let found = format!("a body with hash {}", self.computed);
                self.finding(Code::BodyChanged, found, format!("hash {}", self.row.hash))
            });
        }
        if self.altered {
            findings.extend(self.column_findings());
        }
        if let Ok(entry) = &self.entry {
            if entry.log != log {
                findings.push(self.finding(Code::LogForeign, entry.log, log));
            }
            if let Err(error) = check_balance(&entry.postings) {
                findings.push(self.finding(Code::Unbalanced, error, "postings that balance"));
            }
        }
        findings
    }

    /// Whether nothing about the row alone is to be found.
    pub(super) fn fits(&self, log: Digest) -> bool {
        self.findings(log, &[]).is_empty()
    }

    fn column_findings(&self) -> Vec<Finding> {
        let (Ok(entry), row) = (&self.entry, &self.row) else { return Vec::new() };
        let mut findings = Vec::new();
        let seq = i64::try_from(entry.seq).unwrap_or_default();
        findings.extend(self.compare("chain", row.chain, entry.chain));
        findings.extend(self.compare("position", row.seq, seq));
        findings.extend(self.compare("entry", row.id, entry.id));
        findings.extend(self.compare("kind", row.kind, entry.kind.number().into()));
        findings.extend(self.compare("effective day", row.effective_on, entry.effective_on.0.into()));
        findings.extend(self.compare("recorded instant", row.recorded_at_micros, entry.recorded_at_micros));
        findings.extend(self.compare("previous hash", row.prev_hash, entry.prev_hash));
        findings
    }

    fn compare<T: PartialEq + Display>(&self, column: &str, stored: T, body: T) -> Option<Finding> {
        (stored != body).then(|| self.finding(Code::ColumnDiffers, format!("{column} {stored}"), body))
    }
}
