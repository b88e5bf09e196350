//! Puts a settlement forward.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ClauseTotal;
use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
        page::in_address,
    },
    operations::{self, Operation, Outside},
    values::Day,
};

/// A settlement to be put forward.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "as_of": "2025-06-30" }))]
pub struct NewSettlement {
    /// The day as of which is settled; not a day to come.
    #[schema(value_type = String, format = Date)]
    pub as_of: Day,
}

/// What was put forward.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettlementProposed {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The position by which it is called; absent when there is no difference and nothing was put forward.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub position: Option<u64>,
    /// What it settles, by clause, payer and payee.
    pub totals: Vec<ClauseTotal>,
    /// The roles that have to approve it.
    pub approvers: Vec<String>,
}

/// Puts a settlement forward
///
/// What is owed as of a day, less what was posted. It is posted when all who pay or are paid have approved it, among them
/// another party than the caller. Without a difference nothing is put forward.
#[utoipa::path(operation_id = "propose_settlement", tag = "settlements", request_body = NewSettlement,
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025")),
    responses((status = 201, description = "It is put forward", body = Written<SettlementProposed>),
        (status = 200, description = "There is no difference; nothing was written", body = Written<SettlementProposed>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/settlements")]
pub async fn propose_settlement(
    gate: web::Data<Gate>,
    ask: Ask,
    contract: web::Path<String>,
    body: web::Json<NewSettlement>,
) -> Result<HttpResponse, Problem> {
    let (contract, NewSettlement { as_of }) = (contract.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), as_of));
    let address = format!("/api/v1/contracts/{}/settlements", in_address(&contract));
    let work = move |connection: &mut _, outside: &mut Outside| {
        let due = operations::propose_settlement(connection, outside, &contract, as_of)?;
        let position = due.proposed.as_ref().map(|receipt| receipt.position);
        let totals = due.totals.iter().map(ClauseTotal::from).collect();
        let proposed = SettlementProposed { contract: due.contract, position, totals, approvers: due.approvers };
        Ok((proposed, Vec::from_iter(due.proposed)))
    };
    let written = gate.write(ask, Operation::ProposeSettlement, about, &request, work).await?;
    Ok(match written.receipts.first() {
        Some(receipt) => written.created(Some(format!("{address}/{}", receipt.position))),
        None => written.done(),
    })
}
