//! Suspends a contract, resumes it, or sets its end.

use serde::Serialize;

use super::{
    Error, Outside, access,
    journal::{self, Receipt},
    known::{self, Known},
    words_of_reason,
};
use crate::{
    contract::{
        Act, State,
        payload::{Pause, Termination},
    },
    ledger::EntryKind,
    storage::{self, Connection},
    values::{Day, PartyId},
};

/// What became of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turned {
    /// The contract's name.
    pub contract: String,
    /// Where it stands now.
    pub state: &'static str,
    /// The last day on which it is in force, when an end is set.
    pub ends_on: Option<Day>,
    /// The last day on which what was earned is reported and settled.
    pub run_out_until: Option<Day>,
    /// Where it was recorded.
    pub receipt: Receipt,
}

/// Who acts, and why.
#[derive(Clone, Copy, Debug)]
pub struct Grounds<'g> {
    /// The role of whoever acts.
    pub role: &'g str,
    /// Why, in a line that names no person.
    pub reason: &'g str,
}

/// Suspends a contract in force: nobody is enrolled and nothing settled until the same party resumes it.
///
/// # Errors
/// A refusal when it is not in force, or the role is taken by another party or does not sign.
pub fn suspend_contract(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    grounds: Grounds,
) -> Result<Turned, Error> {
    pause(connection, outside, contract, grounds, Act::Suspend)
}

/// Resumes a contract that the same party has suspended.
///
/// # Errors
/// A refusal when it is not suspended, or was by another party.
pub fn resume_contract(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    grounds: Grounds,
) -> Result<Turned, Error> {
    pause(connection, outside, contract, grounds, Act::Resume)
}

/// Sets the end of a contract. Until it has come everything goes on; from then until the end of the run-out, what was earned
/// before is reported and settled. The run-out is that of the terms when it is left out, and never shorter.
///
/// # Errors
/// A refusal when an end is set already, the day is past, or the run-out is shorter than the terms say.
pub fn terminate_contract(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    grounds: Grounds,
    (effective_on, run_out_until): (Day, Option<Day>),
) -> Result<Turned, Error> {
    connection.transaction(|connection| {
        let (mut known, party) = acting(connection, outside, contract, grounds, Act::Terminate)?;
        let least = known.least_run_out(effective_on)?;
        let run_out_until = run_out_until.unwrap_or(least);
        if run_out_until < least {
            let message = format!("the run-out until {run_out_until} is shorter than the terms say");
            return Err(Error::refused("run-out-too-short", message, format!("take {least} or a later day")));
        }
        let Grounds { role, reason } = grounds;
        let (role, reason) = (role.into(), reason.into());
        let payload = Termination { effective_on, party, reason, role, run_out_until };
        let mut life = known.life(connection)?;
        life.course.terminate(known.chain.seq() + 1, &payload, known.chain.today(outside))?;
        let mut draft = journal::draft(outside, EntryKind::ContractTerminated, &payload)?;
        draft.effective_on = effective_on;
        record(
            connection,
            &mut known,
            (draft, party),
            State::UnderNotice,
            life.course.ending().map(|(_, ending)| ending),
        )
    })
}

fn pause(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
    grounds: Grounds,
    act: Act,
) -> Result<Turned, Error> {
    connection.transaction(|connection| {
        let (mut known, party) = acting(connection, outside, contract, grounds, act)?;
        let Grounds { role, reason } = grounds;
        let payload = Pause { party, reason: reason.into(), role: role.into() };
        let mut life = known.life(connection)?;
        let (kind, to) = match act {
            Act::Suspend => (EntryKind::ContractSuspended, State::Suspended),
            _ => (EntryKind::ContractResumed, State::InForce),
        };
        if act == Act::Suspend { life.course.suspend(&payload) } else { life.course.resume(&payload) }?;
        let draft = journal::draft(outside, kind, &payload)?;
        record(connection, &mut known, (draft, party), to, None)
    })
}

/// The contract, and the party in whose name somebody acts.
fn acting(
    connection: &mut Connection,
    outside: &Outside,
    contract: &str,
    Grounds { role, reason }: Grounds,
    act: Act,
) -> Result<(Known, PartyId), Error> {
    let known = known::contract(connection, contract)?;
    known.allow(act, outside)?;
    let party = known.party_that_signs(role)?;
    if outside.acting.is_some_and(|acting| acting != party) {
        return Err(access::not_your_role());
    }
    words_of_reason::check(connection, &known, reason)?;
    Ok((known, party))
}

fn record(
    connection: &mut Connection,
    known: &mut Known,
    (mut draft, party): (crate::ledger::Draft, PartyId),
    to: State,
    ending: Option<crate::contract::lifecycle::Ending>,
) -> Result<Turned, Error> {
    draft.actor = journal::actor(&party);
    draft.terms = Some(known.terms());
    let receipt = known.chain.append(connection, draft)?;
    storage::contract::set_state(connection, known.row.contract_id, known.state.stored(), to.stored())?;
    Ok(Turned {
        contract: known.row.name.clone(),
        state: to.word(),
        ends_on: ending.map(|ending| ending.on),
        run_out_until: ending.map(|ending| ending.run_out_until),
        receipt,
    })
}
