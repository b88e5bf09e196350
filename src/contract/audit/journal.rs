//! Findings of the ledger's own check in the words of tables and contracts.

use std::collections::BTreeMap;

use super::finding::Finding;
use crate::{
    ledger::{self, Entry},
    values::ChainId,
};

/// The readable entries of all chains, each at the position where it is held.
pub type History = BTreeMap<ChainId, BTreeMap<i64, Entry>>;

/// Says where a finding belongs: to a contract by its name, to the network, or to a chain that nobody knows.
pub fn in_tables(finding: &ledger::Finding, name: Option<String>, is_network: bool) -> Finding {
    let code = finding.code.as_str();
    let table = match code.split('.').next() {
        Some("posting") if code != "posting.unbalanced" => "posting",
        Some("head") => "chain_head",
        _ => "entry",
    };
    let mut row = format!("position {}", finding.seq);
    if let Some(entry) = finding.entry {
        row += &format!(", entry {entry}");
    }
    if is_network {
        row += " of the network's chain";
    } else if name.is_none() {
        row += &format!(" of chain {}", finding.chain);
    }
    Finding {
        code,
        table,
        contract: name,
        row,
        found: finding.found.clone(),
        expected: finding.expected.clone(),
        meaning: finding.code.meaning(),
    }
}
