//! A claim as it is shown.

use serde::Serialize;
use utoipa::ToSchema;

use super::query::age;
use crate::operations::ListedClaim;

/// What one role asks of another by one settlement or dispute.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Claim)]
pub struct ClaimShown {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The position of the settlement.
    pub settlement: i64,
    /// The position of the dispute by which it was set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub dispute: Option<i64>,
    /// The role that pays.
    #[schema(example = "maker")]
    pub payer: String,
    /// The role that is paid.
    #[schema(example = "insurer")]
    pub payee: String,
    /// The currency.
    #[schema(example = "CNY")]
    pub currency: String,
    /// The amount in major units; below zero it flows the other way.
    #[schema(example = "1000.00")]
    pub amount: String,
    /// What of it is open.
    #[schema(example = "400.00")]
    pub open: String,
    /// Where it stands: `proposed`, `disputed`, `unpaid`, `failed`, `in flight` or `paid`.
    #[schema(example = "unpaid")]
    pub stage: String,
    /// The side of the caller: `receivable`, `payable` or `other`.
    #[schema(example = "receivable")]
    pub side: String,
    /// The day on which it was put forward, disputed or posted, as it stands.
    #[schema(format = Date, example = "2025-07-01")]
    pub since: String,
    /// The days since then: `0-30`, `31-60`, `61-90` or `over 90`.
    #[schema(example = "0-30")]
    pub age: String,
    /// The roles that have to do something.
    pub awaited: Vec<String>,
    /// Whether the caller is one of them.
    pub awaits_me: bool,
}

impl From<ListedClaim> for ClaimShown {
    fn from(listed: ListedClaim) -> Self {
        let (amount, open) = (listed.amount(listed.claim.amount_minor), listed.amount(listed.claim.open_minor));
        let ListedClaim { contract, currency, claim, side, awaits_me, age: days } = listed;
        Self {
            contract,
            settlement: claim.settlement,
            dispute: claim.dispute,
            payer: claim.payer,
            payee: claim.payee,
            currency: currency.code().into(),
            amount,
            open,
            stage: claim.stage.word().into(),
            side: side.word().into(),
            since: claim.since.to_string(),
            age: age(days).into(),
            awaited: claim.awaited,
            awaits_me,
        }
    }
}
