//! Entries of a bundle: bodies decoded and hashed on all cores, then compared with each other chain by chain.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::Logged;
use crate::{
    contract::audit::{Finding, History, journal::in_tables},
    ledger::{
        self, Entry, chain::chain_hash, merkle::leaf_hash, posting::check_balance, reader::DecodeError, verify::Code,
    },
    values::{ChainId, Digest, EntryId},
};

/// A body with what it gives.
pub struct Hashed {
    /// What it says; why it cannot be read otherwise.
    pub entry: Result<Entry, DecodeError>,
    /// Its leaf in the log's tree.
    pub leaf: Digest,
    /// Its chain hash; zeros when it cannot be read.
    pub hash: Digest,
}

impl Hashed {
    /// Decodes and hashes.
    pub fn of(body: &[u8]) -> Self {
        let (entry, leaf) = (Entry::decode(body), leaf_hash(body));
        let hash = entry.as_ref().map_or(Digest::ZERO, |entry| chain_hash(&entry.prev_hash, &leaf));
        Self { entry, leaf, hash }
    }

    /// All of them, in order.
    pub fn all(entries: &[Logged]) -> Vec<Self> {
        entries.par_iter().map(|entry| Self::of(&entry.body)).collect()
    }
}

/// Where a chain ends, as far as it was followed.
struct End {
    seq: u64,
    hash: Digest,
    recorded_at_micros: i64,
}

/// Follows chains through the entries of a log.
pub struct Chains {
    log: Digest,
    /// The chain of which only some entries are given.
    in_part: Option<ChainId>,
    ends: BTreeMap<ChainId, End>,
    names: HashMap<EntryId, (ChainId, u64)>,
    findings: Vec<ledger::Finding>,
}

impl Chains {
    /// Starts at the beginning of the log. Of one chain gaps are expected.
    pub fn new(log: Digest, in_part: Option<ChainId>) -> Self {
        Self { log, in_part, ends: BTreeMap::new(), names: HashMap::new(), findings: Vec::new() }
    }

    /// Takes the next entry.
    pub fn take(&mut self, entry: &Entry, hash: Digest) {
        let mut find = |code, found: String, expected: String| {
            let (chain, seq, entry) = (entry.chain, entry.seq, Some(entry.id));
            self.findings.push(ledger::Finding { chain, seq, entry, code, found, expected });
        };
        if entry.log != self.log {
            find(Code::LogForeign, entry.log.to_string(), self.log.to_string());
        }
        if let Err(error) = check_balance(&entry.postings) {
            find(Code::Unbalanced, error.to_string(), "postings that balance".into());
        }
        let start = || End { seq: 0, hash: Digest::ZERO, recorded_at_micros: i64::MIN };
        let end = self.ends.entry(entry.chain).or_insert_with(start);
        let next = end.seq + 1;
        if entry.seq < next {
            find(
                Code::RowExtra,
                format!("position {} after position {}", entry.seq, end.seq),
                format!("position {next}"),
            );
        } else if entry.seq > next && self.in_part != Some(entry.chain) {
            find(
                Code::RowMissing,
                format!("position {} after position {}", entry.seq, end.seq),
                format!("position {next}"),
            );
        } else if entry.seq == next && entry.prev_hash != end.hash {
            find(Code::LinkBroken, format!("the predecessor's hash {}", entry.prev_hash), end.hash.to_string());
        }
        if entry.recorded_at_micros < end.recorded_at_micros {
            let expected = format!("{} µs or later", end.recorded_at_micros);
            find(Code::TimeBackwards, format!("{} µs", entry.recorded_at_micros), expected);
        }
        let earlier = |id: &EntryId| self.names.get(id).is_some_and(|(chain, _)| *chain == entry.chain);
        if let Some(id) = entry.corrects.filter(|id| self.in_part != Some(entry.chain) && !earlier(id)) {
            find(Code::CorrectsUnknown, format!("entry {id}"), "an earlier entry of the chain".into());
        }
        if let Some((chain, seq)) = self.names.insert(entry.id, (entry.chain, entry.seq)) {
            find(
                Code::EntryDuplicate,
                format!("a name used at position {seq} of chain {chain}"),
                "a name of its own".into(),
            );
        }
        if entry.seq >= next {
            *end = End { seq: entry.seq, hash, recorded_at_micros: entry.recorded_at_micros };
        }
    }

    /// Everything that does not fit, in the words of contracts.
    pub fn findings(&self, name: impl Fn(ChainId) -> Option<String>, network: ChainId) -> Vec<Finding> {
        let told = |finding: &ledger::Finding| in_tables(finding, name(finding.chain), finding.chain == network);
        self.findings.iter().map(told).collect()
    }
}

/// What the bodies say, by chain and position; bodies that cannot be read are named.
pub fn history(entries: &[Logged], hashed: Vec<Hashed>, chains: &mut Chains, list: &mut Vec<Finding>) -> History {
    let mut history = History::new();
    for (logged, Hashed { entry, hash, .. }) in entries.iter().zip(hashed) {
        match entry {
            Ok(entry) => {
                chains.take(&entry, hash);
                // Positions have at most 63 bits; of a position given twice the first counts.
                let seq = i64::try_from(entry.seq).unwrap_or(i64::MAX);
                history.entry(entry.chain).or_default().entry(seq).or_insert(entry);
            }
            Err(error) => list.push(Finding {
                code: Code::BodyUndecodable.as_str(),
                table: "entry",
                contract: None,
                row: format!("index {} of the log", logged.index),
                found: format!("{} at byte {}", error.found, error.offset),
                expected: error.expected,
                meaning: Code::BodyUndecodable.meaning(),
            }),
        }
    }
    history
}
