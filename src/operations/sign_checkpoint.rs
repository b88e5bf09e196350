//! Signs a checkpoint of the log: what is newly covered is read back and computed anew before anything is signed.

use serde::Serialize;

use super::{
    Error, journal,
    log_tree::{self, column, number},
    signing::{
        Signer,
        signer::{forked, older, other_log},
    },
};
use crate::{
    ledger::{
        merkle::{Frontier, leaf_hash},
        note::TreeHead,
    },
    storage::{self, CheckpointRow, Connection},
};

/// Bodies that are read at once.
const PAGE: u64 = 1_000;

/// A checkpoint of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedCheckpoint {
    /// Entries in the log.
    pub size: u64,
    /// The root over them, hexadecimal.
    pub root: String,
    /// The signed note.
    pub note: String,
}

/// Signs the log as far as it is sequenced; none while it is empty. The same log is signed once.
///
/// # Errors
/// A refusal when the log does not continue what was signed before (an older or another database), or belongs to another
/// key; [`Error::Stored`] when bodies, leaves and nodes disagree. Nothing is signed then.
pub fn sign_checkpoint(
    connection: &mut Connection,
    signer: &mut dyn Signer,
) -> Result<Option<SignedCheckpoint>, Error> {
    check_origin(connection, signer)?;
    let last = signer.last()?.head();
    let size = log_tree::size(connection)?;
    check_signed(connection, last)?;
    if size == 0 {
        return Ok(None);
    }
    if size == last.size
        && let Some(row) = storage::checkpoint::find(connection, column(size))?
    {
        return Ok(Some(row.try_into()?));
    }
    let head = TreeHead { size, root: recomputed(connection, last, size)?.root() };
    let proof = log_tree::tree(connection, size).consistency_proof(last.size)?.unwrap_or_default();
    let note = signer.sign(head, &proof)?;
    let row = CheckpointRow { size: column(size), root: head.root, note: note.to_string() };
    store(connection, &row)?;
    Ok(Some(row.try_into()?))
}

/// Checks that the log still holds what was signed.
///
/// # Errors
/// A refusal when it holds less, or something else.
pub fn check_signed(connection: &mut Connection, signed: TreeHead) -> Result<(), Error> {
    let size = log_tree::size(connection)?;
    if size < signed.size {
        return Err(older(signed.size, size));
    }
    match log_tree::tree(connection, signed.size).root()? {
        root if root == signed.root => Ok(()),
        root => Err(forked(signed.size, &format!("its root is {root}, not {}", signed.root))),
    }
}

/// The newest checkpoint that was stored; none before the first.
///
/// # Errors
/// What the database answers.
pub fn latest_checkpoint(connection: &mut Connection) -> Result<Option<SignedCheckpoint>, Error> {
    storage::checkpoint::latest(connection)?.map(TryInto::try_into).transpose()
}

fn check_origin(connection: &mut Connection, signer: &dyn Signer) -> Result<(), Error> {
    let (origin, name) = (journal::log(connection)?.origin, signer.verifier().name());
    if origin == name {
        return Ok(());
    }
    Err(other_log(name, &origin))
}

/// Continues the tree that was signed last by leaves that are computed from bodies.
fn recomputed(connection: &mut Connection, last: TreeHead, size: u64) -> Result<Frontier, Error> {
    let mut frontier = log_tree::tree(connection, last.size).frontier()?;
    for from in (last.size..size).step_by(PAGE as usize) {
        let range = from..size.min(from + PAGE);
        for row in storage::log_entry::bodies(connection, column(range.start)..column(range.end))? {
            let leaf = leaf_hash(&row.body);
            if number(row.log_index)? != frontier.size() || row.leaf != leaf {
                return Err(Error::Stored(format!("the body of log index {} does not give its leaf", row.log_index)));
            }
            frontier.push(leaf);
        }
    }
    let stored = log_tree::tree(connection, size).root()?;
    if frontier.size() == size && frontier.root() == stored {
        return Ok(frontier);
    }
    Err(Error::Stored(format!("bodies of the log give the root {}, nodes {stored}", frontier.root())))
}

fn store(connection: &mut Connection, row: &CheckpointRow) -> Result<(), Error> {
    connection.transaction(|connection| {
        let mut sequencer = storage::sequencer::lock(connection)?;
        // Two processes with one signer may have asked for the same.
        if storage::checkpoint::find(connection, row.size)?.is_none() {
            storage::checkpoint::insert(connection, row)?;
            sequencer.checkpoints += 1;
            storage::sequencer::advance(connection, &sequencer)?;
        }
        Ok(())
    })
}

impl TryFrom<CheckpointRow> for SignedCheckpoint {
    type Error = Error;

    fn try_from(row: CheckpointRow) -> Result<Self, Error> {
        Ok(Self { size: number(row.size)?, root: row.root.to_string(), note: row.note })
    }
}
