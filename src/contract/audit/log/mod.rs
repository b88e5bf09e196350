//! The log compared with the journal: every entry once and in order, nodes and numbers computed again, every checkpoint with the
//! root it should have, and checkpoints that a reader kept.
//!
//! - `records`: what is held of the log
//! - `entries`: indexes, leaves, how far chains are, and numbers
//! - `nodes`: roots of full subtrees
//! - `announced`: heads and keys that entries of the network speak of
//! - `checkpoints`: what was signed, cosigned and kept

pub mod announced;
pub mod checkpoints;
pub mod entries;
pub mod nodes;
pub mod records;

use super::Finding;

pub use checkpoints::HeldCheckpoint;
pub use records::{Journal, LogRecords};

/// Compares the log with the journal. Returns what was not checked.
pub fn check(records: &LogRecords, journal: &Journal, held: &[HeldCheckpoint], list: &mut Vec<Finding>) -> Vec<String> {
    let placed = entries::check(records, journal, list);
    nodes::check(records, &placed, list);
    announced::check_heads(journal, &placed, list);
    let keys = announced::keys(journal, list);
    checkpoints::check(records, journal, &placed, &keys, held, list)
}
