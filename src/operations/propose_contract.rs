//! Puts a contract document forward, with the parties that take its roles.

use std::{cell::RefCell, collections::BTreeMap};

use serde::Serialize;

use super::{
    Error, Outside,
    journal::{self, Chain, Receipt},
    register_party::{named, record},
    sealing::Keys,
};
use crate::{
    contract::{
        Agreement, State,
        agreement::{arbiters, roles},
        payload,
        pseudonym::beneficiary,
        seal::NO_SUBJECT,
    },
    ledger::EntryKind,
    storage::{self, Connection, ContractPartyRow, ContractRow},
    terms::{Contract, compile, document::Files, finding::Finding},
    values::{ChainId, Digest, PartyId},
};

/// What is to be proposed.
#[derive(Clone)]
pub struct Proposal<'p> {
    /// The contract's name in this ledger; none takes the document's own id.
    pub name: Option<&'p str>,
    /// The name of the document's file, for findings.
    pub file: &'p str,
    /// The text of the document.
    pub document: &'p str,
    /// Gives the text of a file beside the document.
    pub files: Files<'p>,
    /// Values that replace defaults of parameters, as written.
    pub settings: BTreeMap<String, String>,
    /// Names of registered parties by role; patients are left out.
    pub parties: BTreeMap<String, String>,
}

/// What was proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposed {
    /// The contract's name.
    pub contract: String,
    /// The digest that the parties sign, hexadecimal.
    pub digest: String,
    /// The roles that have to sign.
    pub signers: Vec<String>,
    /// What the compiler remarks; none of it is an error.
    pub findings: Vec<Finding>,
    /// Where it was recorded.
    pub receipt: Receipt,
}

/// Proposes a contract: the document is checked, roles are filled, the digest to be signed is recorded.
///
/// # Errors
/// [`Error::Document`] with all findings when the document has errors; a refusal when the name is taken, or a role is
/// open, unknown or given to an unknown party.
pub fn propose_contract(
    connection: &mut Connection,
    outside: &mut Outside,
    proposal: Proposal,
) -> Result<Proposed, Error> {
    let (contract, findings, files) = checked(proposal.file, proposal.document, &proposal.settings, proposal.files)?;
    let id = contract.checked.document.header.id.clone();
    let name = named("a contract", proposal.name.unwrap_or(&id))?.to_owned();
    connection.transaction(|connection| {
        let log = journal::log(connection)?.log_id;
        let mut network = Chain::load(connection, log, journal::network_chain(log))?;
        if storage::contract::find_by_name(connection, &name)?.is_some() {
            let message = format!("a contract named `{name}` exists already");
            return Err(Error::refused("name-taken", message, "give it another name: --name NAME"));
        }
        let chain_id = outside.chain_id()?;
        let taken = taken(connection, &contract, &proposal.parties)?;
        let mut agreement =
            Agreement { document: proposal.document.into(), files, settings: proposal.settings, roles: taken };
        let signers: Vec<String> = agreement.roles.keys().cloned().collect();
        let patients: Vec<&str> = roles(&contract).filter(|role| role.1).map(|role| role.0).collect();
        for role in &patients {
            let party = beneficiary(chain_id, role);
            let called = format!("{role} of {name}");
            if storage::party::find_by_name(connection, &called)?.is_some() {
                let message = format!("the party `{called}`, which the contract would make, exists already");
                return Err(Error::refused("name-taken", message, "give the contract another name: --name NAME"));
            }
            agreement.roles.insert((*role).to_owned(), party);
            record(connection, outside, &mut network, party, &called, "beneficiary")?;
        }
        let digest = agreement.digest();
        let arbiters = arbiters(&contract);
        let receipt = store(connection, outside, log, chain_id, &name, &agreement, (&signers, arbiters))?;
        Ok(Proposed { contract: name, digest: digest.to_string(), signers, findings, receipt })
    })
}

