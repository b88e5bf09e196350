//! Prolongs a contract.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::propose_amendment::AmendmentProposed;
use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
    },
    operations::{self, Operation, Outside, Renewal},
    values::Day,
};

/// A new last day of a contract.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "until": "2026-12-31", "reason": "another year on the same terms" }))]
pub struct NewRenewal {
    /// The new last day of the term.
    #[schema(value_type = String, format = Date)]
    pub until: Day,
    /// The first day on which the prolonged contract holds; the day after the term when left out.
    #[serde(default)]
    #[schema(required = false, value_type = String, format = Date)]
    pub effective_on: Option<Day>,
    /// Why, in one line that names no person: it stays for good.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// Proposes to prolong a contract
///
/// An amendment that changes nothing but the last day of the term; all sign it as they sign any other.
#[utoipa::path(operation_id = "renew_contract", tag = "contracts", request_body = NewRenewal,
    params(("contract" = String, Path, description = "The contract's name", example = "refund-2025")),
    responses((status = 201, description = "The amendment is proposed", body = Written<AmendmentProposed>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/renewal")]
pub async fn renew_contract(
    gate: web::Data<Gate>,
    ask: Ask,
    contract: web::Path<String>,
    body: web::Json<NewRenewal>,
) -> Result<HttpResponse, Problem> {
    let (contract, new) = (contract.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), new.clone()));
    let work = move |connection: &mut _, outside: &mut Outside| {
        let NewRenewal { until, effective_on, reason } = &new;
        let renewal = Renewal { until: *until, effective_on: *effective_on, reason };
        let proposed = operations::renew_contract(connection, outside, &contract, renewal)?;
        let receipt = proposed.receipt.clone();
        Ok((AmendmentProposed::from(proposed), vec![receipt]))
    };
    Ok(gate.write(ask, Operation::RenewContract, about, &request, work).await?.created(None))
}
