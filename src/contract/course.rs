//! How a contract in force is suspended, resumed and ended: one set of rules for those who write entries and those who
//! verify them.

use std::collections::BTreeMap;

use super::{
    lifecycle::Ending,
    money::Impossible,
    payload::{Pause, Termination},
    remark,
};
use crate::values::{Day, PartyId};

/// Who suspended a contract, and when it ends. A refused step changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// The parties of the roles that sign.
    signers: BTreeMap<String, PartyId>,
    /// The role that suspended it, while it is suspended.
    suspended_by: Option<String>,
    /// When it ends, and the position of the entry that says so.
    ending: Option<(i64, Ending)>,
}

impl Course {
    /// Of a contract whose signing roles are taken so.
    pub fn of(signers: BTreeMap<String, PartyId>) -> Self {
        Self { signers, suspended_by: None, ending: None }
    }

    /// When it ends, and the position of the entry that says so.
    pub const fn ending(&self) -> Option<(i64, Ending)> {
        self.ending
    }

    /// A party suspends the contract.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn suspend(&mut self, pause: &Pause) -> Result<(), Impossible> {
        self.check(&pause.role, pause.party, &pause.reason)?;
        self.suspended_by = Some(pause.role.clone());
        Ok(())
    }

    /// The party that suspended it lets it go on.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn resume(&mut self, pause: &Pause) -> Result<(), Impossible> {
        self.check(&pause.role, pause.party, &pause.reason)?;
        match &self.suspended_by {
            Some(by) if *by != pause.role => {
                let message = format!("`{}` resumes what `{by}` has suspended", pause.role);
                Err(Impossible::new("not-your-suspension", message, format!("`{by}` resumes it, in its own name")))
            }
            _ => {
                self.suspended_by = None;
                Ok(())
            }
        }
    }

    /// A party sets the end. `today` is the day on which it gives notice.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn terminate(&mut self, seq: i64, termination: &Termination, today: Day) -> Result<(), Impossible> {
        let Termination { effective_on, party, reason, role, run_out_until } = termination;
        self.check(role, *party, reason)?;
        if *effective_on < today {
            let message = format!("an end on {effective_on}, when notice is given on {today}");
            return Err(Impossible::new("end-before-notice", message, format!("take {today} or a later day")));
        }
        if run_out_until < effective_on {
            let message = format!("a run-out until {run_out_until}, before the end on {effective_on}");
            return Err(Impossible::new("run-out-too-short", message, format!("take {effective_on} or a later day")));
        }
        self.suspended_by = None;
        self.ending = Some((seq, Ending { on: *effective_on, run_out_until: *run_out_until }));
        Ok(())
    }

    fn check(&self, role: &str, party: PartyId, reason: &str) -> Result<(), Impossible> {
        remark::check(reason)?;
        if self.signers.get(role) == Some(&party) {
            return Ok(());
        }
        let names = self.signers.keys().map(String::as_str).collect::<Vec<_>>().join("`, `");
        Err(Impossible::new("unknown-role", format!("{party} acts as {role}"), format!("one of `{names}`")))
    }
}
