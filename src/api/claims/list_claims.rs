//! Lists claims over all contracts.

use actix_web::{get, web};

use super::{ClaimShown, query::ClaimQuery};
use crate::{
    api::{
        Gate, Problem,
        gate::{About, today},
        page::{self, Page},
    },
    operations::{self, Caller, Operation},
};

/// Lists claims over all contracts
///
/// What one role asks of another by one settlement, from the day on which it is put forward to the payment that covers it, in
/// all contracts that the caller may know of. Payments cover the oldest claims first.
#[utoipa::path(operation_id = "list_claims", tag = "claims", params(ClaimQuery),
    responses((status = 200, description = "A page of claims", body = Page<ClaimShown>)))]
#[get("/claims")]
pub async fn list_claims(
    gate: web::Data<Gate>,
    caller: Caller,
    query: web::Query<ClaimQuery>,
) -> Result<web::Json<Page<ClaimShown>>, Problem> {
    query.check()?;
    let (limit, after) = (page::limit(query.limit)?, page::cursor(query.cursor.as_deref())?);
    let who = caller.clone();
    let work = move |connection: &mut _| operations::list_claims(connection, &who, today());
    let all = gate.read(&caller, Operation::ListClaims, About::Network, work).await?;
    let wanted = all.claims.into_iter().filter(|claim| query.wants(claim));
    let wanted = wanted.filter(|claim| after.as_ref().is_none_or(|after| claim.key() > *after));
    let wanted = wanted.take(usize::try_from(limit).unwrap_or_default() + 1).collect();
    Ok(web::Json(Page::of(wanted, limit, operations::ListedClaim::key).map(ClaimShown::from)))
}
