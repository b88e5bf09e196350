//! Approves a settlement for one role; with the last approval it is posted.

use serde::Serialize;

use super::{
    Error, Outside,
    bookkeeping::{Bookkeeping, RoleTotal},
    journal::Receipt,
};
use crate::{
    contract::{
        money::{MoneyAct, Proposal},
        payload::{Approval, PostedSettlement},
    },
    storage::{self, Connection},
    values::EntryId,
};

/// What was approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApprovedSettlement {
    /// The contract's name.
    pub contract: String,
    /// The position at which the settlement was put forward.
    pub position: i64,
    /// The role that approved it.
    pub role: String,
    /// What it settles in all, but for what is in dispute.
    pub totals: Vec<RoleTotal>,
    /// The roles that still have to approve it.
    pub awaited: Vec<String>,
    /// Where the approval was recorded.
    pub receipt: Receipt,
    /// Where the settlement was posted; none while approvals are awaited.
    pub posted: Option<Receipt>,
}

/// Records the approval of the party in a role, of the settlement that waits for it or of the one named. With the last
/// approval the settlement is posted in the same transaction.
///
/// # Errors
/// A refusal when no settlement waits, or it is not the role's to approve, or the role has approved it.
pub fn approve_settlement(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    settlement: Option<&str>,
    role: &str,
) -> Result<ApprovedSettlement, Error> {
    connection.transaction(|connection| {
        let mut keeping = Bookkeeping::open(connection, contract)?;
        let entry = named(connection, &keeping, settlement)?;
        let approval = Approval { party: keeping.party(role)?, proposal: entry, role: role.into() };
        let today = outside.today();
        let receipt = keeping.record(connection, outside, today, &MoneyAct::Approve(approval))?;
        let proposal = proposal(&keeping, entry)?.clone();
        let awaited = proposal.awaited();
        let posted = match awaited.is_empty() {
            true => Some(post(connection, outside, &mut keeping, &proposal)?),
            false => None,
        };
        let (contract, role) = (contract.into(), role.into());
        let totals = keeping.totals(&keeping.books.undisputed(&proposal)?.1);
        Ok(ApprovedSettlement { contract, position: proposal.seq, role, totals, awaited, receipt, posted })
    })
}

fn post(
    connection: &mut Connection,
    outside: &mut Outside,
    keeping: &mut Bookkeeping,
    proposal: &Proposal,
) -> Result<Receipt, Error> {
    let as_of = proposal.settlement.as_of;
    let (count, totals) = keeping.books.undisputed(proposal)?;
    let posted = PostedSettlement { as_of, count, proposal: proposal.entry, totals };
    keeping.record(connection, outside, as_of, &MoneyAct::Post(posted))
}

/// The entry of the settlement that is named, or of the one that waits for approvals.
pub(super) fn named(
    connection: &mut Connection,
    keeping: &Bookkeeping,
    settlement: Option<&str>,
) -> Result<EntryId, Error> {
    if let Some(name) = settlement {
        let entry = keeping.entry(connection, name)?;
        let row = storage::entry::find(connection, entry)?;
        // The position at which it was posted names it as well.
        let posted = row.filter(|row| row.chain_id == keeping.known.row.contract_id).map(|row| row.seq);
        let of = keeping.books.proposals().iter().find(|proposal| posted.is_some() && proposal.posted_at == posted);
        return Ok(of.map_or(entry, |proposal| proposal.entry));
    }
    let none = || {
        let name = &keeping.known.row.name;
        let help = format!("propose one: outcome-ledger settlement propose {name} --as-of DATE");
        Error::refused("no-proposal", format!("no settlement of `{name}` waits for approvals"), help)
    };
    keeping.books.open_proposal().map(|proposal| proposal.entry).ok_or_else(none)
}

pub(super) fn proposal(keeping: &Bookkeeping, entry: EntryId) -> Result<&Proposal, Error> {
    let gone = || Error::Stored(format!("entry {entry} is no proposal"));
    keeping.books.proposals().iter().find(|proposal| proposal.entry == entry).ok_or_else(gone)
}
