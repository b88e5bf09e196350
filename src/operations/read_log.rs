//! The log as others read it: the checkpoint with its cosignatures, tiles and bundles of entries (C2SP `tlog-tiles`). Nothing
//! is handed out that no checkpoint covers.

use super::{
    Error,
    log_tree::{self, column, number},
};
use crate::{
    ledger::note::{Tile, TileContent, write_bundle, write_hashes},
    storage::{self, CheckpointRow, Connection},
};

/// The newest checkpoint as a note, with all cosignatures; none before the first.
///
/// # Errors
/// What the database answers.
pub fn read_checkpoint(connection: &mut Connection) -> Result<Option<String>, Error> {
    let latest = storage::checkpoint::latest(connection)?;
    latest.map(|row| with_cosignatures(connection, row)).transpose()
}

/// The bytes of a tile; none when no checkpoint covers it.
///
/// # Errors
/// What the database answers; [`Error::Stored`] when rows are missing.
pub fn read_tile(connection: &mut Connection, tile: Tile) -> Result<Option<Vec<u8>>, Error> {
    let covered = match storage::checkpoint::latest(connection)? {
        Some(checkpoint) => number(checkpoint.size)?,
        None => 0,
    };
    if !tile.is_in(covered) {
        return Ok(None);
    }
    let range = tile.start()..tile.start() + u64::from(tile.width());
    let missing = || Error::Stored(format!("rows of {tile} are missing"));
    let (bytes, found) = match tile.content() {
        TileContent::Hashes { level } => {
            let hashes = log_tree::nodes(connection, level, range)?;
            (write_hashes(&hashes), hashes.len())
        }
        TileContent::Entries => {
            let rows = storage::log_entry::bodies(connection, column(range.start)..column(range.end))?;
            let bytes = write_bundle(rows.iter().map(|row| &row.body));
            (bytes.map_err(|error| Error::Stored(error.to_string()))?, rows.len())
        }
    };
    if found == usize::from(tile.width()) { Ok(Some(bytes)) } else { Err(missing()) }
}

/// A checkpoint with the cosignatures that came in for it.
pub(super) fn with_cosignatures(connection: &mut Connection, row: CheckpointRow) -> Result<String, Error> {
    let lines = storage::cosignature::of_checkpoint(connection, row.size)?;
    Ok(lines.into_iter().fold(row.note, |note, cosignature| note + &cosignature.line + "\n"))
}
