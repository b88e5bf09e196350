//! Shows one party.

use actix_web::{get, http::StatusCode, web};

use super::party::{Party, is_shown};
use crate::{
    api::{Gate, Problem, gate::About},
    operations::{self, Caller, Operation},
};

/// Shows one party
///
/// Its identity in the ledger and what it is registered as, from which its rights follow.
#[utoipa::path(operation_id = "show_party", tag = "parties",
    params(("name" = String, Path, description = "The party's name", example = "Insurer A")),
    responses((status = 200, description = "The party", body = Party),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json")))]
#[get("/parties/{name}")]
pub async fn show_party(
    gate: web::Data<Gate>,
    caller: Caller,
    name: web::Path<String>,
) -> Result<web::Json<Party>, Problem> {
    let work = |connection: &mut _| operations::list_parties(connection);
    let parties = gate.read(&caller, Operation::ShowParty, About::Network, work).await?;
    let found = parties.into_iter().filter(is_shown).find(|party| party.name == *name);
    let missing = || {
        let help = "look at the list of parties";
        Problem::new(StatusCode::NOT_FOUND, "no-such-party", "there is no party of this name", help)
    };
    Ok(web::Json(Party::from(found.ok_or_else(missing)?)))
}
