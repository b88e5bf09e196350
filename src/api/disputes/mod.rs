//! Disputes: lines of a settlement set aside, decided by both sides or an arbiter.
//!
//! - `dispute`: a dispute as it is shown; `query`: which ones are wanted
//! - `list_disputes`, `open_dispute`, `decide_claim`: the endpoints

pub mod decide_claim;
mod dispute;
pub mod list_disputes;
pub mod open_dispute;
mod query;

pub use dispute::{DisputeRecorded, DisputeShown};
