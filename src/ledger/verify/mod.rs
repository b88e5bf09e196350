//! Verification of what is stored: bodies against hashes, columns against bodies, links, heads and postings.
//!
//! Lives here: pure checks over rows that somebody else reads, and findings in plain words. Never here: where rows come from,
//! signatures, repairs.
//!
//! - [`rows`]: the rows to be checked
//! - [`finding`]: what a check can find, and the report
//! - `quick`: the short way for rows that fit
//! - `seen`: what one row says about itself
//! - `walk`: what the rows of a chain say about each other
//! - `claims`: names and keys that every entry has for itself
//! - `gaps`: positions without rows, rows and heads without positions
//! - `legs`: stored posting rows against the postings in bodies

mod claims;
pub mod finding;
mod gaps;
mod legs;
mod quick;
pub mod rows;
mod seen;
mod walk;

use std::mem;

use rayon::prelude::*;

use self::quick::Noted;
use crate::values::{ChainId, Digest};

pub use finding::{Checked, Code, Finding, Report};
pub use rows::{CurrencyText, EntryRow, PostingRow};

use super::chain::ChainHead;

/// Entries that are read, hashed and compared at once: few enough to stay in the cache of a core until they are compared.
const AT_ONCE: usize = 2_048;
/// So few are hashed before another core is awake.
const FEW: usize = 128;

/// What an entry's bytes give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashed {
    /// The chain that the row names.
    pub chain: ChainId,
    /// The position that the row names.
    pub seq: i64,
    /// The leaf of the log.
    pub leaf: Digest,
    /// The chain hash.
    pub hash: Digest,
}

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
    verify_each(log, entries, heads, postings, |_| {})
}

/// The same, and hands on what the bytes of every entry give, in the order of the rows.
pub fn verify_each(
    log: Digest,
    entries: impl IntoIterator<Item = EntryRow>,
    heads: impl IntoIterator<Item = ChainHead>,
    postings: impl IntoIterator<Item = PostingRow>,
    each: impl FnMut(Hashed),
) -> Report {
    verify_by(AT_ONCE, log, entries, heads, postings, each)
}

fn verify_by(
    at_once: usize,
    log: Digest,
    entries: impl IntoIterator<Item = EntryRow>,
    heads: impl IntoIterator<Item = ChainHead>,
    postings: impl IntoIterator<Item = PostingRow>,
    mut each: impl FnMut(Hashed),
) -> Report {
    let mut walk = walk::Walk::new(log, heads, postings.into_iter());
    let mut entries = entries.into_iter().fuse();
    let mut read = || entries.by_ref().take(at_once).collect::<Vec<EntryRow>>();
    let mut judged: (Vec<EntryRow>, Vec<Noted>) = Default::default();
    let mut rows = read();
    while !rows.is_empty() || !judged.0.is_empty() {
        let mut noted = Vec::new();
        let mut next = Vec::new();
        // While some rows are hashed on all cores, those before are walked through and those behind are read.
        rayon::in_place_scope(|scope| {
            if rows.len() > FEW {
                let (rows, noted) = (&rows, &mut noted);
                let note = |row| Noted::of(row, &log);
                scope.spawn(move |_| rows.par_iter().with_min_len(64).map(note).collect_into_vec(noted));
            } else {
                noted.extend(rows.iter().map(|row| Noted::of(row, &log)));
            }
            let (before, of_them) = mem::take(&mut judged);
            walk.take_all(&before, &of_them);
            before.iter().zip(&of_them).for_each(|(row, noted)| each(noted.hashed(row)));
            if before.len() > FEW {
                scope.spawn(move |_| drop(before));
            }
            next = read();
        });
        judged = (mem::replace(&mut rows, next), noted);
    }
    walk.finish()
}

#[cfg(test)]
mod tests;
