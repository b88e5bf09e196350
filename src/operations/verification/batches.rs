//! Subjects, facts and lines compared with the batches that the journal commits to.

use std::collections::BTreeMap;

use super::finding::{Code, Finding, Findings};
use crate::{
    contract::{
        Batch,
        content::{self, FactContent, SubjectContent},
        payload::{BatchSize, Settlement},
    },
    ledger::{Entry, EntryKind},
    operations::settle_contract::settlement_line,
    storage::{FactRow, SettlementLineRow, SubjectRow},
    values::{ChainId, Digest},
};

/// A row that a batch commits to.
pub trait Committed {
    /// The table.
    const TABLE: &'static str;
    /// The batch it belongs to.
    const BATCH: Batch;

    /// Position of the entry, item in the batch.
    fn place(&self) -> (i64, i32);
    /// Salt and commitment.
    fn sealed(&self) -> (&[u8; 32], Digest);
    /// What is committed to.
    fn content(&self) -> Result<Vec<u8>, String>;
    /// Which row it is, without naming a person.
    fn described(&self) -> String;
    /// Compares columns with the content beside them.
    fn columns(&self, row: &str, findings: &mut Findings);
}

/// The entries that commit to such a batch, with the number of rows that each says.
fn size(batch: Batch, entry: &Entry) -> Option<Result<u32, String>> {
    let of_kind = match batch {
        Batch::Subjects => entry.kind == EntryKind::SubjectsEnrolled,
        Batch::Facts => {
            [EntryKind::FactsRecorded, EntryKind::FactsCorrected, EntryKind::FactsRetracted].contains(&entry.kind)
        }
        Batch::Lines => entry.kind == EntryKind::SettlementPosted,
    };
    let count = || match batch {
        Batch::Lines => content::decode::<Settlement>(&entry.payload).map(|settlement| settlement.count),
        _ => content::decode::<BatchSize>(&entry.payload).map(|size| size.count),
    };
    of_kind.then(|| count().map_err(|error| error.to_string()))
}

/// Compares all rows of a contract in one table with the contract's chain.
pub fn check<R: Committed>(
    chain: ChainId,
    name: &str,
    entries: Option<&BTreeMap<i64, Entry>>,
    rows: &[R],
    list: &mut Vec<Finding>,
) {
    let mut by_entry: BTreeMap<i64, Vec<&R>> = BTreeMap::new();
    rows.iter().for_each(|row| by_entry.entry(row.place().0).or_default().push(row));
    for (seq, entry) in entries.into_iter().flatten() {
        let Some(size) = size(R::BATCH, entry) else { continue };
        let rows = by_entry.remove(seq).unwrap_or_default();
        match size {
            Ok(size) => {
                check_batch(chain, entry, size, &rows, Findings { list, table: R::TABLE, contract: Some(name) })
            }
            Err(error) => {
                let mut findings = Findings { list, table: "entry", contract: Some(name) };
                let row = format!("position {seq}, entry {}", entry.id);
                findings.add(Code::PayloadUnreadable, row, error, "the number of rows");
            }
        }
    }
    let mut findings = Findings { list, table: R::TABLE, contract: Some(name) };
    for row in by_entry.into_values().flatten() {
        findings.add(Code::RowExtra, described(row), "a row", "no row: no entry at this position commits to one");
    }
}

fn described<R: Committed>(row: &R) -> String {
    let (seq, item) = row.place();
    format!("position {seq}, item {item}: {}", row.described())
}

fn check_batch<R: Committed>(chain: ChainId, entry: &Entry, size: u32, rows: &[&R], mut findings: Findings) {
    let before = findings.list.len();
    let mut open: BTreeMap<u32, &R> = BTreeMap::new();
    for row in rows {
        match u32::try_from(row.place().1) {
            Ok(item) if open.contains_key(&item) => {
                findings.add(Code::RowExtra, described(*row), "a second row", "one row for each item");
            }
            Ok(item) if item < size => drop(open.insert(item, row)),
            _ => findings.add(Code::RowExtra, described(*row), "a row", format!("items below {size}")),
        }
    }
    let mut commitments = Vec::with_capacity(open.len());
    for item in 0..size {
        match open.get(&item) {
            Some(row) => {
                check_row(chain, entry, item, *row, &mut findings);
                commitments.push(row.sealed().1);
            }
            None => {
                let row = format!("position {}, item {item}", entry.seq);
                findings.add(Code::RowMissing, row, "no row", "the row that the entry commits to");
            }
        }
    }
    let root = R::BATCH.root(&commitments).digest;
    let expected = R::BATCH.root_in(&entry.commitments);
    if Some(root) != expected && findings.list.len() == before {
        let row = match size {
            1 => format!("position {}, item 0", entry.seq),
            _ => format!("position {}, one or more of items 0 to {}", entry.seq, size.saturating_sub(1)),
        };
        let expected = expected.map_or_else(|| "no root".into(), |root| format!("root {root}"));
        findings.add(Code::BatchDiffers, row, format!("rows with root {root}"), expected);
    }
}

