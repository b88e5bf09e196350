//! `describe`: a contract in plain words.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{
    input,
    output::{self, DONE, Format, Outcome},
};
use crate::terms::describe::{self, Language, markdown};

/// Writes a contract out in plain English or Chinese: who pays whom, when, how much, within what limits.
///
/// The words come from the terms that run, so they cannot say anything else. The text is Markdown.
#[derive(Debug, Args)]
#[command(
    after_help = "EXAMPLES\n  outcome-ledger describe contract.yaml\n  outcome-ledger describe contract.yaml --language zh > terms.md\n  outcome-ledger describe contract.yaml --set max_per_patient='20_000 CNY' --format json"
)]
pub struct Arguments {
    /// The contract document.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The language.
    #[arg(long, value_enum, default_value_t)]
    language: Words,
    /// Sets a parameter for this run, written as in the document.
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = input::setting)]
    set: Vec<(String, String)>,
}

/// The languages as arguments.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Words {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

/// Runs the command.
pub fn run(arguments: &Arguments, format: Format) -> Outcome {
    let contract = input::needed_contract(&arguments.file, &arguments.set)?;
    let language = match arguments.language {
        Words::En => Language::English,
        Words::Zh => Language::Chinese,
    };
    let sheet = describe::describe(&contract, language);
    output::answer(format, &sheet, || markdown::render(&sheet))?;
    Ok(DONE)
}
