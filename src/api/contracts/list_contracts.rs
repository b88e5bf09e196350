//! Lists the contracts that one may know of.

use actix_web::{get, web};

use super::{ContractShown, query::ContractQuery};
use crate::{
    api::{Gate, Problem, gate::About, page::Page},
    operations::{Caller, Operation, find_contracts},
    storage::overview::Wanted,
};

/// Lists the contracts that one may know of
///
/// Parties see those in which they take a role; regulators, auditors and the operator see all.
#[utoipa::path(operation_id = "list_contracts", tag = "contracts", params(ContractQuery),
    responses((status = 200, description = "A page of contracts", body = Page<ContractShown>)))]
#[get("/contracts")]
pub async fn list_contracts(
    gate: web::Data<Gate>,
    caller: Caller,
    query: web::Query<ContractQuery>,
) -> Result<web::Json<Page<ContractShown>>, Problem> {
    let wanted = query.into_inner().wanted(&caller)?;
    let limit = wanted.limit;
    let work = move |connection: &mut _| find_contracts(connection, &Wanted { limit: limit + 1, ..wanted });
    let found = gate.read(&caller, Operation::ListContracts, About::Network, work).await?;
    let shown = found.into_iter().map(ContractShown::from).collect();
    Ok(web::Json(Page::of(shown, limit, |contract: &ContractShown| contract.name.clone())))
}
