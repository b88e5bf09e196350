//! Contracts and their parties compared with what was proposed, signed and activated.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    finding::{Code, Finding, Findings},
    life::Life,
    records::{AgreementText, ContractRecord, Role},
};
use crate::{contract::Agreement, values::ChainId};

/// Compares every contract with its chain.
pub fn check(lives: &BTreeMap<ChainId, Life>, rows: &[ContractRecord], list: &mut Vec<Finding>) {
    let mut open: BTreeSet<ChainId> =
        lives.iter().filter(|(_, life)| life.proposal.is_some()).map(|(chain, _)| *chain).collect();
    for row in rows {
        let life = lives.get(&row.chain);
        let named = life.map_or(row.name.as_str(), |life| life.name.as_str());
        let mut findings = Findings { list, table: "contract", contract: Some(named) };
        let described = format!("contract {}", row.chain);
        let Some(life @ Life { proposal: Some((seq, proposal)), state, .. }) = life else {
            findings.add(Code::RowExtra, described, format!("a row named `{}`", row.name), "no such row");
            continue;
        };
        if !open.remove(&row.chain) {
            findings.add(Code::RowExtra, described, "a second row", "one row for each contract");
            continue;
        }
        findings.compare(&described, "name", row.name.as_str(), &proposal.name);
        findings.compare(&described, "digest", row.digest.to_string(), proposal.digest.clone());
        findings.compare(&described, "state", row.state.as_str(), state.stored());
        findings.compare(&described, "proposed_seq", row.proposed_seq, *seq);
        check_text(row.chain, life, &row.text, list);
    }
    for chain in open {
        let name = lives.get(&chain).map(|life| life.name.as_str());
        let mut findings = Findings { list, table: "contract", contract: name };
        findings.add(Code::RowMissing, format!("contract {chain}"), "no row", "the contract proposed at position 1");
    }
}

/// Compares what is said to have been signed with what the parties signed.
pub fn check_text(chain: ChainId, life: &Life, text: &AgreementText, list: &mut Vec<Finding>) {
    let Some((_, proposal)) = &life.proposal else { return };
    let agreement =
        Agreement { document: text.document.clone(), roles: proposal.roles.clone(), ..Agreement::default() };
    let computed = agreement.digest_with(&text.files, &text.settings);
    if computed.to_string() != proposal.digest {
        let mut findings = Findings { list, table: "contract", contract: Some(&life.name) };
        let found = format!("document, files or settings with digest {computed}");
        findings.add(Code::AgreementDiffers, format!("contract {chain}"), found, &proposal.digest);
    }
}

/// Compares who takes which role, and who signed where, with the chain.
pub fn check_parties(life: &Life, rows: &[Role], list: &mut Vec<Finding>) {
    let mut findings = Findings { list, table: "contract_party", contract: Some(&life.name) };
    let none = BTreeMap::new();
    let roles = life.proposal.as_ref().map_or(&none, |(_, proposal)| &proposal.roles);
    let shown = |seq: Option<i64>| seq.map_or_else(|| "none".to_owned(), |seq| seq.to_string());
    let mut seen = BTreeSet::new();
    for row in rows {
        let described = format!("role `{}`", row.role);
        if !seen.insert(&row.role) {
            findings.add(
                Code::RowExtra,
                described,
                format!("party {}, a second row", row.party),
                "one row for each role",
            );
            continue;
        }
        let Some(party) = roles.get(&row.role) else {
            findings.add(Code::RowExtra, described, format!("party {}", row.party), "no such row");
            continue;
        };
        findings.compare(&described, "party_id", row.party, *party);
        findings.compare(&described, "signed_seq", shown(row.signed_seq), shown(life.signed.get(&row.role).copied()));
    }
    for (role, party) in roles.iter().filter(|(role, _)| !rows.iter().any(|row| row.role == **role)) {
        findings.add(Code::RowMissing, format!("role `{role}`"), "no row", format!("party {party}"));
    }
}
