//! Enrols subjects: one entry for the whole batch, contents beside the journal.

use std::collections::HashSet;

use serde::Serialize;

use super::{
    Error, Outside,
    journal::{self, Receipt},
    known::{self, Known},
};
use crate::{
    contract::{
        Act, Batch,
        content::{self, SubjectContent},
        payload::BatchSize,
        pseudonym::pseudonym,
    },
    ledger::EntryKind,
    storage::{self, Connection, SubjectRow},
    terms::{
        document::Document,
        evaluate::evaluate,
        intake::{self, Assembly, RowError},
    },
};

/// Rows that are stored before somebody is told how far it is.
pub(super) const STEP: usize = 2_000;

/// A file of rows.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The file's name, for errors.
    pub file: String,
    /// Its bytes: CSV in UTF-8.
    pub bytes: Vec<u8>,
}

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
    /// Where it was recorded.
    pub receipt: Receipt,
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
        known.state.after(Act::Enrol)?;
        let stored = storage::subject::of_contract(connection, known.row.contract_id)?;
        let taken: HashSet<&str> = stored.iter().map(|row| row.label.as_str()).collect();
        let (rows, not_eligible) = read(&known, sheet, &taken)?;
        let payload = BatchSize { count: u32::try_from(rows.len()).unwrap_or(u32::MAX) };
        let mut draft = journal::draft(outside, EntryKind::SubjectsEnrolled, &payload)?;
        draft.terms = Some(known.row.digest);
        let seq = known.chain.seq() + 1;
        let mut rows: Vec<SubjectRow> = rows
            .iter()
            .zip(0..)
            .map(|(row, item)| subject_row(outside, &known, row, seq, item))
            .collect::<Result<_, _>>()?;
        for (row, item) in rows.iter_mut().zip(0..) {
            row.commitment = Batch::Subjects.commit(row.contract_id, draft.id, item, &row.salt, &row.content);
        }
        let commitments: Vec<_> = rows.iter().map(|row| row.commitment).collect();
        draft.commitments = vec![Batch::Subjects.root(&commitments)];
        let receipt = known.chain.append(connection, draft)?;
        for (step, chunk) in rows.chunks(STEP).enumerate() {
            outside.tell(step * STEP, rows.len());
            storage::subject::insert(connection, chunk)?;
        }
        outside.tell(rows.len(), rows.len());
        Ok(Enrolled { contract: contract.into(), subjects: rows.len(), not_eligible, receipt })
    })
}

/// Reads the file, and tells who does not meet the condition for enrolment.
fn read(known: &Known, sheet: &Sheet, taken: &HashSet<&str>) -> Result<(Vec<intake::SubjectRow>, Vec<String>), Error> {
    let document: &Document = &known.contract.checked.document;
    let mut assembly = Assembly::new(document);
    let mut rows: Vec<intake::SubjectRow> = Vec::new();
    let mut errors = intake::subjects(document, &sheet.file, &sheet.bytes[..], |row| {
        assembly.subject(&sheet.file, &row);
        rows.push(row);
    });
    errors.extend(rows.iter().filter(|row| taken.contains(row.subject.as_str())).map(|row| RowError {
        file: sheet.file.clone(),
        line: row.line,
        field: Some("subject".into()),
        message: "this subject is enrolled already".into(),
        help: "leave the row out: what is enrolled stays as it is".into(),
    }));
    assembly.refuse(errors);
    let data = assembly.finish().map_err(in_order)?;
    let Some(as_of) = rows.iter().map(|row| row.enrolled_on).max() else {
        return Err(Error::refused("nothing-to-enrol", format!("{} has no rows", sheet.file), "add a row per subject"));
    };
    // A clause that cannot be computed yet says nothing about who may be enrolled.
    let not_eligible = evaluate(&known.contract, &data, as_of).map(|found| found.not_eligible).unwrap_or_default();
    Ok((rows, not_eligible.iter().map(ToString::to_string).collect()))
}

/// Errors as rows of a file are read: from its beginning.
pub(super) fn in_order(mut errors: Vec<RowError>) -> Error {
    errors.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Error::Rows(errors)
}

fn subject_row(
    outside: &mut Outside,
    known: &Known,
    row: &intake::SubjectRow,
    seq: i64,
    item: i32,
) -> Result<SubjectRow, Error> {
    let subject_ref = pseudonym(outside.bytes()?);
    let fields = content::texts(&known.contract.checked.document.fields, &row.cells);
    let content =
        SubjectContent { enrolled_on: row.enrolled_on, fields, label: row.subject.clone(), subject: subject_ref };
    Ok(SubjectRow {
        contract_id: known.row.contract_id,
        subject_ref,
        label: content.label.clone(),
        enrolled_on: row.enrolled_on,
        content: content::encode(&content),
        salt: outside.bytes()?,
        commitment: Default::default(),
        seq,
        item,
    })
}
