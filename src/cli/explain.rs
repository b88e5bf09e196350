//! `explain`: one line of a settlement, from the amount to the facts.

use std::path::PathBuf;

use clap::Args;

use super::{
    Session,
    input::{self, Reports},
    output::{self, DONE, Failure, Outcome},
};
use crate::{
    terms::explain::{Explanation, Question, explain},
    values::Day,
};

/// Explains what a clause yields for one subject, group or the contract: the tree from the amount down to the facts.
///
/// Every step names its line in the contract. The values are those that `settle` computes.
#[derive(Debug, Args)]
#[command(
    after_help = "EXAMPLES\n  outcome-ledger explain contract.yaml --clause refund --subject p1 --subjects patients.csv \\\n      --facts dispensing=dispensings.csv --facts progression=progressions.csv --as-of 2025-12-31\n  outcome-ledger explain our-guarantee --clause refund --subject p1 --as-of 2025-12-31"
)]
pub struct Arguments {
    /// A contract document, or the name of a contract in the ledger.
    #[arg(value_name = "FILE|CONTRACT")]
    contract: PathBuf,
    #[command(flatten)]
    reports: Reports,
    /// The clause.
    #[arg(long)]
    clause: String,
    /// The subject, for a clause that pays per subject.
    #[arg(long)]
    subject: Option<String>,
    /// The group, for a clause that pays per group.
    #[arg(long)]
    group: Option<String>,
    /// The number of the period, from 1, for a clause with `each`.
    #[arg(long)]
    period: Option<u32>,
    /// The day of the settlement.
    #[arg(long, value_name = "DATE", value_parser = input::day)]
    as_of: Day,
    /// Sets a parameter for this run, written as in the document.
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = input::setting)]
    set: Vec<(String, String)>,
}

/// Runs the command.
pub fn run(arguments: &Arguments, session: &Session) -> Outcome {
    let question = Question {
        clause: &arguments.clause,
        subject: arguments.subject.as_deref(),
        group: arguments.group.as_deref(),
        period: arguments.period,
    };
    let step = if input::is_document(&arguments.contract, &arguments.reports) {
        let contract = input::needed_contract(&arguments.contract, &arguments.set)?;
        let data = input::data(&contract, &arguments.reports)?;
        explain(&contract, &data, arguments.as_of, &question).map_err(|reason| Failure::refused("question", reason))?
    } else {
        input::no_settings(&arguments.set)?;
        in_ledger(arguments, &question, session)?
    };
    output::answer(session.format, &step, || step.to_string())?;
    Ok(DONE)
}

#[cfg(feature = "server")]
fn in_ledger(arguments: &Arguments, question: &Question, session: &Session) -> Result<Explanation, Failure> {
    let name = arguments.contract.display().to_string();
    Ok(crate::operations::explain_line(&mut session.open()?, &name, arguments.as_of, question)?)
}

#[cfg(not(feature = "server"))]
fn in_ledger(arguments: &Arguments, _: &Question, _: &Session) -> Result<Explanation, Failure> {
    Err(input::no_such_file(&arguments.contract))
}
