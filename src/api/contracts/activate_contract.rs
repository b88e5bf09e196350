//! Brings a contract into force.

use actix_web::{HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
    },
    operations::{self, Operation, Outside},
};

/// What came into force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContractActivated {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The digest of the agreement in force, hexadecimal.
    pub digest: String,
}

/// Brings a contract into force
///
/// When all have signed, any of its parties can.
#[utoipa::path(operation_id = "activate_contract", tag = "contracts",
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025")),
    responses((status = 200, description = "The contract is in force", body = Written<ContractActivated>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/activation")]
pub async fn activate_contract(
    gate: web::Data<Gate>,
    ask: Ask,
    contract: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let contract = contract.into_inner();
    let (about, request) = (About::Contract(contract.clone()), contract.clone());
    let work = move |connection: &mut _, outside: &mut Outside| {
        let activated = operations::activate_contract(connection, outside, &contract)?;
        let operations::Activated { contract, digest, receipt } = activated;
        Ok((ContractActivated { contract, digest }, vec![receipt]))
    };
    Ok(gate.write(ask, Operation::ActivateContract, about, &request, work).await?.done())
}
