//! `calendar`: who owes which report by when.

use clap::Args;

use super::{
    session::{DONE, Failure, Session, day},
    table::table,
};
use crate::{
    contract::calendar::{Calendar, CalendarItem},
    operations::{Sight, state_calendar},
    values::Day,
};

/// States which reports are owed and have not come, by whom and by when, and what it means for money.
///
/// A clause waits for a report that there is once; where the contract gives a default, the amount is what clauses yield
/// without the report. One report of a kind answers.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger calendar acme-north-2025\n  outcome-ledger calendar acme-north-2025 --as-of 2025-06-30 --overdue --format json"
)]
pub struct CalendarArgs {
    /// The contract's name
    contract: String,
    /// The day as of which it is asked; today when left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Day>,
    /// Only reports whose day has passed
    #[arg(long)]
    overdue: bool,
}

/// Runs the command.
pub fn run(args: &CalendarArgs, session: &Session) -> Result<u8, Failure> {
    let today = session.outside(|outside| Ok(outside.today()))?;
    let as_of = args.as_of.unwrap_or(today);
    let mut calendar = state_calendar(&mut session.open()?, &args.contract, as_of, Sight::Named)?;
    calendar.reports.retain(|item| item.overdue || !args.overdue);
    session.answer(&calendar, || in_text(&args.contract, &calendar))?;
    Ok(DONE)
}

fn in_text(contract: &str, calendar: &Calendar) -> String {
    let Calendar { as_of, currency, reports } = calendar;
    if reports.is_empty() {
        return format!("No report is owed under {contract} as of {as_of}.");
    }
    let overdue = reports.iter().filter(|item| item.overdue).count();
    let rows = reports.iter().map(|item| {
        let due_on = item.due_on.map_or_else(|| "no day".to_owned(), |day| day.to_string());
        let due_on = if item.overdue { format!("{due_on} overdue") } else { due_on };
        let by = item.by.clone().unwrap_or_else(|| "nobody named".into());
        vec![due_on, by, item.fact.clone(), item.label.clone().unwrap_or_default(), means(item, currency)]
    });
    let table = table(&["due on", "by", "report", "subject", "without it"], &[], rows);
    format!("Reports owed under {contract} as of {as_of}: {}, {overdue} of them overdue\n\n{table}", reports.len())
}

fn means(item: &CalendarItem, currency: &str) -> String {
    let waits = item.waits.iter().map(|clause| match clause.at_most {
        Some(most) => format!("{} waits, {} pays at most {} {currency}", clause.clause, clause.payer, most.normalize()),
        None => format!("{} waits, {} pays without limit", clause.clause, clause.payer),
    });
    let without = item.without.iter().map(|given| {
        let (clause, payer, payee) = (&given.clause, &given.payer, &given.payee);
        format!("{clause}: {payer} pays {payee} {} {currency}", given.amount)
    });
    let parts: Vec<String> = waits.chain(without).collect();
    if parts.is_empty() { "nothing waits".into() } else { parts.join("; ") }
}
