//! What a person types: one file per command.
//!
//! Lives here: reading options and files, asking operations, writing answers. Never here: rules of business.
//! The clock and the source of random bytes are made here, and nowhere else.
//!
//! - `session`: where the database is, how answers are written, exit codes
//! - `table`: rows and columns for people
//! - `init`, `party`, `contract`, `enrol`, `report`, `settlement`, `statement`, `verify`: the commands on a database

#[cfg(feature = "server")]
pub mod contract;
#[cfg(feature = "server")]
pub mod enrol;
#[cfg(feature = "server")]
pub mod init;
#[cfg(feature = "server")]
pub mod party;
#[cfg(feature = "server")]
pub mod report;
#[cfg(feature = "server")]
pub mod session;
#[cfg(feature = "server")]
pub mod settlement;
#[cfg(feature = "server")]
pub mod statement;
#[cfg(feature = "server")]
pub mod table;
#[cfg(feature = "server")]
pub mod verify;

#[cfg(feature = "server")]
mod commands {
    use clap::{Args, Parser, Subcommand};

    use super::{
        contract, enrol, init, party, report,
        session::{Failure, Session, day},
        settlement, statement, verify,
    };
    use crate::values::Day;

    /// The system of record for outcome-based health contracts.
    #[derive(Debug, Parser)]
    #[command(name = "outcome-ledger", version)]
    struct Cli {
        #[command(flatten)]
        session: Session,
        #[command(subcommand)]
        command: Command,
    }

    #[derive(Debug, Subcommand)]
    enum Command {
        Init(init::InitArgs),
        Party(party::PartyArgs),
        Contract(contract::ContractArgs),
        Enrol(enrol::EnrolArgs),
        Report(report::ReportArgs),
        Settle(SettleArgs),
        Statement(statement::StatementArgs),
        Verify(verify::VerifyArgs),
    }

    /// Shows what is due under a contract as of a day, and posts it with --post.
    #[derive(Debug, Args)]
    struct SettleArgs {
        /// The contract's name
        contract: String,
        /// The day
        #[arg(long, value_name = "DATE", value_parser = day)]
        as_of: Day,
        /// Post the difference to what was posted before
        #[arg(long)]
        post: bool,
    }

    pub fn run() -> u8 {
        let Cli { session, command } = Cli::parse();
        let done: Result<u8, Failure> = match &command {
            Command::Init(args) => init::run(args, &session),
            Command::Party(args) => party::run(args, &session),
            Command::Contract(args) => contract::run(args, &session),
            Command::Enrol(args) => enrol::run(args, &session),
            Command::Report(args) => report::run(args, &session),
            Command::Settle(args) => settlement::run_posted(&args.contract, args.as_of, args.post, &session),
            Command::Statement(args) => statement::run(args, &session),
            Command::Verify(args) => verify::run(args, &session),
        };
        done.unwrap_or_else(|failure| {
            failure.tell(session.format);
            failure.exit
        })
    }
}

/// Runs the program.
pub fn run() -> std::process::ExitCode {
    #[cfg(feature = "server")]
    return commands::run().into();
    #[cfg(not(feature = "server"))]
    std::process::ExitCode::SUCCESS
}
