//! Shows what happened under a contract: who, when, what, with the hashes that prove it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Error, access, journal};
use crate::{
    ledger::{Entry, EntryKind},
    storage::{self, Connection, EntryRow},
    values::{Day, Digest, EntryId, PartyId, to_hex},
};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// Its position in the contract's chain, from 1.
    pub position: i64,
    /// The entry's own name.
    pub entry: EntryId,
    /// What happened.
    pub kind: EntryKind,
    /// When it was recorded: microseconds since 1970-01-01T00:00:00Z.
    pub recorded_at_micros: i64,
    /// The day that it counts for.
    pub effective_on: Day,
    /// Who did it; none when that was the operator of the file, or a party that takes no role in the contract.
    pub actor: Option<(PartyId, String)>,
    /// What it says.
    pub payload: Value,
    /// The digest of the agreement that it rests on.
    pub terms: Option<Digest>,
    /// The chain hash before it.
    pub previous: Digest,
    /// The chain hash with it.
    pub hash: Digest,
    /// The bytes that are hashed, hexadecimal.
    pub body: String,
}

/// Shows entries of a contract's chain after a position, in order, at most `limit`.
///
/// # Errors
/// A refusal when there is no such contract.
pub fn show_history(
    connection: &mut Connection,
    contract: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Happened>, Error> {
    connection.snapshot(|connection| {
        let id = storage::overview::contract_id(connection, contract)?;
        let id = id.ok_or_else(|| access::unknown_contract(contract))?;
        let actors = actors(connection, id)?;
        let rows = storage::entry::page(connection, id, after, limit)?;
        rows.into_iter().map(|row| happened(row, &actors)).collect()
    })
}

type Actors = BTreeMap<Digest, (PartyId, String)>;

/// The parties that may act under a contract, by the commitments to them: those with a role, and operators.
fn actors(connection: &mut Connection, contract: crate::values::ChainId) -> Result<Actors, Error> {
    let parts = storage::overview::parts(connection, &[contract])?;
    let mut actors: Actors =
        parts.into_iter().map(|part| (journal::actor(&part.party_id), (part.party_id, part.name))).collect();
    for row in storage::party::list(connection)? {
        if access::Role::of_kind(&row.kind) == Some(access::Role::Operator) {
            actors.insert(journal::actor(&row.party_id), (row.party_id, row.name));
        }
    }
    Ok(actors)
}

fn happened(row: EntryRow, actors: &Actors) -> Result<Happened, Error> {
    let unreadable = |reason: String| Error::Stored(format!("the entry at position {}: {reason}", row.seq));
    let entry = Entry::decode(&row.body).map_err(|error| unreadable(error.to_string()))?;
    let payload = serde_json::from_slice(&entry.payload).map_err(|error| unreadable(error.to_string()))?;
    Ok(Happened {
        position: row.seq,
        entry: row.entry_id,
        kind: entry.kind,
        recorded_at_micros: row.recorded_at,
        effective_on: entry.effective_on,
        actor: actors.get(&entry.actor).cloned(),
        payload,
        terms: entry.terms,
        previous: row.prev_hash,
        hash: row.hash,
        body: to_hex(&row.body),
    })
}