/// Texts by name: files, or settings.
pub(super) type Texts = BTreeMap<String, String>;

/// Compiles a document and keeps the files that it reads.
///
/// # Errors
/// [`Error::Document`] with all findings when it has errors.
pub(super) fn checked(
    file: &str,
    document: &str,
    settings: &Texts,
    files: Files,
) -> Result<(Contract, Vec<Finding>, Texts), Error> {
    let settings: Vec<_> = settings.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let read = RefCell::new(Texts::new());
    let files = |name: &str| {
        let text = files(name)?;
        read.borrow_mut().insert(name.into(), text.clone());
        Ok(text)
    };
    match compile(file, document, &settings, &files) {
        (Some(contract), findings) => Ok((contract, findings, read.into_inner())),
        (None, findings) => Err(Error::Document(findings)),
    }
}

/// Finds the parties of all roles but those of patients.
fn taken(
    connection: &mut Connection,
    contract: &Contract,
    parties: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, PartyId>, Error> {
    let known: Vec<(&str, bool)> = roles(contract).collect();
    let names: Vec<String> = known.iter().filter(|role| !role.1).map(|role| format!("`{}`", role.0)).collect();
    for role in parties.keys() {
        match known.iter().find(|(known, _)| known == role) {
            Some((_, false)) => {}
            Some((_, true)) => {
                let message = format!("`{role}` stands for patients, who do not register");
                return Err(Error::refused("role-of-patients", message, "leave this role out"));
            }
            None => {
                let message = format!("the contract has no role `{role}`");
                return Err(Error::refused("unknown-role", message, format!("its roles are {}", names.join(", "))));
            }
        }
    }
    let mut taken = BTreeMap::new();
    for (role, _) in known.iter().filter(|(_, patients)| !patients) {
        let Some(name) = parties.get(*role) else {
            let message = format!("nobody takes the role `{role}`");
            return Err(Error::refused("role-open", message, format!("add --party {role}=NAME")));
        };
        let Some(party) = storage::party::find_by_name(connection, name)? else {
            let message = format!("no party named `{name}` is registered");
            let help = format!("register it: outcome-ledger party add \"{name}\" --is …");
            return Err(Error::refused("unknown-party", message, help));
        };
        taken.insert((*role).to_owned(), party.party_id);
    }
    Ok(taken)
}

fn store(
    connection: &mut Connection,
    outside: &mut Outside,
    log: Digest,
    contract_id: ChainId,
    name: &str,
    agreement: &Agreement,
    (signers, arbiters): (&[String], Vec<String>),
) -> Result<Receipt, Error> {
    let digest = agreement.digest();
    let mut chain = Chain::start(connection, log, contract_id)?;
    let payload = payload::Proposal {
        arbiters,
        digest: digest.to_string(),
        name: name.into(),
        roles: agreement.roles.clone(),
        signers: signers.to_vec(),
    };
    let mut draft = journal::draft(outside, EntryKind::ContractProposed, &payload)?;
    draft.terms = Some(digest);
    let receipt = chain.append(connection, draft)?;
    storage::contract::insert(
        connection,
        &ContractRow {
            contract_id,
            name: name.into(),
            document: agreement.document.clone(),
            files: agreement.files_json(),
            settings: agreement.settings_json(),
            digest,
            state: State::Proposed.word().into(),
            proposed_seq: chain.seq(),
        },
    )?;
    let row = |(role, party): (&String, &PartyId)| ContractPartyRow {
        contract_id,
        role: role.clone(),
        party_id: *party,
        signed_seq: None,
    };
    let rows: Vec<_> = agreement.roles.iter().map(row).collect();
    storage::contract_party::insert(connection, &rows)?;
    let key = Keys::new(contract_id, Vec::new()).add(outside, NO_SUBJECT)?;
    storage::subject_key::insert(connection, &[key])?;
    Ok(receipt)
}
