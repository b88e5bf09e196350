//! `reverse`: taking back what was recorded wrongly.

use clap::Args;
use serde_json::json;

use super::session::{DONE, Failure, Session, Under, day};
use crate::{contract::money::reason::REVERSALS, operations::reverse_entry, values::Day};

/// Takes back the postings of an entry that recorded a step of a payment wrongly: sent, confirmed or failed.
///
/// The entry stays; a new one posts the opposite and names it, once. Settlements and accruals are not reversed: correct the
/// facts, and the next one posts the difference.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  outcome-ledger reverse acme-north-2025 14 --reason did-not-happen")]
pub struct ReverseArgs {
    /// The contract's name
    contract: String,
    /// The entry, by its position in the contract's chain or its identifier
    entry: String,
    /// Why
    #[arg(long, value_parser = REVERSALS)]
    reason: String,
    /// The day for which it counts; that of the entry when left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Day>,
    #[command(flatten)]
    under: Under,
}

/// Runs the command.
pub fn run(args: &ReverseArgs, session: &Session) -> Result<u8, Failure> {
    let ReverseArgs { contract, entry, reason, on, under } = args;
    let request = json!([contract, entry, reason, on]);
    let reversed = session.once(under, "reverse_entry", &request, |connection, outside| {
        reverse_entry(connection, outside, contract, entry, reason, *on)
    })?;
    session.answer(&reversed, || {
        format!("Reversed entry {} at position {}: {reason}", reversed.entry, reversed.receipt.position)
    })?;
    Ok(DONE)
}
