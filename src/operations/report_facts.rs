//! Records facts, corrections and retractions: one entry for each sort, contents beside the journal.

use std::collections::HashSet;

use serde::Serialize;

use super::{
    Error, Outside,
    correct_facts::{NewFact, Row, Standing},
    enrol_subjects::{Sheet, in_order},
    journal::Receipt,
    known::{self, Known},
    record_facts::record_facts,
    sealing::Keys,
};
use crate::{
    contract::Act,
    ledger::EntryKind,
    storage::Connection,
    terms::{
        document::Document,
        intake::{self, RowError},
    },
};

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
        let mut known = known::contract(connection, contract)?;
        known.state.after(Act::Report)?;
        let keys = Keys::load(connection, known.row.contract_id)?;
        let [retracted, corrected, recorded] = resolve(connection, &known, &keys, report)?;
        let counts = [&retracted, &corrected, &recorded].map(Vec::len);
        let all: usize = counts.iter().sum();
        if all == 0 {
            return Err(Error::refused("nothing-to-report", "the files have no rows", "add a row for each fact"));
        }
        let receipts = append_all(connection, outside, &mut known, [retracted, corrected, recorded])?;
        let [retracted, corrected, recorded] = counts;
        Ok(Recorded { contract: contract.into(), recorded, corrected, retracted, receipts })
    })
}

/// Reads all files and finds what corrections and retractions mean.
fn resolve(
    connection: &mut Connection,
    known: &Known,
    keys: &Keys,
    report: &FactReport,
) -> Result<[Vec<NewFact>; 3], Error> {
    let document = &known.contract.checked.document;
    let mut errors = Vec::new();
    // A retraction says which fact it means; what it does not need to say may be left out.
    let mut lenient = document.clone();
    lenient.facts.iter_mut().flat_map(|kind| &mut kind.fields).for_each(|field| field.optional = true);
    let retracted = read(&lenient, &report.retracted, &mut errors)?;
    let corrected = read(document, &report.corrected, &mut errors)?;
    let recorded = read(document, &report.recorded, &mut errors)?;
    let rows = || retracted.iter().chain(&corrected).chain(&recorded);
    let labels: HashSet<&str> = rows().filter_map(|row| row.row.subject.as_deref()).collect();
    let kinds: HashSet<&str> = rows().map(|row| document.facts[row.kind].name.text.as_str()).collect();
    let pseudonyms = known::pseudonyms(connection, &known.row, keys, &labels)?;
    let reported = known::facts_of(connection, &known.row, keys, (&pseudonyms, &kinds))?;
    let mut standing = Standing::new(known, &reported, pseudonyms);
    let mut gather = |rows: &[Row], find: &mut dyn FnMut(&Row) -> Result<NewFact, RowError>| {
        let mut facts = Vec::with_capacity(rows.len());
        for row in rows {
            match find(row) {
                Ok(fact) => facts.push(fact),
                Err(error) => errors.push(error),
            }
        }
        facts
    };
    let retracted = gather(&retracted, &mut |row| standing.retract(row));
    let corrected = gather(&corrected, &mut |row| standing.correct(row));
    let recorded = gather(&recorded, &mut |row| {
        let fact = standing.record(row)?;
        if report.again { Ok(fact) } else { standing.refuse_known(row).map(|()| fact) }
    });
    if errors.is_empty() { Ok([retracted, corrected, recorded]) } else { Err(in_order(errors)) }
}

fn read<'s>(document: &Document, sheets: &'s [FactSheet], errors: &mut Vec<RowError>) -> Result<Vec<Row<'s>>, Error> {
    let mut rows = Vec::new();
    for FactSheet { kind: name, sheet } in sheets {
        let Some(kind) = document.facts.iter().position(|kind| kind.name.text == *name) else {
            let known: Vec<_> = document.facts.iter().map(|kind| format!("`{}`", kind.name.text)).collect();
            let message = format!("the contract knows no facts of kind `{name}`");
            return Err(Error::refused("unknown-kind", message, format!("it knows {}", known.join(", "))));
        };
        let take = |row| rows.push(Row { file: &sheet.file, kind, row });
        errors.extend(intake::facts(document, kind, &sheet.file, &sheet.bytes[..], take));
    }
    Ok(rows)
}

/// Appends what is retracted, corrected and recorded: one entry for each sort that there is.
pub(super) fn append_all(
    connection: &mut Connection,
    outside: &mut Outside,
    known: &mut Known,
    [retracted, corrected, recorded]: [Vec<NewFact>; 3],
) -> Result<Vec<Receipt>, Error> {
    let keys = Keys::load(connection, known.row.contract_id)?;
    let all = retracted.len() + corrected.len() + recorded.len();
    let batches = [
        (EntryKind::FactsRetracted, retracted),
        (EntryKind::FactsCorrected, corrected),
        (EntryKind::FactsRecorded, recorded),
    ];
    let (mut receipts, mut done) = (Vec::new(), 0);
    for (kind, facts) in batches.into_iter().filter(|(_, facts)| !facts.is_empty()) {
        let told = &mut |outside: &mut Outside, stored| outside.tell(done + stored, all);
        receipts.push(record_facts(connection, outside, known, &keys, (kind, &facts), told)?);
        done += facts.len();
    }
    outside.tell(all, all);
    Ok(receipts)
}
