//! Records the heads of all chains in the log, so that nobody can later add or leave out a chain.

use serde::Serialize;

use super::{
    Error, Outside,
    journal::{self, Chain, Receipt},
    log_tree::number,
};
use crate::{
    contract::{content, payload::Heads},
    ledger::{
        EntryKind, FieldCommitment,
        heads::{HEADS_FIELD, LoggedHead, heads_root},
    },
    storage::{self, Connection},
    values::ChainId,
};

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeadsRecorded {
    /// Number of chains.
    pub count: u64,
    /// The size of the log at which their heads were taken.
    pub size: u64,
    /// Where it was recorded.
    pub receipt: Receipt,
}

/// Appends a `heads.recorded` entry to the network's chain when the log has grown since the last one by anything else.
///
/// The heads are those in the log, so that everybody who has its first `size` entries can compute them.
///
/// # Errors
/// What the database answers; a refusal when there is no ledger.
pub fn record_heads(connection: &mut Connection, outside: &mut Outside) -> Result<Option<HeadsRecorded>, Error> {
    connection.transaction(|connection| {
        let log = journal::log(connection)?.log_id;
        let network = journal::network_chain(log);
        // Locked, so that size and heads are of one moment.
        let size = number(storage::sequencer::lock(connection)?.size)?;
        if size <= known(connection, network)? {
            return Ok(None);
        }
        let heads = logged_heads(connection)?;
        let payload = Heads { count: heads.len() as u64, size };
        let mut draft = journal::draft(outside, EntryKind::HeadsRecorded, &payload)?;
        draft.commitments = vec![FieldCommitment { field: HEADS_FIELD, digest: heads_root(heads) }];
        let receipt = Chain::load(connection, log, network)?.append(connection, draft)?;
        Ok(Some(HeadsRecorded { count: payload.count, size, receipt }))
    })
}

/// The size of a log that has nothing but the last heads entry added since.
fn known(connection: &mut Connection, network: ChainId) -> Result<u64, Error> {
    let kind = EntryKind::HeadsRecorded.number();
    let Some(last) = storage::entry::last_of_kind(connection, network, kind)? else { return Ok(0) };
    let unreadable = |error: String| Error::Stored(format!("entry {} of the network's chain: {error}", last.seq));
    let entry = crate::ledger::Entry::decode(&last.body).map_err(|error| unreadable(error.to_string()))?;
    let heads: Heads = content::decode(&entry.payload).map_err(|error| unreadable(error.to_string()))?;
    let is_logged = storage::log_entry::find(connection, network, last.seq)?.is_some();
    Ok(heads.size + u64::from(is_logged))
}

fn logged_heads(connection: &mut Connection) -> Result<Vec<LoggedHead>, Error> {
    let heads = storage::sequenced::heads(connection)?.into_iter();
    heads.map(|head| Ok(LoggedHead { chain: head.chain_id, seq: number(head.seq)?, hash: head.hash })).collect()
}
