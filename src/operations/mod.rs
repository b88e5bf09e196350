//! What the system can be asked to do: one file for each thing, one transaction each.
//!
//! Lives here: loading what a step needs, asking the pure rooms, recording what happened. Checks come before anything is
//! written, and everything that happens is an entry in the journal, so a refused operation changes nothing. Never here:
//! how a person asks and is answered, and clocks and random bytes, which come with [`Outside`].
//!
//! - `open_log`: founds a ledger
//! - `register_party`: a party joins the network
//! - `propose_contract`, `sign_contract`, `activate_contract`: a contract comes into force
//! - `propose_amendment`, `withdraw_proposal`, `show_versions`: how it changes
//! - `end_contract`, `renew_contract`: suspended, resumed, ended, prolonged
//! - `enrol_subjects`, `report_facts`, `correct_facts`, `record_facts`: what is known under it
//! - `allow_report`: who may report which facts
//! - `import_records`: facts out of clinical records, each record once
//! - `erase_subject`: a person is forgotten
//! - `list_subjects`, `list_facts`: what is known, row by row; `record_read`, `list_reads`: who read it
//! - `propose_settlement`, `approve_settlement`, `reject_settlement`, `list_settlements`: what is owed, by difference
//! - `open_dispute`, `decide_claim`, `list_disputes`: lines set aside, and what becomes of them
//! - `send_payment`, `confirm_payment`, `list_payments`, `reverse_entry`: how it is paid
//! - `list_claims`, `list_unclaimed`: claims over all contracts of a party, and what nobody claimed
//! - `accrue_contract`: what is earned and not settled yet
//! - `state_calendar`: who owes which report by when; `list_aggregates`: figures for those who see no rows
//! - `prove_fact`: one fact with its path to the journal
//! - `explain_line`, `explain_settlement_line`: why an amount is what it is
//! - `state_contract`: what was posted; contracts and parties as they stand
//! - `state_balances`: what accounts hold, as of a day, as known at a position
//! - `sequence_log`: entries enter the log, one Merkle tree over all chains
//! - `record_heads`: the heads of all chains are recorded in the log
//! - `sign_checkpoint`: the log is signed, as far as it goes
//! - `make_key`: the key that signs it
//! - `read_log`, `publish_log`, `prove_entry`: the log as others read it
//! - `export_bundle`: everything that proves a contract, for somebody else
//! - `export_certificate`: one settlement on one page, with its proof
//! - `gather_cosignatures`: witnesses are asked to cosign the newest checkpoint
//! - `cosign_checkpoint`, `follow_log`: the work of a witness of other logs
//! - `find_contracts`, `show_history`: contracts at a glance, and everything that happened under one
//! - `list_events`: what happened, in the order of the log
//! - `keep_webhooks`, `tell_webhooks`: parties are told of it
//! - `verify_log`: everything compared with the journal
//! - `back_up_log`, `restore_log`: copies, and putting them in place
//! - `rebuild_log`: what repeats the journal, compared with it and put right
//!
//! And what they share:
//!
//! - `access`: who may do what
//! - `outside`: time, random bytes, somebody to tell how far it is
//! - `error`: why something was not done
//! - `sheet`: files of rows; `incoming`: their rows step by step; `standing`: what they are compared with
//! - `imported`: what records bring beyond what is known
//! - `journal`: the one write path
//! - `receipt`: requests under idempotency keys, carried out once
//! - `retrying`: trying again what another writer was in the way of
//! - `writer`: the thread that writes for many at once
//! - `log_tree`: the log's tree as it is stored; `rebuild_tree`: the tree put right
//! - `known`: a contract with its subjects and facts at a position
//! - `words_of_reason`: reasons that stand in the journal
//! - `sealing`: rows sealed and opened
//! - `bookkeeping`: a contract with its books
//! - `kept_file`: a file that one process keeps; `remote`: asking others over HTTP
//! - `verification`: rows read back for the audit, table by table
//! - `signing`: who signs, and what it refuses

pub mod access;
pub mod accrue_contract;
pub mod activate_contract;
pub mod allow_report;
pub mod approve_settlement;
pub mod back_up_log;
pub mod bookkeeping;
pub mod confirm_payment;
mod correct_facts;
pub mod cosign_checkpoint;
pub mod decide_claim;
pub mod end_contract;
pub mod enrol_subjects;
pub mod erase_subject;
pub mod error;
pub mod explain_line;
pub mod explain_settlement_line;
pub mod export_bundle;
pub mod export_certificate;
pub mod find_contracts;
pub mod follow_log;
pub mod gather_cosignatures;
pub mod import_records;
mod imported;
mod incoming;
mod journal;
pub mod keep_webhooks;
pub mod kept_file;
mod known;
pub mod list_aggregates;
pub mod list_claims;
pub mod list_disputes;
pub mod list_events;
pub mod list_facts;
pub mod list_payments;
pub mod list_reads;
pub mod list_settlements;
pub mod list_subjects;
pub mod list_unclaimed;
mod log_tree;
pub mod make_key;
pub mod open_dispute;
pub mod open_log;
pub mod outside;
pub mod propose_amendment;
pub mod propose_contract;
pub mod propose_settlement;
pub mod prove_entry;
pub mod prove_fact;
pub mod publish_log;
pub mod read_log;
pub mod rebuild_log;
mod rebuild_tree;
pub mod receipt;
mod record_facts;
pub mod record_heads;
pub mod record_read;
pub mod register_party;
pub mod reject_settlement;
pub mod remote;
pub mod renew_contract;
pub mod report_facts;
pub mod restore_log;
pub mod retrying;
pub mod reverse_entry;
mod sealing;
pub mod send_payment;
pub mod sequence_log;
pub mod sheet;
pub mod show_history;
pub mod show_versions;
pub mod sign_checkpoint;
pub mod sign_contract;
pub mod signing;
mod standing;
pub mod state_balances;
pub mod state_calendar;
pub mod state_contract;
pub mod tell_webhooks;
mod verification;
pub mod verify_log;
pub mod withdraw_proposal;
mod words_of_reason;
pub mod writer;

