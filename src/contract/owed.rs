//! What is owed as of a day for what was known at a position: the same for everybody who has agreement and facts.

use super::{
    content::ContentError,
    reported::Reported,
    settlement::{SettlementError, SettlementLine, in_minor},
    statement::{Statement, state},
};
use crate::{
    terms::{
        Contract,
        evaluate::{Data, Evaluation, EvaluationError, evaluate, evaluate_earned},
    },
    values::Day,
};

/// Says why nothing can be said about what is owed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OwedError {
    /// What was reported cannot be read.
    #[error(transparent)]
    Reported(#[from] ContentError),
    /// A clause cannot be computed.
    #[error("{reason} (`{clause}`)")]
    NotComputable {
        /// The clause.
        clause: String,
        /// Why not.
        reason: String,
    },
    /// An amount cannot be settled.
    #[error(transparent)]
    Settlement(#[from] SettlementError),
}

/// Evaluates the contract, and gives all that is owed in words and in minor units.
///
/// # Errors
/// What cannot be read, computed or settled.
pub fn owed(
    contract: &Contract,
    reported: &Reported,
    seq: i64,
    as_of: Day,
) -> Result<(Statement, Vec<SettlementLine>), OwedError> {
    evaluated(evaluate, contract, reported, seq, as_of)
}

/// Gives all that is earned as of a day for what was known at a position, also what falls due later.
///
/// # Errors
/// What cannot be read, computed or settled.
pub fn earned(
    contract: &Contract,
    reported: &Reported,
    seq: i64,
    as_of: Day,
) -> Result<Vec<SettlementLine>, OwedError> {
    evaluated(evaluate_earned, contract, reported, seq, as_of).map(|(_, lines)| lines)
}

fn evaluated(
    evaluate: fn(&Contract, &Data, Day) -> Result<Evaluation, EvaluationError>,
    contract: &Contract,
    reported: &Reported,
    seq: i64,
    as_of: Day,
) -> Result<(Statement, Vec<SettlementLine>), OwedError> {
    let document = &contract.checked.document;
    let data = reported.data_at(document, seq)?;
    let evaluation = evaluate(contract, &data, as_of).map_err(|error| {
        let clause = document.clauses.get(usize::from(error.clause)).map_or("", |clause| &clause.name.text);
        OwedError::NotComputable { clause: clause.into(), reason: error.to_string() }
    })?;
    let statement = state(contract, &evaluation);
    let pseudonyms = reported.pseudonyms();
    let lines = in_minor(&statement.lines, document.header.currency, |label| pseudonyms.get(label).copied())?;
    Ok((statement, lines))
}
