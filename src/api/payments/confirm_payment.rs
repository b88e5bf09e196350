//! Records that a payment arrived.

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

/// A payment that arrived.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "on": "2025-07-02" }))]
pub struct NewConfirmation {
    /// The day on which it arrived; today when left out.
    #[serde(default)]
    #[schema(required = false, value_type = Option<String>, format = Date)]
    pub on: Option<Day>,
}

/// Records that a payment arrived
///
/// By the side that is paid; steps of patients are recorded by the other side.
#[utoipa::path(operation_id = "confirm_payment", tag = "payments", request_body = NewConfirmation,
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), ("payment" = String, Path, description = "The position at which it was sent, or its entry", example = "11")),
    responses((status = 200, description = "It is recorded", body = Written<PaymentRecorded>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/payments/{payment}/confirmation")]
pub async fn confirm_payment(
    gate: web::Data<Gate>,
    ask: Ask,
    path: web::Path<(String, String)>,
    body: web::Json<NewConfirmation>,
) -> Result<HttpResponse, Problem> {
    let ((contract, payment), new) = (path.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), payment.clone(), new.clone()));
    let NewConfirmation { on } = new;
    let work = move |connection: &mut _, outside: &mut Outside| {
        operations::confirm_payment(connection, outside, &contract, &payment, on).map(PaymentRecorded::of)
    };
    Ok(gate.write(ask, Operation::ConfirmPayment, about, &request, work).await?.done())
}
