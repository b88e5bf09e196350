//! Shows one contract.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::{ContractShown, contract::tag};
use crate::{
    api::{Gate, Problem, gate::About, precondition::tagged},
    operations::{Caller, Operation, find_contract},
};

/// Shows one contract
///
/// Its ETag changes with everything that happens under it; send it as `If-Match` with a change that rests on what was read.
#[utoipa::path(operation_id = "show_contract", tag = "contracts",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025")),
    responses((status = 200, description = "The contract", body = ContractShown),
        (status = 304, description = "It is as the caller saw it"),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}")]
pub async fn show_contract(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    let work = move |connection: &mut _| find_contract(connection, &contract);
    let found = gate.read(&caller, Operation::ShowContract, about, work).await?;
    Ok(tagged(&request, &tag(&found), &ContractShown::from(found)))
}
