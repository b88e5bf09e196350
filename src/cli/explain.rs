//! `explain`: one line of a settlement, from the amount to the facts.

use std::path::PathBuf;

use clap::Args;

use super::{
    Failure, Format, Outcome, exit,
    input::{self, Reports},
    output,
};
use crate::{
    terms::explain::{Question, explain},
    values::Day,
};

/// Explains what a clause yields for one subject, group or the contract: the tree from the amount down to the facts.
///
/// Every step names its line in the contract. The values are those that `settle` computes.
#[derive(Debug, Args)]
#[command(
    after_help = "EXAMPLE\n  outcome-ledger explain contract.yaml --clause refund --subject p1 --subjects patients.csv \\\n      --facts dispensing=dispensings.csv --facts progression=progressions.csv --as-of 2025-12-31"
)]
pub struct Arguments {
    /// The contract document.
    #[arg(value_name = "FILE")]
    file: PathBuf,
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
pub fn run(arguments: &Arguments, format: Format) -> Outcome {
    let contract = input::needed_contract(&arguments.file, &arguments.set)?;
    let data = input::data(&contract, &arguments.reports)?;
    let question = Question {
        clause: &arguments.clause,
        subject: arguments.subject.as_deref(),
        group: arguments.group.as_deref(),
        period: arguments.period,
    };
    let step = explain(&contract, &data, arguments.as_of, &question).map_err(Failure::refused)?;
    match format {
        Format::Json => output::json(&step)?,
        Format::Text => output::write(&step.to_string())?,
    }
    Ok(exit::DONE)
}
