//! Proofs for those who trust nobody: bundles, certificates, checkpoints, entries and facts in the log.
//!
//! - `query`: what is wanted
//! - `export_bundle`: everything that proves a contract
//! - `export_certificate`: one settlement on one page
//! - `show_checkpoint`, `prove_entry`, `prove_growth`: the log, what is in it, that it only grew
//! - `prove_fact`: one reported fact

pub mod export_bundle;
pub mod export_certificate;
pub mod prove_entry;
pub mod prove_fact;
pub mod prove_growth;
mod query;
pub mod show_checkpoint;
