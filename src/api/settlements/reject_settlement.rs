//! Rejects a settlement.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
    },
    operations::{self, Operation, Outside},
};

/// A rejection.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "role": "insurer", "reason": "facts" }))]
pub struct NewRejection {
    /// The role for which the caller rejects it, which it has to take.
    pub role: String,
    /// Why: `amount`, `facts`, `terms` or `other`.
    #[schema(pattern = "^(amount|facts|terms|other)$")]
    pub reason: String,
}

/// What was rejected.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettlementRejected {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The role that rejected it.
    #[schema(example = "insurer")]
    pub role: String,
    /// Why.
    #[schema(example = "facts")]
    pub reason: String,
}

/// Rejects a settlement
///
/// For a role that the caller takes itself. Nothing of it is posted; the next one can be put forward.
#[utoipa::path(operation_id = "reject_settlement", tag = "settlements", request_body = NewRejection,
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), ("settlement" = String, Path, description = "The position at which it was put forward, or its entry", example = "8")),
    responses((status = 200, description = "It is rejected", body = Written<SettlementRejected>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/settlements/{settlement}/rejections")]
pub async fn reject_settlement(
    gate: web::Data<Gate>,
    ask: Ask,
    path: web::Path<(String, String)>,
    body: web::Json<NewRejection>,
) -> Result<HttpResponse, Problem> {
    let ((contract, settlement), NewRejection { role, reason }) = (path.into_inner(), body.into_inner());
    let about = About::Settlement(contract.clone(), settlement.clone());
    let request = (contract.clone(), settlement.clone(), role.clone(), reason.clone());
    let work = move |connection: &mut _, outside: &mut Outside| {
        let settlement = Some(settlement.as_str());
        let rejected = operations::reject_settlement(connection, outside, &contract, settlement, &role, &reason)?;
        let operations::RejectedSettlement { contract, role, reason, receipt } = rejected;
        Ok((SettlementRejected { contract, role, reason }, vec![receipt]))
    };
    Ok(gate.write(ask, Operation::RejectSettlement, about, &request, work).await?.done())
}
