//! Lets a suspended contract go on.

use actix_web::{HttpResponse, post, web};

use super::suspend_contract::{ActOfParty, ContractTurned};
use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
    },
    operations::{self, Grounds, Operation, Outside},
};

/// Lets a suspended contract go on
///
/// Only the role that has suspended it can.
#[utoipa::path(operation_id = "resume_contract", tag = "contracts", request_body = ActOfParty,
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025")),
    responses((status = 200, description = "It goes on", body = Written<ContractTurned>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/resumption")]
pub async fn resume_contract(
    gate: web::Data<Gate>,
    ask: Ask,
    contract: web::Path<String>,
    body: web::Json<ActOfParty>,
) -> Result<HttpResponse, Problem> {
    let (contract, new) = (contract.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), new.clone()));
    let work = move |connection: &mut _, outside: &mut Outside| {
        let grounds = Grounds { role: &new.role, reason: &new.reason };
        let turned = operations::resume_contract(connection, outside, &contract, grounds)?;
        let receipt = turned.receipt.clone();
        Ok((ContractTurned::from(turned), vec![receipt]))
    };
    Ok(gate.write(ask, Operation::ResumeContract, about, &request, work).await?.done())
}
