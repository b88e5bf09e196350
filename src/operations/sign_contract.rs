//! Signs a proposed contract for one role.

use serde::Serialize;

use super::{
    Error, Outside, access,
    journal::{self, Receipt},
    known::{self, Known},
};
use crate::{
    contract::{
        Act, State,
        agreement::roles,
        payload::{Amended, Signature},
    },
    ledger::EntryKind,
    storage::{self, Connection},
    values::{Digest, PartyId},
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
    /// Whether it is that of an amendment.
    pub amendment: bool,
    /// The roles that still have to sign.
    pub awaited: Vec<String>,
    /// Where it was recorded.
    pub receipt: Receipt,
    /// Where it was recorded that an amendment is agreed, by its last signature.
    pub amended: Option<Receipt>,
}

/// A signature as it is given.
#[derive(Clone, Copy, Debug)]
pub struct NewSignature<'s> {
    /// The role that signs.
    pub role: &'s str,
    /// The digest that is meant, hexadecimal; left out, it is what waits for signatures.
    pub digest: Option<&'s str>,
}

impl<'s> From<&'s str> for NewSignature<'s> {
    fn from(role: &'s str) -> Self {
        Self { role, digest: None }
    }
}

impl<'s> From<&'s String> for NewSignature<'s> {
    fn from(role: &'s String) -> Self {
        role.as_str().into()
    }
}

/// Records the signature of the party in a role: under the open amendment when there is one, else under the contract. With
/// the last one the contract is signed and can be activated, and an amendment is agreed.
///
/// # Errors
/// A refusal when the role is unknown, taken by another than the acting party, needs no signature or has signed, another
/// digest is meant, or nothing waits for signatures.
pub fn sign_contract<'s>(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    new: impl Into<NewSignature<'s>>,
) -> Result<Signed, Error> {
    let new = new.into();
    connection.transaction(|connection| {
        let mut known = known::contract(connection, contract)?;
        let party = known.party_that_signs(new.role)?;
        if outside.acting.is_some_and(|acting| acting != party) {
            return Err(access::not_your_role());
        }
        let signing = Signing { contract, party, new };
        match known.state {
            State::Proposed | State::Withdrawn | State::Signed => signing.proposal(connection, outside, &mut known),
            _ => signing.amendment(connection, outside, &mut known),
        }
    })
}

/// A signature that is to be recorded.
struct Signing<'s> {
    contract: &'s str,
    party: PartyId,
    new: NewSignature<'s>,
}

impl Signing<'_> {
    fn proposal(&self, connection: &mut Connection, outside: &mut Outside, known: &mut Known) -> Result<Signed, Error> {
        let role = self.new.role;
        let before = known.parties.iter().find(|party| party.role == role).and_then(|party| party.signed_seq);
        if let Some(seq) = before {
            let message = format!("`{role}` has signed already, at position {seq}");
            return Err(Error::refused("signed-already", message, "a signature is given once; nothing is left to do"));
        }
        let signed = known.state.after(Act::Sign)?;
        let digest = self.meant(&known.row.digest.to_string())?;
        let receipt = self.append(connection, outside, known, &digest)?;
        storage::contract_party::sign(connection, known.row.contract_id, role, known.chain.seq())?;
        let mut awaited = unsigned(known);
        awaited.retain(|other| other != role);
        if awaited.is_empty() {
            let to = signed.after(Act::CompleteSignatures)?;
            storage::contract::set_state(connection, known.row.contract_id, signed.stored(), to.stored())?;
        }
        let (contract, role) = (self.contract.into(), self.new.role.into());
        Ok(Signed { contract, role, digest, amendment: false, awaited, receipt, amended: None })
    }

    fn amendment(
        &self,
        connection: &mut Connection,
        outside: &mut Outside,
        known: &mut Known,
    ) -> Result<Signed, Error> {
        known.allow(Act::Amend, outside)?;
        let mut life = known.life(connection)?;
        let Some(open) = life.amendments.open() else {
            let message = format!("`{}` is in force, and no amendment of it waits for signatures", self.contract);
            return Err(Error::refused("signed-already", message, "nothing is left to sign"));
        };
        let (digest, effective_on) = (self.meant(&open.proposal.digest)?, open.proposal.effective_on);
        let payload = self.payload(&digest);
        life.amendments.sign(known.chain.seq() + 1, &payload)?;
        let receipt = self.append(connection, outside, known, &digest)?;
        let awaited = life.amendments.awaited();
        let mut amended = None;
        if awaited.is_empty() {
            let payload = Amended { digest: digest.clone(), effective_on };
            life.amendments.agree(known.chain.seq() + 1, &payload, life.books.settled_or_open())?;
            let mut draft = journal::draft(outside, EntryKind::ContractAmended, &payload)?;
            draft.actor = Digest::ZERO;
            draft.effective_on = effective_on;
            draft.terms = Digest::parse(&digest);
            amended = Some(known.chain.append(connection, draft)?);
        }
        let (contract, role) = (self.contract.into(), self.new.role.into());
        Ok(Signed { contract, role, digest, amendment: true, awaited, receipt, amended })
    }

    /// What waits for signatures, when it is what the caller means.
    fn meant(&self, open: &str) -> Result<String, Error> {
        match self.new.digest {
            Some(digest) if digest != open => {
                let message = format!("the digest that waits for signatures is {open}, not {digest}");
                Err(Error::refused("other-digest", message, "read what is proposed now, and sign its digest"))
            }
            _ => Ok(open.to_owned()),
        }
    }

    fn payload(&self, digest: &str) -> Signature {
        Signature { digest: digest.into(), party: self.party, role: self.new.role.into() }
    }

    fn append(
        &self,
        connection: &mut Connection,
        outside: &mut Outside,
        known: &mut Known,
        digest: &str,
    ) -> Result<Receipt, Error> {
        let mut draft = journal::draft(outside, EntryKind::ContractSigned, &self.payload(digest))?;
        draft.actor = journal::actor(&self.party);
        draft.terms = Some(known.terms());
        known.chain.append(connection, draft)
    }
}

/// The roles that have not signed and have to, in the order of the document.
pub(super) fn unsigned(known: &Known) -> Vec<String> {
    let has_signed = |role: &str| known.parties.iter().any(|party| party.role == role && party.signed_seq.is_some());
    let awaited = roles(known.contract()).filter(|(role, patients)| !patients && !has_signed(role));
    awaited.map(|(role, _)| role.to_owned()).collect()
}
