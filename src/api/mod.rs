//! The interface over HTTP: requests and answers, and who is behind them.
//!
//! Lives here: routes, sign-in, problem documents, limits, the description of the interface; types of requests and answers
//! stand beside their handlers, one noun to a folder. Never here: what an operation does, which is in `operations`, and
//! anything about a patient in a log, an address or an error.
//!
//! To add an endpoint: a row in `operations::access`, a handler with its types, its line in `routes`, then
//! `UPDATE_DOCS=1 cargo test --test it api`.
//!
//! - `routes`: the list of all endpoints
//! - `server`: sockets, workers, shutdown
//! - `tls`: the certificate
//! - `config`: what can be set, in a file, the environment and on the command line
//!
//! The way of a request:
//! - `observe`: its number, and one line in the log
//! - `traces`: spans of requests, for OpenTelemetry
//! - `door`: who asks, how often, and what every request has to bring
//! - `rate`: buckets of tokens
//! - `sign_in`: tokens and the keys that they are checked with
//! - `gate`: the only way to the ledger: access is decided, then read or written
//! - `upload`: bodies too long for memory
//! - `page`: lists in pages; `precondition`: entity tags
//! - `problem`: why something was not done (RFC 9457)
//! - `describe`: the description of the interface (OpenAPI 3.1)
//!
//! Endpoints:
//! - `metrics`: what is counted, for Prometheus
//! - `health`: whether the server lives, is ready, is well
//! - `log`: the log as C2SP `tlog-tiles` serves it, for everybody
//! - `parties`, `templates`, `documents`, `contracts`, `settlements`, `disputes`, `accounts`, `payments`, `claims`, `audit`
//! - `events`, `webhooks`: what happened, for those who ask and for those who want to be told
//! - `calendar`: who owes which report by when; `aggregates`: figures about patients
//! - `subjects`, `facts`: what is known about patients; `reads`: who read it; `erasures`: people forgotten
//! - [`witness`]: others ask for cosignatures

#![expect(clippy::result_large_err, reason = "a problem is made once for a request and moved a few times")]

pub mod accounts;
pub mod aggregates;
pub mod audit;
pub mod calendar;
pub mod claims;
pub mod config;
pub mod contracts;
pub mod describe;
pub mod disputes;
pub mod documents;
mod door;
pub mod erasures;
pub mod events;
pub mod facts;
pub mod gate;
pub mod health;
pub mod log;
pub mod metrics;
mod observe;
pub mod page;
pub mod parties;
pub mod payments;
mod precondition;
pub mod problem;
mod rate;
pub mod reads;
pub mod routes;
pub mod server;
pub mod settlements;
pub mod sign_in;
pub mod subjects;
pub mod templates;
mod tls;
pub mod traces;
pub mod upload;
pub mod webhooks;
pub mod witness;

pub use config::Config;
pub use gate::Gate;
pub use health::Health;
pub use metrics::Metrics;
pub use problem::Problem;
pub use server::{Running, start, start_metrics};
