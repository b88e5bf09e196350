//! The outcome of a verification.

use serde::Serialize;

use super::finding::Finding;

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Looked {
    /// Chains.
    pub chains: u64,
    /// Entries.
    pub entries: u64,
    /// Postings.
    pub postings: u64,
    /// Parties.
    pub parties: u64,
    /// Contracts.
    pub contracts: u64,
    /// Subjects.
    pub subjects: u64,
    /// Facts.
    pub facts: u64,
    /// Lines of settlements.
    pub lines: u64,
    /// Settlements that were computed again.
    pub settlements: u64,
    /// Accruals that were computed again.
    pub accruals: u64,
    /// Receipts of requests under idempotency keys; only a database has them.
    pub receipts: u64,
}

/// The outcome of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Whether nothing was found.
    pub valid: bool,
    /// The identity of the log, hexadecimal.
    pub log: String,
    /// Everything that does not fit.
    pub findings: Vec<Finding>,
    /// How much was looked at.
    pub looked_at: Looked,
    /// What was not checked, in sentences.
    pub not_checked: Vec<String>,
}
