//! Positions without rows, and rows and heads without positions: judged when everything was read.

use std::mem;

use crate::values::{ChainId, Digest};

use super::super::chain::ChainHead;
use super::{Code, PostingRow, legs, seen::Seen, walk::Walk};

/// Holds positions without rows, and the hashes their neighbours expect at both ends.
pub(super) struct Gap {
    pub(super) chain: ChainId,
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) before: Vec<Digest>,
    pub(super) after: Vec<Digest>,
    pub(super) whole_chain: bool,
}

impl<P: Iterator<Item = PostingRow>> Walk<P> {
    /// Heads that no row was compared with: empty chains are fine, others miss all their entries.
    pub(super) fn heads_without_entries(&mut self) {
        for (chain, head) in mem::take(&mut self.heads) {
            if head.seq > 0 {
                let (before, after) = (vec![Digest::ZERO], vec![head.hash]);
                self.gaps.push(Gap { chain, from: 1, to: head.seq, before, after, whole_chain: true });
            } else if head != ChainHead::start(chain) {
                let found = format!("a head at position 0 with hash {}", head.hash);
                self.find(chain, 0, None, Code::HeadExtra, found, "zeros before the first entry".to_owned());
            }
        }
    }

    /// Reports the positions of a gap that no stray row fills, and links of strays that do not fit.
    pub(super) fn close_gap(&mut self, gap: &Gap) {
        let inside = self.strays.range((gap.chain, gap.from)..=(gap.chain, gap.to));
        let filled: Vec<u64> = inside.map(|((_, seq), _)| *seq).collect();
        let mut from = gap.from;
        for seq in filled.iter().copied() {
            if seq > from {
                self.missing(gap, from, seq - 1);
            }
            from = seq + 1;
            let mut rows = self.strays.remove(&(gap.chain, seq)).unwrap_or_default();
            let stray = rows.swap_remove(0);
            self.close_stray(gap, seq, &stray);
            if !rows.is_empty() {
                self.strays.insert((gap.chain, seq), rows);
            }
        }
        if from <= gap.to {
            if gap.whole_chain && filled.is_empty() {
                let found = format!("a head at position {}", gap.to);
                self.find(gap.chain, gap.to, None, Code::HeadExtra, found, "entries of this chain".to_owned());
            } else {
                self.missing(gap, from, gap.to);
            }
        }
    }

    /// Judges a stray row at the place where it belongs.
    fn close_stray(&mut self, gap: &Gap, seq: u64, stray: &Seen) {
        if seq == gap.from && !gap.before.contains(&stray.prev()) {
            let found = format!("the predecessor's hash {}", stray.prev());
            self.findings.push(stray.finding(Code::LinkBroken, found, gap.before[0]));
        }
        if seq == gap.to && !stray.hashes().iter().any(|hash| gap.after.contains(hash)) {
            let found = format!("an entry with hash {}", stray.row.hash);
            self.findings.push(stray.finding(Code::EntryReplaced, found, gap.after[0]));
        }
        let orphans = self.legs.take_orphans(stray.home());
        if let Ok(entry) = &stray.entry {
            self.findings.extend(legs::compare(stray, &entry.postings, orphans));
        }
    }

    fn missing(&mut self, gap: &Gap, from: u64, to: u64) {
        let expected = if from == to { format!("position {from}") } else { format!("positions {from} to {to}") };
        self.find(gap.chain, from, None, Code::RowMissing, "no row".to_owned(), expected);
    }

    /// Strays whose place is taken by another row are rows too many.
    pub(super) fn rest_of_strays(&mut self) {
        for stray in mem::take(&mut self.strays).into_values().flatten() {
            let found = format!("a row at position {} of chain {}", stray.row.seq, stray.row.chain);
            self.findings.push(stray.finding(Code::RowExtra, found, "no such row"));
        }
    }

    pub(super) fn rest_of_postings(&mut self) {
        while let Some(rows) = self.legs.next_orphans() {
            self.findings.extend(legs::without_entry(&rows));
        }
    }
}
