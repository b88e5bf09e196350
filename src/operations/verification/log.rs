//! The tables of the log, read for the audit.

use super::reading::{readable, row_number};
use crate::{
    contract::audit::{
        Finding,
        log::{
            self, HeldCheckpoint, Journal, LogRecords,
            records::{LoggedEntry, Node, Numbers, StoredCheckpoint, StoredCosignature},
        },
    },
    operations::Error,
    storage::{self, Connection, reading::Each},
};

/// Compares the log with the journal. Returns what was not checked.
pub fn check(
    connection: &mut Connection,
    journal: &Journal,
    held: &[HeldCheckpoint],
    list: &mut Vec<Finding>,
) -> Result<Vec<String>, Error> {
    let records = records(connection, list)?;
    Ok(log::check(&records, journal, held, list))
}

/// Reads all tables of the log, as far as they can be read.
fn records(connection: &mut Connection, list: &mut Vec<Finding>) -> Result<LogRecords, Error> {
    let numbers = rows("sequencer", storage::sequencer::each(connection), list, |row| Numbers {
        one: row.one,
        size: row.size,
        checkpoints: row.checkpoints,
        cosignatures: row.cosignatures,
    })?;
    let entries = rows("log_entry", storage::log_entry::each(connection), list, |row| LoggedEntry {
        index: row.log_index,
        chain: row.chain_id,
        seq: row.seq,
        leaf: row.leaf,
    })?;
    let node = |row: storage::LogNodeRow| Node { level: row.level, index: row.node_index, hash: row.hash };
    let nodes = rows("log_node", storage::log_node::each(connection), list, node)?;
    let sequenced = storage::sequenced::each(connection);
    let sequenced = rows("sequenced", sequenced, list, |row| (row.chain_id, row.seq))?;
    let checkpoint = |row: storage::CheckpointRow| StoredCheckpoint { size: row.size, root: row.root, note: row.note };
    let checkpoints = rows("checkpoint", storage::checkpoint::each(connection), list, checkpoint)?;
    let cosignatures = rows("cosignature", storage::cosignature::each(connection), list, |row| StoredCosignature {
        size: row.size,
        verifier_key: row.verifier_key,
        line: row.line,
    })?;
    Ok(LogRecords { numbers, entries, nodes, sequenced, checkpoints, cosignatures })
}

fn rows<R, T>(
    table: &'static str,
    rows: Result<Each<R>, storage::Error>,
    list: &mut Vec<Finding>,
    record: impl Fn(R) -> T,
) -> Result<Vec<T>, Error> {
    Ok(readable(table, None, rows, row_number, list)?.into_iter().map(record).collect())
}
