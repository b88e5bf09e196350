//! Lists the lines of a settlement.

use actix_web::{get, web};

use super::{LineShown, Lines};
use crate::{
    api::{
        Gate, Problem,
        gate::About,
        page::{Page, PageQuery},
    },
    operations::{Caller, Operation, show_settlement},
};

/// Lists the lines of a settlement
///
/// For those who may see what is paid for a single person; whoever oversees sees pseudonyms.
#[utoipa::path(operation_id = "list_settlement_lines", tag = "settlements",
    params(("contract" = String, Path, description = "The contract's name", example = "acme-north-2025"), ("settlement" = String, Path, description = "The position at which it was put forward, or its entry", example = "8"), PageQuery),
    responses((status = 200, description = "A page of lines, in their order", body = Page<LineShown>),
        (status = 404, description = "There is none that one may know of", body = Problem,
            content_type = "application/problem+json")))]
#[get("/contracts/{contract}/settlements/{settlement}/lines")]
pub async fn list_settlement_lines(
    gate: web::Data<Gate>,
    caller: Caller,
    path: web::Path<(String, String)>,
    query: web::Query<PageQuery>,
) -> Result<web::Json<Page<LineShown>>, Problem> {
    let wanted = Lines::wanted(query.limit, query.cursor.as_deref())?;
    let (contract, settlement) = path.into_inner();
    let about = About::Contract(contract.clone());
    let name = contract.clone();
    let work = move |connection: &mut _| show_settlement(connection, &name, Some(&settlement));
    let shown = gate.read(&caller, Operation::ListSettlementLines, about, work).await?;
    let page = wanted.page(shown.due.iter(), &caller);
    gate.record_reading(&caller, Operation::ListSettlementLines, contract, page.items.len()).await?;
    Ok(web::Json(page))
}
