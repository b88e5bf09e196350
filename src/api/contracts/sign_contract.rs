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
    /// The digest that is meant, hexadecimal; left out, it is what waits for signatures.
    #[serde(default)]
    #[schema(required = false, pattern = "^[0-9a-f]{64}$")]
    pub digest: Option<String>,
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
    /// Whether it is that of an amendment.
    pub amendment: bool,
    /// The roles that still have to sign.
    pub awaited: Vec<String>,
}

/// Signs a contract
///
/// The caller signs the digest of the agreement, or of the amendment that waits, for a role that it takes itself. With the
/// last signature the contract can come into force, or the amendment is agreed. Send `digest` or `If-Match` to sign only what
/// was read.
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
    let (contract, new) = (contract.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), new.clone()));
    let work = move |connection: &mut _, outside: &mut Outside| {
        let signature = operations::NewSignature { role: &new.role, digest: new.digest.as_deref() };
        let signed = operations::sign_contract(connection, outside, &contract, signature)?;
        let operations::Signed { contract, role, digest, amendment, awaited, receipt, amended } = signed;
        let receipts = std::iter::once(receipt).chain(amended).collect();
        Ok((ContractSigned { contract, role, digest, amendment, awaited }, receipts))
    };
    Ok(gate.write(ask, Operation::SignContract, about, &request, work).await?.done())
}
