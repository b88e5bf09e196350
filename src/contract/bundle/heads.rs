//! Whether chains are complete: the heads of all chains that the log itself recorded.

use std::collections::BTreeMap;

use super::{Bundle, Scope};
use crate::{
    contract::{
        audit::{Code, Finding, Findings},
        content,
        payload::Heads,
    },
    ledger::{
        Entry, EntryKind,
        heads::{HEADS_FIELD, heads_root},
    },
    values::{ChainId, Digest},
};

/// An entry's place, for every entry of the bundle that can be read.
pub struct Placed {
    /// Its chain.
    pub chain: ChainId,
    /// Its position.
    pub seq: u64,
    /// Its chain hash.
    pub hash: Digest,
    /// Its index in the log.
    pub index: u64,
}

/// Compares the heads with the newest entry that commits to them and with the entries of the bundle.
///
/// Returns the size of the log up to which chains are proven complete.
pub fn check(
    bundle: &Bundle,
    network: Option<&BTreeMap<i64, Entry>>,
    placed: &[Placed],
    list: &mut Vec<Finding>,
) -> Option<u64> {
    let mut findings = Findings { list, table: "heads", contract: None };
    let newest = network.into_iter().flatten().rev().find(|(_, entry)| entry.kind == EntryKind::HeadsRecorded);
    let Some((seq, entry)) = newest else {
        if !bundle.heads.is_empty() {
            findings.add(Code::HeadsDiffer, "all heads", "heads", "none: no entry commits to any");
        }
        return None;
    };
    let row = format!("position {seq} of the network's chain, entry {}", entry.id);
    let Heads { count, size } = match content::decode(&entry.payload) {
        Ok(heads) => heads,
        Err(error) => {
            findings.add(Code::PayloadUnreadable, row, error, "a number of heads and the size of the log");
            return None;
        }
    };
    let root = heads_root(bundle.heads.iter().copied());
    let committed = entry.commitments.iter().find(|found| found.field == HEADS_FIELD).map(|found| found.digest);
    let sorted = bundle.heads.windows(2).all(|pair| pair[0].chain < pair[1].chain);
    if Some(root) != committed || bundle.heads.len() as u64 != count || !sorted {
        let expected = committed.map_or_else(|| "no root".into(), |root| format!("{count} heads with root {root}"));
        findings.add(Code::HeadsDiffer, row, format!("{} heads with root {root}", bundle.heads.len()), expected);
        return None;
    }
    check_chains(bundle, size, placed, &mut findings);
    Some(size)
}

/// Every chain of the bundle has its head's entry, nothing is missing before it, and nothing in the log goes beyond it.
fn check_chains(bundle: &Bundle, size: u64, placed: &[Placed], findings: &mut Findings) {
    let mut last: BTreeMap<ChainId, &Placed> = BTreeMap::new();
    for entry in placed.iter().filter(|entry| entry.index < size) {
        last.insert(entry.chain, entry);
    }
    for head in &bundle.heads {
        let wanted = bundle.scope == Scope::Log || bundle.contracts.contains_key(&head.chain);
        match last.remove(&head.chain) {
            Some(end) if (end.seq, end.hash) == (head.seq, head.hash) => {}
            // Of the network's chain a bundle of one contract has what the contract needs.
            Some(end) if !wanted && end.seq < head.seq => {}
            None if !wanted => {}
            end => {
                let found = end.map_or("no entry".into(), |end| format!("position {} with hash {}", end.seq, end.hash));
                let expected = format!("position {} with hash {}", head.seq, head.hash);
                findings.add(Code::ChainIncomplete, format!("the end of chain {}", head.chain), found, expected);
            }
        }
    }
    for (chain, end) in last {
        let found = format!("position {} at index {}", end.seq, end.index);
        findings.add(Code::HeadsDiffer, format!("the end of chain {chain}"), found, "a chain that the heads list");
    }
}
