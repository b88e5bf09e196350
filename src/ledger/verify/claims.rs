//! Names and keys that every entry is to have for itself, remembered in the order of the rows and compared at the end.

use std::{
    collections::{HashMap, HashSet},
    hash::{Hash, Hasher},
};

use rayon::prelude::*;

use crate::values::{ChainId, Digest, EntryId};

/// Where a name was claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) chain: ChainId,
    pub(super) seq: u64,
    /// Whether the row was in order; others may claim what they like.
    pub(super) sure: bool,
}

/// What entries are called by, with a number that tells nearly all of them apart.
pub(super) trait Name: Copy + Eq + Hash + Send + Sync {
    fn print(&self) -> u64;
}

impl Name for EntryId {
    fn print(&self) -> u64 {
        let (high, low) = self.0.as_u64_pair();
        high.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ low
    }
}

/// An idempotency key with the entry that was written under it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) key: Digest,
    pub(super) entry: EntryId,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl Name for Key {
    fn print(&self) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(&self.key.0[..8]);
        u64::from_be_bytes(first)
    }
}

/// Claims in a row of one chain at one position after the other.
#[derive(Clone, Copy, Debug)]
struct Run {
    from: usize,
    first: Claim,
}

/// All claims. Each costs no more than the name: where it was claimed follows from the run that it is in.
#[derive(Debug)]
pub(super) struct Claims<N> {
    names: Vec<N>,
    runs: Vec<Run>,
    /// The claim that would continue the last run.
    expected: Option<Claim>,
}

impl<N: Name> Claims<N> {
    pub(super) const fn new() -> Self {
        Self { names: Vec::new(), runs: Vec::new(), expected: None }
    }

    pub(super) fn add(&mut self, name: N, claim: Claim) {
        if self.expected != Some(claim) {
            self.runs.push(Run { from: self.names.len(), first: claim });
        }
        self.expected = Some(Claim { seq: claim.seq + 1, ..claim });
        self.names.push(name);
    }

    fn claim(&self, at: usize) -> Claim {
        let run = self.runs[self.runs.partition_point(|run| run.from <= at) - 1];
        Claim { seq: run.first.seq + (at - run.from) as u64, ..run.first }
    }

    /// Names that were claimed more than once by rows that were in order: the first claim and each later one.
    pub(super) fn doubled(&self) -> Vec<(N, Claim, Claim)> {
        let mut prints: Vec<u64> = self.names.par_iter().map(Name::print).collect();
        prints.par_sort_unstable();
        let same = prints.par_windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        let same: HashSet<u64> = same.collect();
        let mut first: HashMap<N, Claim> = HashMap::new();
        let mut doubled = Vec::new();
        for (name, claim) in self.printed(&same).into_iter().filter(|(_, claim)| claim.sure) {
            match first.get(&name) {
                Some(first) => doubled.push((name, *first, claim)),
                None => drop(first.insert(name, claim)),
            }
        }
        doubled
    }

    /// Where names were claimed: first by a row that was in order, or else last.
    pub(super) fn origins(&self, names: impl Iterator<Item = N>) -> HashMap<N, Claim> {
        let prints: HashSet<u64> = names.map(|name| name.print()).collect();
        let mut origins: HashMap<N, Claim> = HashMap::new();
        for (name, claim) in self.printed(&prints) {
            let known = origins.entry(name).or_insert(claim);
            if !known.sure {
                *known = claim;
            }
        }
        origins
    }

    /// All claims of names with certain prints, in the order in which they were made.
    fn printed(&self, prints: &HashSet<u64>) -> Vec<(N, Claim)> {
        if prints.is_empty() {
            return Vec::new();
        }
        let all = self.names.par_iter().enumerate().filter(|(_, name)| prints.contains(&name.print()));
        all.map(|(at, name)| (*name, self.claim(at))).collect()
    }
}
