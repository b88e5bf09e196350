//! Roots of full subtrees, computed again from the leaves.

use std::collections::BTreeMap;

use super::{entries::Placed, records::LogRecords};
use crate::{
    contract::audit::{Code, Finding, Findings},
    ledger::merkle::{NodesMissing, TileNode, TiledTree},
    values::Digest,
};

/// Compares every node with the one that the leaves give.
pub fn check(records: &LogRecords, placed: &[Placed], list: &mut Vec<Finding>) {
    let leaves: Vec<Digest> = placed.iter().map(|entry| entry.leaf).collect();
    // A tree that has no leaf yet reads nothing.
    let nodes = TiledTree::new(0, |_, _| Ok::<_, NodesMissing>(Vec::new())).completed_by(&leaves).unwrap_or_default();
    let node = |node: TileNode| ((i64::from(node.level), i64::try_from(node.index).unwrap_or(i64::MAX)), node.hash);
    let mut expected: BTreeMap<(i64, i64), Digest> = nodes.into_iter().map(node).collect();
    let mut findings = Findings { list, table: "log_node", contract: None };
    for row in &records.nodes {
        let described = described(row.level, row.index);
        match expected.remove(&(row.level, row.index)) {
            Some(hash) => findings.compare(&described, "hash", row.hash, hash),
            None => findings.add(Code::RowExtra, described, "a row", "a node for every 256 full ones below"),
        }
    }
    for ((level, index), hash) in expected {
        findings.add(Code::RowMissing, described(level, index), "no row", format!("hash {hash}"));
    }
}

fn described(level: i64, index: i64) -> String {
    format!("level {level}, node {index}")
}
