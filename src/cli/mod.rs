//! What a person types: one file per command.
//!
//! Lives here: arguments, files, terminal output, exit codes, and the outermost clock and random source. Never here: what
//! commands mean; that is in `terms`, `contract` and `operations`.
//!
//! Without a database:
//! - `check`: read contracts, find what is wrong, run their examples
//! - `settle`: what is owed, for facts in files or in the ledger
//! - `explain`: one amount, down to the facts
//! - `compare`: two versions or offers, in words and in money
//! - `describe`: a contract in plain words
//! - `fhir`: clinical records as facts of a contract, shown or recorded
//! - `new`: a contract of one's own from a template
//! - `verify`, `verify_file`, `verify_database`: a database, a bundle or a certificate checked
//!
//! On a database:
//! - `demo`: the whole story on real patients
//! - `init`, `party`, `contract`, `amendment`, `ending`, `enrol`, `report`, `calendar`, `erase`, `settlement`, `dispute`,
//!   `payment`, `reverse`, `accrue`, `statement`, `balances`: the job, step by step
//! - `checkpoint`, `publish`, `prove`: the log for others
//! - `serve`, `token`: the interface over HTTP, and how to sign in; `network`: a network to try it with; `keeper`: the log
//!   kept up meanwhile; `courier`: parties told of what happens
//! - `backup`, `rebuild`: copies and putting them in place; what repeats the journal, put right
//! - `export`, `certificate`: what proves a contract or one settlement, for somebody else
//!
//! For the logs of others:
//! - `witness`: cosign their checkpoints
//!
//! Shared:
//! - `cosignatures`: witnesses asked, and what they said
//! - `input`: contracts and reports from files
//! - `output`: text and JSON on the terminal, exit codes
//! - `session`: where the database is, time and random bytes
//! - `table`: rows and columns for people

#[cfg(feature = "server")]
pub mod accrue;
#[cfg(feature = "server")]
mod amendment;
#[cfg(feature = "server")]
pub mod backup;
#[cfg(feature = "server")]
pub mod balances;
#[cfg(feature = "server")]
pub mod calendar;
#[cfg(feature = "server")]
pub mod certificate;
mod check;
#[cfg(feature = "server")]
pub mod checkpoint;
mod compare;
#[cfg(feature = "server")]
pub mod contract;
#[cfg(feature = "server")]
pub mod cosignatures;
#[cfg(feature = "server")]
mod courier;
#[cfg(feature = "server")]
mod demo;
mod describe;
#[cfg(feature = "server")]
pub mod dispute;
#[cfg(feature = "server")]
mod ending;
#[cfg(feature = "server")]
pub mod enrol;
#[cfg(feature = "server")]
pub mod erase;
mod explain;
#[cfg(feature = "server")]
pub mod export;
mod fhir;
#[cfg(feature = "server")]
pub mod init;
mod input;
#[cfg(feature = "server")]
mod keeper;
#[cfg(feature = "server")]
mod network;
mod new;
pub mod output;
#[cfg(feature = "server")]
pub mod party;
#[cfg(feature = "server")]
pub mod payment;
#[cfg(feature = "server")]
pub mod prove;
#[cfg(feature = "server")]
pub mod publish;
#[cfg(feature = "server")]
pub mod rebuild;
#[cfg(feature = "server")]
pub mod report;
#[cfg(feature = "server")]
pub mod reverse;
#[cfg(feature = "server")]
pub mod serve;
#[cfg(feature = "server")]
pub mod session;
mod settle;
#[cfg(feature = "server")]
pub mod settlement;
#[cfg(feature = "server")]
pub mod statement;
pub mod table;
#[cfg(feature = "server")]
mod token;
pub mod verify;
#[cfg(feature = "server")]
mod verify_database;
mod verify_file;
#[cfg(feature = "server")]
pub mod witness;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::output::Outcome;
#[cfg(feature = "server")]
use self::session::Session;

/// Options of every command, in a program that has no database.
#[cfg(not(feature = "server"))]
#[derive(Clone, Debug, clap::Args)]
pub struct Session {
    /// How answers are written.
    #[arg(long, global = true, value_enum, default_value_t)]
    pub format: output::Format,
}

/// The system of record for outcome-based health contracts.
///
/// A contract is a document that people read and this program runs. Facts are reported, settlements follow from them to
/// the cent, and a ledger proves what was agreed, reported and paid.
#[derive(Debug, Parser)]
#[command(
    name = "outcome-ledger",
    version,
    max_term_width = 110,
    after_help = "\
EXIT CODES
  0   done
  1   something was found or refused; nothing was changed
  2   wrong usage
  3   a file or the database cannot be reached
  10  verify: valid, but some contents were not given
  20  verify: older than the checkpoint you hold
  30  verify, witness: the log shows another history than before
  40  verify: not valid
  50  verify: no bundle or certificate that can be read

