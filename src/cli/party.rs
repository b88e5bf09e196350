//! `party`: who takes part in the network.

use clap::{Args, Subcommand};
use serde_json::json;

use super::{
    session::{DONE, Failure, Session, Under},
    table::table,
};
use crate::operations::{Registered, RegisteredParty, list_parties, register_party};

/// Registers and lists the parties of the network: manufacturers, insurers, hospitals.
#[derive(Debug, Args)]
pub struct PartyArgs {
    #[command(subcommand)]
    command: PartyCommand,
}

#[derive(Debug, Subcommand)]
enum PartyCommand {
    /// Registers a party
    #[command(after_help = "Examples:\n  outcome-ledger party add \"Insurer A\" --is insurer")]
    Add {
        /// Its name, unique in the network
        name: String,
        /// What it is, in the words of contracts: manufacturer, insurer, hospital …
        #[arg(long, value_name = "WORD")]
        is: String,
        #[command(flatten)]
        under: Under,
    },
    /// Lists all parties
    List,
}

/// Runs the command.
pub fn run(args: &PartyArgs, session: &Session) -> Result<u8, Failure> {
    match &args.command {
        PartyCommand::Add { name, is, under } => {
            let request = json!([name, is]);
            let registered = session.once(under, "register_party", &request, |connection, outside| {
                register_party(connection, outside, name, is)
            })?;
            session.answer(&registered, || {
                let Registered { name, is, receipt, .. } = &registered;
                format!("Registered {name} ({is}) at position {} of the network's chain", receipt.position)
            })?;
        }
        PartyCommand::List => {
            let parties = list_parties(&mut session.open()?)?;
            let row = |party: &RegisteredParty| vec![party.name.clone(), party.is.clone(), party.position.to_string()];
            let rows: Vec<_> = parties.iter().map(row).collect();
            session.answer(&json!({ "parties": parties }), || table(&["party", "is", "position"], &[2], rows))?;
        }
    }
    Ok(DONE)
}
