//! Says what is to become of disputed lines.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::DisputeRecorded;
use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
    },
    contract::payload::Decision,
    operations::{self, ClaimOrder, Operation, Outside},
};

/// What one role says about disputed lines.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "role": "insurer", "decision": "accepted" }))]
pub struct NewDecision {
    /// The role for which the caller speaks, which it has to take.
    pub role: String,
    /// `accepted`: the lines are posted; `refused`: they are dropped.
    #[schema(value_type = String, pattern = "^(accepted|refused)$")]
    pub decision: Decision,
    /// The SHA-256 of evidence, which stays with the party; hexadecimal.
    #[serde(default)]
    #[schema(required = false, pattern = "^[0-9a-f]{64}$")]
    pub evidence: Option<String>,
}

/// Says what is to become of disputed lines
///
/// For a role that the caller takes itself. When both sides say the same, or the contract's arbiter says it, the dispute ends
/// and the lines are posted or dropped. What was dropped is put forward again while the facts say that it is owed.
#[utoipa::path(operation_id = "decide_claim", tag = "disputes", request_body = NewDecision,
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), ("dispute" = String, Path, description = "The position at which it was opened, or its entry", example = "9")),
    responses((status = 200, description = "It is recorded", body = Written<DisputeRecorded>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/disputes/{dispute}/decisions")]
pub async fn decide_claim(
    gate: web::Data<Gate>,
    ask: Ask,
    path: web::Path<(String, String)>,
    body: web::Json<NewDecision>,
) -> Result<HttpResponse, Problem> {
    let ((contract, dispute), new) = (path.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), dispute.clone(), new.clone()));
    let work = move |connection: &mut _, outside: &mut Outside| {
        let NewDecision { role, decision, evidence } = &new;
        let order = ClaimOrder { dispute: &dispute, role, decision: *decision, evidence: evidence.as_deref() };
        operations::decide_claim(connection, outside, &contract, &order).map(DisputeRecorded::of)
    };
    Ok(gate.write(ask, Operation::DecideClaim, about, &request, work).await?.done())
}
