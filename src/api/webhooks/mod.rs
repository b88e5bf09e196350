//! Where parties are told of what happens (Standard Webhooks 1.0.0).
//!
//! - `webhook`: how one is shown
//! - `create_webhook`, `list_webhooks`, `replay_webhook`, `delete_webhook`

pub mod create_webhook;
pub mod delete_webhook;
pub mod list_webhooks;
pub mod replay_webhook;
pub mod webhook;

pub use webhook::Webhook;
