//! `settle`: what is owed for facts in files, without a database.

use std::path::PathBuf;

use clap::Args;

use super::{
    Session,
    input::{self, Reports},
    output::{self, DONE, Failure, Outcome},
    table::table,
};
use crate::{
    contract::{
        Statement, StatementLine,
        statement::{Awaited, state},
    },
    terms::evaluate::evaluate,
    values::Day,
};

/// Computes what is owed on a day: for a contract document and reports in CSV files, or for a contract of the ledger.
///
/// With a file, no database is needed. With the name of a contract in the ledger, the difference to what was posted
/// before is shown; `settlement propose` puts it forward. Lines that fall due by the day are listed with
/// their reasons; limits are lines of their own, so that the lines add up. What is awaited is listed and moves no money.
#[derive(Debug, Args)]
#[command(
    after_help = "EXAMPLES\n  outcome-ledger settle contract.yaml --subjects patients.csv \\\n      --facts dispensing=dispensings.csv --facts progression=progressions.csv --as-of 2025-12-31\n  outcome-ledger settle our-guarantee --as-of 2025-12-31"
)]
pub struct Arguments {
    /// A contract document, or the name of a contract in the ledger.
    #[arg(value_name = "FILE|CONTRACT")]
    contract: PathBuf,
    #[command(flatten)]
    reports: Reports,
    /// The day of the settlement: facts and enrolments after it are not seen.
    #[arg(long, value_name = "DATE", value_parser = input::day)]
    as_of: Day,
    /// Sets a parameter for this run, written as in the document; only with a file.
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = input::setting)]
    set: Vec<(String, String)>,
}

/// Runs the command.
pub fn run(arguments: &Arguments, session: &Session) -> Outcome {
    if !input::is_document(&arguments.contract, &arguments.reports) {
        input::no_settings(&arguments.set)?;
        return in_ledger(arguments, session);
    }
    let contract = input::needed_contract(&arguments.contract, &arguments.set)?;
    let data = input::data(&contract, &arguments.reports)?;
    let evaluation = evaluate(&contract, &data, arguments.as_of).map_err(|error| {
        let clause = &contract.checked.document.clauses[usize::from(error.clause)].name.text;
        Failure::refused("evaluation", format!("`{clause}`: {error}; nothing was settled"))
    })?;
    let statement = state(&contract, &evaluation);
    output::answer(session.format, &statement, || text(&statement))?;
    Ok(DONE)
}

#[cfg(feature = "server")]
fn in_ledger(arguments: &Arguments, session: &Session) -> Outcome {
    super::settlement::preview(&arguments.contract.display().to_string(), arguments.as_of, session)
}

#[cfg(not(feature = "server"))]
fn in_ledger(arguments: &Arguments, _: &Session) -> Outcome {
    Err(input::no_such_file(&arguments.contract))
}

/// A settlement as text.
pub fn text(statement: &Statement) -> String {
    let mut text =
        format!("Settlement of {} as of {}, amounts in {}\n", statement.contract, statement.as_of, statement.currency);
    section(&mut text, "Owed", lines(&statement.lines), statement.lines.is_empty());
    if !statement.totals.is_empty() {
        let rows = statement
            .totals
            .iter()
            .map(|t| vec![t.clause.clone(), t.payer.clone(), t.payee.clone(), output::amount(t.amount)]);
        section(&mut text, "Totals", table(&["clause", "payer", "payee", "amount"], &[3], rows), false);
    }
    if !statement.upcoming.is_empty() {
        section(&mut text, "Falls due later (before limits)", lines(&statement.upcoming), false);
    }
    if !statement.pending.is_empty() {
        section(&mut text, "Awaited; no money moves yet", awaited(&statement.pending), false);
    }
    if !statement.not_eligible.is_empty() {
        text.push_str(&format!("\nNot eligible for enrolment and left out: {}\n", statement.not_eligible.join(", ")));
    }
    text
}

fn section(text: &mut String, title: &str, body: String, empty: bool) {
    text.push_str(&format!("\n{title}\n{}", if empty { "  nothing\n".to_string() } else { body }));
}

fn lines(lines: &[StatementLine]) -> String {
    let rows = lines.iter().map(|line| {
        let whom = line.subject.clone().or_else(|| line.group.clone()).unwrap_or_default();
        let period = line.period.clone().unwrap_or_default();
        let (clause, payer, payee) = (line.clause.clone(), line.payer.clone(), line.payee.clone());
        vec![
            clause,
            whom,
            period,
            line.due_on.to_string(),
            payer,
            payee,
            output::amount(line.amount),
            line.reason.clone(),
        ]
    });
    table(&["clause", "for", "period", "due on", "payer", "payee", "amount", "reason"], &[6], rows)
}

fn awaited(pending: &[Awaited]) -> String {
    let rows = pending.iter().map(|entry| {
        let whom = entry.subject.clone().or_else(|| entry.group.clone()).unwrap_or_default();
        vec![entry.clause.clone(), whom, entry.awaits.join(", ")]
    });
    table(&["clause", "for", "awaits"], &[], rows)
}
