//! The log's tree as it is stored, and numbers between columns and code.

use std::ops::Range;

use super::Error;
use crate::{
    ledger::merkle::{NodesMissing, TiledTree},
    storage::{self, Connection},
    values::Digest,
};

/// The tree over the first `size` entries of the log; rows are read when they are needed.
pub(super) fn tree(
    connection: &mut Connection,
    size: u64,
) -> TiledTree<impl FnMut(u8, Range<u64>) -> Result<Vec<Digest>, Error>> {
    TiledTree::new(size, |level, range| nodes(connection, level, range))
}

/// The hashes of a range of nodes of a level; level 0 are the leaves.
pub(super) fn nodes(connection: &mut Connection, level: u8, range: Range<u64>) -> Result<Vec<Digest>, Error> {
    let range = column(range.start)..column(range.end);
    Ok(match level {
        0 => storage::log_entry::leaves(connection, range)?,
        _ => storage::log_node::nodes(connection, level, range)?,
    })
}

/// How many entries the log has.
pub(super) fn size(connection: &mut Connection) -> Result<u64, Error> {
    number(storage::sequencer::load(connection)?.size)
}

/// A number of a column, none of which is negative.
pub(super) fn number(column: i64) -> Result<u64, Error> {
    u64::try_from(column).map_err(|_| Error::Stored(format!("the log has a negative number, {column}")))
}

/// A number as a column keeps it. No log has more than 2^63 entries.
pub(super) fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl From<NodesMissing> for Error {
    fn from(error: NodesMissing) -> Self {
        Self::Stored(error.to_string())
    }
}
