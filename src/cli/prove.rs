//! `prove`: an entry is in the log; the log only grew.

use clap::{Args, Subcommand};
use serde_json::json;

use super::session::{DONE, Failure, Session};
use crate::operations::{find_chain, prove_consistency, prove_inclusion};

/// Proves to somebody who has nothing but a checkpoint that an entry is in the log, or that the log only grew.
#[derive(Debug, Args)]
pub struct ProveArgs {
    #[command(subcommand)]
    command: ProveCommand,
}

#[derive(Debug, Subcommand)]
enum ProveCommand {
    /// Proves that an entry is in the log, in the form of C2SP `tlog-proof`
    #[command(
        after_help = "Examples:\n  outcome-ledger prove entry 7 --contract guarantee\n  outcome-ledger prove entry 1"
    )]
    Entry {
        /// Its position in its chain
        position: u64,
        /// The contract; without one, the chain of the network
        #[arg(long, value_name = "NAME")]
        contract: Option<String>,
    },
    /// Proves that the log of one size continues the log of an earlier size
    #[command(after_help = "Examples:\n  outcome-ledger prove growth 120 345")]
    Growth {
        /// The earlier size
        old: u64,
        /// The later size
        new: u64,
    },
}

/// Runs the command.
pub fn run(args: &ProveArgs, session: &Session) -> Result<u8, Failure> {
    let mut connection = session.open()?;
    match &args.command {
        ProveCommand::Entry { position, contract } => {
            let chain = find_chain(&mut connection, contract.as_deref())?;
            let proof = prove_inclusion(&mut connection, chain, *position)?;
            session.answer(&proof, || proof.proof.trim_end().to_owned())?;
        }
        ProveCommand::Growth { old, new } => {
            let nodes: Vec<_> =
                prove_consistency(&mut connection, *old, *new)?.iter().map(ToString::to_string).collect();
            session.answer(&json!({ "old": old, "new": new, "nodes": nodes }), || nodes.join("\n"))?;
        }
    }
    Ok(DONE)
}
