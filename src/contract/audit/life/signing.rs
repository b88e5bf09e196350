//! How a contract comes into force.

use super::{Impossible, Life, payload};
use crate::{
    contract::{
        amendment::Amendments,
        course::Course,
        money::Books,
        payload::{Activation, Proposal, Signature},
    },
    ledger::{Entry, EntryKind},
    values::ChainId,
};

impl Life {
    /// The first entry says what is proposed.
    pub(super) fn propose(&mut self, chain: ChainId, seq: i64, entry: &Entry) -> Result<(), Impossible> {
        if entry.kind != EntryKind::ContractProposed {
            return Err(Impossible::new(entry.kind.name(), "contract.proposed"));
        }
        let proposal: Proposal = payload(entry)?;
        self.name.clone_from(&proposal.name);
        self.books = Books::from(&proposal);
        self.amendments = Amendments::of(chain, &proposal);
        let signs = |role: &String| Some((role.clone(), *proposal.roles.get(role)?));
        self.course = Course::of(proposal.signers.iter().filter_map(signs).collect());
        self.proposal = Some((seq, proposal));
        Ok(())
    }

    /// A party signs once, in its own role, what was proposed.
    pub(super) fn sign(&mut self, seq: i64, entry: &Entry) -> Result<(), Impossible> {
        let Signature { digest, party, role } = payload(entry)?;
        let Some((_, proposal)) = &self.proposal else { return Ok(()) };
        if proposal.roles.get(&role) != Some(&party) || digest != proposal.digest {
            let found = format!("a signature of {party} as {role} under {digest}");
            return Err(Impossible::new(found, format!("one of the roles proposed, under {}", proposal.digest)));
        }
        if self.signed.contains_key(&role) {
            return Err(Impossible::new(format!("a second signature as {role}"), "one only"));
        }
        self.signed.insert(role, seq);
        Ok(())
    }

    /// What comes into force is what was signed.
    pub(super) fn activate(&self, entry: &Entry) -> Result<(), Impossible> {
        let Activation { digest } = payload(entry)?;
        match &self.proposal {
            Some((_, proposal)) if proposal.digest != digest => {
                Err(Impossible::new(format!("an activation of the agreement {digest}"), &proposal.digest))
            }
            _ => Ok(()),
        }
    }

    /// Whether everybody who has to sign has signed.
    pub(super) fn all_signed(&self) -> bool {
        let mut signers = self.proposal.iter().flat_map(|(_, proposal)| &proposal.signers);
        signers.all(|role| self.signed.contains_key(role))
    }
}
