//! Bundles: everything that proves a contract, or a whole log, in one file that somebody else checks offline.
//!
//! Lives here: the files of a bundle as `docs/LEDGER-FORMAT.md` defines them, writing, reading, and the check of a bundle
//! against a policy that the reader has from elsewhere. Never here: databases, the network, which files are kept where.
//!
//! - `ustar`: the container
//! - `fields`: the binary files of a bundle
//! - `manifest`: what a bundle says about itself, which follows from the rest
//! - `read`: from bytes to a bundle, strictly
//! - `write`: from a bundle to bytes
//! - `bodies`: entries, their links, and what they say
//! - `tree`: entries and older checkpoints against the checkpoint's tree
//! - `held`: the checkpoint against one that the reader held before
//! - `heads`: whether chains are complete
//! - `check`: all of it, and the verdict

pub mod bodies;
pub mod check;
pub mod fields;
pub mod heads;
pub mod held;
pub mod manifest;
pub mod read;
pub mod tree;
pub mod ustar;
pub mod write;

use std::{borrow::Cow, collections::BTreeMap};

use super::audit::{
    ErasedOf,
    records::{AgreementText, AmendmentTexts, Fact, Line, Subject},
};
use crate::{
    ledger::heads::LoggedHead,
    values::{ChainId, Digest},
};

pub use check::{Checked, MALFORMED, Verdict, check};

/// Everything that a bundle holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Bundle<'b> {
    /// Whether it is about one contract or about the whole log.
    pub scope: Scope,
    /// When the log was founded, in microseconds since 1970-01-01T00:00:00Z.
    pub founded_at_micros: i64,
    /// The signed checkpoint, verbatim.
    pub checkpoint: Cow<'b, str>,
    /// The policy that the operator claims. It convinces nobody.
    pub policy: Cow<'b, str>,
    /// Entries in the order of the log.
    pub entries: Vec<Logged<'b>>,
    /// The heads that the newest `heads.recorded` among the entries commits to.
    pub heads: Vec<LoggedHead>,
    /// Roots of older trees by size, each with the proof that the checkpoint's tree continues it.
    pub consistency: BTreeMap<u64, Older>,
    /// What is held of contracts beside their chains.
    pub contracts: BTreeMap<ChainId, Contents>,
}

/// What a bundle is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One contract, with the entries of the network that it needs.
    Contract,
    /// All entries of the log.
    Log,
}

/// An entry and its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged<'b> {
    /// Its index in the log, from 0.
    pub index: u64,
    /// The hashed bytes.
    pub body: Cow<'b, [u8]>,
    /// The proof that it stands there; empty when the bundle has the whole log.
    pub proof: Vec<Digest>,
}

/// An older tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Older {
    /// Its root.
    pub root: Digest,
    /// The proof that the checkpoint's tree continues it.
    pub proof: Vec<Digest>,
}

/// What is held of a contract beside its chain.
#[derive(Clone, PartialEq, Eq)]
pub struct Contents {
    /// What was signed.
    pub text: AgreementText,
    /// What amendments say, by the positions of their proposals.
    pub amendments: AmendmentTexts,
    /// Subjects.
    pub subjects: Vec<Subject>,
    /// Facts.
    pub facts: Vec<Fact>,
    /// Lines of settlements.
    pub lines: Vec<Line>,
    /// Whose the erased contents were; the entries that say who was erased prove it.
    pub erased: ErasedOf,
}

/// Says why bytes are not a bundle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct Malformed {
    /// Which file of the bundle.
    pub file: String,
    /// What is wrong with it.
    pub reason: String,
}
