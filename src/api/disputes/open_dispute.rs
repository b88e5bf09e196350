//! Opens a dispute about lines of a settlement.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::DisputeRecorded;
use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
        page::in_address,
    },
    operations::{self, DisputeOrder, Operation, Outside},
};

/// Lines to be set aside.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "role": "insurer", "items": [0], "reason": "facts",
    "evidence": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" }))]
pub struct NewDispute {
    /// The role for which the caller disputes, which it has to take.
    pub role: String,
    /// The places of lines in the settlement, from 0; limits of the same claims go with them.
    #[serde(default)]
    #[schema(required = false)]
    pub items: Vec<u32>,
    /// A clause all of whose lines are disputed, for those who see no lines.
    #[serde(default)]
    #[schema(required = false)]
    pub clause: Option<String>,
    /// Why: `amount`, `duplicate`, `eligibility`, `facts`, `terms` or `other`.
    #[schema(pattern = "^(amount|duplicate|eligibility|facts|terms|other)$")]
    pub reason: String,
    /// The SHA-256 of evidence, which stays with the party; hexadecimal.
    #[serde(default)]
    #[schema(required = false, pattern = "^[0-9a-f]{64}$")]
    pub evidence: Option<String>,
}

/// Opens a dispute about lines of a settlement
///
/// For a role that the caller takes itself, while the settlement waits for approvals. The lines are set aside; what was
/// approved so far has to be approved again, without them. An answer is due after 30 days.
#[utoipa::path(operation_id = "open_dispute", tag = "disputes", request_body = NewDispute,
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), ("settlement" = String, Path, description = "The position at which it was put forward, or its entry", example = "8")),
    responses((status = 201, description = "The lines are set aside", body = Written<DisputeRecorded>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/settlements/{settlement}/disputes")]
pub async fn open_dispute(
    gate: web::Data<Gate>,
    ask: Ask,
    path: web::Path<(String, String)>,
    body: web::Json<NewDispute>,
) -> Result<HttpResponse, Problem> {
    let ((contract, settlement), new) = (path.into_inner(), body.into_inner());
    let about = About::Settlement(contract.clone(), settlement.clone());
    let request = (contract.clone(), settlement.clone(), new.clone());
    let address = format!("/api/v1/contracts/{}/disputes", in_address(&contract));
    let work = move |connection: &mut _, outside: &mut Outside| {
        let order = DisputeOrder {
            settlement: &settlement,
            role: &new.role,
            items: &new.items,
            clause: new.clause.as_deref(),
            reason: &new.reason,
            evidence: new.evidence.as_deref(),
        };
        operations::open_dispute(connection, outside, &contract, &order).map(DisputeRecorded::of)
    };
    Ok(gate.write(ask, Operation::OpenDispute, about, &request, work).await?.created(Some(address)))
}
