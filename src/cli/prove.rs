//! `prove`: an entry is in the log; the log only grew; a fact is in an entry.

use clap::{Args, Subcommand};
use serde_json::json;

use super::session::{DONE, Failure, Session};
use crate::{
    operations::{FactProof, find_chain, prove_consistency, prove_fact, prove_inclusion},
    values::FactId,
};

/// Proves to somebody who has nothing but a checkpoint that an entry is in the log, that the log only grew, or what was
/// reported in one fact.
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
    /// Proves one reported fact: content and salt, and the path from its commitment to the entry that recorded it
    ///
    /// Content and salt tell everything about the fact; give the proof only to those who may know it. Of a fact that was
    /// erased only the commitment and its path are left. `prove entry` proves the entry.
    #[command(
        after_help = "Examples:\n  outcome-ledger prove fact 2f4b1c9a-77d0-4c3e-9a51-0d6f00000012 --contract acme-north-2025"
    )]
    Fact {
        /// The name of the fact
        #[arg(value_parser = fact_id)]
        fact: FactId,
        /// The contract
        #[arg(long, value_name = "NAME")]
        contract: String,
    },
}

fn fact_id(text: &str) -> Result<FactId, String> {
    let help = "expected the name of a fact, such as 2f4b1c9a-77d0-4c3e-9a51-0d6f00000012";
    text.parse().map(FactId).map_err(|_| help.into())
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
        ProveCommand::Fact { fact, contract } => {
            let proof = prove_fact(&mut connection, contract, *fact)?;
            session.answer(&proof, || fact_in_text(&proof))?;
        }
    }
    Ok(DONE)
}

fn fact_in_text(proof: &FactProof) -> String {
    let opening = match &proof.opening {
        Some(opening) => format!("content    {}\nsalt       {}", opening.content, opening.salt),
        None => "content    erased".into(),
    };
    let path: String = proof.path.iter().map(|node| format!("\nnode       {node}")).collect();
    format!(
        "Fact {} of {}\n{opening}\ncommitment {}, item {} of {}{path}\nroot       {}, in entry {} at position {}",
        proof.fact, proof.contract, proof.commitment, proof.item, proof.count, proof.root, proof.entry, proof.position
    )
}
