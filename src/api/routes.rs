//! The list of all endpoints. The description of the interface follows from it.

use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    contracts::{
        activate_contract::activate_contract, describe_contract::describe_contract, list_contracts::list_contracts,
        propose_contract::propose_contract, show_agreement::show_agreement, show_contract::show_contract,
        show_history::show_history, sign_contract::sign_contract,
    },
    documents::{
        check_document::check_document, compare_documents::compare_documents, describe_document::describe_document,
    },
    events::list_events::list_events,
    parties::{list_parties::list_parties, register_party::register_party, show_party::show_party},
    templates::{list_templates::list_templates, show_template::show_template},
    webhooks::{
        create_webhook::create_webhook, delete_webhook::delete_webhook, list_webhooks::list_webhooks,
        replay_webhook::replay_webhook,
    },
};

/// Where the endpoints begin.
pub const ROOT: &str = "/api/v1";

/// All endpoints beneath the root.
pub fn endpoints(config: &mut ServiceConfig) {
    config
        .service(list_parties)
        .service(register_party)
        .service(show_party)
        .service(list_templates)
        .service(show_template)
        .service(check_document)
        .service(describe_document)
        .service(compare_documents)
        .service(list_contracts)
        .service(propose_contract)
        .service(show_contract)
        .service(show_agreement)
        .service(describe_contract)
        .service(show_history)
        .service(sign_contract)
        .service(activate_contract)
        .service(list_events)
        .service(list_webhooks)
        .service(create_webhook)
        .service(replay_webhook)
        .service(delete_webhook);
}
