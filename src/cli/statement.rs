//! `statement`: what was posted under a contract.

use clap::Args;

use super::{
    balances::accounts,
    session::{DONE, Failure, Session, day},
    settlement::{clause_totals, lines},
};
use crate::{
    operations::{PostedStatement, state_contract},
    values::Day,
};

/// States all posted lines of a contract, their totals, and what each party owes and is owed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger statement acme-north-2025\n  outcome-ledger statement acme-north-2025 --as-of 2025-06-30 --format json"
)]
pub struct StatementArgs {
    /// The contract's name
    contract: String,
    /// Leaves out what takes effect on later days
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Day>,
}

/// Runs the command.
pub fn run(args: &StatementArgs, session: &Session) -> Result<u8, Failure> {
    let statement = state_contract(&mut session.open()?, &args.contract, args.as_of)?;
    session.answer(&statement, || in_text(&statement))?;
    Ok(DONE)
}

fn in_text(statement: &PostedStatement) -> String {
    let upto = statement.as_of.map(|day| format!(", settlements up to {day}")).unwrap_or_default();
    let mut text = format!("{} ({}), in {}{upto}\n\n", statement.contract, statement.state, statement.currency);
    if statement.lines.is_empty() {
        return text + "Nothing is posted.";
    }
    text += &lines(statement.lines.iter().map(|line| &line.line));
    text + &format!("\n{}\n{}", clause_totals(&statement.totals), accounts(&statement.balances))
}
