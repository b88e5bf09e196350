//! Registers a party of the network.

use serde::Serialize;

use super::{
    Error, Outside,
    journal::{self, Chain, Receipt},
};
use crate::{
    contract::payload::Registration,
    ledger::EntryKind,
    storage::{self, Connection, PartyRow},
    values::PartyId,
};

/// What was registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Registered {
    /// The party's identifier.
    pub party: PartyId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub is: String,
    /// Where it was recorded.
    pub receipt: Receipt,
}

/// Registers a party. Names are unique in the network.
///
/// # Errors
/// A refusal when the name is taken or cannot be a name.
pub fn register_party(
    connection: &mut Connection,
    outside: &mut Outside,
    name: &str,
    is: &str,
) -> Result<Registered, Error> {
    let (name, is) = (named("a party", name)?, named("what a party is", is)?);
    connection.transaction(|connection| {
        let log = journal::log(connection)?.log_id;
        let mut network = Chain::load(connection, log, journal::network_chain(log))?;
        if storage::party::find_by_name(connection, name)?.is_some() {
            let message = format!("a party named `{name}` is registered already");
            return Err(Error::refused("name-taken", message, "choose another name, or use the party that is there"));
        }
        let party = PartyId(outside.entry_id()?.0);
        let receipt = record(connection, outside, &mut network, party, name, is)?;
        Ok(Registered { party, name: name.into(), is: is.into(), receipt })
    })
}

/// Appends the entry to the network's chain and stores the row.
pub(super) fn record(
    connection: &mut Connection,
    outside: &mut Outside,
    network: &mut Chain,
    party: PartyId,
    name: &str,
    is: &str,
) -> Result<Receipt, Error> {
    let payload = Registration { kind: is.into(), name: name.into(), party };
    let draft = journal::draft(outside, EntryKind::PartyRegistered, &payload)?;
    let receipt = network.append(connection, draft)?;
    let row = PartyRow { party_id: party, name: name.into(), kind: is.into(), chain_seq: network.seq() };
    storage::party::insert(connection, &[row])?;
    Ok(receipt)
}

/// Checks a name that people choose: 1 to 100 characters on one line, no space around it.
pub(super) fn named<'n>(what: &str, name: &'n str) -> Result<&'n str, Error> {
    let name = name.trim();
    if (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(name);
    }
    Err(Error::refused(
        "bad-name",
        format!("`{}` cannot name {what}", name.escape_debug()),
        "give 1 to 100 characters on one line",
    ))
}

/// A party in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegisteredParty {
    /// Its identifier.
    pub party: PartyId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub is: String,
    /// The position of its registration in the network's chain.
    pub position: i64,
}

/// Lists all parties by name, with those that contracts made for their patients.
///
/// # Errors
/// What the database answers.
pub fn list_parties(connection: &mut Connection) -> Result<Vec<RegisteredParty>, Error> {
    let rows = storage::party::list(connection)?;
    let party =
        |row: PartyRow| RegisteredParty { party: row.party_id, name: row.name, is: row.kind, position: row.chain_seq };
    Ok(rows.into_iter().map(party).collect())
}
