//! Replaces facts.

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::report::{FactsRecorded, NewFacts, ReportQuery, report};
use crate::{
    api::{
        Gate, Problem,
        gate::{Ask, Written},
    },
    operations::{FactReport, Operation},
};

/// Corrects facts
///
/// Each row replaces the one fact of the same subject and day, or the only one of a kind that a subject has once. What was
/// recorded before stays in the journal; the next settlement posts the difference.
#[utoipa::path(operation_id = "correct_facts", tag = "facts",
    request_body(content((NewFacts = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))),
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025"), ReportQuery),
    responses((status = 201, description = "The facts are replaced", body = Written<FactsRecorded>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/facts/corrections")]
pub async fn correct_facts(
    gate: web::Data<Gate>,
    ask: Ask,
    request: HttpRequest,
    contract: web::Path<String>,
    query: web::Query<ReportQuery>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let sort = |corrected| FactReport { corrected, ..FactReport::default() };
    report(&gate, ask, (request, contract.into_inner(), query.into_inner()), body, (Operation::CorrectFacts, sort))
        .await
}
