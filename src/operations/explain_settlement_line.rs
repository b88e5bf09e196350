//! Explains a line of a settlement by what was known when it was put forward.

use super::{Error, bookkeeping::Bookkeeping, known, list_settlements::found};
use crate::{
    contract::{StatementLine, reported::Seen, settlement::in_words, statement::state, versions::belongs_on},
    storage::{self, Connection},
    terms::{
        evaluate::evaluate,
        explain::{Explanation, Question, explain},
    },
};

/// A line with what it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedLine {
    /// The line.
    pub line: StatementLine,
    /// Why the clause yields what it does; none for what is no longer owed in a period that is gone.
    pub explanation: Option<Explanation>,
}

/// Explains the line of a settlement at a place in it, from 0. Nothing is written.
///
/// # Errors
/// A refusal when there is no such settlement or line, or the line was erased.
pub fn explain_settlement_line(
    connection: &mut Connection,
    contract: &str,
    settlement: &str,
    item: u32,
) -> Result<ExplainedLine, Error> {
    connection.snapshot(|connection| {
        let keeping = Bookkeeping::read(connection, contract)?;
        let proposal = found(connection, &keeping, Some(settlement))?;
        let (seq, as_of) = (proposal.seq, proposal.settlement.as_of);
        let missing = || {
            let help = format!("its lines are 0 to {}", i64::from(proposal.settlement.count) - 1);
            Error::refused("no-line", format!("the settlement has no line {item}, or it was erased"), help)
        };
        let chain = keeping.known.row.contract_id;
        let mut rows = storage::settlement_line::of_entry(connection, chain, seq)?;
        rows.retain(|row| row.item.unsigned_abs() == item);
        let line = known::open_lines(connection, &keeping.known.row, rows)?.pop();
        let line = line.and_then(|(_, line)| line).ok_or_else(missing)?;
        let reported = known::reported(connection, &keeping.known.row)?;
        let labels = reported.labels();
        let label = |subject| labels.get(&subject).map(|label| (*label).to_owned());
        let versions = &keeping.known.versions;
        let line = in_words(&line, versions.newest().contract.checked.document.header.currency, label)?;
        // Versions that were agreed later did not count.
        let known = versions.known_at(seq - 1);
        let on = belongs_on(&line);
        let held = known.iter().rev().find(|(version, _)| version.from.is_none_or(|from| from <= on));
        let Some((version, _)) = held else { return Ok(ExplainedLine { explanation: None, line }) };
        let contract = &version.contract;
        let seen = Seen { seq: seq - 1, until: versions.ends_on(seq - 1), kinds: &versions.kinds() };
        let data = reported.data_at(&contract.checked.document, &seen)?;
        let evaluation = evaluate(contract, &data, as_of).map_err(|error| Error::Stored(error.to_string()))?;
        let owed = state(contract, &evaluation).lines;
        let same = |owed: &StatementLine| {
            (&owed.clause, &owed.subject, &owed.group, &owed.period)
                == (&line.clause, &line.subject, &line.group, &line.period)
        };
        let period = owed.iter().zip(&evaluation.lines).find(|(owed, _)| same(owed)).map(|(_, line)| line.period);
        let question = Question {
            clause: &line.clause,
            subject: line.subject.as_deref(),
            group: line.group.as_deref(),
            period: period.filter(|period| *period > 0),
        };
        let explanation = explain(contract, &data, as_of, &question).ok();
        Ok(ExplainedLine { explanation, line })
    })
}
