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
    storage::Connection,
    values::{Day, EntryId},
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
    /// Number of lines.
    pub lines: u32,
    /// What it settles in all.
    pub totals: Vec<RoleTotal>,
    /// Where it stands: open, posted or rejected.
    pub stage: &'static str,
    /// The roles that have approved it.
    pub approved: Vec<String>,
    /// The roles that have to approve it and have not.
    pub awaited: Vec<String>,
    /// The position at which it was posted.
    pub posted_at: Option<i64>,
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
        let proposal = match settlement {
            Some(_) => proposal(&keeping, named(connection, &keeping, settlement)?).ok(),
            None => keeping.books.proposals().last(),
        };
        let none = || {
            let help = format!("see `outcome-ledger settlement list {contract}`");
            Error::refused("no-proposal", format!("`{contract}` has no such settlement"), help)
        };
        let proposal = proposal.ok_or_else(none)?;
        let currency = keeping.known.contract.checked.document.header.currency;
        let reported = known::reported(connection, &keeping.known.row)?;
        let labels = reported.labels();
        let label = |subject| labels.get(&subject).map(|label| (*label).to_owned());
        let mut due = Vec::new();
        for (row, line) in known::lines(connection, &keeping.known.row)? {
            if row.seq == proposal.seq {
                let line = line.unwrap_or_else(|| what_remains(&row, proposal.settlement.as_of));
                due.push(in_words(&line, currency, label)?);
            }
        }
        let settlement = listed(&keeping, proposal);
        Ok(ShownSettlement { contract: contract.into(), currency: currency.code().into(), settlement, due })
    })
}

fn listed(keeping: &Bookkeeping, proposal: &Proposal) -> ListedSettlement {
    ListedSettlement {
        position: proposal.seq,
        entry: proposal.entry,
        as_of: proposal.settlement.as_of,
        lines: proposal.settlement.count,
        totals: keeping.totals(&proposal.settlement.totals),
        stage: proposal.stage.word(),
        approved: proposal.approved.iter().cloned().collect(),
        awaited: if proposal.posted_at.is_none() { proposal.awaited() } else { Vec::new() },
        posted_at: proposal.posted_at,
    }
}
