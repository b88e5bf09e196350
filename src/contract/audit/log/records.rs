//! What is held of the log, as plain data.

use std::collections::BTreeMap;

use crate::{
    ledger::Entry,
    values::{ChainId, Digest},
};

/// What is held of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogRecords {
    /// The numbers of rows, one record.
    pub numbers: Vec<Numbers>,
    /// Leaves, in the order of their index.
    pub entries: Vec<LoggedEntry>,
    /// Nodes, in the order of level and index.
    pub nodes: Vec<Node>,
    /// How far each chain is in the log.
    pub sequenced: Vec<(ChainId, i64)>,
    /// Checkpoints, in the order of their size.
    pub checkpoints: Vec<StoredCheckpoint>,
    /// Cosignatures.
    pub cosignatures: Vec<StoredCosignature>,
}

/// How many rows there are to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Always 1.
    pub one: i64,
    /// Entries in the log.
    pub size: i64,
    /// Checkpoints.
    pub checkpoints: i64,
    /// Cosignatures.
    pub cosignatures: i64,
}

/// An entry at its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedEntry {
    /// Its index, from 0.
    pub index: i64,
    /// Its chain.
    pub chain: ChainId,
    /// Its position in the chain.
    pub seq: i64,
    /// Its leaf hash.
    pub leaf: Digest,
}

/// The root of a full subtree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its level, from 1.
    pub level: i64,
    /// Its place in the level, from 0.
    pub index: i64,
    /// The root.
    pub hash: Digest,
}

/// A checkpoint with what is repeated beside its note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// The size of the log.
    pub size: i64,
    /// The root.
    pub root: Digest,
    /// The signed note.
    pub note: String,
}

/// What a witness signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCosignature {
    /// The size of the log.
    pub size: i64,
    /// The key that verifies it.
    pub verifier_key: String,
    /// The signature line.
    pub line: String,
}

/// What the bytes of an entry give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashes {
    /// The leaf of the log.
    pub leaf: Digest,
    /// The chain hash.
    pub chain: Digest,
}

/// What the journal says, with which the log is compared.
#[derive(Clone, Debug)]
pub struct Journal<'j> {
    /// The name of the log.
    pub origin: &'j str,
    /// What the bodies of all entries give.
    pub hashes: BTreeMap<(ChainId, i64), Hashes>,
    /// The entries of the network's chain.
    pub network: Option<&'j BTreeMap<i64, Entry>>,
    /// The network's chain.
    pub network_chain: ChainId,
}
