//! `statement`: what was posted under a contract.

use clap::Args;

use super::{
    session::{DONE, Failure, Session, day},
    settlement::lines,
    table::table,
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
    /// Leaves out settlements of later days
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
    let totals = statement.totals.iter();
    let totals: Vec<_> = totals
        .map(|total| vec![total.clause.clone(), total.payer.clone(), total.payee.clone(), total.amount.to_string()])
        .collect();
    let balances = statement.balances.iter();
    let balances: Vec<_> = balances
        .map(|balance| {
            vec![balance.party.clone(), balance.roles.join(", "), balance.account.to_owned(), balance.balance.clone()]
        })
        .collect();
    text += &format!("\n{}", table(&["total of", "payer", "payee", "amount"], &[3], totals));
    text + &format!("\n{}", table(&["party", "role", "account", "balance"], &[3], balances))
}
