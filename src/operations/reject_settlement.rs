//! Rejects a settlement that was put forward; the next one can take its place.

use serde::Serialize;

use super::{Error, Outside, approve_settlement::named, bookkeeping::Bookkeeping, journal::Receipt};
use crate::{
    contract::{money::MoneyAct, payload::Rejection},
    storage::Connection,
};

/// What was rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RejectedSettlement {
    /// The contract's name.
    pub contract: String,
    /// The role that rejected it.
    pub role: String,
    /// Why.
    pub reason: String,
    /// Where it was recorded.
    pub receipt: Receipt,
}

/// Records that the party in a role refuses the settlement that waits for approvals, or the one named.
///
/// # Errors
/// A refusal when no settlement waits, it is not the role's to refuse, or the reason is none of the known words.
pub fn reject_settlement(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    settlement: Option<&str>,
    role: &str,
    reason: &str,
) -> Result<RejectedSettlement, Error> {
    connection.transaction(|connection| {
        let mut keeping = Bookkeeping::open(connection, contract)?;
        let proposal = named(connection, &keeping, settlement)?;
        let rejection = Rejection { party: keeping.party(role)?, proposal, reason: reason.into(), role: role.into() };
        let today = outside.today();
        let receipt = keeping.record(connection, outside, today, &MoneyAct::Reject(rejection))?;
        Ok(RejectedSettlement { contract: contract.into(), role: role.into(), reason: reason.into(), receipt })
    })
}
