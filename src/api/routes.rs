//! The list of all endpoints. The description of the interface follows from it.

use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    accounts::{
        accrue_contract::accrue_contract, reverse_entry::reverse_entry, state_balances::state_balances,
        state_contract::state_contract,
    },
    aggregates::list_aggregates::list_aggregates,
    audit::{
        export_bundle::export_bundle, export_certificate::export_certificate, prove_entry::prove_entry,
        prove_fact::prove_fact, prove_growth::prove_growth, show_checkpoint::show_checkpoint,
    },
    calendar::show_calendar::show_calendar,
    claims::{list_claims::list_claims, list_unclaimed::list_unclaimed, summarize_claims::summarize_claims},
    contracts::{
        activate_contract::activate_contract, compare_amendment::compare_amendment,
        describe_contract::describe_contract, list_contracts::list_contracts, list_versions::list_versions,
        propose_amendment::propose_amendment, propose_contract::propose_contract, renew_contract::renew_contract,
        resume_contract::resume_contract, show_agreement::show_agreement, show_contract::show_contract,
        show_history::show_history, sign_contract::sign_contract, suspend_contract::suspend_contract,
        terminate_contract::terminate_contract, withdraw_proposal::withdraw_proposal,
    },
    disputes::{decide_claim::decide_claim, list_disputes::list_disputes, open_dispute::open_dispute},
    documents::{
        check_document::check_document, compare_documents::compare_documents, describe_document::describe_document,
    },
    erasures::erase_subject::erase_subject,
    events::list_events::list_events,
    facts::{
        correct_facts::correct_facts, import_records::import_records, list_facts::list_facts,
        report_facts::report_facts, retract_facts::retract_facts,
    },
    parties::{list_parties::list_parties, register_party::register_party, show_party::show_party},
    payments::{
        confirm_payment::confirm_payment, fail_payment::fail_payment, list_payments::list_payments,
        send_payment::send_payment,
    },
    reads::list_reads::list_reads,
    settlements::{
        approve_settlement::approve_settlement, explain_settlement_line::explain_settlement_line,
        list_settlement_lines::list_settlement_lines, list_settlements::list_settlements,
        preview_settlement::preview_settlement, propose_settlement::propose_settlement,
        reject_settlement::reject_settlement, show_settlement::show_settlement,
    },
    subjects::{enrol_subjects::enrol_subjects, list_subjects::list_subjects},
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
        .service(preview_settlement)
        .service(list_settlements)
        .service(propose_settlement)
        .service(show_settlement)
        .service(list_settlement_lines)
        .service(explain_settlement_line)
        .service(approve_settlement)
        .service(reject_settlement)
        .service(open_dispute)
        .service(decide_claim)
        .service(list_disputes)
        .service(list_claims)
        .service(summarize_claims)
        .service(list_unclaimed)
        .service(state_contract)
        .service(state_balances)
        .service(accrue_contract)
        .service(reverse_entry)
        .service(export_bundle)
        .service(export_certificate)
        .service(show_checkpoint)
        .service(prove_entry)
        .service(prove_growth)
        .service(prove_fact)
        .service(list_payments)
        .service(send_payment)
        .service(confirm_payment)
        .service(fail_payment)
        .service(list_events)
        .service(list_webhooks)
        .service(create_webhook)
        .service(replay_webhook)
        .service(delete_webhook)
        .service(list_versions)
        .service(compare_amendment)
        .service(propose_amendment)
        .service(withdraw_proposal)
        .service(suspend_contract)
        .service(resume_contract)
        .service(terminate_contract)
        .service(renew_contract)
        .service(enrol_subjects)
        .service(list_subjects)
        .service(erase_subject)
        .service(report_facts)
        .service(list_facts)
        .service(correct_facts)
        .service(retract_facts)
        .service(import_records)
        .service(show_calendar)
        .service(list_aggregates)
        .service(list_reads);
}
