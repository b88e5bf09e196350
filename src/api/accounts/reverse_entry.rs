//! Takes back a step of a payment that was recorded wrongly.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
    },
    operations::{self, Operation, Outside},
    values::Day,
};

/// A reversal.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "entry": "11", "reason": "duplicate" }))]
pub struct NewReversal {
    /// The position of the step in the contract's chain, or its entry.
    pub entry: String,
    /// Why: `duplicate`, `wrong-amount`, `wrong-party`, `did-not-happen` or `other`.
    #[schema(pattern = "^(duplicate|wrong-amount|wrong-party|did-not-happen|other)$")]
    pub reason: String,
    /// The day for which it counts; that of the step when left out.
    #[serde(default)]
    #[schema(required = false, value_type = Option<String>, format = Date)]
    pub on: Option<Day>,
}

/// What was taken back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryReversed {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The entry whose postings were taken back.
    pub entry: uuid::Uuid,
    /// The day for which that counts.
    #[schema(format = Date, example = "2025-07-01")]
    pub on: String,
    /// Why.
    #[schema(example = "duplicate")]
    pub reason: String,
}

/// Takes back a step of a payment that was recorded wrongly
///
/// By the equal and opposite postings, once, by the party whose step it was. Settlements are not reversed: facts are
/// corrected, and the next settlement posts the difference.
#[utoipa::path(operation_id = "reverse_entry", tag = "accounts", request_body = NewReversal,
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025")),
    responses((status = 200, description = "It is taken back", body = Written<EntryReversed>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/reversals")]
pub async fn reverse_entry(
    gate: web::Data<Gate>,
    ask: Ask,
    contract: web::Path<String>,
    body: web::Json<NewReversal>,
) -> Result<HttpResponse, Problem> {
    let (contract, new) = (contract.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), new.clone()));
    let NewReversal { entry, reason, on } = new;
    let work = move |connection: &mut _, outside: &mut Outside| {
        let reversed = operations::reverse_entry(connection, outside, &contract, &entry, &reason, on)?;
        let operations::Reversed { contract, entry, on, reason, receipt } = reversed;
        Ok((EntryReversed { contract, entry: entry.0, on: on.to_string(), reason }, vec![receipt]))
    };
    Ok(gate.write(ask, Operation::ReverseEntry, about, &request, work).await?.done())
}
