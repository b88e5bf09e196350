//! Lists the settlements of a contract.

use actix_web::{get, web};

use super::{SettlementShown, query::SettlementQuery};
use crate::{
    api::{Gate, Problem, gate::About, page::Page},
    operations::{self, Caller, Operation},
};

/// Lists the settlements of a contract
///
/// All that were put forward, posted or not, in the order of their positions.
#[utoipa::path(operation_id = "list_settlements", tag = "settlements",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), SettlementQuery),
    responses((status = 200, description = "A page of settlements", body = Page<SettlementShown>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/settlements")]
pub async fn list_settlements(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<SettlementQuery>,
) -> Result<web::Json<Page<SettlementShown>>, Problem> {
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    let work = move |connection: &mut _| operations::list_settlements(connection, &contract);
    let all = gate.read(&caller, Operation::ListSettlements, about, work).await?;
    query.page(all).map(web::Json)
}
