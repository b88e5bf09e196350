//! Readings: who read rows about patients.
//!
//! - `list_reads`: the endpoint

pub mod list_reads;
