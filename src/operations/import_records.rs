//! Records the facts that clinical records give: what is new, what a newer version says, what no longer holds. The same
//! records again change nothing.

use super::{
    Error, Outside,
    imported::Prior,
    journal::Receipt,
    known,
    record_facts::{Under, in_steps},
    report_facts::append_all,
    sealing::Keys,
};
use crate::{
    contract::Act,
    exchange::fhir::{Issue, Reading},
    storage::Connection,
    terms::document::Document,
};

/// What was recorded.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The contract's name.
    pub contract: String,
    /// Number of new facts.
    pub recorded: usize,
    /// Number of facts replaced.
    pub corrected: usize,
    /// Number of facts taken back.
    pub retracted: usize,
    /// Number of facts that stand already as the records say.
    pub unchanged: usize,
    /// What was not used, and why.
    pub issues: Vec<Issue>,
    /// Where it was recorded: one entry for each sort, none when nothing changed.
    pub receipts: Vec<Receipt>,
}

/// The document of a contract, by which records are read.
///
/// # Errors
/// A refusal when the contract is unknown.
pub fn read_document(connection: &mut Connection, contract: &str) -> Result<Document, Error> {
    Ok(known::read(connection, contract)?.contract().checked.document.clone())
}

/// Records what was found in clinical records by the [document](read_document) of a contract in force. What cannot be used is
/// told and keeps nothing else from being recorded.
///
/// # Errors
/// A refusal when the contract is unknown or not in force.
pub fn import_records(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    reading: &Reading,
) -> Result<Imported, Error> {
    connection.transaction(|connection| {
        let mut known = known::contract(connection, contract)?;
        known.allow(Act::Report, outside)?;
        let reported = known::reported(connection, &known.row)?;
        let brought = Prior::new(&known, &reported).compare(reading);
        let [retracted, corrected, recorded] =
            [&brought.retracted, &brought.corrected, &brought.recorded].map(Vec::len);
        let keys = Keys::load(connection, known.row.contract_id)?;
        let under = Under::newest(&known.row, &known.versions, &keys);
        let facts = [brought.retracted, brought.corrected];
        let mut steps = in_steps(brought.recorded);
        let (_, receipts) = append_all(connection, outside, (&mut known.chain, under), facts, &mut steps)?;
        let issues = reading.issues.iter().cloned().chain(brought.issues).collect();
        let (contract, unchanged) = (contract.to_owned(), brought.unchanged);
        Ok(Imported { contract, recorded, corrected, retracted, unchanged, issues, receipts })
    })
}
