//! How a contract is suspended, resumed and ended.

use super::{Impossible, Life, amending::in_one_form, recorded_on};
use crate::{
    contract::payload::{Pause, Termination},
    ledger::Entry,
    values::PartyId,
};

impl Life {
    pub(super) fn suspend(&mut self, entry: &Entry) -> Result<(), Impossible> {
        let pause: Pause = in_one_form(entry)?;
        check_actor(entry, pause.party)?;
        Ok(self.course.suspend(&pause)?)
    }

    pub(super) fn resume(&mut self, entry: &Entry) -> Result<(), Impossible> {
        let pause: Pause = in_one_form(entry)?;
        check_actor(entry, pause.party)?;
        Ok(self.course.resume(&pause)?)
    }

    pub(super) fn terminate(&mut self, seq: i64, entry: &Entry) -> Result<(), Impossible> {
        let termination: Termination = in_one_form(entry)?;
        check_actor(entry, termination.party)?;
        if entry.effective_on != termination.effective_on {
            let found = format!("an end that counts from {}", entry.effective_on);
            return Err(Impossible::new(found, termination.effective_on.to_string()));
        }
        Ok(self.course.terminate(seq, &termination, recorded_on(entry))?)
    }
}

/// Who acts is who the payload says.
fn check_actor(entry: &Entry, party: PartyId) -> Result<(), Impossible> {
    let expected = crate::contract::identity::actor(&party);
    if entry.actor == expected {
        return Ok(());
    }
    Err(Impossible::new(format!("a {} whose actor is {}", entry.kind, entry.actor), expected.to_string()))
}
