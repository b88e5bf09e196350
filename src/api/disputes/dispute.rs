//! A dispute as it is shown.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::settlements::PairTotal,
    operations::{ListedDispute, Receipt, RecordedDispute},
};

/// Lines of a settlement that are set aside.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Dispute)]
pub struct DisputeShown {
    /// The position at which it was opened, by which it is called.
    pub position: i64,
    /// That entry.
    pub entry: uuid::Uuid,
    /// The position of the settlement.
    pub settlement: i64,
    /// The role that opened it.
    #[schema(example = "maker")]
    pub role: String,
    /// Why: `amount`, `duplicate`, `eligibility`, `facts`, `terms` or `other`.
    #[schema(example = "facts")]
    pub reason: String,
    /// The SHA-256 of evidence, which stays with the party; hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub evidence: Option<String>,
    /// The places of its lines in the settlement, from 0.
    pub items: Vec<u32>,
    /// What it is about, by payer and payee.
    pub totals: Vec<PairTotal>,
    /// The day on which it was opened.
    #[schema(format = Date, example = "2025-07-01")]
    pub opened_on: String,
    /// The day by which it is to be answered.
    #[schema(format = Date, example = "2025-07-31")]
    pub answer_by: String,
    /// Whether that day is over without an answer of all.
    pub overdue: bool,
    /// Where it stands: `open`, `accepted`, `refused` or `lapsed`.
    #[schema(example = "open")]
    pub stage: String,
    /// What each role says so far: `accepted` or `refused`.
    pub decided: BTreeMap<String, String>,
    /// The roles that have to say something.
    pub awaited: Vec<String>,
}

/// What came of a step of a dispute.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DisputeRecorded {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The dispute as it stands now.
    pub dispute: DisputeShown,
}

impl From<ListedDispute> for DisputeShown {
    fn from(dispute: ListedDispute) -> Self {
        let ListedDispute { position, entry, settlement, role, reason, evidence, items, overdue, awaited, .. } =
            dispute;
        Self {
            position,
            entry: entry.0,
            settlement,
            role,
            reason,
            evidence,
            items,
            totals: dispute.totals.into_iter().map(PairTotal::from).collect(),
            opened_on: dispute.opened_on.to_string(),
            answer_by: dispute.answer_by.to_string(),
            overdue,
            stage: dispute.stage.into(),
            decided: dispute.decided.into_iter().map(|(role, said)| (role, said.word().to_owned())).collect(),
            awaited,
        }
    }
}

impl DisputeRecorded {
    /// What came of a step, and where it was recorded.
    pub fn of(recorded: RecordedDispute) -> (Self, Vec<Receipt>) {
        let RecordedDispute { contract, dispute, receipt, resolved } = recorded;
        (Self { contract, dispute: dispute.into() }, [receipt].into_iter().chain(resolved).collect())
    }
}
