//! `dispute`: lines of a settlement set aside, decided by both sides or an arbiter.

use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;

use super::{
    session::{DONE, Failure, Session, Under},
    table::table,
};
use crate::{
    contract::{money::reason::DISPUTES, payload::Decision},
    operations::{ClaimOrder, DisputeOrder, ListedDispute, RecordedDispute, decide_claim, list_disputes, open_dispute},
};

/// Disputes lines of a settlement, and ends disputes.
///
/// Who pays or is paid sets lines aside, with a reason and the digest of evidence; the rest can be approved and is posted. The
/// disputed lines are posted or dropped when both sides say the same, or when the contract's arbiter says so. An answer is due
/// after 30 days.
#[derive(Debug, Args)]
pub struct DisputeArgs {
    #[command(subcommand)]
    command: DisputeCommand,
}

#[derive(Debug, Subcommand)]
enum DisputeCommand {
    /// Sets lines of a settlement aside, which has not been posted yet
    #[command(
        group(ArgGroup::new("what").args(["line", "clause"]).required(true)),
        after_help = "Examples:\n  outcome-ledger dispute open acme-north-2025 7 --as manufacturer --line 0 --reason facts"
    )]
    Open {
        /// The contract's name
        contract: String,
        /// The settlement, by the position or identifier of its entry
        settlement: String,
        /// The role that disputes
        #[arg(long = "as", value_name = "ROLE")]
        role: String,
        /// The place of a line in the settlement, from 0; its limits go with it
        #[arg(long, value_name = "PLACE")]
        line: Vec<u32>,
        /// A clause all of whose lines are disputed
        #[arg(long)]
        clause: Option<String>,
        /// Why
        #[arg(long, value_parser = DISPUTES)]
        reason: String,
        /// The SHA-256 of evidence, which stays with you, hexadecimal
        #[arg(long, value_name = "SHA-256")]
        evidence: Option<String>,
        #[command(flatten)]
        under: Under,
    },
    /// Says for one role whether the lines are to be posted; the dispute ends when both sides say the same
    #[command(
        group(ArgGroup::new("decision").args(["accept", "refuse"]).required(true)),
        after_help = "Examples:\n  outcome-ledger dispute resolve acme-north-2025 9 --as insurer --accept"
    )]
    Resolve {
        /// The contract's name
        contract: String,
        /// The dispute, by the position or identifier of the entry that opened it
        dispute: String,
        /// The role that says it
        #[arg(long = "as", value_name = "ROLE")]
        role: String,
        /// The lines are to be posted
        #[arg(long)]
        accept: bool,
        /// The lines are to be dropped
        #[arg(long)]
        refuse: bool,
        /// The SHA-256 of evidence, which stays with you, hexadecimal
        #[arg(long, value_name = "SHA-256")]
        evidence: Option<String>,
        #[command(flatten)]
        under: Under,
    },
    /// Lists all disputes of a contract
    List {
        /// The contract's name
        contract: String,
    },
}

/// Runs the command.
pub fn run(args: &DisputeArgs, session: &Session) -> Result<u8, Failure> {
    match &args.command {
        DisputeCommand::Open { contract, settlement, role, line, clause, reason, evidence, under } => {
            let request = json!([contract, settlement, role, line, clause, reason, evidence]);
            let order = DisputeOrder {
                settlement,
                role,
                items: line,
                clause: clause.as_deref(),
                reason,
                evidence: evidence.as_deref(),
            };
            let opened = session.once(under, "open_dispute", &request, |connection, outside| {
                open_dispute(connection, outside, contract, &order)
            })?;
            session.answer(&opened, || recorded(&opened))?;
        }
        DisputeCommand::Resolve { contract, dispute, role, accept, refuse, evidence, under } => {
            let decision = if *accept && !*refuse { Decision::Accepted } else { Decision::Refused };
            let request = json!([contract, dispute, role, decision, evidence]);
            let order = ClaimOrder { dispute, role, decision, evidence: evidence.as_deref() };
            let decided = session.once(under, "decide_claim", &request, |connection, outside| {
                decide_claim(connection, outside, contract, &order)
            })?;
            session.answer(&decided, || recorded(&decided))?;
        }
        DisputeCommand::List { contract } => {
            let today = session.outside(|outside| Ok(outside.today()))?;
            let disputes = list_disputes(&mut session.open()?, contract, today)?;
            session.answer(&json!({ "disputes": disputes }), || list(&disputes))?;
        }
    }
    Ok(DONE)
}

fn recorded(recorded: &RecordedDispute) -> String {
    let dispute = &recorded.dispute;
    let next = match (&recorded.resolved, dispute.awaited.as_slice()) {
        (Some(receipt), _) => format!("{} at position {}", dispute.stage, receipt.position),
        (None, []) => "open: the two sides do not agree".into(),
        (None, awaited) => format!("open; {} to answer by {}", awaited.join(", "), dispute.answer_by),
    };
    format!(
        "Dispute {} about {} line(s) of the settlement proposed at position {}: {next}",
        dispute.position,
        dispute.items.len(),
        dispute.settlement
    )
}

fn list(disputes: &[ListedDispute]) -> String {
    if disputes.is_empty() {
        return "Nothing was disputed yet.".into();
    }
    let row = |dispute: &ListedDispute| {
        let totals = dispute.totals.iter();
        let totals = totals.map(|total| format!("{} to {}: {}", total.payer, total.payee, total.amount));
        let items: Vec<_> = dispute.items.iter().map(ToString::to_string).collect();
        vec![
            dispute.position.to_string(),
            dispute.settlement.to_string(),
            items.join(", "),
            dispute.role.clone(),
            dispute.reason.clone(),
            if dispute.overdue { format!("{} (overdue)", dispute.answer_by) } else { dispute.answer_by.to_string() },
            dispute.stage.to_owned(),
            totals.collect::<Vec<_>>().join("; "),
        ]
    };
    let headings = ["position", "settlement", "lines", "by", "reason", "answer by", "stage", "totals"];
    table(&headings, &[0, 1], disputes.iter().map(row))
}
