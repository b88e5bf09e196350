//! Aggregates: figures about patients that tell nothing of any few of them.
//!
//! - `list_aggregates`: the endpoint

pub mod list_aggregates;
