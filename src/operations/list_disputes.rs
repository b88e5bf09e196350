//! Lists the disputes of a contract.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Error,
    bookkeeping::{Bookkeeping, RoleTotal},
};
use crate::{
    contract::{money::dispute::Dispute, payload::Decision},
    storage::Connection,
    values::{Day, EntryId},
};

/// A dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedDispute {
    /// The position at which it was opened, by which it can be named.
    pub position: i64,
    /// That entry.
    pub entry: EntryId,
    /// The position of the settlement.
    pub settlement: i64,
    /// The role that opened it.
    pub role: String,
    /// Why.
    pub reason: String,
    /// The SHA-256 of evidence, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The places of its lines in the settlement, from 0.
    pub items: Vec<u32>,
    /// What it is about, by payer and payee.
    pub totals: Vec<RoleTotal>,
    /// The day on which it was opened.
    pub opened_on: Day,
    /// The day by which it is to be answered.
    pub answer_by: Day,
    /// Whether that day is over without an answer of all.
    pub overdue: bool,
    /// Where it stands: open, accepted, refused or lapsed.
    pub stage: &'static str,
    /// What each role says so far.
    pub decided: BTreeMap<String, Decision>,
    /// The roles that have to say something.
    pub awaited: Vec<String>,
}

/// Lists all disputes of a contract in the order in which they were opened, as they stand on a day.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn list_disputes(connection: &mut Connection, contract: &str, today: Day) -> Result<Vec<ListedDispute>, Error> {
    connection.snapshot(|connection| {
        let keeping = Bookkeeping::read(connection, contract)?;
        Ok(keeping.books.disputes().iter().map(|dispute| listed(&keeping, dispute, today)).collect())
    })
}

pub(super) fn listed(keeping: &Bookkeeping, dispute: &Dispute, today: Day) -> ListedDispute {
    let awaited = if dispute.ended.is_none() { dispute.awaited() } else { Vec::new() };
    let opened = dispute.opened.clone();
    ListedDispute {
        position: dispute.seq,
        entry: dispute.entry,
        settlement: dispute.settlement,
        totals: keeping.totals(&opened.totals),
        opened_on: dispute.on,
        overdue: !awaited.is_empty() && opened.answer_by < today,
        stage: dispute.stage(),
        decided: dispute.decided.clone(),
        role: opened.role,
        reason: opened.reason,
        evidence: opened.evidence,
        items: opened.items,
        answer_by: opened.answer_by,
        awaited,
    }
}
