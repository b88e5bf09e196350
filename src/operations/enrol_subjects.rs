//! Enrols subjects: one entry for the whole batch, contents beside the journal.

use std::{collections::HashSet, sync::Arc};

use serde::Serialize;

use super::{
    Error, Outside,
    journal::{self, Receipt},
    known::{self, Known},
    sealing::Keys,
    sheet::Sheet,
};
use crate::{
    contract::{
        Act, Batch,
        content::{self, SubjectContent},
        payload::BatchSize,
        pseudonym::pseudonym,
        seal::SealedAt,
    },
    ledger::EntryKind,
    storage::{self, Connection, SubjectKeyRow, SubjectRow},
    terms::{
        document::Document,
        evaluate::eligibility::unmet,
        intake::{self, Assembly, RowError, RowErrors},
    },
    values::{Digest, EntryId, SubjectRef},
};

/// Rows that are stored before somebody is told how far it is.
const STEP: usize = 2_000;

/// What was enrolled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Enrolled {
    /// The contract's name.
    pub contract: String,
    /// Number of subjects.
    pub subjects: usize,
    /// Labels of subjects that do not meet the contract's condition for enrolment as far as is known now; no clause
    /// applies to them while that is so.
    pub not_eligible: Vec<String>,
    /// What became of each row, in the order of the file.
    #[serde(skip)]
    pub rows: Vec<EnrolledRow>,
    /// Where it was recorded.
    pub receipt: Receipt,
}

/// The parts of the condition for enrolment that somebody does not meet.
type Unmet = Vec<Arc<str>>;

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolledRow {
    /// The pseudonym under which the subject stands in the contract.
    pub subject: SubjectRef,
    /// The parts of the condition for enrolment that it does not meet as far as is known now, in the words of the contract.
    pub unmet: Unmet,
}

/// Enrols the subjects of a file, all or none.
///
/// # Errors
/// [`Error::Rows`] with everything that is wrong with the file; a refusal when the contract is not in force.
pub fn enrol_subjects(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    sheet: &Sheet,
) -> Result<Enrolled, Error> {
    connection.transaction(|connection| {
        let mut known = known::contract(connection, contract)?;
        known.allow(Act::Enrol, outside)?;
        let mut keys = Keys::load(connection, known.row.contract_id)?;
        let stored = storage::subject::of_contract(connection, known.row.contract_id)?;
        let taken = stored.iter().filter_map(|row| row.label_hash).collect();
        let (rows, unmet) = read(&known, sheet, &keys, &taken)?;
        let not_eligible = rows.iter().zip(&unmet).filter(|(_, unmet)| !unmet.is_empty());
        let not_eligible = not_eligible.map(|(row, _)| row.subject.clone()).collect();
        let payload = BatchSize { count: u32::try_from(rows.len()).unwrap_or(u32::MAX) };
        let mut draft = journal::draft(outside, EntryKind::SubjectsEnrolled, &payload)?;
        draft.terms = Some(known.terms());
        let seq = known.chain.seq() + 1;
        let rows: Vec<(SubjectRow, SubjectKeyRow)> = rows
            .iter()
            .zip(0..)
            .map(|(row, item)| subject_row(outside, &known, &mut keys, draft.id, (row, seq, item)))
            .collect::<Result<_, _>>()?;
        let (rows, keys): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let commitments: Vec<_> = rows.iter().map(|row| row.commitment).collect();
        draft.commitments = vec![Batch::Subjects.root(&commitments)];
        let receipt = known.chain.append(connection, draft)?;
        for (step, (chunk, keys)) in rows.chunks(STEP).zip(keys.chunks(STEP)).enumerate() {
            outside.tell(step * STEP, Some(rows.len()));
            storage::subject_key::insert(connection, keys)?;
            storage::subject::insert(connection, chunk)?;
        }
        outside.tell(rows.len(), Some(rows.len()));
        let subjects = rows.len();
        let rows = rows.iter().zip(unmet).map(|(row, unmet)| EnrolledRow { subject: row.subject_ref, unmet }).collect();
        Ok(Enrolled { contract: contract.into(), subjects, not_eligible, rows, receipt })
    })
}

