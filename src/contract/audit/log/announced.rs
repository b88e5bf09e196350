//! What entries of the network's chain say about the log: the heads of all chains, and the keys that sign.

use std::collections::BTreeMap;

use super::{entries::Placed, records::Journal};
use crate::{
    contract::{
        audit::{Code, Finding, Findings},
        content,
        payload::{Heads, KeyAnnouncement},
    },
    ledger::{
        Entry, EntryKind,
        heads::{HEADS_FIELD, LoggedHead, heads_root},
        note::{KeyKind, VerifierKey},
    },
    values::{ChainId, Digest},
};

/// Computes the heads that each `heads.recorded` entry commits to again.
pub fn check_heads(journal: &Journal, placed: &[Placed], list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "entry", contract: None };
    let recorded = entries(journal, EntryKind::HeadsRecorded).filter_map(|(seq, entry)| {
        let row = described(seq, entry);
        let heads = content::decode::<Heads>(&entry.payload);
        let heads =
            heads.map_err(|error| findings.add(Code::PayloadUnreadable, &row, error, "a number of heads")).ok()?;
        let root = entry.commitments.iter().find(|commitment| commitment.field == HEADS_FIELD);
        Some((heads.size, seq, row, heads.count, root.map(|root| root.digest)))
    });
    let mut recorded: Vec<_> = recorded.collect();
    recorded.sort();
    let mut walk = Walk { journal, placed, done: 0, heads: BTreeMap::new() };
    for (size, seq, row, count, root) in recorded {
        let own = placed.iter().position(|entry| (entry.chain, entry.seq) == (journal.network_chain, seq));
        if size > own.unwrap_or(placed.len()) as u64 {
            findings.add(
                Code::HeadsDiffer,
                row,
                format!("heads of a log of {size} entries"),
                "a log before this entry",
            );
            continue;
        }
        walk.to(size);
        let found = (count, root);
        let expected = (walk.heads.len() as u64, Some(walk.root()));
        if found != expected {
            let shown = |(count, root): (u64, Option<Digest>)| {
                format!("{count} heads with {}", root.map_or_else(|| "no root".into(), |root| format!("root {root}")))
            };
            findings.add(Code::HeadsDiffer, row, shown(found), shown(expected));
        }
    }
}

/// Goes along the log and keeps the head of every chain.
struct Walk<'w> {
    journal: &'w Journal<'w>,
    placed: &'w [Placed],
    done: usize,
    heads: BTreeMap<ChainId, LoggedHead>,
}

impl Walk<'_> {
    fn to(&mut self, size: u64) {
        let end = usize::try_from(size).unwrap_or(usize::MAX).min(self.placed.len());
        for entry in &self.placed[self.done.min(end)..end] {
            let hashes = self.journal.hashes.get(&(entry.chain, entry.seq));
            // Positions of entries in the journal are not negative; the others were told of.
            let seq = u64::try_from(entry.seq).unwrap_or_default();
            let hash = hashes.map_or(Digest::ZERO, |hashes| hashes.chain);
            self.heads.insert(entry.chain, LoggedHead { chain: entry.chain, seq, hash });
        }
        self.done = end;
    }

    fn root(&self) -> Digest {
        heads_root(self.heads.values().copied())
    }
}

/// The keys of the log that it announces itself.
pub fn keys(journal: &Journal, list: &mut Vec<Finding>) -> Vec<VerifierKey> {
    let mut findings = Findings { list, table: "entry", contract: None };
    let mut keys = Vec::new();
    for (seq, entry) in entries(journal, EntryKind::KeyAnnounced) {
        let key = content::decode::<KeyAnnouncement>(&entry.payload).map_err(|error| error.to_string());
        match key.and_then(|key| VerifierKey::parse(&key.verifier_key).map_err(|error| error.to_string())) {
            Ok(key) if key.name() == journal.origin && key.kind() == KeyKind::Note => keys.push(key),
            Ok(key) => {
                let of = if key.kind() == KeyKind::Note { "a log" } else { "a witness" };
                let found = format!("the key of {of}, `{}`", key.name());
                let expected = format!("a key of the log `{}`", journal.origin);
                findings.add(Code::LifeDiffers, described(seq, entry), found, expected);
            }
            Err(error) => findings.add(Code::PayloadUnreadable, described(seq, entry), error, "a verifier key"),
        }
    }
    keys
}

fn entries<'j>(journal: &'j Journal, kind: EntryKind) -> impl Iterator<Item = (i64, &'j Entry)> {
    let network = journal.network.into_iter().flatten();
    network.filter(move |(_, entry)| entry.kind == kind).map(|(seq, entry)| (*seq, entry))
}

fn described(seq: i64, entry: &Entry) -> String {
    format!("position {seq} of the network's chain, entry {}", entry.id)
}
