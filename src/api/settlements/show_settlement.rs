//! Shows one settlement.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ClauseTotal, SettlementShown};
use crate::{
    api::{Gate, Problem, gate::About, precondition::tagged},
    contract::statement::totals,
    operations::{self, Caller, Operation},
};

/// A settlement with its totals by clause.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettlementInSums {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The currency.
    #[schema(example = "CNY")]
    pub currency: String,
    /// The settlement.
    pub settlement: SettlementShown,
    /// What it settles, by clause, payer and payee.
    pub clauses: Vec<ClauseTotal>,
}

/// Shows one settlement
///
/// Its ETag changes with everything that happens to it; send it as `If-Match` to approve only what was read.
#[utoipa::path(operation_id = "show_settlement", tag = "settlements",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), ("settlement" = String, Path, description = "The position at which it was put forward, or its entry", example = "8")),
    responses((status = 200, description = "The settlement", body = SettlementInSums),
        (status = 304, description = "It is as the caller saw it"),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/settlements/{settlement}")]
pub async fn show_settlement(
    gate: web::Data<Gate>,
    caller: Caller,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (contract, settlement) = path.into_inner();
    let about = About::Contract(contract.clone());
    let work = move |connection: &mut _| operations::show_settlement(connection, &contract, Some(&settlement));
    let shown = gate.read(&caller, Operation::ShowSettlement, about, work).await?;
    let tag = shown.settlement.last.to_string();
    let clauses = totals(&shown.due).iter().map(ClauseTotal::from).collect();
    let (contract, currency, settlement) = (shown.contract, shown.currency, shown.settlement.into());
    Ok(tagged(&request, &tag, &SettlementInSums { contract, currency, settlement, clauses }))
}
