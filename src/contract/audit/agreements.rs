//! Roles and signers of a proposal compared with the document that is signed.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    check_contract::Held,
    finding::{Code, Finding, Findings},
    parties::Registrations,
    records::AgreementText,
};
use crate::{
    contract::{
        Agreement,
        agreement::{arbiters, roles},
        pseudonym::beneficiary,
    },
    terms::Contract,
};

/// Checks that a proposal fills the roles of its document with registered parties and lets all of them sign. Returns the
/// contract that the document makes, or why it makes none.
pub fn check(
    held: &Held,
    text: &AgreementText,
    registered: &Registrations,
    list: &mut Vec<Finding>,
) -> Result<Contract, String> {
    let (chain, life) = (held.chain, held.life);
    let agreement = Agreement::read(text.document.clone(), &text.files, &text.settings);
    let contract = match agreement.and_then(|agreement| agreement.runnable(&life.name)) {
        Ok(contract) => contract,
        Err(error) => {
            let mut findings = Findings { list, table: "contract", contract: Some(&life.name) };
            findings.add(Code::AgreementDiffers, format!("contract {chain}"), &error, "a document that can be run");
            return Err(error.to_string());
        }
    };
    let Some((seq, proposal)) = &life.proposal else { return Ok(contract) };
    let mut findings = Findings { list, table: "entry", contract: Some(&life.name) };
    let entry = format!("position {seq}, the proposal");
    let patients: BTreeMap<&str, bool> = roles(&contract).collect();
    let signers: BTreeSet<&str> = patients.iter().filter(|role| !role.1).map(|role| *role.0).collect();
    let listed: Vec<&str> = proposal.signers.iter().map(String::as_str).collect();
    if listed.len() != signers.len() || listed.iter().any(|role| !signers.contains(role)) {
        let signers: Vec<&str> = signers.into_iter().collect();
        findings.add(Code::LifeDiffers, &entry, format!("signers {}", listed.join(", ")), signers.join(", "));
    }
    let arbiters = arbiters(&contract);
    if proposal.arbiters != arbiters {
        let found = format!("arbiters {}", proposal.arbiters.join(", "));
        findings.add(Code::LifeDiffers, &entry, found, arbiters.join(", "));
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
        if !registered.contains_key(party) {
            let found = format!("party {party} as {role}");
            findings.add(Code::LifeDiffers, &entry, found, "a party that is registered");
        }
    }
    Ok(contract)
}
