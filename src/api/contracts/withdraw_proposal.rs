//! Takes back what not all have signed.

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

/// Who takes a proposal back, and why.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "role": "insurer", "reason": "no agreement on the price" }))]
pub struct NewWithdrawal {
    /// The role for which the caller acts, which it has to take.
    pub role: String,
    /// Why, in one line that names no person: it stays for good.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// What was taken back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposalWithdrawn {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The digest that is no longer to be signed, hexadecimal.
    pub digest: String,
    /// Whether it was an amendment; else the contract itself, whose name stays taken.
    pub amendment: bool,
}

/// Takes back what not all have signed
///
/// The open amendment of a contract in force, or a contract that is still proposed. Any party that would have to sign can.
#[utoipa::path(operation_id = "withdraw_proposal", tag = "contracts", request_body = NewWithdrawal,
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025")),
    responses((status = 200, description = "It is taken back", body = Written<ProposalWithdrawn>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/withdrawals")]
pub async fn withdraw_proposal(
    gate: web::Data<Gate>,
    ask: Ask,
    contract: web::Path<String>,
    body: web::Json<NewWithdrawal>,
) -> Result<HttpResponse, Problem> {
    let (contract, new) = (contract.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), new.clone()));
    let work = move |connection: &mut _, outside: &mut Outside| {
        let NewWithdrawal { role, reason } = &new;
        let withdrawn = operations::withdraw_proposal(connection, outside, &contract, role, reason)?;
        let operations::Withdrawn { contract, digest, amendment, receipt } = withdrawn;
        Ok((ProposalWithdrawn { contract, digest, amendment }, vec![receipt]))
    };
    Ok(gate.write(ask, Operation::WithdrawProposal, about, &request, work).await?.done())
}
