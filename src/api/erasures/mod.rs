//! Erasures: people who are forgotten.
//!
//! - `erase_subject`: the endpoint

pub mod erase_subject;
