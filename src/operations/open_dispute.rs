//! Opens a dispute: lines of a settlement that was put forward are set aside, the rest can be settled.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    Error, Outside,
    bookkeeping::Bookkeeping,
    journal::Receipt,
    known,
    list_disputes::{ListedDispute, listed},
    list_settlements::found,
};
use crate::{
    contract::{
        LineKey, SettlementLine,
        money::{MoneyAct, dispute::ANSWER_DAYS},
        payload::DisputeOpened,
        settlement::{claim_of, sums},
    },
    storage::{self, Connection},
    values::Day,
};

use super::state_contract::what_remains;

/// What is disputed, and why.
#[derive(Clone, Copy, Debug)]
pub struct DisputeOrder<'o> {
    /// The settlement, by the position or identifier of its entry.
    pub settlement: &'o str,
    /// The role that disputes.
    pub role: &'o str,
    /// Places of lines, from 0.
    pub items: &'o [u32],
    /// A clause all of whose lines are disputed.
    pub clause: Option<&'o str>,
    /// Why, as one of the words for it.
    pub reason: &'o str,
    /// The SHA-256 of evidence, hexadecimal.
    pub evidence: Option<&'o str>,
}

/// What came of a step of a dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordedDispute {
    /// The contract's name.
    pub contract: String,
    /// The dispute as it stands now.
    pub dispute: ListedDispute,
    /// Where the step was recorded.
    pub receipt: Receipt,
    /// Where the dispute ended; none while it is open.
    pub resolved: Option<Receipt>,
}

/// Opens a dispute about lines of a settlement that waits for approvals. Amount and limits of one claim are disputed
/// together; what was approved before has to be approved again, without them.
///
/// # Errors
/// A refusal when there is no such settlement or line, when it is posted or rejected already, or the role has no say.
pub fn open_dispute(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    order: &DisputeOrder,
) -> Result<RecordedDispute, Error> {
    connection.transaction(|connection| {
        let mut keeping = Bookkeeping::open(connection, contract)?;
        let proposal = found(connection, &keeping, Some(order.settlement))?;
        let (settlement, entry, as_of) = (proposal.seq, proposal.entry, proposal.settlement.as_of);
        let lines = lines(connection, &keeping, (settlement, as_of))?;
        let items = whole_claims(&lines, order)?;
        let disputed: Vec<SettlementLine> = items.iter().map(|item| lines[*item as usize].clone()).collect();
        let today = outside.today();
        let answer_by = today.plus_days(ANSWER_DAYS).unwrap_or(today);
        let opened = DisputeOpened {
            answer_by,
            evidence: order.evidence.map(str::to_owned),
            items,
            party: keeping.party(order.role)?,
            proposal: entry,
            reason: order.reason.into(),
            role: order.role.into(),
            totals: sums(&disputed)?,
        };
        let receipt = keeping.record(connection, outside, today, &MoneyAct::Dispute(opened))?;
        recorded(&keeping, today, (receipt.entry, receipt, None))
    })
}

/// The lines of a settlement; of those erased what remains.
fn lines(
    connection: &mut Connection,
    keeping: &Bookkeeping,
    (settlement, as_of): (i64, Day),
) -> Result<Vec<SettlementLine>, Error> {
    let rows = storage::settlement_line::of_entry(connection, keeping.known.row.contract_id, settlement)?;
    let lines = known::open_lines(connection, &keeping.known.row, rows)?.into_iter();
    Ok(lines.map(|(row, line)| line.unwrap_or_else(|| what_remains(&row, as_of))).collect())
}

/// The lines that are named, with all others of the same claims.
fn whole_claims(lines: &[SettlementLine], order: &DisputeOrder) -> Result<Vec<u32>, Error> {
    let missing = |message: String| {
        let help = format!("its lines are 0 to {}; see the lines of the settlement", lines.len().saturating_sub(1));
        Error::refused("no-line", message, help)
    };
    let mut claims: BTreeSet<LineKey> = BTreeSet::new();
    for item in order.items {
        let line = lines.get(*item as usize).ok_or_else(|| missing(format!("the settlement has no line {item}")))?;
        claims.insert(claim_of(line));
    }
    if let Some(clause) = order.clause {
        claims.extend(lines.iter().filter(|line| line.key.clause == clause).map(claim_of));
    }
    if claims.is_empty() {
        return Err(missing("no line is named, or the clause has none in this settlement".into()));
    }
    let disputed = (0..).zip(lines).filter(|(_, line)| claims.contains(&claim_of(line)));
    Ok(disputed.map(|(item, _)| item).collect())
}

/// A dispute as it stands after a step.
pub(super) fn recorded(
    keeping: &Bookkeeping,
    today: Day,
    (entry, receipt, resolved): (crate::values::EntryId, Receipt, Option<Receipt>),
) -> Result<RecordedDispute, Error> {
    let found = keeping.books.disputes().iter().find(|dispute| dispute.entry == entry);
    let dispute = found.ok_or_else(|| Error::Stored(format!("entry {entry} opened no dispute")))?;
    let contract = keeping.known.row.name.clone();
    Ok(RecordedDispute { contract, dispute: listed(keeping, dispute, today), receipt, resolved })
}