/// Reads the file, and tells which part of the condition for enrolment each row does not meet.
fn read(
    known: &Known,
    sheet: &Sheet,
    keys: &Keys,
    taken: &HashSet<Digest>,
) -> Result<(Vec<intake::SubjectRow>, Vec<Unmet>), Error> {
    let document: &Document = &known.contract().checked.document;
    let mut assembly = Assembly::new(document);
    let mut rows: Vec<intake::SubjectRow> = Vec::new();
    let mut errors = intake::subjects(document, (&sheet.file, sheet.format), sheet.open()?, |row| {
        assembly.subject(&sheet.file, &row);
        rows.push(row);
    });
    for row in &rows {
        if taken.contains(&keys.label_hash(&row.subject)?) {
            errors.push(RowError {
                file: sheet.file.clone(),
                line: row.line,
                field: Some("subject".into()),
                message: "this subject is enrolled already".into(),
                help: "leave the row out: what is enrolled stays as it is".into(),
            });
        }
    }
    if let Some(term) = document.header.term {
        let outside = |row: &&intake::SubjectRow| row.enrolled_on < term.start || row.enrolled_on > term.end;
        errors.extend(rows.iter().filter(outside).map(|row| RowError {
            file: sheet.file.clone(),
            line: row.line,
            field: Some("enrolled_on".into()),
            message: format!("the day of enrolment lies outside the term, {} to {}", term.start, term.end),
            help: "subjects are enrolled within the term of the contract".into(),
        }));
    }
    if let Some((_, ending)) = known.versions.ending {
        let late = rows.iter().filter(|row| row.enrolled_on > ending.on);
        errors.extend(late.map(|row| RowError {
            file: sheet.file.clone(),
            line: row.line,
            field: Some("enrolled_on".into()),
            message: format!("the day of enrolment lies after the end of the contract, {}", ending.on),
            help: "subjects are enrolled while the contract is in force".into(),
        }));
    }
    assembly.refuse(errors);
    let data = assembly.finish().map_err(in_order)?;
    let Some(as_of) = rows.iter().map(|row| row.enrolled_on).max() else {
        return Err(Error::refused("nothing-to-enrol", format!("{} has no rows", sheet.file), "add a row per subject"));
    };
    let unmet = unmet(known.contract(), &data, as_of);
    Ok((rows, unmet))
}

/// Errors as rows of a file are read: from its beginning.
fn in_order(errors: Vec<RowError>) -> Error {
    Error::Rows(RowErrors::from(errors).in_order())
}

fn subject_row(
    outside: &mut Outside,
    known: &Known,
    keys: &mut Keys,
    entry: EntryId,
    (row, seq, item): (&intake::SubjectRow, i64, i32),
) -> Result<(SubjectRow, SubjectKeyRow), Error> {
    let (contract_id, subject_ref) = (known.row.contract_id, pseudonym(outside.bytes()?));
    let key = keys.add(outside, subject_ref)?;
    let content = SubjectContent {
        enrolled_on: row.enrolled_on,
        fields: content::texts(&known.contract().checked.document.fields, &row.cells),
        label: row.subject.clone(),
        subject: subject_ref,
    };
    let at = SealedAt { contract: contract_id, seq, batch: Batch::Subjects, item };
    let content = content::encode(&content);
    let (sealed, commitment) = keys.commit_and_seal(outside, entry, (at, Some(subject_ref)), content)?;
    let (label_hash, sealed) = (Some(keys.label_hash(&row.subject)?), Some(sealed));
    Ok((SubjectRow { contract_id, subject_ref, label_hash, sealed, commitment, seq, item }, key))
}
