//! `accrue`: closing a month.

use clap::Args;
use serde_json::json;

use super::{
    session::{DONE, Failure, Session, Under, day},
    settlement::role_totals,
};
use crate::{operations::accrue_contract, values::Day};

/// Posts what is earned under a contract as of a day and not settled yet, so that finance can close a month.
///
/// What is posted is the difference to what is accrued already: a second time posts nothing, and after a settlement what was
/// settled is taken back. Earned is everything known by the day, under the limits of the contract, also what falls due later.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  outcome-ledger accrue acme-north-2025 --as-of 2025-06-30")]
pub struct AccrueArgs {
    /// The contract's name
    contract: String,
    /// The last day of the month
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Day,
    #[command(flatten)]
    under: Under,
}

/// Runs the command.
pub fn run(args: &AccrueArgs, session: &Session) -> Result<u8, Failure> {
    let AccrueArgs { contract, as_of, under } = args;
    let accrued = session.once(under, "accrue_contract", &json!([contract, as_of]), |connection, outside| {
        accrue_contract(connection, outside, contract, *as_of)
    })?;
    session.answer(&accrued, || {
        let title = format!("{} as of {}, in {}", accrued.contract, accrued.as_of, accrued.currency);
        match &accrued.posted {
            Some(receipt) => {
                format!("{title}: accrued at position {}\n\n{}", receipt.position, role_totals(&accrued.totals))
            }
            None => format!("{title}: nothing to accrue; what is earned is settled or accrued already"),
        }
    })?;
    Ok(DONE)
}
