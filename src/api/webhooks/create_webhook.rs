//! Makes a webhook.

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
};

/// Where to tell.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "url": "https://example.org/hooks" }))]
pub struct NewWebhook {
    /// The address, over https.
    #[schema(min_length = 1, max_length = 2000)]
    pub url: String,
}

/// A webhook with its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WebhookCreated {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// What messages are signed with: `webhook-signature` is HMAC-SHA256 over `webhook-id`, `webhook-timestamp` and body, joined
    /// by full stops. Keep it; it is not shown again.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: String,
}

/// Wants to be told of what happens
///
/// The caller is told of everything that `/events` would list for it from now on, in that order, by signed messages (Standard
/// Webhooks 1.0.0). Answer 2xx within ten seconds; otherwise the same message comes again, after 5 seconds, 5 minutes, 30
/// minutes, 2, 5, 10, 14 and then every 20 hours, and those behind it wait. A message can come twice: `webhook-id` tells.
/// Redirects are not followed, and private addresses are not told.
#[utoipa::path(operation_id = "create_webhook", tag = "events", request_body = NewWebhook,
    responses((status = 201, description = "The webhook, with its secret", body = Written<WebhookCreated>)))]
#[post("/webhooks")]
pub async fn create_webhook(
    gate: web::Data<Gate>,
    ask: Ask,
    body: web::Json<NewWebhook>,
) -> Result<HttpResponse, Problem> {
    let new = body.into_inner();
    let (party, key, url) = (ask.party(), ask.key.clone(), new.url.clone());
    let work = move |connection: &mut _, outside: &mut Outside| {
        let row = operations::create_webhook(connection, outside, party, &url, &key)?;
        Ok((WebhookCreated { webhook: Webhook::from(&row), secret: row.secret }, Vec::new()))
    };
    Ok(gate.write(ask, Operation::CreateWebhook, About::Network, &new, work).await?.created(None))
}
