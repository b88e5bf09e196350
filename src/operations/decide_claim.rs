//! Says for one role whether disputed lines are to be posted; when both sides agree, or an arbiter says so, the dispute ends.

use super::{
    Error, Outside,
    bookkeeping::Bookkeeping,
    open_dispute::{RecordedDispute, recorded},
};
use crate::{
    contract::{
        money::MoneyAct,
        payload::{ClaimDecided, Decision, DisputeResolved},
    },
    storage::Connection,
};

/// What one role says about a dispute.
#[derive(Clone, Copy, Debug)]
pub struct ClaimOrder<'o> {
    /// The dispute, by the position or identifier of the entry that opened it.
    pub dispute: &'o str,
    /// The role.
    pub role: &'o str,
    /// Whether the lines are to be posted.
    pub decision: Decision,
    /// The SHA-256 of evidence, hexadecimal.
    pub evidence: Option<&'o str>,
}

/// Records what one role says. When all who have to agree say the same, or an arbiter says it, the dispute ends in the same
/// transaction: its lines are posted, or dropped.
///
/// # Errors
/// A refusal when there is no such dispute, it has ended, the role has no say, or says the same already.
pub fn decide_claim(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    order: &ClaimOrder,
) -> Result<RecordedDispute, Error> {
    connection.transaction(|connection| {
        let mut keeping = Bookkeeping::open(connection, contract)?;
        let dispute = keeping.entry(connection, order.dispute)?;
        let claim = ClaimDecided {
            decision: order.decision,
            dispute,
            evidence: order.evidence.map(str::to_owned),
            party: keeping.party(order.role)?,
            role: order.role.into(),
        };
        let today = outside.today();
        let receipt = keeping.record(connection, outside, today, &MoneyAct::Decide(claim))?;
        let found = keeping.books.disputes().iter().find(|found| found.entry == dispute);
        let resolved = match found.and_then(|found| found.verdict()) {
            Some(decision) => {
                let resolved = MoneyAct::Resolve(DisputeResolved { decision, dispute });
                Some(keeping.record(connection, outside, today, &resolved)?)
            }
            None => None,
        };
        recorded(&keeping, today, (dispute, receipt, resolved))
    })
}
