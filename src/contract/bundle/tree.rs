//! Entries and older trees against the tree that the checkpoint signs.

use rayon::prelude::*;

use super::{Bundle, Older, Scope, bodies::Hashed};
use crate::{
    contract::audit::{Code, Finding, Findings},
    ledger::{
        merkle::{Frontier, verify_consistency, verify_inclusion},
        note::TreeHead,
    },
    values::Digest,
};

/// Checks that every entry stands where it should in the tree of the checkpoint.
pub fn check_entries(bundle: &Bundle, hashed: &[Hashed], head: TreeHead, list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "checkpoint", contract: None };
    if bundle.scope == Scope::Log {
        let (size, root) = (hashed.len() as u64, root_of(hashed));
        if (size, root) != (head.size, head.root) {
            let found = format!("{size} entries with root {root}");
            let expected = format!("{} entries with root {}", head.size, head.root);
            findings.add(Code::RootDiffers, "all entries", found, expected);
        }
        return;
    }
    let proofs = bundle.entries.par_iter().zip(hashed);
    let wrong: Vec<_> = proofs
        .filter_map(|(entry, hashed)| {
            let proven = verify_inclusion(&head.root, head.size, entry.index, &hashed.leaf, &entry.proof);
            Some((entry.index, hashed, proven.err()?))
        })
        .collect();
    findings.table = "entry";
    for (index, hashed, error) in wrong {
        let which = hashed.entry.as_ref().map(|entry| format!(": position {}, entry {}", entry.seq, entry.id));
        let row = format!("index {index} of the log{}", which.unwrap_or_default());
        findings.add(Code::InclusionFails, row, error, format!("a leaf of the tree with root {}", head.root));
    }
}

/// Checks that the checkpoint's tree continues every older one that the bundle names.
pub fn check_consistency(bundle: &Bundle, hashed: &[Hashed], head: TreeHead, list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "consistency", contract: None };
    for (size, Older { root, proof }) in &bundle.consistency {
        let row = format!("size {size}");
        if let Err(error) = verify_consistency(*size, root, head.size, &head.root, proof) {
            let expected = format!("a proof that {} entries with root {} continue it", head.size, head.root);
            findings.add(Code::ConsistencyFails, &row, error, expected);
        } else if let Some(computed) = root_at(bundle, hashed, *size).filter(|computed| computed != root) {
            findings.add(Code::ConsistencyFails, &row, format!("root {root}"), format!("root {computed}"));
        }
    }
}

/// The root over the first entries, when the bundle tells.
pub fn root_at(bundle: &Bundle, hashed: &[Hashed], size: u64) -> Option<Digest> {
    match bundle.scope {
        Scope::Log => hashed.get(..usize::try_from(size).ok()?).map(root_of),
        Scope::Contract => bundle.consistency.get(&size).map(|older| older.root),
    }
}

fn root_of(hashed: &[Hashed]) -> Digest {
    let mut frontier = Frontier::default();
    frontier.extend(hashed.iter().map(|hashed| hashed.leaf));
    frontier.root()
}
