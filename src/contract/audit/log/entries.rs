//! Indexes and leaves, how far chains are in the log, and the numbers of rows.

use std::collections::{BTreeMap, BTreeSet};

use super::records::{Journal, LogRecords};
use crate::{
    contract::audit::{Code, Finding, Findings},
    values::{ChainId, Digest},
};

/// An entry of the log with its leaf as the body gives it, where there is a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its chain.
    pub chain: ChainId,
    /// Its position in the chain.
    pub seq: i64,
    /// Its leaf.
    pub leaf: Digest,
}

/// Compares indexes, leaves, projections and numbers. Returns the log in order.
pub fn check(records: &LogRecords, journal: &Journal, list: &mut Vec<Finding>) -> Vec<Placed> {
    let size = records.numbers.first().map_or(0, |numbers| numbers.size);
    let (placed, ends) = place(records, journal, size, list);
    check_sequenced(records, &ends, list);
    check_numbers(records, list);
    placed
}

fn place(
    records: &LogRecords,
    journal: &Journal,
    size: i64,
    list: &mut Vec<Finding>,
) -> (Vec<Placed>, BTreeMap<ChainId, i64>) {
    let mut findings = Findings { list, table: "log_entry", contract: None };
    let (mut next, mut placed, mut ends) = (0, Vec::new(), BTreeMap::new());
    for row in &records.entries {
        missing(next..row.index.min(size), &mut findings);
        next = row.index.saturating_add(1).max(next);
        let described = format!("log index {}", row.index);
        let end: &mut i64 = ends.entry(row.chain).or_default();
        let entry = format!("position {} of chain {}", row.seq, row.chain);
        let leaf = match journal.hashes.get(&(row.chain, row.seq)) {
            None => {
                findings.add(Code::RowExtra, &described, entry, "an entry of the journal");
                row.leaf
            }
            Some(hashes) => {
                findings.compare(&described, "leaf", row.leaf, hashes.leaf);
                if row.seq != end.saturating_add(1) {
                    let expected =
                        format!("position {}, so that each entry stands once and in order", end.saturating_add(1));
                    findings.add(Code::LogOrder, &described, entry, expected);
                }
                hashes.leaf
            }
        };
        *end = row.seq.max(*end);
        if row.index >= size {
            findings.add(Code::RowExtra, &described, "a row", format!("{size} rows, numbered from 0"));
        }
        placed.push(Placed { chain: row.chain, seq: row.seq, leaf });
    }
    missing(next..size, &mut findings);
    (placed, ends)
}

/// Names each index without a row; a long gap as one.
fn missing(range: std::ops::Range<i64>, findings: &mut Findings) {
    const NAMED: i64 = 100;
    let cut = range.end.min(range.start.saturating_add(NAMED));
    for index in range.start..cut {
        findings.add(Code::RowMissing, format!("log index {index}"), "no row", "an entry at each index");
    }
    if cut < range.end && range.start < range.end {
        let row = format!("log index {cut} to {}", range.end.saturating_sub(1));
        findings.add(Code::RowMissing, row, "no rows", "an entry at each index");
    }
}

fn check_sequenced(records: &LogRecords, ends: &BTreeMap<ChainId, i64>, list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "sequenced", contract: None };
    let mut known = BTreeSet::new();
    for (chain, seq) in &records.sequenced {
        let described = format!("chain {chain}");
        if !known.insert(*chain) {
            findings.add(Code::RowExtra, &described, "a second row", "one row for each chain");
        }
        match ends.get(chain) {
            Some(end) => findings.compare(&described, "seq", seq, end),
            None => findings.add(Code::RowExtra, described, format!("seq {seq}"), "a chain that is in the log"),
        }
    }
    for (chain, end) in ends.iter().filter(|(chain, _)| !known.contains(chain)) {
        findings.add(Code::RowMissing, format!("chain {chain}"), "no row", format!("seq {end}"));
    }
}

fn check_numbers(records: &LogRecords, list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "sequencer", contract: None };
    let [numbers] = &records.numbers[..] else {
        let (code, found) =
            if records.numbers.is_empty() { (Code::RowMissing, "no row") } else { (Code::RowExtra, "rows") };
        return findings.add(code, "the one row", found, "one row");
    };
    let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    findings.compare("the one row", "one", numbers.one, 1);
    findings.compare("the one row", "size", numbers.size, count(records.entries.len()));
    findings.compare("the one row", "checkpoints", numbers.checkpoints, count(records.checkpoints.len()));
    findings.compare("the one row", "cosignatures", numbers.cosignatures, count(records.cosignatures.len()));
    // The tables are named as well: it is there that rows may be gone.
    for (table, numbered, there) in [
        ("checkpoint", numbers.checkpoints, records.checkpoints.len()),
        ("cosignature", numbers.cosignatures, records.cosignatures.len()),
    ] {
        if numbered != count(there) {
            let code = if numbered > count(there) { Code::RowMissing } else { Code::RowExtra };
            let mut findings = Findings { list: &mut *findings.list, table, contract: None };
            findings.add(code, "one or more rows", format!("{there} rows"), format!("{numbered} rows"));
        }
    }
}
