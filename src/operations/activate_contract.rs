//! Brings a signed contract into force.

use serde::Serialize;

use super::{
    Error, Outside,
    journal::{self, Receipt},
    known,
    sign_contract::unsigned,
};
use crate::{
    contract::{Act, State, payload::Activation},
    ledger::EntryKind,
    storage::{self, Connection},
};

/// What came into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Activated {
    /// The contract's name.
    pub contract: String,
    /// The digest of the agreement in force, hexadecimal.
    pub digest: String,
    /// Where it was recorded.
    pub receipt: Receipt,
}

/// Brings a contract into force.
///
/// # Errors
/// A refusal while signatures are missing, and when it is in force already.
pub fn activate_contract(
    connection: &mut Connection,
    outside: &mut Outside,
    contract: &str,
) -> Result<Activated, Error> {
    connection.transaction(|connection| {
        let mut known = known::contract(connection, contract)?;
        let awaited = unsigned(&known);
        if known.state == State::Proposed && !awaited.is_empty() {
            let message = format!("`{}` has not signed `{contract}` yet", awaited.join("`, `"));
            let help = format!("sign it: outcome-ledger contract sign {contract} --as {}", awaited[0]);
            return Err(Error::refused("signature-missing", message, help));
        }
        let to = known.state.after(Act::Activate)?;
        let digest = known.row.digest.to_string();
        let mut draft = journal::draft(outside, EntryKind::ContractActivated, &Activation { digest: digest.clone() })?;
        draft.terms = Some(known.terms());
        let receipt = known.chain.append(connection, draft)?;
        storage::contract::set_state(connection, known.row.contract_id, known.state.stored(), to.stored())?;
        Ok(Activated { contract: contract.into(), digest, receipt })
    })
}
