//! Records facts, corrections and retractions: one entry for each sort, contents beside the journal.
//!
//! New facts may be a million: they are read, compared with what is known and recorded step by step, in one transaction
//! that is undone when a row is wrong. Corrections and retractions are read as a whole.

use serde::Serialize;

use super::{
    Error, Outside,
    correct_facts::NewFact,
    incoming::Taking,
    journal::{Chain, Receipt},
    known::{self, Known},
    record_facts::{Steps, Under, in_steps, record_facts},
    sealing::Keys,
    sheet::Sheet,
};
use crate::{contract::Act, ledger::EntryKind, storage::Connection, terms::intake::RowErrors};

/// Facts of one kind in a file.
#[derive(Clone, Debug)]
pub struct FactSheet {
    /// The kind, as the document names it.
    pub kind: String,
    /// The file.
    pub sheet: Sheet,
}

/// What is reported at once: all of it is recorded, or nothing. Retractions come first, then corrections, then new facts.
#[derive(Clone, Debug, Default)]
pub struct FactReport {
    /// Facts not reported before.
    pub recorded: Vec<FactSheet>,
    /// Facts that replace the one of the same subject and day.
    pub corrected: Vec<FactSheet>,
    /// Facts to be taken back: subject, day, and values where these are needed to tell facts apart.
    pub retracted: Vec<FactSheet>,
    /// Records new facts also when they equal a fact reported before or another row of the report.
    pub again: bool,
    /// The most rows that may be wrong: with so many or fewer the others are recorded. 0: all rows or none.
    pub rejects: usize,
}

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// The contract's name.
    pub contract: String,
    /// Number of new facts.
    pub recorded: usize,
    /// Number of facts replaced.
    pub corrected: usize,
    /// Number of facts taken back.
    pub retracted: usize,
    /// What is wrong with rows that were left out.
    #[serde(skip_serializing_if = "RowErrors::is_empty")]
    pub rejected: RowErrors,
    /// Where it was recorded: one entry for each sort.
    pub receipts: Vec<Receipt>,
}

/// Records a report.
///
/// # Errors
/// [`Error::Rows`] with everything that is wrong with any file; a refusal when a kind is unknown, the contract is not in
/// force.
pub fn report_facts(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    report: &FactReport,
) -> Result<Recorded, Error> {
    connection.transaction(|connection| {
        let known = known::contract(connection, contract)?;
        known.allow(Act::Report, outside)?;
        let Known { mut chain, row, versions, .. } = known;
        let keys = Keys::load(connection, row.contract_id)?;
        let under = Under::newest(&row, &versions, &keys);
        let (mut taking, [retracted, corrected, first]) = Taking::start(connection, under, report)?;
        let mut first = Some(first);
        let mut steps = || first.take().map_or_else(|| taking.next(), Ok);
        let [taken_back, replaced] = [retracted.len(), corrected.len()];
        let (all, receipts) = append_all(connection, outside, (&mut chain, under), [retracted, corrected], &mut steps)?;
        let rejected = taking.errors.in_order();
        match (receipts.is_empty(), rejected.is_empty()) {
            (true, true) => {
                Err(Error::refused("nothing-to-report", "the files have no rows", "add a row for each fact"))
            }
            (true, false) => Err(Error::Rows(rejected)),
            _ => Ok(Recorded {
                contract: contract.into(),
                recorded: all - taken_back - replaced,
                corrected: replaced,
                retracted: taken_back,
                rejected,
                receipts,
            }),
        }
    })
}

/// Appends what is retracted, corrected and recorded: one entry for each sort that there is. Tells how many facts there
/// are in all.
pub(super) fn append_all(
    connection: &mut Connection,
    outside: &mut Outside,
    (chain, under): (&mut Chain, Under),
    [retracted, corrected]: [Vec<NewFact>; 2],
    recorded: Steps,
) -> Result<(usize, Vec<Receipt>), Error> {
    let (mut retracted, mut corrected) = (in_steps(retracted), in_steps(corrected));
    let batches: [(EntryKind, Steps); 3] = [
        (EntryKind::FactsRetracted, &mut retracted),
        (EntryKind::FactsCorrected, &mut corrected),
        (EntryKind::FactsRecorded, recorded),
    ];
    let (mut all, mut receipts) = (0, Vec::new());
    for (kind, steps) in batches {
        if let Some(batch) = record_facts(connection, outside, (chain, under), kind, (steps, all))? {
            all += batch.count;
            receipts.push(batch.receipt);
        }
    }
    outside.tell(all, Some(all));
    Ok((all, receipts))
}
