//! Publishes the log as static files (C2SP `tlog-tiles`): any file server makes a log that others can follow.

use std::{
    fs,
    io::{self, ErrorKind},
    path::Path,
};

use serde::Serialize;

use super::{
    Error,
    log_tree::number,
    read_log::{read_tile, with_cosignatures},
    sign_checkpoint::check_signed,
    signing::durable_file::{self, Readers},
};
use crate::{
    ledger::note::{Checkpoint, Note, Tile, TreeHead},
    storage::{self, Connection},
};

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Published {
    /// Entries in the log that the folder shows now.
    pub size: u64,
    /// Files that were written, the checkpoint among them.
    pub written: u64,
}

/// Writes checkpoint, tiles and entry bundles into a folder, what is new since the last time. Full tiles are never written
/// twice; partial ones go when the full one is there. The checkpoint comes last, so that everything it covers is there.
///
/// # Errors
/// A refusal when nothing was signed yet or the folder shows another log; when files cannot be written.
pub fn publish_log(connection: &mut Connection, folder: &Path) -> Result<Published, Error> {
    let Some(latest) = storage::checkpoint::latest(connection)? else {
        let help = "run `outcome-ledger checkpoint` first";
        return Err(Error::refused("no-checkpoint", "nothing of the log was signed yet", help));
    };
    let size = number(latest.size)?;
    let shown = shown(connection, folder)?;
    let mut written = 0;
    for tile in Tile::all(size).filter(|tile| !tile.is_in(shown.map_or(0, |head| head.size))) {
        written += u64::from(publish_tile(connection, folder, tile)?);
    }
    let note = with_cosignatures(connection, latest)?;
    let place = folder.join("checkpoint");
    if !fs::read(&place).is_ok_and(|old| old == note.as_bytes()) {
        durable_file::write(&place, note.as_bytes(), Readers::Anybody).map_err(|error| unwritable(&place, &error))?;
        written += 1;
    }
    Ok(Published { size, written })
}

/// The tree that the folder shows; it must be a beginning of this log.
fn shown(connection: &mut Connection, folder: &Path) -> Result<Option<TreeHead>, Error> {
    let place = folder.join("checkpoint");
    let bytes = match fs::read(&place) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        bytes => bytes.map_err(|error| unwritable(&place, &error))?,
    };
    let note = Note::parse(&bytes).map_err(|error| foreign(&place, &error.to_string()))?;
    let head = Checkpoint::parse(note.text()).map_err(|error| foreign(&place, &error.to_string()))?.head();
    match check_signed(connection, head) {
        Err(Error::Refused(refusal)) => Err(foreign(&place, &refusal.message)),
        checked => checked.map(|()| Some(head)),
    }
}

fn publish_tile(connection: &mut Connection, folder: &Path, tile: Tile) -> Result<bool, Error> {
    let place = folder.join(tile.to_string());
    if place.exists() {
        return Ok(false);
    }
    let missing = || Error::Stored(format!("{tile} is covered by no checkpoint"));
    let bytes = read_tile(connection, tile)?.ok_or_else(missing)?;
    let write = || {
        fs::create_dir_all(place.parent().unwrap_or(folder))?;
        durable_file::write(&place, &bytes, Readers::Anybody)?;
        if tile == tile.full() { remove_partial(&place) } else { Ok(()) }
    };
    write().map_err(|error| unwritable(&place, &error))?;
    Ok(true)
}

/// Removes the folder of partial tiles beside a full one; readers take the full one then.
fn remove_partial(full: &Path) -> io::Result<()> {
    match fs::remove_dir_all(full.with_added_extension("p")) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn foreign(place: &Path, reason: &str) -> Error {
    let message = format!("{} does not show a beginning of this log: {reason}", place.display());
    Error::refused("other-log", message, "publish into a folder of its own")
}

fn unwritable(place: &Path, error: &io::Error) -> Error {
    Error::refused(
        "unwritable",
        format!("{}: {error}", place.display()),
        "make the folder writable, then publish again",
    )
}
