//! Records that a payment leaves.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PaymentRecorded;
use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
        page::in_address,
    },
    operations::{self, Error, Operation, Outside, PaymentOrder},
    values::{Day, Decimal},
};

/// A payment that leaves.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "from": "maker", "to": "insurer", "amount": "1000.00", "reference": "INV-2025-0017" }))]
pub struct NewPayment {
    /// The role that pays, which the caller has to take.
    pub from: String,
    /// The role that is paid.
    pub to: String,
    /// The amount in major units, above zero.
    pub amount: String,
    /// What both banks call it: 1 to 35 characters with a digit, no names; 32 random digits when left out.
    #[serde(default)]
    #[schema(required = false, min_length = 1, max_length = 35)]
    pub reference: Option<String>,
    /// The day on which it left; today when left out.
    #[serde(default)]
    #[schema(required = false, value_type = Option<String>, format = Date)]
    pub on: Option<Day>,
}

/// Records that a payment leaves
///
/// By the side that pays; steps of patients are recorded by the other side. It covers what posted settlements owe, those in
/// flight included, and never more.
#[utoipa::path(operation_id = "send_payment", tag = "payments", request_body = NewPayment,
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025")),
    responses((status = 201, description = "It is recorded", body = Written<PaymentRecorded>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[post("/contracts/{contract}/payments")]
pub async fn send_payment(
    gate: web::Data<Gate>,
    ask: Ask,
    contract: web::Path<String>,
    body: web::Json<NewPayment>,
) -> Result<HttpResponse, Problem> {
    let (contract, new) = (contract.into_inner(), body.into_inner());
    let (about, request) = (About::Contract(contract.clone()), (contract.clone(), new.clone()));
    let address = format!("/api/v1/contracts/{}/payments", in_address(&contract));
    let work = move |connection: &mut _, outside: &mut Outside| {
        let bad = |_| {
            let help = "give digits with a point before the decimals, such as 1000.00";
            Error::refused("bad-amount", "the amount is no number", help)
        };
        let amount = Decimal::from_str_exact(&new.amount).map_err(bad)?;
        let reference = new.reference.as_deref();
        let order = PaymentOrder { from: &new.from, to: &new.to, amount, reference, on: new.on };
        operations::send_payment(connection, outside, &contract, &order).map(PaymentRecorded::of)
    };
    let written = gate.write(ask, Operation::SendPayment, about, &request, work).await?;
    let address = written.receipts.first().map(|receipt| format!("{address}/{}", receipt.position));
    Ok(written.created(address))
}
