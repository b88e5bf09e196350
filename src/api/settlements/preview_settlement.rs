//! Shows what a settlement would be.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ClauseTotal, LineShown, Lines, query::PreviewQuery};
use crate::{
    api::{Gate, Problem, gate::About, page::Page},
    operations::{self, Caller, Operation, Sight},
};

/// What a settlement would be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettlementPreview {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The day as of which it would settle.
    #[schema(format = Date, example = "2025-06-30")]
    pub as_of: String,
    /// The position up to which facts were known.
    pub known_at: i64,
    /// The currency.
    #[schema(example = "CNY")]
    pub currency: String,
    /// The difference to what was posted before, by clause, payer and payee.
    pub totals: Vec<ClauseTotal>,
    /// The roles that would have to approve it.
    pub approvers: Vec<String>,
    /// Number of amounts that await facts not reported yet.
    pub awaiting_facts: usize,
    /// The lines; absent for those who see sums only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub lines: Option<Page<LineShown>>,
}

/// Shows what a settlement would be
///
/// What is owed as of a day, less what was posted. Nothing is written.
#[utoipa::path(operation_id = "preview_settlement", tag = "settlements",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), PreviewQuery),
    responses((status = 200, description = "What would be put forward", body = SettlementPreview),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/due")]
pub async fn preview_settlement(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<PreviewQuery>,
) -> Result<web::Json<SettlementPreview>, Problem> {
    let PreviewQuery { as_of, limit, cursor } = query.into_inner();
    let wanted = Lines::wanted(limit, cursor.as_deref())?;
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    let name = contract.clone();
    let work = move |connection: &mut _| operations::preview_settlement(connection, &name, as_of);
    let due = gate.read(&caller, Operation::PreviewSettlement, about, work).await?;
    let shows_lines = caller.role.sight() != Sight::Sums;
    let lines = shows_lines.then(|| wanted.page(due.due.iter(), &caller));
    if let Some(page) = &lines {
        gate.record_reading(&caller, Operation::PreviewSettlement, contract, page.items.len()).await?;
    }
    Ok(web::Json(SettlementPreview {
        contract: due.contract,
        as_of: as_of.to_string(),
        known_at: due.known_at,
        currency: due.owed.currency,
        totals: due.totals.iter().map(ClauseTotal::from).collect(),
        approvers: due.approvers,
        awaiting_facts: due.owed.pending.len(),
        lines,
    }))
}
