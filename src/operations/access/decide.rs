//! The table applied to somebody who asks: allowed, refused, or not there for him.

use super::{Caller, Operation, Role, Scope};
use crate::{
    operations::Error,
    storage::{self, Connection},
    values::PartyId,
};

/// Finds who a registered party is.
///
/// # Errors
/// A refusal `unknown-caller` when no such party is registered, `no-role` when what it is gives no access.
pub fn find_caller(connection: &mut Connection, name: &str) -> Result<Caller, Error> {
    let Some(row) = storage::party::find_by_name(connection, name)? else {
        let help = "ask the operator of the ledger to register it";
        return Err(Error::refused("unknown-caller", "the token names a party that is not registered", help));
    };
    match Role::of_kind(&row.kind) {
        Some(role) => Ok(Caller { party: row.party_id, name: row.name, role }),
        None => {
            let message = format!("the party is registered as `{}`, which gives no access", row.kind);
            let words = Role::ALL.map(Role::word).join(", ");
            Err(Error::refused("no-role", message, format!("parties with access are registered as one of {words}")))
        }
    }
}

/// What a registered party may know, when it is told without asking.
///
/// # Errors
/// What the database answers.
pub(in crate::operations) fn scope_of(
    connection: &mut Connection,
    party: PartyId,
    operation: Operation,
) -> Result<Scope, Error> {
    let row = storage::party::find(connection, party)?;
    Ok(row.and_then(|row| Role::of_kind(&row.kind)).map_or(Scope::None, |role| operation.scope(role)))
}

/// Allows what is about no contract, or refuses it.
///
/// # Errors
/// A refusal `forbidden`.
pub fn allow(caller: &Caller, operation: Operation) -> Result<Scope, Error> {
    match operation.scope(caller.role) {
        Scope::None => Err(forbidden(caller, operation)),
        scope => Ok(scope),
    }
}

/// Allows something about a contract, or refuses it. Roles in a contract never change, so the answer holds.
///
/// # Errors
/// A refusal `unknown-contract` when the caller may not know of it, the same as when there is none; `forbidden` when it
/// may know of it but not do this.
pub fn allow_on_contract(
    connection: &mut Connection,
    caller: &Caller,
    operation: Operation,
    contract: &str,
) -> Result<(), Error> {
    let Some(id) = storage::overview::contract_id(connection, contract)? else {
        return Err(unknown_contract(contract));
    };
    let takes_part = storage::overview::takes_part(connection, id, caller.party)?;
    let reaches = |operation: Operation| match operation.scope(caller.role) {
        Scope::All => true,
        Scope::Own => takes_part,
        Scope::None => false,
    };
    match (reaches(Operation::ShowContract), reaches(operation)) {
        (false, _) => Err(unknown_contract(contract)),
        (true, false) => Err(forbidden(caller, operation)),
        (true, true) => Ok(()),
    }
}

/// Allows what is done for named parties, when the caller is one of them or may act for all.
///
/// # Errors
/// A refusal `forbidden`.
pub fn allow_for_parties<'p>(
    caller: &Caller,
    operation: Operation,
    mut parties: impl Iterator<Item = &'p str>,
) -> Result<(), Error> {
    match operation.scope(caller.role) {
        Scope::All => Ok(()),
        Scope::Own if parties.any(|party| party == caller.name) => Ok(()),
        _ => Err(forbidden(caller, operation)),
    }
}

/// Says that there is no such contract, or none that the caller may know of.
pub(in crate::operations) fn unknown_contract(contract: &str) -> Error {
    let help = "look at the list of contracts; a contract is seen by those who take a role in it";
    Error::refused("unknown-contract", format!("there is no contract named `{contract}`"), help)
}

/// Says that somebody acts in a role that another party takes.
pub(in crate::operations) fn not_your_role() -> Error {
    let help = "each party acts in the roles that it takes itself";
    Error::refused("not-your-role", "this role is taken by another party", help)
}

fn forbidden(caller: &Caller, operation: Operation) -> Error {
    let message = format!("`{operation}` is not allowed here for {} ({})", caller.name, caller.role);
    let who: Vec<_> = Role::ALL.into_iter().filter(|role| operation.scope(*role) != Scope::None).collect();
    let who: Vec<_> = who.into_iter().map(Role::word).collect();
    Error::refused("forbidden", message, format!("it is for {}, on contracts that they may act on", who.join(", ")))
}
