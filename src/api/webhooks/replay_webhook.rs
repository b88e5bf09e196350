//! Tells a webhook again.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Webhook;
use crate::{
    api::{
        Gate, Problem,
        gate::{About, Ask, Written},
    },
    operations::{self, Operation, Outside},
    values::WebhookId,
};

/// From where to tell again.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "after": -1 }))]
pub struct Replay {
    /// The `index` of the last event that is not to be told again; -1 tells all of them.
    #[schema(minimum = -1)]
    pub after: i64,
}

/// Wants to be told again
///
/// Everything after a place of the log is told again, at once, also after attempts that failed.
#[utoipa::path(operation_id = "replay_webhook", tag = "events", request_body = Replay,
    params(("webhook" = uuid::Uuid, Path, description = "The webhook")),
    responses((status = 200, description = "The webhook as it stands now", body = Written<Webhook>),
        (status = 404, description = "The caller has no such webhook", body = Problem,
            content_type = "application/problem+json")))]
#[post("/webhooks/{webhook}/replay")]
pub async fn replay_webhook(
    gate: web::Data<Gate>,
    ask: Ask,
    webhook: web::Path<uuid::Uuid>,
    body: web::Json<Replay>,
) -> Result<HttpResponse, Problem> {
    let (party, id, replay) = (ask.party(), WebhookId(*webhook), body.into_inner());
    let after = replay.after;
    let work = move |connection: &mut _, _: &mut Outside| {
        let row = operations::replay_webhook(connection, party, id, after)?;
        Ok((Webhook::from(&row), Vec::new()))
    };
    let written: Written<Webhook> =
        gate.write(ask, Operation::ReplayWebhook, About::Network, &(id, replay), work).await?;
    Ok(written.done())
}
