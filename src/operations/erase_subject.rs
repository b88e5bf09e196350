//! Erases a person from a contract: everything sealed about that person goes, the proof of everything else stays.

use serde::Serialize;

use super::{
    Error, Outside,
    journal::{self, Receipt},
    known::{self, Known},
    sealing::Keys,
};
use crate::{
    contract::{
        Act, Batch,
        erasure::{self, Basis, ErasedRow},
        payload,
    },
    ledger::EntryKind,
    storage::{self, Connection, FactRow, SettlementLineRow, SubjectRow, remains::Remains},
    values::SubjectRef,
};

/// What was erased, and what that means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Erasure {
    /// The contract's name.
    pub contract: String,
    /// The pseudonym under which the person still stands in the journal.
    pub subject: SubjectRef,
    /// On what grounds.
    pub basis: Basis,
    /// Number of facts whose content is gone.
    pub facts: usize,
    /// Number of posted lines of which only clause, parties and amount are left.
    pub lines: usize,
    /// What follows, in sentences.
    pub consequences: Vec<&'static str>,
    /// Where it was recorded.
    pub receipt: Receipt,
}

const LATER: &str =
    "Later settlements leave this person out: nothing more is owed for it, and nothing posted is taken back.";
const EARLIER: &str =
    "Settlements before can be computed again only as far as they follow from others; `verify` says how far.";
const BACKUPS: &str =
    "Backups of the table subject_key still open older backups of the rest: destroy those made before now.";

/// Erases a subject, and what files keep of it. It cannot be undone.
///
/// # Errors
/// As for [`record_erasure`].
pub fn erase_subject(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    label: &str,
    basis: Basis,
) -> Result<Erasure, Error> {
    let mut erasure = record_erasure(connection, outside, contract, label, basis)?;
    erasure.consequences.push(wipe_files(connection));
    Ok(erasure)
}

/// Erases a subject from all tables. What files keep of it, [`wipe_files`] overwrites, which no transaction can hold.
///
/// # Errors
/// A refusal when no such subject is enrolled, also when it was erased before.
pub fn record_erasure(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    label: &str,
    basis: Basis,
) -> Result<Erasure, Error> {
    connection.transaction(|connection| {
        let mut known = known::contract(connection, contract)?;
        known.allow(Act::Erase, outside)?;
        let subject = find(connection, &known, label)?;
        let (chain, subject_ref) = (known.row.contract_id, subject.subject_ref);
        let facts = storage::fact::of_subject(connection, chain, subject_ref)?;
        let lines = storage::settlement_line::of_subject(connection, chain, subject_ref)?;
        let rows = rows(&subject, &facts, &lines);
        let payload =
            payload::Erasure { basis, count: u32::try_from(rows.len()).unwrap_or(u32::MAX), subject: subject_ref };
        let mut draft = journal::draft(outside, EntryKind::FactsErased, &payload)?;
        draft.terms = Some(known.terms());
        draft.commitments = vec![erasure::root(rows)];
        let receipt = known.chain.append(connection, draft)?;
        storage::subject::erase(connection, chain, subject_ref)?;
        storage::fact::erase(connection, chain, subject_ref)?;
        storage::settlement_line::erase(connection, chain, subject_ref)?;
        storage::subject_key::delete(connection, chain, subject_ref)?;
        let consequences = vec![LATER, EARLIER, BACKUPS];
        let (facts, lines) = (facts.len(), lines.len());
        Ok(Erasure { contract: contract.into(), subject: subject_ref, basis, facts, lines, consequences, receipt })
    })
}

/// Overwrites what files keep of what was erased, and says what is left. The erasure itself is committed, so that an error
/// here is told and not returned.
pub fn wipe_files(connection: &mut Connection) -> &'static str {
    match storage::remains::wipe(connection) {
        Ok(Remains::Nothing) => {
            "The database's file was written anew and its write-ahead log emptied: no byte of it is left."
        }
        Ok(Remains::InLog) => {
            "A reader holds the write-ahead log, which still has the bytes: erase is complete when all readers have closed."
        }
        Ok(Remains::OnServer) => {
            "PostgreSQL keeps old versions of rows and its write-ahead log: run VACUUM FULL on subject_key, subject, fact and settlement_line, and let archived logs and replicas expire (docs/OPERATIONS.md)."
        }
        Err(_) => {
            "The database's file could not be written anew while others use it: run `VACUUM` and `PRAGMA wal_checkpoint(TRUNCATE)` when they are done."
        }
    }
}

fn find(connection: &mut Connection, known: &Known, label: &str) -> Result<SubjectRow, Error> {
    let hash = Keys::load(connection, known.row.contract_id)?.label_hash(label)?;
    let unknown = || {
        let message = format!("no such subject is enrolled in `{}`", known.row.name);
        Error::refused("unknown-subject", message, "check the label; who was erased before is not found by it any more")
    };
    storage::subject::find_by_label(connection, known.row.contract_id, hash)?.ok_or_else(unknown)
}

fn rows(subject: &SubjectRow, facts: &[FactRow], lines: &[SettlementLineRow]) -> Vec<ErasedRow> {
    let mut rows = vec![(subject.seq, Batch::Subjects, subject.item, subject.commitment)];
    rows.extend(facts.iter().map(|row| (row.seq, Batch::Facts, row.item, row.commitment)));
    rows.extend(lines.iter().map(|row| (row.seq, Batch::Lines, row.item, row.commitment)));
    rows
}
