//! Signs a contract.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
    },
    operations::{self, Operation, Outside},
};

/// A signature.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "role": "insurer" }))]
pub struct NewSignature {
    /// The role for which the caller signs, which it has to take.
    pub role: String,
}

/// What was signed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContractSigned {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The role that signed.
    #[schema(example = "insurer")]
    pub role: String,
    /// The digest that was signed, hexadecimal.
    pub digest: String,
    /// The roles that still have to sign.
    pub awaited: Vec<String>,
}

/// Signs a contract
///
/// The caller signs the digest of the agreement, for a role that it takes itself. With the last signature the contract can
/// come into force. Send `If-Match` to sign only what was read.
#[utoipa::path(operation_id = "sign_contract", tag = "contracts", request_body = NewSignature,
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025")),
    responses((status = 200, description = "The contract is signed", body = Written<ContractSigned>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/signatures")]
pub async fn sign_contract(
    gate: web::Data<Gate>,
    ask: Ask,
    contract: web::Path<String>,
    body: web::Json<NewSignature>,
) -> Result<HttpResponse, Problem> {
    let (contract, NewSignature { role }) = (contract.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), role.clone()));
    let work = move |connection: &mut _, outside: &mut Outside| {
        let signed = operations::sign_contract(connection, outside, &contract, &role)?;
        let operations::Signed { contract, role, digest, awaited, receipt } = signed;
        Ok((ContractSigned { contract, role, digest, awaited }, vec![receipt]))
    };
    Ok(gate.write(ask, Operation::SignContract, about, &request, work).await?.done())
}
