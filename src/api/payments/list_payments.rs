//! Lists the payments under a contract.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{PaymentShown, query::PaymentQuery};
use crate::{
    api::{
        Gate, Problem,
        gate::About,
        page::{self, Page},
        settlements::PairTotal,
    },
    operations::{self, Caller, Operation},
};

/// Payments under a contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentList {
    /// The currency.
    #[schema(example = "CNY")]
    pub currency: String,
    /// A page of payments, in the order in which they were sent.
    pub payments: Page<PaymentShown>,
    /// What settlements owe and no payment covers, those in flight included.
    pub open: Vec<PairTotal>,
}

/// Lists the payments under a contract
///
/// With what settlements owe and no payment covers.
#[utoipa::path(operation_id = "list_payments", tag = "payments",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), PaymentQuery),
    responses((status = 200, description = "Payments, and what is open", body = PaymentList),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/payments")]
pub async fn list_payments(
    gate: web::Data<Gate>,
    caller: Caller,
    contract: web::Path<String>,
    query: web::Query<PaymentQuery>,
) -> Result<web::Json<PaymentList>, Problem> {
    let PaymentQuery { stage, limit, cursor } = query.into_inner();
    if stage.as_deref().is_some_and(|stage| !["in flight", "confirmed", "failed", "void"].contains(&stage)) {
        return Err(page::bad("stage", "give in flight, confirmed, failed or void"));
    }
    let (limit, after) = (page::limit(limit)?, page::position(cursor.as_deref())?);
    let contract = contract.into_inner();
    let about = About::Contract(contract.clone());
    let work = move |connection: &mut _| operations::list_payments(connection, &contract);
    let all = gate.read(&caller, Operation::ListPayments, about, work).await?;
    let wanted = all.payments.into_iter().filter(|payment| payment.position > after);
    let wanted = wanted.filter(|payment| stage.as_deref().is_none_or(|stage| payment.stage == stage));
    let most = usize::try_from(limit).unwrap_or_default() + 1;
    let payments = wanted.take(most).map(PaymentShown::from).collect();
    let payments = Page::of(payments, limit, |payment: &PaymentShown| payment.position.to_string());
    let open = all.open.into_iter().map(PairTotal::from).collect();
    Ok(web::Json(PaymentList { currency: all.currency, payments, open }))
}
