//! `settlement`: what is due, put forward, approved by both sides, posted; and what would be due.

use clap::{Args, Subcommand};
use serde_json::json;

use super::{
    session::{DONE, Failure, Session, Under, day},
    table::table,
};
use crate::{
    contract::{
        StatementLine,
        money::reason::REJECTIONS,
        statement::{Total, totals},
    },
    operations::{
        DueSettlement, ListedSettlement, RoleTotal, ShownSettlement, approve_settlement, list_settlements,
        preview_settlement, propose_settlement, reject_settlement, show_settlement,
    },
    values::Day,
};

/// Lines that are shown to a person; programs get all of them.
const MOST_LINES: usize = 200;

/// Puts settlements forward, approves or rejects them, and shows where they stand.
///
/// A settlement is the difference between what is owed as of a day and what was posted. Everybody who pays or is paid
/// approves it, patients excepted; with the last approval it is posted. `settle CONTRACT --as-of DATE` shows what one would
/// be, for any day.
#[derive(Debug, Args)]
pub struct SettlementArgs {
    #[command(subcommand)]
    command: SettlementCommand,
}

#[derive(Debug, Subcommand)]
enum SettlementCommand {
    /// Computes what is due as of a day and puts it forward; without a difference nothing is recorded
    #[command(after_help = "Examples:\n  outcome-ledger settlement propose acme-north-2025 --as-of 2025-12-31")]
    Propose {
        /// The contract's name
        contract: String,
        /// The day of the settlement: facts and enrolments after it are not seen
        #[arg(long, value_name = "DATE", value_parser = day)]
        as_of: Day,
        #[command(flatten)]
        under: Under,
    },
    /// Approves a settlement for one role; with the last approval it is posted
    #[command(after_help = "Examples:\n  outcome-ledger settlement approve acme-north-2025 --as insurer")]
    Approve {
        /// The contract's name
        contract: String,
        /// The settlement, by position or identifier of its proposal; the one that waits for approvals when left out
        settlement: Option<String>,
        /// The role that approves
        #[arg(long = "as", value_name = "ROLE")]
        role: String,
        #[command(flatten)]
        under: Under,
    },
    /// Rejects a settlement for one role; the next one can then be proposed
    #[command(after_help = "Examples:\n  outcome-ledger settlement reject acme-north-2025 --as insurer --reason facts")]
    Reject {
        /// The contract's name
        contract: String,
        /// The settlement, by position or identifier of its proposal; the one that waits for approvals when left out
        settlement: Option<String>,
        /// The role that rejects
        #[arg(long = "as", value_name = "ROLE")]
        role: String,
        /// Why
        #[arg(long, value_parser = REJECTIONS)]
        reason: String,
        #[command(flatten)]
        under: Under,
    },
    /// Shows a settlement with its lines
    Show {
        /// The contract's name
        contract: String,
        /// The settlement, by position or identifier of its proposal or posting; the last one when left out
        settlement: Option<String>,
    },
    /// Lists all settlements of a contract
    List {
        /// The contract's name
        contract: String,
    },
}

/// Runs the command.
pub fn run(args: &SettlementArgs, session: &Session) -> Result<u8, Failure> {
    match &args.command {
        SettlementCommand::Propose { contract, as_of, under } => {
            let request = json!([contract, as_of]);
            let due = session.once(under, "propose_settlement", &request, |connection, outside| {
                propose_settlement(connection, outside, contract, *as_of)
            })?;
            session.answer(&due, || due_in_text(&due))?;
        }
        SettlementCommand::Approve { contract, settlement, role, under } => {
            approve(session, under, contract, settlement.as_deref(), role)?;
        }
        SettlementCommand::Reject { contract, settlement, role, reason, under } => {
            let settlement = settlement.as_deref();
            let request = json!([contract, settlement, role, reason]);
            let rejected = session.once(under, "reject_settlement", &request, |connection, outside| {
                reject_settlement(connection, outside, contract, settlement, role, reason)
            })?;
            session.answer(&rejected, || format!("{role} rejected the settlement of {contract}: {reason}"))?;
        }
        SettlementCommand::Show { contract, settlement } => {
            let shown = show_settlement(&mut session.open()?, contract, settlement.as_deref())?;
            session.answer(&shown, || shown_in_text(&shown))?;
        }
        SettlementCommand::List { contract } => {
            let settlements = list_settlements(&mut session.open()?, contract)?;
            session.answer(&json!({ "settlements": settlements }), || list(&settlements))?;
        }
    }
    Ok(DONE)
}

fn approve(
    session: &Session,
    under: &Under,
    contract: &str,
    settlement: Option<&str>,
    role: &str,
) -> Result<(), Failure> {
    let request = json!([contract, settlement, role]);
    let approved = session.once(under, "approve_settlement", &request, |connection, outside| {
        approve_settlement(connection, outside, contract, settlement, role)
    })?;
    session.answer(&approved, || {
        let what = format!("{role} approved the settlement proposed at position {}", approved.position);
        let next = match &approved.posted {
            Some(receipt) => format!("all have; posted at position {}", receipt.position),
            None => format!("still to approve: {}", approved.awaited.join(", ")),
        };
        format!("{what}; {next}\n{}", role_totals(&approved.totals))
    })
}