pub use access::{Caller, Operation, Role, Sight};
pub use accrue_contract::{Accrued, accrue_contract};
pub use activate_contract::{Activated, activate_contract};
pub use allow_report::allow_report;
pub use approve_settlement::{ApprovedSettlement, approve_settlement};
pub use back_up_log::{BackedUp, back_up_log};
pub use bookkeeping::RoleTotal;
pub use confirm_payment::{confirm_payment, fail_payment};
pub use cosign_checkpoint::{CosignError, WitnessDesk, cosign_checkpoint};
pub use decide_claim::{ClaimOrder, decide_claim};
pub use end_contract::{Grounds, Turned, resume_contract, suspend_contract, terminate_contract};
pub use enrol_subjects::{Enrolled, EnrolledRow, enrol_subjects};
pub use erase_subject::{Erasure, erase_subject, record_erasure, wipe_files};
pub use error::{Error, Refusal};
pub use explain_line::explain_line;
pub use explain_settlement_line::{ExplainedLine, explain_settlement_line};
pub use export_bundle::{Export, Exported, export_bundle};
pub use export_certificate::export_certificate;
pub use find_contracts::{ContractOverview, find_contract, find_contracts, show_agreement};
pub use follow_log::{FollowError, follow_log};
pub use gather_cosignatures::{Gathered, gather_cosignatures};
pub use import_records::{Imported, import_records, read_document};
pub use journal::{Receipt, append_many};
pub use keep_webhooks::{create_webhook, delete_webhook, list_webhooks, replay_webhook};
pub use list_aggregates::{ListedRelease, due_release, keep_release, list_aggregates};
pub use list_claims::{Claims, ListedClaim, Side, list_claims};
pub use list_disputes::{ListedDispute, list_disputes};
pub use list_events::{Event, list_events};
pub use list_facts::{ListedFact, list_facts};
pub use list_payments::{ListedPayment, Payments, list_payments};
pub use list_reads::{ListedRead, list_reads};
pub use list_settlements::{ListedSettlement, ShownSettlement, list_settlements, settlement_tag, show_settlement};
pub use list_subjects::{ListedSubject, list_subjects};
pub use list_unclaimed::{Unclaimed, UnclaimedTotal, list_unclaimed};
pub use make_key::{LogKey, make_key};
pub use open_dispute::{DisputeOrder, RecordedDispute, open_dispute};
pub use open_log::{Founded, check_log, open_log};
pub use outside::Outside;
pub use propose_amendment::{AmendmentDraft, ProposedAmendment, propose_amendment};
pub use propose_contract::{Proposal, Proposed, propose_contract};
pub use propose_settlement::{DueSettlement, preview_settlement, propose_settlement};
pub use prove_entry::{EntryProof, find_chain, prove_consistency, prove_inclusion};
pub use prove_fact::{FactOpening, FactProof, prove_fact};
pub use publish_log::{Published, publish_log};
pub use read_log::{read_checkpoint, read_tile};
pub use rebuild_log::{Rebuilt, rebuild_log};
pub use receipt::{Asked, Done, find_receipt, once};
pub use record_heads::{HeadsRecorded, record_heads};
pub use record_read::record_read;
pub use register_party::{Registered, RegisteredParty, list_parties, register_party};
pub use reject_settlement::{RejectedSettlement, reject_settlement};
pub use remote::{Remote, RemoteError};
pub use renew_contract::{Renewal, renew_contract};
pub use report_facts::{FactReport, FactSheet, Recorded, report_facts};
pub use restore_log::{Copy, Restored, restore_log};
pub use retrying::retrying;
pub use reverse_entry::{Reversed, reverse_entry};
pub use send_payment::{PaymentOrder, RecordedPayment, send_payment};
pub use sequence_log::{Sequenced, sequence_log};
pub use sheet::{Content, Sheet};
pub use show_history::{Happened, show_history};
pub use show_versions::{ClauseMoney, ShownVersion, VersionMoney, compare_amendment, show_versions};
pub use sign_checkpoint::{SignedCheckpoint, check_signed, latest_checkpoint, sign_checkpoint};
pub use sign_contract::{NewSignature, Signed, sign_contract};
pub use state_balances::{AccountBalance, StatedBalances, TrialBalance, state_all_balances, state_balances};
pub use state_calendar::state_calendar;
pub use state_contract::{
    ContractSummary, PostedLine, PostedStatement, RoleTaken, list_contracts, show_contract, state_contract,
};
pub use tell_webhooks::{Courier, tell_webhooks};
pub use verify_log::{Finding, HeldCheckpoint, Looked, Verified, verify_held, verify_log};
pub use withdraw_proposal::{Withdrawn, withdraw_proposal};
pub use writer::{Limits, Reply, World, Writer};