fn check_row<R: Committed>(chain: ChainId, entry: &Entry, item: u32, row: &R, findings: &mut Findings) {
    let (salt, commitment) = row.sealed();
    let content = row.content().unwrap_or_default();
    let computed = R::BATCH.commit(chain, entry.id, item, salt, &content);
    let described = described(row);
    if computed != commitment {
        findings.add(Code::CommitmentDiffers, described.clone(), format!("content and salt of {computed}"), commitment);
    }
    row.columns(&described, findings);
}

impl Committed for SubjectRow {
    const TABLE: &'static str = "subject";
    const BATCH: Batch = Batch::Subjects;

    fn place(&self) -> (i64, i32) {
        (self.seq, self.item)
    }

    fn sealed(&self) -> (&[u8; 32], Digest) {
        (&self.salt, self.commitment)
    }

    fn content(&self) -> Result<Vec<u8>, String> {
        Ok(self.content.clone())
    }

    fn described(&self) -> String {
        format!("subject {}", self.subject_ref)
    }

    fn columns(&self, row: &str, findings: &mut Findings) {
        match content::decode::<SubjectContent>(&self.content) {
            Ok(content) => {
                findings.compare(row, "subject_ref", self.subject_ref, content.subject);
                findings.compare(row, "enrolled_on", self.enrolled_on, content.enrolled_on);
                if self.label != content.label {
                    findings.add(Code::ColumnDiffers, row, "another label", "the label in the content");
                }
            }
            Err(error) => findings.add(Code::ColumnDiffers, row, error, "the content of a subject"),
        }
    }
}

impl Committed for FactRow {
    const TABLE: &'static str = "fact";
    const BATCH: Batch = Batch::Facts;

    fn place(&self) -> (i64, i32) {
        (self.seq, self.item)
    }

    fn sealed(&self) -> (&[u8; 32], Digest) {
        (&self.salt, self.commitment)
    }

    fn content(&self) -> Result<Vec<u8>, String> {
        Ok(self.content.clone())
    }

    fn described(&self) -> String {
        format!("fact {}", self.fact_id)
    }

    fn columns(&self, row: &str, findings: &mut Findings) {
        let shown = |id: Option<String>| id.unwrap_or_else(|| "none".into());
        match content::decode::<FactContent>(&self.content) {
            Ok(content) => {
                findings.compare(row, "fact_id", self.fact_id, content.fact);
                let subject = [self.subject_ref, content.subject].map(|id| shown(id.map(|id| id.to_string())));
                findings.compare(row, "subject_ref", &subject[0], &subject[1]);
                findings.compare(row, "kind", &self.kind, &content.kind);
                findings.compare(row, "happened_on", self.happened_on, content.on);
                let corrects = [self.corrects, content.corrects].map(|id| shown(id.map(|id| id.to_string())));
                findings.compare(row, "corrects", &corrects[0], &corrects[1]);
                findings.compare(row, "retracted", self.retracted, content.retracted);
            }
            Err(error) => findings.add(Code::ColumnDiffers, row, error, "the content of a fact"),
        }
    }
}

impl Committed for SettlementLineRow {
    const TABLE: &'static str = "settlement_line";
    const BATCH: Batch = Batch::Lines;

    fn place(&self) -> (i64, i32) {
        (self.seq, self.item)
    }

    fn sealed(&self) -> (&[u8; 32], Digest) {
        (&self.salt, self.commitment)
    }

    fn content(&self) -> Result<Vec<u8>, String> {
        settlement_line(self).map(|line| content::encode_line(&line)).map_err(|error| error.to_string())
    }

    fn described(&self) -> String {
        format!("{} from {} to {}", self.clause, self.payer, self.payee)
    }

    /// All columns are the content.
    fn columns(&self, _: &str, _: &mut Findings) {}
}
