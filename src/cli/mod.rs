//! What a person types: one file per command.
//!
//! Lives here: arguments, files, terminal output, exit codes, and the outermost clock and random source. Never here:
//! what commands mean; that is in `terms`, `contract` and `operations`.
//!
//! - `check`: read contracts, find what is wrong, run their examples
//! - `describe`: a contract in plain words
//! - `explain`: one line of a settlement, from the amount to the facts
//! - `input`: contracts and reports from files
//! - `output`: text, tables and JSON on the terminal
//! - `settle`: what is owed for facts in files, without a database

mod check;
mod describe;
mod explain;
mod input;
mod output;
mod settle;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

/// Exit codes of all commands.
pub mod exit {
    /// Done.
    pub const DONE: u8 = 0;
    /// Something was found or refused; nothing was changed.
    pub const REFUSED: u8 = 1;
    /// Wrong usage; clap exits with it by itself.
    pub const USAGE: u8 = 2;
    /// A file or database cannot be reached.
    pub const UNREACHABLE: u8 = 3;
}

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text and tables for people.
    #[default]
    Text,
    /// JSON for programs.
    Json,
}

#[derive(Debug, Parser)]
#[command(name = "outcome-ledger", version, about, long_about = None, max_term_width = 110, after_help = "\
EXIT CODES
  0  done
  1  something was found or refused; nothing was changed
  2  wrong usage
  3  a file or database cannot be reached

Start with:  outcome-ledger check contracts/*/contract.yaml")]
struct Arguments {
    /// How results are written: text and tables for people, JSON for programs.
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Settle(settle::Arguments),
    Explain(explain::Arguments),
    Describe(describe::Arguments),
}

/// Why a command ends without its result.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// What to tell, empty when everything has been told.
    pub message: String,
}

impl Failure {
    /// Something was found or refused.
    pub fn refused(message: impl Into<String>) -> Self {
        Self { code: exit::REFUSED, message: message.into() }
    }

    /// A file or database cannot be reached.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self { code: exit::UNREACHABLE, message: message.into() }
    }
}

/// What commands answer: an exit code, or why they failed.
pub type Outcome = Result<u8, Failure>;

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let format = arguments.format;
    let outcome = match arguments.command {
        Command::Check(arguments) => check::run(&arguments, format),
        Command::Settle(arguments) => settle::run(&arguments, format),
        Command::Explain(arguments) => explain::run(&arguments, format),
        Command::Describe(arguments) => describe::run(&arguments, format),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            output::problem(&failure.message, format);
            ExitCode::from(failure.code)
        }
    }
}
