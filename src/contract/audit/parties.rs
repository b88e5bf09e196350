//! Parties compared with their registrations.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    finding::{Code, Finding, Findings},
    records::Party,
};
use crate::{
    contract::{content, payload::Registration},
    ledger::{Entry, EntryKind},
    values::PartyId,
};

/// Registrations by party, each with its position in the network's chain.
pub type Registrations = BTreeMap<PartyId, (i64, Registration)>;

/// Reads who is registered off the network's chain, and notes what could not happen there.
pub fn registrations(network: Option<&BTreeMap<i64, Entry>>, list: &mut Vec<Finding>) -> Registrations {
    let mut registered = Registrations::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut findings = Findings { list, table: "entry", contract: None };
    for (seq, entry) in network.into_iter().flatten() {
        let row = format!("position {seq} of the network's chain, entry {}", entry.id);
        if !entry.postings.is_empty() {
            findings.add(Code::LifeDiffers, &row, "postings", "none: a registration moves no money");
        }
        // What the log says about itself is checked with the log.
        if [EntryKind::HeadsRecorded, EntryKind::KeyAnnounced].contains(&entry.kind) {
            continue;
        }
        match content::decode::<Registration>(&entry.payload) {
            Ok(registration) if entry.kind == EntryKind::PartyRegistered => {
                let Registration { name, party, .. } = &registration;
                if registered.contains_key(party) || !names.insert(name.clone()) {
                    let found = format!("a second registration of party {party} (`{name}`)");
                    findings.add(Code::LifeDiffers, row, found, "an identifier and a name that are new");
                    continue;
                }
                registered.insert(registration.party, (*seq, registration));
            }
            Ok(_) => findings.add(Code::LifeDiffers, row, entry.kind, EntryKind::PartyRegistered),
            Err(error) => findings.add(Code::PayloadUnreadable, row, error, "a registration"),
        }
    }
    registered
}

/// Compares every party that is held with its registration.
pub fn check(registered: &Registrations, rows: &[Party], list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "party", contract: None };
    let mut open: BTreeMap<&PartyId, &(i64, Registration)> = registered.iter().collect();
    for row in rows {
        let described = format!("party {} (`{}`)", row.party, row.name);
        let Some((seq, registration)) = open.remove(&row.party) else {
            findings.add(Code::RowExtra, described, "a row", "no such row");
            continue;
        };
        findings.compare(&described, "name", row.name.as_str(), &registration.name);
        findings.compare(&described, "kind", row.kind.as_str(), &registration.kind);
        findings.compare(&described, "chain_seq", row.seq, *seq);
    }
    for (party, (seq, registration)) in open {
        let described = format!("party {party} (`{}`)", registration.name);
        findings.add(Code::RowMissing, described, "no row", format!("the party registered at position {seq}"));
    }
}