START WITH
  outcome-ledger demo
  outcome-ledger check contracts/*/contract.yaml"
)]
struct Arguments {
    #[command(flatten)]
    session: Session,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[cfg(feature = "server")]
    Demo(demo::DemoArgs),
    Check(check::Arguments),
    Settle(settle::Arguments),
    Explain(explain::Arguments),
    Compare(compare::Arguments),
    New(new::Arguments),
    Describe(describe::Arguments),
    Fhir(fhir::Arguments),
    #[cfg(feature = "server")]
    Init(init::InitArgs),
    #[cfg(feature = "server")]
    Party(party::PartyArgs),
    #[cfg(feature = "server")]
    Contract(contract::ContractArgs),
    #[cfg(feature = "server")]
    Enrol(enrol::EnrolArgs),
    #[cfg(feature = "server")]
    Report(report::ReportArgs),
    #[cfg(feature = "server")]
    Calendar(calendar::CalendarArgs),
    #[cfg(feature = "server")]
    Erase(erase::EraseArgs),
    #[cfg(feature = "server")]
    Settlement(settlement::SettlementArgs),
    #[cfg(feature = "server")]
    Dispute(dispute::DisputeArgs),
    #[cfg(feature = "server")]
    Payment(payment::PaymentArgs),
    #[cfg(feature = "server")]
    Reverse(reverse::ReverseArgs),
    #[cfg(feature = "server")]
    Accrue(accrue::AccrueArgs),
    #[cfg(feature = "server")]
    Statement(statement::StatementArgs),
    #[cfg(feature = "server")]
    Balances(balances::BalancesArgs),
    #[cfg(feature = "server")]
    Checkpoint(checkpoint::CheckpointArgs),
    #[cfg(feature = "server")]
    Publish(publish::PublishArgs),
    #[cfg(feature = "server")]
    Prove(prove::ProveArgs),
    #[cfg(feature = "server")]
    Serve(serve::ServeArgs),
    Verify(verify::VerifyArgs),
    #[cfg(feature = "server")]
    Witness(witness::WitnessArgs),
    #[cfg(feature = "server")]
    Backup(backup::BackupArgs),
    #[cfg(feature = "server")]
    Restore(backup::RestoreArgs),
    #[cfg(feature = "server")]
    Rebuild(rebuild::RebuildArgs),
    #[cfg(feature = "server")]
    Export(export::ExportArgs),
    #[cfg(feature = "server")]
    Certificate(certificate::CertificateArgs),
    #[cfg(feature = "server")]
    Token(token::TokenArgs),
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let Arguments { session, command } = Arguments::parse();
    let outcome = dispatch(&command, &session);
    outcome
        .unwrap_or_else(|failure| {
            failure.tell(session.format);
            failure.exit
        })
        .into()
}

fn dispatch(command: &Command, session: &Session) -> Outcome {
    match command {
        #[cfg(feature = "server")]
        Command::Demo(arguments) => demo::run(arguments, session),
        Command::Check(arguments) => check::run(arguments, session.format),
        Command::Settle(arguments) => settle::run(arguments, session),
        Command::Explain(arguments) => explain::run(arguments, session),
        Command::Compare(arguments) => compare::run(arguments, session.format),
        Command::New(arguments) => new::run(arguments, session.format),
        Command::Describe(arguments) => describe::run(arguments, session.format),
        Command::Fhir(arguments) => fhir::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Init(arguments) => init::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Party(arguments) => party::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Contract(arguments) => contract::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Enrol(arguments) => enrol::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Report(arguments) => report::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Calendar(arguments) => calendar::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Erase(arguments) => erase::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Settlement(arguments) => settlement::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Dispute(arguments) => dispute::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Payment(arguments) => payment::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Reverse(arguments) => reverse::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Accrue(arguments) => accrue::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Statement(arguments) => statement::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Balances(arguments) => balances::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Checkpoint(arguments) => checkpoint::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Publish(arguments) => publish::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Prove(arguments) => prove::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Serve(arguments) => serve::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Export(arguments) => export::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Certificate(arguments) => certificate::run(arguments, session),
        Command::Verify(arguments) => verify::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Witness(arguments) => witness::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Backup(arguments) => backup::run_backup(arguments, session),
        #[cfg(feature = "server")]
        Command::Restore(arguments) => backup::run_restore(arguments, session),
        #[cfg(feature = "server")]
        Command::Rebuild(arguments) => rebuild::run(arguments, session),
        #[cfg(feature = "server")]
        Command::Token(arguments) => token::run(arguments, session),
    }
}
