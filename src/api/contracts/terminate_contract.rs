//! Sets the end of a contract.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::suspend_contract::ContractTurned;
use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
    },
    operations::{self, Grounds, Operation, Outside},
    values::Day,
};

/// When a contract is to end, who says so, and why.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "role": "insurer", "effective_on": "2399-06-30", "reason": "the product is withdrawn" }))]
pub struct NewTermination {
    /// The role for which the caller acts, which it has to take.
    pub role: String,
    /// The last day on which the contract is in force: today or later.
    #[schema(value_type = String, format = Date)]
    pub effective_on: Day,
    /// The last day on which what was earned by then is reported and settled; by the terms when left out, and never earlier.
    #[serde(default)]
    #[schema(required = false, value_type = String, format = Date)]
    pub run_out_until: Option<Day>,
    /// Why, in one line that names no person: it stays for good.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// Sets the end of a contract
///
/// Until the day comes everything goes on. Afterwards, until the run-out is over, what was earned before is reported and
/// settled; then what is settled is paid.
#[utoipa::path(operation_id = "terminate_contract", tag = "contracts", request_body = NewTermination,
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025")),
    responses((status = 200, description = "The end is set", body = Written<ContractTurned>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/termination")]
pub async fn terminate_contract(
    gate: web::Data<Gate>,
    ask: Ask,
    contract: web::Path<String>,
    body: web::Json<NewTermination>,
) -> Result<HttpResponse, Problem> {
    let (contract, new) = (contract.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), new.clone()));
    let work = move |connection: &mut _, outside: &mut Outside| {
        let grounds = Grounds { role: &new.role, reason: &new.reason };
        let turned = operations::terminate_contract(
            connection,
            outside,
            &contract,
            grounds,
            (new.effective_on, new.run_out_until),
        )?;
        let receipt = turned.receipt.clone();
        Ok((ContractTurned::from(turned), vec![receipt]))
    };
    Ok(gate.write(ask, Operation::TerminateContract, about, &request, work).await?.done())
}