/// Shows what is due under a contract as of a day.
pub fn preview(contract: &str, as_of: Day, session: &Session) -> Result<u8, Failure> {
    let due = preview_settlement(&mut session.open()?, contract, as_of)?;
    session.answer(&due, || due_in_text(&due))?;
    Ok(DONE)
}

fn due_in_text(settlement: &DueSettlement) -> String {
    let DueSettlement { contract, owed, due, totals, .. } = settlement;
    let mut text = format!("{contract} as of {}, in {}\n\n", owed.as_of, owed.currency);
    if due.is_empty() {
        text += "Nothing is due: everything owed as of this day is posted.\n";
    } else {
        text += &format!("{}\n{}", lines(due), clause_totals(totals));
    }
    if !owed.pending.is_empty() {
        text += &format!("\nAmounts that await facts not reported yet: {}\n", owed.pending.len());
    }
    if !owed.not_eligible.is_empty() {
        text += &format!("\nSubjects that do not meet the condition for enrolment: {}\n", owed.not_eligible.len());
    }
    text += &match &settlement.proposed {
        Some(receipt) => {
            let next = settlement.approvers.iter();
            let next = next.map(|role| format!("\nNext: outcome-ledger settlement approve {contract} --as {role}"));
            format!("\nProposed at position {}, entry {}{}", receipt.position, receipt.entry, next.collect::<String>())
        }
        None if due.is_empty() => String::new(),
        None => {
            let next = format!("outcome-ledger settlement propose {contract} --as-of {}", owed.as_of);
            format!("\nNothing is recorded. To put it forward: {next}")
        }
    };
    text
}

fn shown_in_text(shown: &ShownSettlement) -> String {
    let ShownSettlement { contract, currency, settlement, due } = shown;
    let stage = match settlement.posted_at {
        Some(position) => format!("posted at position {position}"),
        None if settlement.awaited.is_empty() || settlement.stage != "open" => settlement.stage.to_owned(),
        None => format!("waits for {}", settlement.awaited.join(", ")),
    };
    let approved = match settlement.approved.as_slice() {
        [] => String::new(),
        roles => format!(", approved by {}", roles.join(", ")),
    };
    format!(
        "{contract} as of {}, in {currency}: proposed at position {}{approved}, {stage}\n\n{}\n{}",
        settlement.as_of,
        settlement.position,
        lines(due),
        clause_totals(&totals(due))
    )
}

fn list(settlements: &[ListedSettlement]) -> String {
    if settlements.is_empty() {
        return "No settlement was proposed yet.".into();
    }
    let row = |settlement: &ListedSettlement| {
        let totals = settlement.totals.iter();
        let totals = totals.map(|total| format!("{} to {}: {}", total.payer, total.payee, total.amount));
        vec![
            settlement.position.to_string(),
            settlement.posted_at.map_or_else(String::new, |position| position.to_string()),
            settlement.as_of.to_string(),
            settlement.stage.to_owned(),
            settlement.approved.join(", "),
            if settlement.stage == "open" { settlement.awaited.join(", ") } else { String::new() },
            totals.collect::<Vec<_>>().join("; "),
        ]
    };
    let headings = ["proposed at", "posted at", "as of", "stage", "approved by", "waits for", "totals"];
    table(&headings, &[0, 1], settlements.iter().map(row))
}

/// Totals by clause for people.
pub(super) fn clause_totals(totals: &[Total]) -> String {
    let row =
        |total: &Total| vec![total.clause.clone(), total.payer.clone(), total.payee.clone(), total.amount.to_string()];
    table(&["total of", "payer", "payee", "amount"], &[3], totals.iter().map(row))
}

/// Totals by payer and payee for people.
pub(super) fn role_totals(totals: &[RoleTotal]) -> String {
    let row = |total: &RoleTotal| vec![total.payer.clone(), total.payee.clone(), total.amount.clone()];
    table(&["payer", "payee", "amount"], &[2], totals.iter().map(row))
}

/// Lines of a settlement for people.
pub(super) fn lines<'l>(lines: impl IntoIterator<Item = &'l StatementLine>) -> String {
    let all: Vec<&StatementLine> = lines.into_iter().collect();
    let shown = |text: &Option<String>| text.clone().unwrap_or_default();
    let row = |line: &&StatementLine| {
        vec![
            line.clause.clone(),
            line.payer.clone(),
            line.payee.clone(),
            shown(&line.subject),
            shown(&line.group),
            shown(&line.period),
            line.due_on.to_string(),
            line.amount.to_string(),
            line.reason.clone(),
        ]
    };
    let rows: Vec<_> = all.iter().take(MOST_LINES).map(row).collect();
    let headings = ["clause", "payer", "payee", "subject", "group", "period", "due on", "amount", "reason"];
    let mut text = table(&headings, &[7], rows);
    if all.len() > MOST_LINES {
        text += &format!("… and {} more lines; --format json gives all\n", all.len() - MOST_LINES);
    }
    text
}
