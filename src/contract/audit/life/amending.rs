//! New versions of a contract, and proposals that are taken back.

use super::{Impossible, Life, payload};
use crate::{
    contract::{
        Act, State, amendment::check_withdrawal, audit::finding::Code, content::encode, money, payload::Withdrawal,
    },
    ledger::{Entry, EntryKind},
};

impl From<money::Impossible> for Impossible {
    fn from(error: money::Impossible) -> Self {
        Self::new(error.message, error.help)
    }
}

impl Life {
    /// The digest that an entry of a kind names: that of the newest version, or of the one that it brings.
    pub(super) fn terms(&self, kind: EntryKind) -> &str {
        match self.amendments.open() {
            Some(open) if kind == EntryKind::ContractAmended => &open.proposal.digest,
            _ => self.amendments.newest(),
        }
    }

    pub(super) fn propose_amendment(&mut self, seq: i64, entry: &Entry) -> Result<(), Impossible> {
        let settled = self.books.settled_or_open();
        Ok(self.amendments.propose(seq, &in_one_form(entry)?, settled)?)
    }

    pub(super) fn sign_amendment(&mut self, seq: i64, entry: &Entry) -> Result<(), Impossible> {
        Ok(self.amendments.sign(seq, &in_one_form(entry)?)?)
    }

    pub(super) fn amend(&mut self, seq: i64, entry: &Entry) -> Result<(), Impossible> {
        let settled = self.books.settled_or_open();
        let amended: crate::contract::payload::Amended = in_one_form(entry)?;
        if entry.effective_on != amended.effective_on {
            let found = format!("an amendment that counts from {}", entry.effective_on);
            return Err(Impossible::new(found, amended.effective_on.to_string()));
        }
        Ok(self.amendments.agree(seq, &amended, settled)?)
    }

    /// An open amendment is taken back, or else the contract itself.
    pub(super) fn withdraw(&mut self, seq: i64, entry: &Entry) -> Result<Act, Impossible> {
        let withdrawal: Withdrawal = in_one_form(entry)?;
        let Some((_, proposal)) = self.proposal.as_ref().filter(|_| self.state == State::Proposed) else {
            self.amendments.withdraw(seq, &withdrawal)?;
            return Ok(Act::Amend);
        };
        check_withdrawal(&withdrawal, &proposal.roles, &proposal.signers.iter().cloned().collect())?;
        if withdrawal.digest != proposal.digest {
            return Err(Impossible::new(format!("the withdrawal of {}", withdrawal.digest), &proposal.digest));
        }
        Ok(Act::Withdraw)
    }
}

/// Reads a payload in its one form: an act is never said twice in different bytes.
pub(super) fn in_one_form<T: serde::Serialize + for<'e> serde::Deserialize<'e>>(
    entry: &Entry,
) -> Result<T, Impossible> {
    let read: T = payload(entry)?;
    if encode(&read) == entry.payload {
        return Ok(read);
    }
    let found = "the payload is not in its one form";
    Err(Impossible(Code::PayloadUnreadable, found.into(), format!("a {}", entry.kind)))
}
