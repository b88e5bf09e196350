//! What is owed as of a day for what was known at a position: the same for everybody who has agreement and facts.

use super::{
    content::ContentError,
    reported::{Reported, Seen},
    settlement::{SettlementError, SettlementLine, in_minor},
    statement::{Statement, state},
    versions::{Version, Versions, cut, divide, join},
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

/// Evaluates the versions of a contract that were agreed by a position, and gives all that is owed in words and in minor
/// units.
///
/// # Errors
/// What cannot be read, computed or settled.
pub fn owed(
    versions: &Versions,
    reported: &Reported,
    seq: i64,
    as_of: Day,
) -> Result<(Statement, Vec<SettlementLine>), OwedError> {
    evaluated(evaluate, versions, reported, seq, as_of)
}

/// Gives all that is earned as of a day for what was known at a position, also what falls due later.
///
/// # Errors
/// What cannot be read, computed or settled.
pub fn earned(
    versions: &Versions,
    reported: &Reported,
    seq: i64,
    as_of: Day,
) -> Result<Vec<SettlementLine>, OwedError> {
    evaluated(evaluate_earned, versions, reported, seq, as_of).map(|(_, lines)| lines)
}

/// What each version gives of what is owed, in the order of versions.
///
/// # Errors
/// What cannot be read or computed.
pub fn owed_by_version<'v>(
    versions: &'v Versions,
    reported: &Reported,
    seq: i64,
    as_of: Day,
) -> Result<Vec<(&'v Version, Statement)>, OwedError> {
    by_version(evaluate, versions, reported, seq, as_of)
}

/// How a contract is evaluated.
type Evaluate = fn(&Contract, &Data, Day) -> Result<Evaluation, EvaluationError>;

fn evaluated(
    evaluate: Evaluate,
    versions: &Versions,
    reported: &Reported,
    seq: i64,
    as_of: Day,
) -> Result<(Statement, Vec<SettlementLine>), OwedError> {
    let parts = by_version(evaluate, versions, reported, seq, as_of)?;
    let currency = versions.newest().contract.checked.document.header.currency;
    let nothing = || ContentError(format!("no version was agreed by position {seq}"));
    let statement = join(parts.into_iter().map(|(_, part)| part).collect()).ok_or_else(nothing)?;
    let pseudonyms = reported.pseudonyms();
    let lines = in_minor(&statement.lines, currency, |label| pseudonyms.get(label).copied())?;
    Ok((statement, lines))
}

fn by_version<'v>(
    evaluate: Evaluate,
    versions: &'v Versions,
    reported: &Reported,
    seq: i64,
    as_of: Day,
) -> Result<Vec<(&'v Version, Statement)>, OwedError> {
    let known = versions.known_at(seq);
    let (kinds, ends_on) = (versions.kinds(), versions.ends_on(seq));
    let mut statements = Vec::with_capacity(known.len());
    for (version, until) in &known {
        let data =
            reported.data_at(&version.contract.checked.document, &Seen { seq, until: ends_on, kinds: &kinds })?;
        let mut statement = one(evaluate, &version.contract, &data, as_of)?;
        cut(&mut statement, ends_on);
        statements.push((statement, version.from, *until));
    }
    Ok(known.into_iter().map(|(version, _)| version).zip(divide(statements)).collect())
}

fn one(evaluate: Evaluate, contract: &Contract, data: &Data, as_of: Day) -> Result<Statement, OwedError> {
    let document = &contract.checked.document;
    let evaluation = evaluate(contract, data, as_of).map_err(|error| {
        let clause = document.clauses.get(usize::from(error.clause)).map_or("", |clause| &clause.name.text);
        OwedError::NotComputable { clause: clause.into(), reason: error.to_string() }
    })?;
    Ok(state(contract, &evaluation))
}
