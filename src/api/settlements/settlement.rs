//! A settlement as it is shown.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{ListedSettlement, RoleTotal};

/// A settlement that was put forward.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Settlement)]
pub struct SettlementShown {
    /// The position at which it was put forward, by which it is called.
    pub position: i64,
    /// The entry that put it forward.
    pub entry: uuid::Uuid,
    /// The day as of which it settles.
    #[schema(format = Date, example = "2025-06-30")]
    pub as_of: String,
    /// The party that put it forward; absent when that was done on the machine of the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub by: Option<uuid::Uuid>,
    /// Number of its lines.
    pub lines: u32,
    /// What it settles in all, by payer and payee.
    pub totals: Vec<PairTotal>,
    /// Number of lines that are or were in dispute, which are posted on their own or not at all.
    pub disputed: u32,
    /// Where it stands: `open`, `posted` or `rejected`.
    #[schema(example = "open")]
    pub stage: String,
    /// The roles that have approved it.
    pub approved: Vec<String>,
    /// The roles that have to approve it and have not.
    pub awaited: Vec<String>,
    /// The position at which it was posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub posted_at: Option<i64>,
}

/// What one role owes another in all.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PairTotal {
    /// The role that pays.
    #[schema(example = "maker")]
    pub payer: String,
    /// The role that is paid.
    #[schema(example = "insurer")]
    pub payee: String,
    /// The amount in major units; below zero it flows the other way.
    #[schema(example = "1000.00")]
    pub amount: String,
}

impl From<ListedSettlement> for SettlementShown {
    fn from(settlement: ListedSettlement) -> Self {
        let ListedSettlement { position, entry, as_of, by, lines, totals, approved, awaited, posted_at, .. } =
            settlement;
        Self {
            position,
            entry: entry.0,
            as_of: as_of.to_string(),
            by: by.map(|party| party.0),
            lines,
            totals: totals.into_iter().map(PairTotal::from).collect(),
            disputed: settlement.disputed,
            stage: settlement.stage.into(),
            approved,
            awaited,
            posted_at,
        }
    }
}

impl From<RoleTotal> for PairTotal {
    fn from(total: RoleTotal) -> Self {
        let RoleTotal { payer, payee, amount } = total;
        Self { payer, payee, amount }
    }
}
