//! Puts a new version of a contract in force forward, which holds from a day on once all have signed it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Error, Outside, access,
    journal::{self, Receipt},
    known::{self, Known},
    propose_contract::checked,
    words_of_reason,
};
use crate::{
    contract::{Act, Agreement, agreement::roles, amendment::digest, continuity, payload::AmendmentProposal},
    ledger::EntryKind,
    storage::{self, AmendmentRow, Connection},
    terms::{
        Contract,
        compare::{Difference, compare},
        document::Files,
        finding::Finding,
    },
    values::Day,
};

/// A new version that is to be proposed.
#[derive(Clone)]
pub struct AmendmentDraft<'p> {
    /// The name of the document's file, for findings.
    pub file: &'p str,
    /// The text of the new document.
    pub document: &'p str,
    /// Gives the text of a file beside the document.
    pub files: Files<'p>,
    /// Values that replace defaults of parameters, as written.
    pub settings: BTreeMap<String, String>,
    /// The first day on which it holds.
    pub effective_on: Day,
    /// Why, in a line that names no person.
    pub reason: &'p str,
}

/// What was proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProposedAmendment {
    /// The contract's name.
    pub contract: String,
    /// The digest that the parties sign, hexadecimal.
    pub digest: String,
    /// The digest of the version that it replaces, hexadecimal.
    pub replaces: String,
    /// The first day on which it holds.
    pub effective_on: Day,
    /// The roles that have to sign.
    pub signers: Vec<String>,
    /// What the new version says differently.
    pub differences: Vec<Difference>,
    /// What the compiler remarks; none of it is an error.
    pub findings: Vec<Finding>,
    /// Where it was recorded.
    pub receipt: Receipt,
}

/// Proposes an amendment: the new document is checked, and compared with the one in force.
///
/// # Errors
/// [`Error::Document`] with all findings when the document has errors; a refusal when the contract is not in force, another
/// amendment waits, the day lies in a settled time, nothing changes, or something changes that has to stay.
pub fn propose_amendment(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    draft: &AmendmentDraft,
) -> Result<ProposedAmendment, Error> {
    connection.transaction(|connection| {
        let mut known = known::contract(connection, contract)?;
        known.allow(Act::Amend, outside)?;
        check_acting(&known, outside)?;
        let (after, findings, files) = checked(draft.file, draft.document, &draft.settings, draft.files)?;
        let before = known.contract();
        let differences = compare(&before.checked.document, &after.checked.document);
        check_change(&known, &after, &differences, draft.effective_on)?;
        words_of_reason::check(connection, &known, draft.reason)?;
        let roles_taken = known.parties.iter().map(|party| (party.role.clone(), party.party_id)).collect();
        let agreement =
            Agreement { document: draft.document.into(), files, settings: draft.settings.clone(), roles: roles_taken };
        let (replaces, signed) = (known.terms(), agreement.digest());
        let payload = AmendmentProposal {
            agreement: signed.to_string(),
            digest: digest(known.row.contract_id, replaces, draft.effective_on, signed).to_string(),
            effective_on: draft.effective_on,
            reason: draft.reason.into(),
            replaces: replaces.to_string(),
        };
        let mut life = known.life(connection)?;
        life.amendments.propose(known.chain.seq() + 1, &payload, life.books.settled_or_open())?;
        let mut entry = journal::draft(outside, EntryKind::AmendmentProposed, &payload)?;
        entry.terms = Some(replaces);
        let receipt = known.chain.append(connection, entry)?;
        let row = AmendmentRow {
            contract_id: known.row.contract_id,
            seq: known.chain.seq(),
            files: agreement.files_json(),
            settings: agreement.settings_json(),
            document: agreement.document,
        };
        storage::amendment::insert(connection, &row)?;
        Ok(ProposedAmendment {
            contract: contract.into(),
            digest: payload.digest,
            replaces: payload.replaces,
            effective_on: draft.effective_on,
            signers: life.amendments.awaited(),
            differences,
            findings,
            receipt,
        })
    })
}

/// Whoever is signed in takes a role that signs.
pub(super) fn check_acting(known: &Known, outside: &Outside) -> Result<(), Error> {
    let Some(acting) = outside.acting else { return Ok(()) };
    let signs: Vec<&str> = roles(known.contract()).filter(|role| !role.1).map(|role| role.0).collect();
    let takes = known.parties.iter().any(|party| party.party_id == acting && signs.contains(&party.role.as_str()));
    if takes { Ok(()) } else { Err(access::not_your_role()) }
}

fn check_change(known: &Known, after: &Contract, differences: &[Difference], from: Day) -> Result<(), Error> {
    if differences.is_empty() {
        let message = "the new document says the same as the one in force";
        return Err(Error::refused("nothing-changes", message, "change what the parties have agreed on"));
    }
    let faults = continuity::check(known.contract(), after, from);
    if faults.is_empty() {
        return Ok(());
    }
    let help = "keep what stays, choose another day, or propose a contract of its own";
    Err(Error::refused("cannot-change", faults.join("; "), help))
}
