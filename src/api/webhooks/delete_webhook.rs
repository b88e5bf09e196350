//! Takes a webhook away.

use actix_web::{HttpResponse, delete, web};

use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask},
    },
    operations::{self, Operation, Outside},
    values::WebhookId,
};

/// Wants not to be told any more
///
/// A message that is under way may still arrive.
#[utoipa::path(operation_id = "delete_webhook", tag = "events",
    params(("webhook" = uuid::Uuid, Path, description = "The webhook")),
    responses((status = 204, description = "It is gone"),
        (status = 404, description = "The caller has no such webhook", body = Problem,
            content_type = "application/problem+json")))]
#[delete("/webhooks/{webhook}")]
pub async fn delete_webhook(
    gate: web::Data<Gate>,
    ask: Ask,
    webhook: web::Path<uuid::Uuid>,
) -> Result<HttpResponse, Problem> {
    let (party, id) = (ask.party(), WebhookId(*webhook));
    let work = move |connection: &mut _, _: &mut Outside| {
        operations::delete_webhook(connection, party, id)?;
        Ok(((), Vec::new()))
    };
    gate.write(ask, Operation::DeleteWebhook, About::Network, &id, work).await?;
    Ok(HttpResponse::NoContent().finish())
}
