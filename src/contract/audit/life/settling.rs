//! How settlements follow each other.

use super::{Impossible, Life, payload};
use crate::{contract::payload::Settlement, ledger::Entry};

impl Life {
    /// Days of settlements go forward, and the entry counts for the day that it settles.
    pub(super) fn settle(&mut self, entry: &Entry) -> Result<(), Impossible> {
        let Settlement { as_of, .. } = payload(entry)?;
        if as_of != entry.effective_on {
            let found = format!("a settlement as of {as_of} that counts for {}", entry.effective_on);
            return Err(Impossible::new(found, "one day"));
        }
        match self.settled_on.replace(as_of) {
            Some(before) if before > as_of => {
                Err(Impossible::new(format!("a settlement as of {as_of}"), format!("{before} or a later day")))
            }
            _ => Ok(()),
        }
    }
}
