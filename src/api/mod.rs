//! The interface over HTTP: requests and answers, and who is behind them.
//!
//! Lives here: routes, statuses, types of content. Never here: what an operation does, which is in `operations`.
//!
//! - [`witness`]: others ask for cosignatures

pub mod witness;
