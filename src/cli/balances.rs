//! `balances`: what accounts hold, and the trial balance.

use clap::Args;

use super::{
    session::{DONE, Failure, Session, day},
    table::table,
};
use crate::{
    ledger::View,
    operations::{AccountBalance, StatedBalances, TrialBalance, state_all_balances, state_balances},
    values::Day,
};

/// States what the accounts of a contract hold, or those of the whole ledger, with their trial balance.
///
/// With --as-of, entries count that have effect by that day; with --known-at, entries up to a position of the contract's
/// chain. Both together say what was known then about that day, whatever was recorded later.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger balances\n  outcome-ledger balances acme-north-2025 --as-of 2025-06-30\n  outcome-ledger balances acme-north-2025 --as-of 2025-06-30 --known-at 12 --format json"
)]
pub struct BalancesArgs {
    /// The contract's name; the whole ledger when left out
    contract: Option<String>,
    /// Leaves out what takes effect later
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Day>,
    /// Leaves out what was recorded at later positions of the contract's chain
    #[arg(long, value_name = "POSITION", requires = "contract")]
    known_at: Option<u64>,
}

/// Runs the command.
pub fn run(args: &BalancesArgs, session: &Session) -> Result<u8, Failure> {
    let connection = &mut session.open()?;
    let balances = match &args.contract {
        Some(contract) => state_balances(connection, contract, View { as_of: args.as_of, known_at: args.known_at })?,
        None => state_all_balances(connection, args.as_of)?,
    };
    session.answer(&balances, || in_text(&balances))?;
    Ok(DONE)
}

fn in_text(balances: &StatedBalances) -> String {
    let whose = balances.contract.as_deref().unwrap_or("the whole ledger");
    let as_of = balances.as_of.map(|day| format!(" as of {day}")).unwrap_or_default();
    let known = balances.known_at.map(|position| format!(", as known at position {position}")).unwrap_or_default();
    let title = format!("Balances of {whose}{as_of}{known}\n\n");
    if balances.accounts.is_empty() {
        return title + "No account holds anything.";
    }
    let trials = balances.trial.iter().map(trial_in_text);
    title + &accounts(&balances.accounts) + "\n" + &trials.collect::<Vec<_>>().join("\n")
}

fn trial_in_text(trial: &TrialBalance) -> String {
    let outcome = if trial.balanced { "they balance" } else { "THEY DO NOT BALANCE" };
    format!("{}: debits {}, credits {}; {outcome}", trial.currency, trial.debits, trial.credits)
}

/// Accounts for people, debits and credits in columns of their own.
pub(super) fn accounts(accounts: &[AccountBalance]) -> String {
    let row = |account: &AccountBalance| {
        let (debit, credit) = match account.balance.strip_prefix('-') {
            Some(credit) => (String::new(), credit.to_owned()),
            None => (account.balance.clone(), String::new()),
        };
        let (party, roles) = (account.party.clone(), account.roles.join(", "));
        vec![account.contract.clone(), party, roles, account.account.into(), account.currency.clone(), debit, credit]
    };
    let headings = ["contract", "party", "role", "account", "currency", "debit", "credit"];
    table(&headings, &[5, 6], accounts.iter().map(row))
}
