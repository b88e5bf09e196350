//! Prolongs a contract: an amendment that changes nothing but the last day of its term.

use std::collections::BTreeMap;

use super::{
    AmendmentDraft, Error, Outside, ProposedAmendment,
    known::{self, Known},
    propose_amendment,
};
use crate::{
    contract::Agreement,
    storage::{self, Connection},
    terms::document::prolong,
    values::Day,
};

/// A new last day of a contract.
#[derive(Clone, Copy, Debug)]
pub struct Renewal<'r> {
    /// The new last day of the term.
    pub until: Day,
    /// The first day on which the prolonged contract holds; left out, the day after the term as it is.
    pub effective_on: Option<Day>,
    /// Why, in a line that names no person.
    pub reason: &'r str,
}

/// Proposes to prolong a contract in force; all sign it as they sign an amendment.
///
/// # Errors
/// A refusal when the contract has no term, ends later already, or cannot be amended.
pub fn renew_contract(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    renewal: Renewal,
) -> Result<ProposedAmendment, Error> {
    let Renewal { until, effective_on, reason } = renewal;
    connection.transaction(|connection| {
        let known = known::contract(connection, contract)?;
        let Some(term) = known.contract().checked.document.header.term else {
            let message = format!("the document of `{contract}` has no term");
            return Err(Error::refused("no-term", message, "it goes on until it is terminated"));
        };
        if until <= term.end {
            let message = format!("`{contract}` runs until {} already", term.end);
            return Err(Error::refused("no-renewal", message, format!("take a day after {}", term.end)));
        }
        let Agreement { document, files, settings, .. } = newest(connection, &known)?;
        let unreadable = || Error::Stored(format!("the term of `{contract}` cannot be found in its document"));
        let document = prolong::with_last_day(&document, until).ok_or_else(unreadable)?;
        let after = term.end.plus_days(1).ok_or_else(unreadable)?;
        let file = |name: &str| files.get(name).cloned().ok_or_else(|| "it is not part of the agreement".into());
        let settings: BTreeMap<String, String> = settings;
        let effective_on = effective_on.unwrap_or(after);
        let (file_name, files) = (contract, &file);
        let draft = AmendmentDraft { file: file_name, document: &document, files, settings, effective_on, reason };
        propose_amendment(connection, outside, contract, &draft)
    })
}

/// What was agreed last, word for word.
fn newest(connection: &mut Connection, known: &Known) -> Result<Agreement, Error> {
    let life = known.life(connection)?;
    let Some((_, amendment)) = life.amendments.agreed().last() else {
        return known::agreement(&known.row, &known.parties);
    };
    let texts = storage::amendment::of_contract(connection, known.row.contract_id)?;
    let gone = || Error::Stored(format!("the text of the amendment at position {} is gone", amendment.seq));
    known::amended(texts.iter().find(|text| text.seq == amendment.seq).ok_or_else(gone)?)
}
