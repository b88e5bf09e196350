//! Takes facts back.

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::report::{FactsRecorded, NewFacts, ReportQuery, report};
use crate::{
    api::{
        Gate, Problem,
        gate::{Ask, Written},
    },
    operations::{FactReport, Operation},
};

/// Retracts facts
///
/// Each row takes back the fact of the same subject and day, and of the same values where it gives some. What was recorded
/// before stays in the journal; the next settlement posts the difference.
#[utoipa::path(operation_id = "retract_facts", tag = "facts",
    request_body(content((NewFacts = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))),
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025"), ReportQuery),
    responses((status = 201, description = "The facts are taken back", body = Written<FactsRecorded>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/facts/retractions")]
pub async fn retract_facts(
    gate: web::Data<Gate>,
    ask: Ask,
    request: HttpRequest,
    contract: web::Path<String>,
    query: web::Query<ReportQuery>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let sort = |retracted| FactReport { retracted, ..FactReport::default() };
    report(&gate, ask, (request, contract.into_inner(), query.into_inner()), body, (Operation::RetractFacts, sort))
        .await
}
