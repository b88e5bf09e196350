//! Lists the caller's webhooks.

use actix_web::{get, web};

use super::Webhook;
use crate::{
    api::{Gate, Problem, gate::About},
    operations::{self, Caller, Operation},
};

/// Lists the caller's webhooks
///
/// With how far each was told and what the last attempt was answered with.
#[utoipa::path(operation_id = "list_webhooks", tag = "events",
    responses((status = 200, description = "All of them, oldest first", body = Vec<Webhook>)))]
#[get("/webhooks")]
pub async fn list_webhooks(gate: web::Data<Gate>, caller: Caller) -> Result<web::Json<Vec<Webhook>>, Problem> {
    let party = caller.party;
    let work = move |connection: &mut _| operations::list_webhooks(connection, party);
    let rows = gate.read(&caller, Operation::ListWebhooks, About::Network, work).await?;
    Ok(web::Json(rows.iter().map(Webhook::from).collect()))
}
