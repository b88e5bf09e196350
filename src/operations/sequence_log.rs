//! Puts entries into the log: after their commit, in batches, each leaf computed anew from the bytes that were stored.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Error, journal,
    log_tree::{self, column, number},
};
use crate::{
    ledger::{
        Entry,
        chain::chain_hash,
        merkle::{TileNode, leaf_hash},
    },
    storage::{self, Connection, LogEntryRow, LogNodeRow, SequencedRow, log_entry::WaitingEntry},
    values::{ChainId, Digest},
};

/// Entries of one transaction: bounds memory, and how long others wait for the sequencer's row.
const BATCH: i64 = 10_000;

/// What was put into the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sequenced {
    /// Entries that were added.
    pub added: u64,
    /// Entries in the log.
    pub size: u64,
}

/// Puts all entries that are committed but not in the log yet into it. Entries of one chain keep their order.
///
/// Several servers may do so at the same time: they take turns at the sequencer's row. Each batch is one transaction, so
/// that what was stopped in the middle is simply done by the next run.
///
/// # Errors
/// [`Error::Stored`] when a stored body does not give its hash or continue its chain: nothing of the batch is added then.
pub fn sequence_log(connection: &mut Connection) -> Result<Sequenced, Error> {
    let mut added = 0;
    while storage::sequenced::is_behind(connection)? {
        added += connection.transaction(add_batch)?;
    }
    Ok(Sequenced { added, size: log_tree::size(connection)? })
}

fn add_batch(connection: &mut Connection) -> Result<u64, Error> {
    let mut sequencer = storage::sequencer::lock(connection)?;
    let log = journal::log(connection)?.log_id;
    // Asked first: whoever commits from here on may be seen or not.
    let is_behind = storage::sequenced::is_behind(connection)?;
    storage::sequenced::start_all(connection)?;
    let waiting = storage::log_entry::waiting(connection, BATCH)?;
    let rows = leaves(log, sequencer.size, &waiting)?;
    if rows.is_empty() && is_behind {
        return Err(Error::Stored("a chain ends before its head, so that the log cannot go on".into()));
    }
    let fresh: Vec<Digest> = rows.iter().map(|row| row.leaf).collect();
    let completed = log_tree::tree(connection, number(sequencer.size)?).completed_by(&fresh)?;
    let completed: Vec<_> = completed.into_iter().map(node_row).collect();
    // Rows have numbers up to the size that is set here, in the same transaction.
    sequencer.size += column(rows.len() as u64);
    storage::log_entry::insert(connection, &rows)?;
    storage::log_node::insert(connection, &completed)?;
    let ends: BTreeMap<ChainId, i64> = rows.iter().map(|row| (row.chain_id, row.seq)).collect();
    for (chain_id, seq) in ends {
        storage::sequenced::advance(connection, &SequencedRow { chain_id, seq })?;
    }
    storage::sequencer::advance(connection, &sequencer)?;
    Ok(rows.len() as u64)
}

pub(super) fn node_row(node: TileNode) -> LogNodeRow {
    LogNodeRow { level: node.level.into(), node_index: column(node.index), hash: node.hash }
}

/// The leaves of entries that wait, from an index on. Each chain's begin with the entry that is in the log already.
fn leaves(log: Digest, from: i64, waiting: &[WaitingEntry]) -> Result<Vec<LogEntryRow>, Error> {
    let mut rows: Vec<LogEntryRow> = Vec::new();
    let mut before: Option<&WaitingEntry> = None;
    for entry in waiting {
        if entry.seq > entry.sequenced {
            let before = before.filter(|before| before.chain_id == entry.chain_id);
            let leaf = checked_leaf(log, before, entry).map_err(|reason| {
                Error::Stored(format!("entry {} of chain {}: {reason}", entry.seq, entry.chain_id))
            })?;
            let log_index = from + column(rows.len() as u64);
            rows.push(LogEntryRow { log_index, chain_id: entry.chain_id, seq: entry.seq, leaf });
        }
        before = Some(entry);
    }
    Ok(rows)
}

/// Computes the leaf and checks that body, hash and place in the chain agree.
fn checked_leaf(log: Digest, before: Option<&WaitingEntry>, entry: &WaitingEntry) -> Result<Digest, String> {
    let (seq, previous) = before.map_or((0, Digest::ZERO), |before| (before.seq, before.hash));
    if entry.seq != seq + 1 {
        return Err(format!("the entry at position {} is missing", seq + 1));
    }
    let body = Entry::decode(&entry.body).map_err(|error| error.to_string())?;
    let leaf = leaf_hash(&entry.body);
    let at_home = body.log == log && body.chain == entry.chain_id && column(body.seq) == entry.seq;
    if !at_home {
        return Err("its body was written for another place".into());
    }
    if body.prev_hash != previous || chain_hash(&previous, &leaf) != entry.hash {
        return Err("its body does not give its hash: it was changed after it was written".into());
    }
    Ok(leaf)
}
