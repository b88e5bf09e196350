//! Roles and signers of a proposal compared with the document that is signed.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    contracts::Life,
    finding::{Code, Finding, Findings},
};
use crate::{
    contract::{agreement::roles, pseudonym::beneficiary},
    operations::known,
    storage::ContractRow,
    terms::Contract,
    values::{ChainId, PartyId},
};

/// Checks that a proposal fills the roles of its document with registered parties and lets all of them sign. Returns the
/// contract that the document makes.
pub fn check(
    chain: ChainId,
    life: &Life,
    row: &ContractRow,
    registered: &BTreeSet<PartyId>,
    list: &mut Vec<Finding>,
) -> Option<Contract> {
    let contract = known::agreement(row, &[]).and_then(|agreement| known::runnable(&agreement, &life.name));
    let contract = match contract {
        Ok(contract) => contract,
        Err(error) => {
            let mut findings = Findings { list, table: "contract", contract: Some(&life.name) };
            findings.add(Code::AgreementDiffers, format!("contract {chain}"), error, "a document that can be run");
            return None;
        }
    };
    let Some((seq, proposal)) = &life.proposal else { return Some(contract) };
    let mut findings = Findings { list, table: "entry", contract: Some(&life.name) };
    let entry = format!("position {seq}, the proposal");
    let patients: BTreeMap<&str, bool> = roles(&contract).collect();
    let signers: BTreeSet<&str> = patients.iter().filter(|role| !role.1).map(|role| *role.0).collect();
    let listed: Vec<&str> = proposal.signers.iter().map(String::as_str).collect();
    if listed.len() != signers.len() || listed.iter().any(|role| !signers.contains(role)) {
        let signers: Vec<&str> = signers.into_iter().collect();
        findings.add(Code::LifeDiffers, &entry, format!("signers {}", listed.join(", ")), signers.join(", "));
    }
    let taken: Vec<&str> = proposal.roles.keys().map(String::as_str).collect();
    let known: Vec<&str> = patients.keys().copied().collect();
    if taken != known {
        findings.add(Code::LifeDiffers, &entry, format!("roles {}", taken.join(", ")), known.join(", "));
    }
    for (role, party) in &proposal.roles {
        let made = beneficiary(chain, role);
        if patients.get(role.as_str()) == Some(&true) && *party != made {
            findings.add(Code::LifeDiffers, &entry, format!("party {party} as {role}"), made);
        }
        if !registered.contains(party) {
            let found = format!("party {party} as {role}");
            findings.add(Code::LifeDiffers, &entry, found, "a party that is registered");
        }
    }
    Some(contract)
}
