//! Verification of what is stored: bodies against hashes, columns against bodies, links, heads and postings.
//!
//! Lives here: pure checks over rows that somebody else reads, and findings in plain words. Never here: where rows come from,
//! signatures, repairs.
//!
//! - [`rows`]: the rows to be checked
//! - [`finding`]: what a check can find, and the report
//! - `seen`: what one row says about itself
//! - `walk`: what the rows of a chain say about each other
//! - `gaps`: positions without rows, rows and heads without positions
//! - `legs`: stored posting rows against the postings in bodies

pub mod finding;
mod gaps;
mod legs;
pub mod rows;
mod seen;
mod walk;

use rayon::prelude::*;

use crate::values::Digest;

pub use finding::{Checked, Code, Finding, Report};
pub use rows::{EntryRow, PostingRow};

use super::chain::ChainHead;

/// Entries that are decoded and hashed at once, on all cores.
const AT_ONCE: usize = 4_096;

/// Checks stored rows and reports everything that does not fit, not only the first thing.
///
/// `entries` in the order of chain and position, `postings` in the order of chain, position and leg; both are read once
/// and not kept. Memory grows with the number of chains and findings, and by one identifier for each entry. A single
/// altered row is named by the first finding, wherever the rows around it allow to tell which one was altered.
pub fn verify(
    log: Digest,
    entries: impl IntoIterator<Item = EntryRow>,
    heads: impl IntoIterator<Item = ChainHead>,
    postings: impl IntoIterator<Item = PostingRow>,
) -> Report {
    let mut walk = walk::Walk::new(log, heads, postings.into_iter());
    let mut entries = entries.into_iter().fuse();
    loop {
        let rows: Vec<EntryRow> = entries.by_ref().take(AT_ONCE).collect();
        if rows.is_empty() {
            return walk.finish();
        }
        // Decoding and hashing is nearly all of the work and needs no neighbour.
        let seen: Vec<seen::Seen> = rows.into_par_iter().with_min_len(64).map(seen::Seen::of).collect();
        seen.into_iter().for_each(|seen| walk.take(seen));
    }
}

#[cfg(test)]
mod tests;
