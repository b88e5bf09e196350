//! Lists the disputes of a contract.

use actix_web::{get, web};

use super::{DisputeShown, query::DisputeQuery};
use crate::{
    api::{
        Gate, Problem,
        gate::{About, today},
        page::{self, Page},
    },
    operations::{self, Caller, Operation},
};

/// Lists the disputes of a contract
///
/// In the order in which they were opened, with the day by which each is to be answered.
#[utoipa::path(operation_id = "list_disputes", tag = "disputes",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), DisputeQuery),
    responses((status = 200, description = "A page of disputes", body = Page<DisputeShown>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/disputes")]
pub async fn list_disputes(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<DisputeQuery>,
) -> Result<web::Json<Page<DisputeShown>>, Problem> {
    let DisputeQuery { stage, limit, cursor } = query.into_inner();
    if stage.as_deref().is_some_and(|stage| !["open", "accepted", "refused", "lapsed"].contains(&stage)) {
        return Err(page::bad("stage", "give open, accepted, refused or lapsed"));
    }
    let (limit, after) = (page::limit(limit)?, page::position(cursor.as_deref())?);
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    let work = move |connection: &mut _| operations::list_disputes(connection, &contract, today());
    let all = gate.read(&caller, Operation::ListDisputes, about, work).await?;
    let wanted = all.into_iter().filter(|dispute| dispute.position > after);
    let wanted = wanted.filter(|dispute| stage.as_deref().is_none_or(|stage| dispute.stage == stage));
    let most = usize::try_from(limit).unwrap_or_default() + 1;
    let disputes = wanted.take(most).map(DisputeShown::from).collect();
    Ok(web::Json(Page::of(disputes, limit, |dispute: &DisputeShown| dispute.position.to_string())))
}
