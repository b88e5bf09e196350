//! Records that a payment came back.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PaymentRecorded;
use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
    },
    operations::{self, Operation, Outside},
    values::Day,
};

/// A payment that came back.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "AC04", "on": "2025-07-03" }))]
pub struct NewFailure {
    /// The bank's code for why: four capital letters or digits, such as AC04.
    #[schema(pattern = "^[A-Z0-9]{4}$")]
    pub reason: String,
    /// The day on which it came back; today when left out.
    #[serde(default)]
    #[schema(required = false, value_type = Option<String>, format = Date)]
    pub on: Option<Day>,
}

/// Records that a payment came back
///
/// By the side that paid; what it covered is open again.
#[utoipa::path(operation_id = "fail_payment", tag = "payments", request_body = NewFailure,
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), ("payment" = String, Path, description = "The position at which it was sent, or its entry", example = "11")),
    responses((status = 200, description = "It is recorded", body = Written<PaymentRecorded>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/payments/{payment}/failure")]
pub async fn fail_payment(
    gate: web::Data<Gate>,
    ask: Ask,
    path: web::Path<(String, String)>,
    body: web::Json<NewFailure>,
) -> Result<HttpResponse, Problem> {
    let ((contract, payment), new) = (path.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), payment.clone(), new.clone()));
    let NewFailure { reason, on } = new;
    let work = move |connection: &mut _, outside: &mut Outside| {
        operations::fail_payment(connection, outside, &contract, &payment, &reason, on).map(PaymentRecorded::of)
    };
    Ok(gate.write(ask, Operation::FailPayment, about, &request, work).await?.done())
}
