//! Signs a proposed contract for one role.

use serde::Serialize;

use super::{
    Error, Outside, access,
    journal::{self, Receipt},
    known::{self, Known},
};
use crate::{
    contract::{Act, agreement::roles, payload::Signature},
    ledger::EntryKind,
    storage::{self, Connection, ContractPartyRow},
};

/// What was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// The contract's name.
    pub contract: String,
    /// The role that signed.
    pub role: String,
    /// The digest that was signed, hexadecimal.
    pub digest: String,
    /// The roles that still have to sign.
    pub awaited: Vec<String>,
    /// Where it was recorded.
    pub receipt: Receipt,
}

/// Records the signature of the party in a role. With the last one the contract is signed and can be activated.
///
/// # Errors
/// A refusal when the role is unknown, taken by another than the acting party, needs no signature or has signed, or the
/// contract is not proposed.
pub fn sign_contract(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    role: &str,
) -> Result<Signed, Error> {
    connection.transaction(|connection| {
        let mut known = known::contract(connection, contract)?;
        let party = signer(&known, role)?.party_id;
        if outside.acting.is_some_and(|acting| acting != party) {
            return Err(access::not_your_role());
        }
        let signed = known.state.after(Act::Sign)?;
        let digest = known.row.digest.to_string();
        let payload = Signature { digest: digest.clone(), party, role: role.into() };
        let mut draft = journal::draft(outside, EntryKind::ContractSigned, &payload)?;
        draft.actor = journal::actor(&party);
        draft.terms = Some(known.row.digest);
        let receipt = known.chain.append(connection, draft)?;
        storage::contract_party::sign(connection, known.row.contract_id, role, known.chain.seq())?;
        let mut awaited = unsigned(&known);
        awaited.retain(|other| other != role);
        if awaited.is_empty() {
            let to = signed.after(Act::CompleteSignatures)?;
            storage::contract::set_state(connection, known.row.contract_id, signed.word(), to.word())?;
        }
        Ok(Signed { contract: contract.into(), role: role.into(), digest, awaited, receipt })
    })
}

fn signer<'k>(known: &'k Known, role: &str) -> Result<&'k ContractPartyRow, Error> {
    let roles: Vec<_> = roles(&known.contract).collect();
    let signing: Vec<_> = roles.iter().filter(|role| !role.1).map(|role| format!("`{}`", role.0)).collect();
    let party = known.parties.iter().find(|party| party.role == role);
    match (roles.iter().find(|known| known.0 == role), party) {
        (Some((_, false)), Some(ContractPartyRow { signed_seq: Some(seq), .. })) => {
            let message = format!("`{role}` has signed already, at position {seq}");
            Err(Error::refused("signed-already", message, "a signature is given once; nothing is left to do"))
        }
        (Some((_, false)), Some(party)) => Ok(party),
        (Some((_, true)), _) => {
            let message = format!("`{role}` stands for patients, who do not sign");
            Err(Error::refused("role-of-patients", message, format!("the roles that sign are {}", signing.join(", "))))
        }
        _ => {
            let message = format!("the contract has no role `{role}`");
            Err(Error::refused("unknown-role", message, format!("the roles that sign are {}", signing.join(", "))))
        }
    }
}

/// The roles that have not signed and have to, in the order of the document.
pub(super) fn unsigned(known: &Known) -> Vec<String> {
    let has_signed = |role: &str| known.parties.iter().any(|party| party.role == role && party.signed_seq.is_some());
    let awaited = roles(&known.contract).filter(|(role, patients)| !patients && !has_signed(role));
    awaited.map(|(role, _)| role.to_owned()).collect()
}
