//! Explains what a clause of a contract in the ledger yields, down to the facts known now.

use super::{Error, known};
use crate::{
    storage::Connection,
    terms::explain::{Explanation, Question, explain},
    values::Day,
};

/// Explains one line of a contract as of a day. Nothing is written.
pub fn explain_line(
    connection: &mut Connection,
    contract: &str,
    as_of: Day,
    question: &Question,
) -> Result<Explanation, Error> {
    let known = known::read(connection, contract)?;
    let reported = known::reported(connection, &known.row)?;
    let data = reported.data_at(&known.contract.checked.document, i64::MAX)?;
    explain(&known.contract, &data, as_of, question).map_err(|reason| {
        Error::refused("question", reason, "name clause, subject or group, and period as in the settlement")
    })
}
