//! Reports new facts.

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::report::{FactsRecorded, NewFacts, ReportQuery, report};
use crate::{
    api::{
        Gate, Problem,
        gate::{Ask, Written},
    },
    operations::{FactReport, Operation},
};

/// Reports facts
///
/// One, or a million: a JSON object of lists by kind, or one kind as CSV whose first line names the columns or as a JSON object
/// on each line, packed by gzip if you like. All of them are recorded, or none when any row has an error; every error is told
/// by file, line and column. Each kind is reported by the role that the document names.
#[utoipa::path(operation_id = "report_facts", tag = "facts",
    request_body(content((NewFacts = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))),
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025"), ReportQuery),
    responses((status = 201, description = "The facts are recorded", body = Written<FactsRecorded>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/facts")]
pub async fn report_facts(
    gate: web::Data<Gate>,
    ask: Ask,
    request: HttpRequest,
    contract: web::Path<String>,
    query: web::Query<ReportQuery>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let sort = |recorded| FactReport { recorded, ..FactReport::default() };
    report(&gate, ask, (request, contract.into_inner(), query.into_inner()), body, (Operation::ReportFacts, sort)).await
}
