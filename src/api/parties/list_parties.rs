//! Lists the parties of the network.

use actix_web::{get, web};

use super::party::{Party, is_shown};
use crate::{
    api::{
        Gate, Problem,
        gate::About,
        page::{self, Page, PageQuery},
    },
    operations::{self, Caller, Operation, RegisteredParty},
};

/// Lists the parties of the network
///
/// In the order of the bytes of their names.
#[utoipa::path(operation_id = "list_parties", tag = "parties", params(PageQuery),
    responses((status = 200, description = "A page of parties", body = Page<Party>)))]
#[get("/parties")]
pub async fn list_parties(
    gate: web::Data<Gate>,
    caller: Caller,
    query: web::Query<PageQuery>,
) -> Result<web::Json<Page<Party>>, Problem> {
    let (limit, after) = (page::limit(query.limit)?, page::cursor(query.cursor.as_deref())?);
    let work = move |connection: &mut _| operations::list_parties(connection);
    let parties = gate.read(&caller, Operation::ListParties, About::Network, work).await?;
    let follows = |party: &RegisteredParty| after.as_ref().is_none_or(|after| party.name > *after);
    let shown = parties.into_iter().filter(is_shown).filter(follows).map(Party::from);
    let most = usize::try_from(limit).unwrap_or_default() + 1;
    Ok(web::Json(Page::of(shown.take(most).collect(), limit, |party: &Party| party.name.clone())))
}
