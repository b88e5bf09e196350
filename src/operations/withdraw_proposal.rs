//! Takes back what was put forward and not yet signed by all: an amendment, or the contract itself.

use serde::Serialize;

use super::{
    Error, Outside, access,
    journal::{self, Receipt},
    known, words_of_reason,
};
use crate::{
    contract::{Act, State, amendment::check_withdrawal, payload::Withdrawal},
    ledger::EntryKind,
    storage::{self, Connection},
};

/// What was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Withdrawn {
    /// The contract's name.
    pub contract: String,
    /// The digest that is no longer to be signed, hexadecimal.
    pub digest: String,
    /// Whether it was an amendment; else the contract itself.
    pub amendment: bool,
    /// Where it was recorded.
    pub receipt: Receipt,
}

/// Withdraws the open amendment of a contract in force, or a contract that not all have signed.
///
/// # Errors
/// A refusal when nothing waits for signatures, or the role is not one that signs or is taken by another party.
pub fn withdraw_proposal(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    role: &str,
    reason: &str,
) -> Result<Withdrawn, Error> {
    connection.transaction(|connection| {
        let mut known = known::contract(connection, contract)?;
        let amendment = known.state != State::Proposed;
        let to = known.allow(if amendment { Act::Amend } else { Act::Withdraw }, outside)?;
        let party = known.party_that_signs(role)?;
        if outside.acting.is_some_and(|acting| acting != party) {
            return Err(access::not_your_role());
        }
        words_of_reason::check(connection, &known, reason)?;
        let mut life = known.life(connection)?;
        let digest = match (amendment, life.amendments.open()) {
            (false, _) => known.row.digest.to_string(),
            (true, Some(open)) => open.proposal.digest.clone(),
            (true, None) => {
                let message = format!("no amendment of `{contract}` waits for signatures");
                return Err(Error::refused("no-amendment", message, "nothing is left to do"));
            }
        };
        let payload = Withdrawal { digest: digest.clone(), party, reason: reason.into(), role: role.into() };
        match amendment {
            true => life.amendments.withdraw(known.chain.seq() + 1, &payload)?,
            false => {
                let (roles, signers) = (known.roles(), known.signers().into_iter().collect());
                check_withdrawal(&payload, &roles, &signers)?;
            }
        }
        let mut draft = journal::draft(outside, EntryKind::ProposalWithdrawn, &payload)?;
        draft.actor = journal::actor(&party);
        draft.terms = Some(known.terms());
        let receipt = known.chain.append(connection, draft)?;
        if to != known.state {
            storage::contract::set_state(connection, known.row.contract_id, known.state.stored(), to.stored())?;
        }
        Ok(Withdrawn { contract: contract.into(), digest, amendment, receipt })
    })
}
