//! How a webhook is shown. Its secret is shown once.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{storage::WebhookRow, values::instant};

/// Where a party is told of what happens.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Webhook {
    /// Its identifier.
    pub webhook: uuid::Uuid,
    /// The address that is told.
    #[schema(example = "https://example.org/hooks")]
    pub url: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// The last place of the log that it was told of or that did not concern it; -1 before the first.
    #[schema(minimum = -1)]
    pub told: i64,
    /// Attempts since the last message that arrived.
    #[schema(minimum = 0)]
    pub failures: i64,
    /// The status that the last attempt was answered with; absent when there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub last_status: Option<i64>,
    /// When the last attempt was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, format = DateTime)]
    pub last_at: Option<String>,
    /// When the next attempt is made, after one that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, format = DateTime)]
    pub next_at: Option<String>,
}

impl From<&WebhookRow> for Webhook {
    fn from(row: &WebhookRow) -> Self {
        Self {
            webhook: row.webhook_id.0,
            url: row.url.clone(),
            created_at: instant(row.created_at),
            told: row.told_index,
            failures: row.failures,
            last_status: row.last_status,
            last_at: row.last_at.map(instant),
            next_at: (row.failures > 0).then(|| instant(row.next_at)),
        }
    }
}
