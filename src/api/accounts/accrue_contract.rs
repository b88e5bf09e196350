//! Posts what is earned and not settled.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
        settlements::PairTotal,
    },
    operations::{self, Operation, Outside},
    values::Day,
};

/// An accrual to be posted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "as_of": "2025-05-31" }))]
pub struct NewAccrual {
    /// The day as of which is accrued; not a day to come.
    #[schema(value_type = String, format = Date)]
    pub as_of: Day,
}

/// What was accrued.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContractAccrued {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The day as of which was accrued.
    #[schema(format = Date, example = "2025-05-31")]
    pub as_of: String,
    /// The currency.
    #[schema(example = "CNY")]
    pub currency: String,
    /// The difference to what was accrued before; empty when there is none, and nothing was posted.
    pub totals: Vec<PairTotal>,
}

/// Posts what is earned and not settled
///
/// By difference to what was accrued before, so that a month can be closed; doing so twice posts nothing the second time.
#[utoipa::path(operation_id = "accrue_contract", tag = "accounts", request_body = NewAccrual,
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025")),
    responses((status = 200, description = "It is accrued", body = Written<ContractAccrued>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/accruals")]
pub async fn accrue_contract(
    gate: web::Data<Gate>,
    ask: Ask,
    contract: web::Path<String>,
    body: web::Json<NewAccrual>,
) -> Result<HttpResponse, Problem> {
    let (contract, NewAccrual { as_of }) = (contract.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), as_of));
    let work = move |connection: &mut _, outside: &mut Outside| {
        let accrued = operations::accrue_contract(connection, outside, &contract, as_of)?;
        let operations::Accrued { contract, as_of, currency, totals, posted } = accrued;
        let totals = totals.into_iter().map(PairTotal::from).collect();
        Ok((ContractAccrued { contract, as_of: as_of.to_string(), currency, totals }, Vec::from_iter(posted)))
    };
    Ok(gate.write(ask, Operation::AccrueContract, about, &request, work).await?.done())
}
