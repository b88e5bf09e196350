//! Lists what happened, in the order of the log.

use super::Error;
use crate::{
    ledger::EntryKind,
    storage::{self, Connection, EventRow},
    values::{Digest, EntryId, PartyId},
};

/// Something that happened, at its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its place in the log, from 0.
    pub index: i64,
    /// The name of its contract; none in the network's own chain.
    pub contract: Option<String>,
    /// Its position in its chain, from 1.
    pub position: i64,
    /// The entry's own name.
    pub entry: EntryId,
    /// What happened.
    pub kind: EntryKind,
    /// When it was recorded: microseconds since 1970-01-01T00:00:00Z.
    pub recorded_at_micros: i64,
    /// The chain hash with it.
    pub hash: Digest,
}

impl TryFrom<EventRow> for Event {
    type Error = Error;

    fn try_from(row: EventRow) -> Result<Self, Error> {
        let kind = u16::try_from(row.kind).ok().and_then(EntryKind::from_number);
        let kind =
            kind.ok_or_else(|| Error::Stored(format!("entry {}: kind {} is not known", row.entry_id, row.kind)))?;
        let EventRow { log_index: index, contract, seq: position, entry_id: entry, kind: _, recorded_at, hash } = row;
        Ok(Self { index, contract, position, entry, kind, recorded_at_micros: recorded_at, hash })
    }
}

/// Lists up to `limit` events after a place in the log: of contracts in which the party takes a role, or all when there is
/// none. What was recorded enters the log soon after, and stays at its place, so that nobody misses anything by going on
/// from the last place seen.
///
/// # Errors
/// What the database answers.
pub fn list_events(
    connection: &mut Connection,
    of: Option<PartyId>,
    after: i64,
    limit: i64,
) -> Result<Vec<Event>, Error> {
    storage::event::page(connection, of, after, limit)?.into_iter().map(Event::try_from).collect()
}
