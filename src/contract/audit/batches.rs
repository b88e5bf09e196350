//! Subjects, facts and lines compared with the batches that the journal commits to.

use std::collections::BTreeMap;

use super::{
    finding::{Code, Finding, Findings},
    records::{Committed, Opening, Record},
};
use crate::{
    contract::Batch,
    ledger::Entry,
    values::{ChainId, Digest},
};

/// Compares all records of a contract of one kind with the contract's chain.
pub fn check<C: Committed>(
    chain: ChainId,
    name: &str,
    entries: Option<&BTreeMap<i64, Entry>>,
    records: &[Record<C>],
    list: &mut Vec<Finding>,
) {
    let mut by_entry: BTreeMap<i64, Vec<&Record<C>>> = BTreeMap::new();
    records.iter().for_each(|record| by_entry.entry(record.seq).or_default().push(record));
    for (seq, entry) in entries.into_iter().flatten().filter(|(_, entry)| Batch::of(entry.kind) == Some(C::BATCH)) {
        let records = by_entry.remove(seq).unwrap_or_default();
        match C::BATCH.size_in(entry) {
            Ok(size) => {
                check_batch(chain, entry, size, &records, Findings { list, table: C::TABLE, contract: Some(name) })
            }
            Err(error) => {
                let mut findings = Findings { list, table: "entry", contract: Some(name) };
                let row = format!("position {seq}, entry {}", entry.id);
                findings.add(Code::PayloadUnreadable, row, error, "the number of rows");
            }
        }
    }
    let mut findings = Findings { list, table: C::TABLE, contract: Some(name) };
    for record in by_entry.into_values().flatten() {
        findings.add(Code::RowExtra, record.described(), "a row", "no row: no entry at this position commits to one");
    }
}

fn check_batch<C: Committed>(chain: ChainId, entry: &Entry, size: u32, records: &[&Record<C>], mut findings: Findings) {
    let before = findings.list.len();
    let mut held: BTreeMap<u32, &Record<C>> = BTreeMap::new();
    for record in records {
        match u32::try_from(record.item) {
            Ok(item) if held.contains_key(&item) => {
                findings.add(Code::RowExtra, record.described(), "a second row", "one row for each item");
            }
            Ok(item) if item < size => drop(held.insert(item, record)),
            _ => findings.add(Code::RowExtra, record.described(), "a row", format!("items below {size}")),
        }
    }
    let mut commitments: Vec<Digest> = Vec::with_capacity(held.len());
    for item in 0..size {
        match held.get(&item) {
            Some(record) => {
                check_record(chain, entry, item, record, &mut findings);
                commitments.push(record.commitment);
            }
            None => {
                let row = format!("position {}, item {item}", entry.seq);
                findings.add(Code::RowMissing, row, "no row", "the row that the entry commits to");
            }
        }
    }
    let root = C::BATCH.root(&commitments).digest;
    let expected = C::BATCH.root_in(&entry.commitments);
    if Some(root) != expected && findings.list.len() == before {
        let row = match size {
            1 => format!("position {}, item 0", entry.seq),
            _ => format!("position {}, one or more of items 0 to {}", entry.seq, size.saturating_sub(1)),
        };
        let expected = expected.map_or_else(|| "no root".into(), |root| format!("root {root}"));
        findings.add(Code::BatchDiffers, row, format!("rows with root {root}"), expected);
    }
}

fn check_record<C: Committed>(chain: ChainId, entry: &Entry, item: u32, record: &Record<C>, findings: &mut Findings) {
    let Opening::Opened { salt, content } = &record.opening else { return };
    let described = record.described();
    let computed = C::BATCH.commit(chain, entry.id, item, salt, content);
    if computed != record.commitment {
        let found = format!("content and salt of {computed}");
        findings.add(Code::CommitmentDiffers, described.clone(), found, record.commitment);
    }
    if let Err(error) = C::compare(record.columns.as_ref(), content, &described, findings) {
        findings.add(Code::ColumnDiffers, described, error, format!("the content of a {}", C::TABLE));
    }
}
