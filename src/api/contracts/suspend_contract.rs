//! Suspends a contract.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
    },
    operations::{self, Grounds, Operation, Outside},
};

/// Who acts, and why.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "role": "insurer", "reason": "the registry is being audited" }))]
pub struct ActOfParty {
    /// The role for which the caller acts, which it has to take.
    pub role: String,
    /// Why, in one line that names no person: it stays for good.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// What became of a contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContractTurned {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// Where it stands now.
    #[schema(example = "suspended")]
    pub state: String,
    /// The last day on which it is in force, when an end is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, format = Date, example = "2025-12-31")]
    pub ends_on: Option<String>,
    /// The last day on which what was earned by then is reported and settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, format = Date, example = "2026-03-31")]
    pub run_out_until: Option<String>,
}

impl From<operations::Turned> for ContractTurned {
    fn from(turned: operations::Turned) -> Self {
        let operations::Turned { contract, state, ends_on, run_out_until, .. } = turned;
        let [ends_on, run_out_until] = [ends_on, run_out_until].map(|day| day.map(|day| day.to_string()));
        Self { contract, state: state.into(), ends_on, run_out_until }
    }
}

/// Suspends a contract
///
/// Nobody is enrolled and nothing settled until the same role resumes it; facts are still reported, and what is settled is paid.
#[utoipa::path(operation_id = "suspend_contract", tag = "contracts", request_body = ActOfParty,
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025")),
    responses((status = 200, description = "It is suspended", body = Written<ContractTurned>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/suspension")]
pub async fn suspend_contract(
    gate: web::Data<Gate>,
    ask: Ask,
    contract: web::Path<String>,
    body: web::Json<ActOfParty>,
) -> Result<HttpResponse, Problem> {
    let (contract, new) = (contract.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), new.clone()));
    let work = move |connection: &mut _, outside: &mut Outside| {
        let grounds = Grounds { role: &new.role, reason: &new.reason };
        let turned = operations::suspend_contract(connection, outside, &contract, grounds)?;
        let receipt = turned.receipt.clone();
        Ok((ContractTurned::from(turned), vec![receipt]))
    };
    Ok(gate.write(ask, Operation::SuspendContract, about, &request, work).await?.done())
}
