//! Lists settlements that were put forward, and shows one with its lines.

use serde::Serialize;

use super::{
    Error,
    approve_settlement::{named, proposal},
    bookkeeping::{Bookkeeping, RoleTotal},
    known,
    state_contract::what_remains,
};
use crate::{
    contract::{StatementLine, money::Proposal, settlement::in_words},
    storage::{self, Connection},
    values::{Day, EntryId, PartyId},
};

/// A settlement that was put forward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedSettlement {
    /// Its position, under which its lines stand.
    pub position: i64,
    /// Its entry.
    pub entry: EntryId,
    /// The day as of which it settles.
    pub as_of: Day,
    /// The party that put it forward; none when nobody signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<PartyId>,
    /// Number of lines.
    pub lines: u32,
    /// What it settles in all.
    pub totals: Vec<RoleTotal>,
    /// Number of lines that are or were in dispute, which are posted on their own or not at all.
    #[serde(skip_serializing_if = "is_zero")]
    pub disputed: u32,
    /// Where it stands: open, posted or rejected.
    pub stage: &'static str,
    /// The roles that have approved it.
    pub approved: Vec<String>,
    /// The roles that have to approve it and have not.
    pub awaited: Vec<String>,
    /// The position at which it was posted.
    pub posted_at: Option<i64>,
    /// The entry of the last thing that happened to it.
    #[serde(skip)]
    pub last: EntryId,
}

const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A settlement with its lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownSettlement {
    /// The contract's name.
    pub contract: String,
    /// The currency.
    pub currency: String,
    /// The settlement.
    #[serde(flatten)]
    pub settlement: ListedSettlement,
    /// Its lines.
    pub due: Vec<StatementLine>,
}

/// Lists all settlements of a contract in the order in which they were put forward.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn list_settlements(connection: &mut Connection, contract: &str) -> Result<Vec<ListedSettlement>, Error> {
    connection.snapshot(|connection| {
        let keeping = Bookkeeping::read(connection, contract)?;
        Ok(keeping.books.proposals().iter().map(|proposal| listed(&keeping, proposal)).collect())
    })
}

/// Shows one settlement, or the last one, with its lines.
///
/// # Errors
/// A refusal when there is none.
pub fn show_settlement(
    connection: &mut Connection,
    contract: &str,
    settlement: Option<&str>,
) -> Result<ShownSettlement, Error> {
    connection.snapshot(|connection| {
        let keeping = Bookkeeping::read(connection, contract)?;
        let proposal = found(connection, &keeping, settlement)?;
        let currency = keeping.known.contract().checked.document.header.currency;
        let labels = known::labels(connection, &keeping.known.row)?;
        let label = |subject| labels.get(&subject).cloned();
        let mut due = Vec::new();
        let rows = storage::settlement_line::of_entry(connection, keeping.known.row.contract_id, proposal.seq)?;
        for (row, line) in known::open_lines(connection, &keeping.known.row, rows)? {
            let line = line.unwrap_or_else(|| what_remains(&row, proposal.settlement.as_of));
            due.push(in_words(&line, currency, label)?);
        }
        let settlement = listed(&keeping, proposal);
        Ok(ShownSettlement { contract: contract.into(), currency: currency.code().into(), settlement, due })
    })
}

/// What changes with everything that happens to a settlement.
///
/// # Errors
/// A refusal when there is none.
pub fn settlement_tag(connection: &mut Connection, contract: &str, settlement: &str) -> Result<EntryId, Error> {
    let keeping = Bookkeeping::read(connection, contract)?;
    Ok(found(connection, &keeping, Some(settlement))?.last)
}

/// The settlement that is named, or the last one.
pub(super) fn found<'k>(
    connection: &mut Connection,
    keeping: &'k Bookkeeping,
    settlement: Option<&str>,
) -> Result<&'k Proposal, Error> {
    let proposal = match settlement {
        Some(_) => proposal(keeping, named(connection, keeping, settlement)?).ok(),
        None => keeping.books.proposals().last(),
    };
    let none = || {
        let name = &keeping.known.row.name;
        let help = format!("see `outcome-ledger settlement list {name}`");
        Error::refused("no-proposal", format!("`{name}` has no such settlement"), help)
    };
    proposal.ok_or_else(none)
}

fn listed(keeping: &Bookkeeping, proposal: &Proposal) -> ListedSettlement {
    ListedSettlement {
        position: proposal.seq,
        entry: proposal.entry,
        as_of: proposal.settlement.as_of,
        by: proposal.settlement.by,
        lines: proposal.settlement.count,
        totals: keeping.totals(&proposal.settlement.totals),
        disputed: keeping.books.disputed_lines(proposal),
        stage: proposal.stage.word(),
        approved: proposal.approved.iter().cloned().collect(),
        awaited: if proposal.posted_at.is_none() { proposal.awaited() } else { Vec::new() },
        posted_at: proposal.posted_at,
        last: proposal.last,
    }
}
