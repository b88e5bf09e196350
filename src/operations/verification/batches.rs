//! Subjects, facts and lines compared with the batches that the journal commits to.

use std::collections::BTreeMap;

use super::finding::{Code, Finding, Findings};
use crate::{
    contract::{
        Batch, content,
        payload::{BatchSize, Settlement},
        pseudonym::fact_name,
        seal::{Opening, SealError},
    },
    ledger::{Entry, EntryKind},
    operations::{
        known::{Fact, Subject},
        sealing::Opened,
    },
    storage::{FactRow, SettlementLineRow},
    values::{ChainId, Digest, EntryId},
};

/// A row that a batch commits to.
pub trait Committed {
    /// The table.
    const TABLE: &'static str;
    /// The batch it belongs to.
    const BATCH: Batch;

    /// Position of the entry, item in the batch.
    fn place(&self) -> (i64, i32);
    /// Its commitment.
    fn commitment(&self) -> Digest;
    /// What opens the commitment, whether it does not open, or was erased.
    fn opening(&self) -> Result<Option<&Opening>, SealError>;
    /// Which row it is, without naming a person.
    fn described(&self) -> String;
    /// Compares columns with the content beside them.
    fn columns(&self, entry: EntryId, row: &str, findings: &mut Findings);
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
                commitments.push(row.commitment());
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
    let described = described(row);
    match row.opening() {
        Err(error) => findings.add(Code::SealedDiffers, described, error, "what opens with the key of its subject"),
        Ok(None) => findings.add(Code::ErasedUnrecorded, described, "nothing sealed", "salt and content"),
        Ok(Some(Opening { salt, content })) => {
            let computed = R::BATCH.commit(chain, entry.id, item, salt, content);
            if computed != row.commitment() {
                let found = format!("content and salt of {computed}");
                findings.add(Code::CommitmentDiffers, described.clone(), found, row.commitment());
            }
            row.columns(entry.id, &described, findings);
        }
    }
}

/// An identifier, or the word for none.
fn shown<T: ToString>(id: Option<T>) -> String {
    id.map_or_else(|| "none".into(), |id| id.to_string())
}

impl Committed for Subject {
    const TABLE: &'static str = "subject";
    const BATCH: Batch = Batch::Subjects;

    fn place(&self) -> (i64, i32) {
        (self.row.seq, self.row.item)
    }

    fn commitment(&self) -> Digest {
        self.row.commitment
    }

    fn opening(&self) -> Result<Option<&Opening>, SealError> {
        self.opened()
    }

    fn described(&self) -> String {
        format!("subject {}", self.row.subject_ref)
    }

    fn columns(&self, _: EntryId, row: &str, findings: &mut Findings) {
        match self.content() {
            Ok(Some(content)) => findings.compare(row, "subject_ref", self.row.subject_ref, content.subject),
            Ok(None) => {}
            Err(error) => findings.add(Code::ColumnDiffers, row, error, "the content of a subject"),
        }
    }
}

impl Committed for Fact {
    const TABLE: &'static str = "fact";
    const BATCH: Batch = Batch::Facts;

    fn place(&self) -> (i64, i32) {
        (self.row.seq, self.row.item)
    }

    fn commitment(&self) -> Digest {
        self.row.commitment
    }

    fn opening(&self) -> Result<Option<&Opening>, SealError> {
        self.opened()
    }

    fn described(&self) -> String {
        format!("fact {}", self.row.fact_id)
    }

    fn columns(&self, entry: EntryId, row: &str, findings: &mut Findings) {
        let FactRow { fact_id, subject_ref, corrects, retracted, item, .. } = self.row;
        match self.content() {
            Ok(Some(content)) => {
                findings.compare(row, "fact_id", fact_id, content.fact);
                findings.compare(row, "subject_ref", shown(subject_ref), shown(content.subject));
                findings.compare(row, "corrects", shown(corrects), shown(content.corrects));
                findings.compare(row, "retracted", retracted, content.retracted);
                let name = fact_name(entry)(item.unsigned_abs());
                if content.fact != name {
                    findings.add(Code::LifeDiffers, row, format!("a fact named {}", content.fact), name);
                }
            }
            Ok(None) => {}
            Err(error) => findings.add(Code::ColumnDiffers, row, error, "the content of a fact"),
        }
    }
}

impl Committed for Opened<SettlementLineRow> {
    const TABLE: &'static str = "settlement_line";
    const BATCH: Batch = Batch::Lines;

    fn place(&self) -> (i64, i32) {
        (self.row.seq, self.row.item)
    }

    fn commitment(&self) -> Digest {
        self.row.commitment
    }

    fn opening(&self) -> Result<Option<&Opening>, SealError> {
        self.opened()
    }

    fn described(&self) -> String {
        format!("{} from {} to {}", self.row.clause, self.row.payer, self.row.payee)
    }

    fn columns(&self, _: EntryId, described: &str, findings: &mut Findings) {
        let row = &self.row;
        match self.content() {
            Ok(Some(line)) => {
                findings.compare(described, "clause", &row.clause, &line.key.clause);
                findings.compare(described, "payer", &row.payer, &line.key.payer);
                findings.compare(described, "payee", &row.payee, &line.key.payee);
                findings.compare(described, "subject_ref", shown(row.subject_ref), shown(line.key.subject));
                findings.compare(described, "part", row.part, line.key.part.into());
                findings.compare(described, "amount_minor", row.amount_minor, line.amount_minor);
            }
            Ok(None) => {}
            Err(error) => findings.add(Code::ColumnDiffers, described, error, "the content of a line"),
        }
    }
}
