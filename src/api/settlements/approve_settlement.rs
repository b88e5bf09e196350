//! Approves a settlement.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PairTotal;
use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
    },
    operations::{self, Operation, Outside},
};

/// An approval.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "role": "insurer" }))]
pub struct NewApproval {
    /// The role for which the caller approves, which it has to take.
    pub role: String,
}

/// What was approved.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettlementApproved {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The position by which the settlement is called.
    pub position: i64,
    /// The role that approved it.
    #[schema(example = "insurer")]
    pub role: String,
    /// What it settles, by payer and payee.
    pub totals: Vec<PairTotal>,
    /// The roles that still have to approve it.
    pub awaited: Vec<String>,
    /// The position at which it was posted; absent while approvals are awaited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub posted_at: Option<u64>,
}

/// Approves a settlement
///
/// For a role that the caller takes itself. With the last approval it is posted. Send `If-Match` to approve only what was
/// read.
#[utoipa::path(operation_id = "approve_settlement", tag = "settlements", request_body = NewApproval,
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), ("settlement" = String, Path, description = "The position at which it was put forward, or its entry", example = "8")),
    responses((status = 200, description = "It is approved", body = Written<SettlementApproved>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/settlements/{settlement}/approvals")]
pub async fn approve_settlement(
    gate: web::Data<Gate>,
    ask: Ask,
    path: web::Path<(String, String)>,
    body: web::Json<NewApproval>,
) -> Result<HttpResponse, Problem> {
    let ((contract, settlement), NewApproval { role }) = (path.into_inner(), body.into_inner());
    let about = About::Settlement(contract.clone(), settlement.clone());
    let request = (contract.clone(), settlement.clone(), role.clone());
    let work = move |connection: &mut _, outside: &mut Outside| {
        let approved = operations::approve_settlement(connection, outside, &contract, Some(&settlement), &role)?;
        let operations::ApprovedSettlement { contract, position, role, totals, awaited, receipt, posted } = approved;
        let posted_at = posted.as_ref().map(|receipt| receipt.position);
        let totals = totals.into_iter().map(PairTotal::from).collect();
        let approved = SettlementApproved { contract, position, role, totals, awaited, posted_at };
        Ok((approved, [receipt].into_iter().chain(posted).collect()))
    };
    Ok(gate.write(ask, Operation::ApproveSettlement, about, &request, work).await?.done())
}
