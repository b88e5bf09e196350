//! Rows in SQLite (embedded, the default) or PostgreSQL, with one set of queries for both.
//!
//! Lives here: connections, migrations, one file per noun with its row and its queries. Never here: what a row means,
//! hashing, checks of business rules, clocks, randomness. Callers choose the transaction; queries run inside it.
//!
//! Rows of the journal and of everything it commits to are append-only, and the database itself refuses changes
//! (`migrations/*`, tried in `tests/it/append_only.rs`). Only these columns move: `chain_head.seq` and `hash`,
//! `sequenced.seq`, the numbers of `sequencer`, `contract.state`, `contract_party.signed_seq` (once). Erasing a person is
//! the one exception: right after the entry that says so, `sealed` of that person's rows and `label_hash` become empty, and
//! the row of `subject_key` is deleted.
//!
//! - [`address`]: where a database is, read from a URL, shown without secrets
//! - [`connection`]: a connection to either database, transactions, the `dual!` macro
//! - `sqlite`, `postgres`: how connections are born; pragmas, sessions, encryption
//! - [`migrate`]: brings the tables up to date
//! - [`error`]: what can go wrong, told apart where callers act on it
//! - [`remains`]: what is kept of deleted bytes, and how to be rid of it
//! - [`reading`]: rows one by one, where one that cannot be read must not hide the others
//! - `schema`, `columns`: tables and columns as Diesel sees them; how our types are written in each database
//! - [`log`], [`chain_head`], [`entry`], [`posting`]: the journal
//! - [`party`], [`contract`], [`contract_party`], [`amendment`]: who agreed what
//! - [`log_entry`], [`log_node`], [`sequenced`], [`sequencer`]: the journal in one Merkle tree
//! - [`checkpoint`], [`cosignature`]: what was signed over that tree
//! - [`overview`]: the same at a glance, without the documents
//! - [`pool`]: a few connections, lent out and taken back
//! - [`subject`], [`fact`], [`settlement_line`]: what is known and owed under a contract
//! - [`subject_key`]: the keys under which their contents are sealed
//! - [`event`]: the journal in the order of the log, for those who take part
//! - [`webhook`]: where they are told of it
//! - [`receipt`]: what was answered under idempotency keys
//! - [`patient_read`], [`aggregate_release`]: who read about patients, and which figures were given out
//! - [`projection`]: rows that repeat the journal, put right
//! - [`backup`]: copies of an SQLite file, and putting them in place

// Defined first: macros are visible only below their definition.
#[macro_use]
pub mod connection;
#[macro_use]
pub mod reading;

pub mod address;
pub mod aggregate_release;
pub mod amendment;
pub mod backup;
pub mod chain_head;
pub mod checkpoint;
mod columns;
pub mod contract;
pub mod contract_party;
pub mod cosignature;
pub mod entry;
pub mod error;
pub mod event;
pub mod fact;
pub mod log;
pub mod log_entry;
pub mod log_node;
pub mod migrate;
pub mod overview;
pub mod party;
pub mod patient_read;
pub mod pool;
mod postgres;
pub mod posting;
pub mod projection;
pub mod receipt;
pub mod remains;
mod schema;
pub mod sequenced;
pub mod sequencer;
pub mod settlement_line;
mod sqlite;
pub mod subject;
pub mod subject_key;
pub mod webhook;

pub use address::Address;
pub use aggregate_release::AggregateReleaseRow;
pub use amendment::AmendmentRow;
pub use chain_head::ChainHead;
pub use checkpoint::CheckpointRow;
pub use connection::Connection;
pub use contract::ContractRow;
pub use contract_party::ContractPartyRow;
pub use cosignature::CosignatureRow;
pub use entry::EntryRow;
pub use error::Error;
pub use event::EventRow;
pub use fact::FactRow;
pub use log::LogRow;
pub use log_entry::LogEntryRow;
pub use log_node::LogNodeRow;
pub use party::PartyRow;
pub use patient_read::PatientReadRow;
pub use pool::Pool;
pub use posting::PostingRow;
pub use receipt::ReceiptRow;
pub use sequenced::SequencedRow;
pub use sequencer::SequencerRow;
pub use settlement_line::SettlementLineRow;
pub use subject::SubjectRow;
pub use subject_key::SubjectKeyRow;
pub use webhook::WebhookRow;
