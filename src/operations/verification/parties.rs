//! Parties compared with their registrations.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Code, Finding, Findings};
use crate::{
    contract::{content, payload::Registration},
    ledger::{Entry, EntryKind},
    storage::PartyRow,
    values::PartyId,
};

/// Compares every row with the network's chain. Returns the parties that are registered there.
pub fn check(network: Option<&BTreeMap<i64, Entry>>, rows: &[PartyRow], list: &mut Vec<Finding>) -> BTreeSet<PartyId> {
    let mut registered: BTreeMap<PartyId, (i64, Registration)> = BTreeMap::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for (seq, entry) in network.into_iter().flatten() {
        let mut entries = Findings { list, table: "entry", contract: None };
        let row = format!("position {seq} of the network's chain, entry {}", entry.id);
        if !entry.postings.is_empty() {
            entries.add(Code::LifeDiffers, &row, "postings", "none: a registration moves no money");
        }
        match content::decode::<Registration>(&entry.payload) {
            Ok(registration) if entry.kind == EntryKind::PartyRegistered => {
                let Registration { name, party, .. } = &registration;
                if registered.contains_key(party) || !names.insert(name.clone()) {
                    let found = format!("a second registration of party {party} (`{name}`)");
                    entries.add(Code::LifeDiffers, row, found, "an identifier and a name that are new");
                    continue;
                }
                registered.insert(registration.party, (*seq, registration));
            }
            Ok(_) => entries.add(Code::LifeDiffers, row, entry.kind, EntryKind::PartyRegistered),
            Err(error) => entries.add(Code::PayloadUnreadable, row, error, "a registration"),
        }
    }
    let all = registered.keys().copied().collect();
    let mut findings = Findings { list, table: "party", contract: None };
    for row in rows {
        let described = format!("party {} (`{}`)", row.party_id, row.name);
        let Some((seq, registration)) = registered.remove(&row.party_id) else {
            findings.add(Code::RowExtra, described, "a row", "no such row");
            continue;
        };
        findings.compare(&described, "name", row.name.as_str(), &registration.name);
        findings.compare(&described, "kind", row.kind.as_str(), &registration.kind);
        findings.compare(&described, "chain_seq", row.chain_seq, seq);
    }
    for (party, (seq, registration)) in registered {
        let described = format!("party {party} (`{}`)", registration.name);
        findings.add(Code::RowMissing, described, "no row", format!("the party registered at position {seq}"));
    }
    all
}
